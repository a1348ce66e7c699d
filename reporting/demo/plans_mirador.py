"""What is delivered for Mirador Health: one that is well, and one that has only just begun."""

from reporting.demo.story import EngagementPlan, MilestonePlan

CEDAR = EngagementPlan(
    name="Cedar referrals",
    customer="Mirador Health",
    outcome="A patient knows on the day of the referral when and where they are seen.",
    in_scope="Referral letters, appointments, reminders.",
    out_of_scope="Billing; the archive.",
    depends_on="The clinics' calendars, by their interface.",
    prefix="CED",
    time_zone="Europe/London",
    began=12,
    weeks=12,
    assignees=("Clara Neumann", "Diego Santos", "Hana Kim"),
    milestones=(
        MilestonePlan(
            "Referral letters",
            "A practice sends a letter that a clinic can act on.",
            46,
            (
                "Write a letter from a template", "Check the letter for what is missing",
                "Send it to the clinic", "Show that it arrived", "Attach a finding",
                "Fix names with two surnames", "Withdraw a letter", "Search letters",
                "Show letters on a phone", "Keep a record of who read one",
            ),
            made=(0, 3), done=(4, 40),
            criteria=(
                ("A clinic has the letter within a minute.", "Measured in three practices."),
                ("No letter without a date of birth leaves.", "Report of the property test."),
            ),
            criteria_met=2,
        ),
        MilestonePlan(
            "Appointments",
            "A patient leaves the practice with an appointment.",
            130,
            (
                "Show a clinic's free times", "Hold a time for ten minutes", "Book a time",
                "Move an appointment", "Cancel an appointment", "Tell the practice of a change",
                "Remind the patient by mail", "Remind the patient by text",
                "Show the way to the clinic", "Fix times across the change of clocks",
                "Book for a child", "Ask for an interpreter", "Show the waiting time",
                "Print the appointment",
            ),
            made=(0, 4), done=(43, 100),
            criteria=(
                ("A practice books in under a minute.", "Timed with five practices."),
                ("Two patients never hold one time, in 10,000 attempts.",
                 "Report of the concurrency test."),
            ),
        ),
        MilestonePlan(
            "Reminders that help",
            "Fewer appointments are missed.",
            180,
            ("Ask whether the patient comes", "Offer a time that became free",
             "Count missed appointments", "Tell the clinic who is late"),
            made=(1, 4), done=(120, 160), left=4,
        ),
    ),
    headlines=(
        "We have begun, and the first practice has seen its own letter.",
        "Letters are written from templates; three practices try them.",
        "Letters reach the clinic, and the practice sees that they do.",
        "What is missing in a letter is said before it leaves.",
        "Referral letters are nearly whole, a week ahead of what we need.",
        "The last letters are in your hands for testing.",
        "Referral letters is complete, before its date.",
        "Free times of the first clinic can be seen.",
        "A time can be held and booked in the test system.",
        "Practices move and cancel on their own.",
        "Reminders go out by mail; text follows.",
        "Appointments grow as planned, and nothing stands in the way.",
        "Appointments keep their pace.",
    ),
)  # fmt: skip

LANTERN = EngagementPlan(
    name="Lantern archive",
    customer="Mirador Health",
    outcome="A record of forty years ago is found in a minute.",
    in_scope="Scanning, search, who may read what.",
    out_of_scope="Destroying paper.",
    depends_on="Access to the hospital's cellar and its index cards.",
    prefix="LAN",
    time_zone="Europe/London",
    began=3,
    weeks=3,
    assignees=("Noor Aziz",),
    milestones=(
        MilestonePlan(
            "First hundred boxes",
            "The records of the first hundred boxes are found by name.",
            96,
            ("Read an index card", "Name a box", "Search by name", "Show a page",
             "Keep a record of who read one"),
            made=(4, 16), done=(15, 17), left=4,
            criteria=(
                ("Fifty names chosen by the archivist are found.", "Checked by the archivist."),
            ),
        ),
    ),
    headlines=(
        "We have begun: the contract stands, and we wait for the key to the cellar.",
        "The pod is together; the first index cards are being read.",
        "The first box is read, by hand still.",
        "Boxes follow one another; of our pace nothing can be said yet.",
    ),
)  # fmt: skip
