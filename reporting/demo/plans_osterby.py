"""What is delivered for Osterby Freight: one that goes red and recovers, one whose scope drifts."""

from itertools import product

from reporting.demo.story import BlockedPlan, EngagementPlan, MilestonePlan, Week

HARBOUR = EngagementPlan(
    name="Harbour bookings",
    customer="Osterby Freight",
    outcome="A shipper books a slot on a quay in two minutes instead of two phone calls.",
    in_scope="Slots, bookings, changes, notices to drivers.",
    out_of_scope="Customs; invoicing.",
    depends_on="The harbour's berth plan, delivered as a file each night.",
    prefix="HRB",
    time_zone="Europe/Copenhagen", says_when=False,
    assignees=("Nils Berg", "Anja Kovac", "Peter Lund"),
    milestones=(
        MilestonePlan(
            "Slots",
            "A shipper sees which slots are free, and trusts what they see.",
            46,
            (
                "Read the berth plan each night", "Show free slots of a quay",
                "Show slots for a week", "Refuse a plan with gaps", "Fix slots across midnight",
                "Mark a quay as closed", "Show why a slot is taken", "Filter slots by cargo",
                "Warn when the plan is late", "Show slots on a phone",
                "Fix summer time in the plan",
            ),
            made=(0, 30), done=(6, 44),
            criteria=(
                ("Free slots equal the harbour master's list on ten days in a row.",
                 "Compared by the harbour master."),
                ("The page shows a week in under 1 second.", "Measured at the quay office."),
            ),
            criteria_met=2,
        ),
        MilestonePlan(
            "Bookings",
            "A shipper books, changes and cancels without a phone call.",
            100,
            (
                "Book a slot", "Change a booking", "Cancel a booking", "Confirm by mail",
                "Refuse double booking", "Hold a slot for ten minutes", "Book for a customer",
                "Show my bookings", "Fix booking at the last minute", "Limit bookings a day",
                "Ask for the cargo", "Show the quay's rules", "Stop booking on closed quays",
                "Send the driver a notice", "Export bookings",
            ),
            made=(35, 90), done=(48, 109), left=0,
            criteria=(
                ("A shipper books in under two minutes.", "Timed with five shippers."),
                ("Two shippers never hold one slot, in 10,000 attempts.",
                 "Report of the concurrency test."),
                ("A driver reads the notice within a minute.", "Test with three drivers."),
            ),
            criteria_met=3,
        ),
        MilestonePlan(
            "Season opening",
            "The spring season opens with bookings alone; the phone line closes.",
            190,
            (
                "Move the season's standing bookings", "Teach the quay office",
                "Show the day's bookings on a screen", "Print the day's list",
                "Fix names with accents", "Warn of storms", "Book a series of slots",
                "Change a series", "Close the phone line", "Show waiting times",
            ),
            made=(2, 6), done=(104, 118), left=6,
            criteria=(
                ("A day of the season runs without a phone call.",
                 "Counted by the quay office."),
            ),
        ),
    ),
    headlines=(
        "We have begun with the berth plan: read each night, shown to nobody yet.",
        "The first quay shows its free slots in our test system.",
        "Two quays show their free slots; the harbour master compares them each morning.",
        "A plan with gaps is refused now, and the quay office is told.",
        "Slots can be read a week ahead, also on a phone.",
        "Slots agree with the harbour master's list on eight days of ten.",
        "Slots is in its last days.",
        "Slots is complete, and the pilot's shippers use it.",
        "Booking a slot works in the test system.",
        "Shippers of the pilot change and cancel on their own.",
        "Double bookings are refused, also under load.",
        "A slot is held for ten minutes while a shipper decides.",
        "Most of Bookings runs in the test system; the notices to drivers come last.",
        "Bookings is still missing its last pieces, and its date is near.",
        "Bookings does not make its date: the driver's notice takes longer than we thought.",
        "Bookings is late; its last pieces are in test.",
        "Bookings is complete, later than agreed; the pilot books without the phone.",
        "The season's standing bookings are being moved.",
    ),
    blocked=(
        BlockedPlan(
            "Send the driver a notice", 90, 97,
            "Bookings waits for the text messages, or goes without them.",
            "Osterby's purchasing",
        ),
    ),
    told={
        13: Week(
            "Bookings is still missing its last pieces, and its date is near.",
            colour="amber",
            our_move="The notice to drivers goes out by mail first; the text message follows.",
        ),
        14: Week(
            "Bookings does not make its date: the driver's notice takes longer than we thought.",
            colour="red",
            our_move="Two of us finish the notice; your pilot tries it as soon as it runs.",
        ),
        15: Week(
            "Bookings is late; its last pieces are in test.",
            colour="red",
            our_move="The quay office tries the notices this week; the phone line stays open until "
            "they work.",
        ),
    },
)  # fmt: skip

SCREEN = ("the wording", "the lamp", "the list", "the sound", "the ticket", "the icon")
WISHES = ("Change", "Try", "Fix", "Ask about", "Change again", "Move", "Shorten", "Put back")

# Nobody added scope: half a hundred small wishes did.
GATES = EngagementPlan(
    name="Quayside gates",
    customer="Osterby Freight",
    outcome="A lorry passes the gate without anybody leaving a cabin.",
    in_scope="Readers at the gates, the list of who may pass, the screens in the cabins.",
    out_of_scope="Weighing; the railway gate.",
    depends_on="Power at the northern gate, by the harbour's electricians.",
    prefix="GAT",
    time_zone="Europe/Copenhagen",
    began=9,
    weeks=9,
    plans_ahead=True,
    assignees=("Goran Petrov", "Lise Moreau", "Sam Achebe"),
    milestones=(
        MilestonePlan(
            "Northern gate",
            "Lorries pass the northern gate by their number plates.",
            77,
            (
                "Read a number plate by day",
                "Read a number plate by night",
                "Open the gate for a known plate",
                "Keep a record of who passed",
                "Show the gate's state in the cabin",
                *(f"{verb} {thing}" for thing, verb in product(SCREEN, WISHES)),
            ),
            made=(0, 59),
            done=(7, 66),
            left=5,
            criteria=(
                ("Ninety-nine of a hundred plates are read, by day and by night.",
                 "Counted over a week by the harbour master."),
                ("The gate opens within 3 seconds.", "Measured at the northern gate."),
            ),
            criteria_met=0,
        ),
        MilestonePlan(
            "Southern gate",
            "The southern gate works as the northern one does.",
            140,
            ("Mount the readers", "Teach the cabin", "Read plates in rain", "Close the old gate"),
            made=(40, 55),
            done=(100, 130),
            left=4,
        ),
    ),
    headlines=(
        "We have begun at the northern gate: the first reader hangs.",
        "Plates are read by day; the night follows.",
        "The gate opens for a known plate in our test.",
        "Small wishes come in faster than we finish them; we count them from now on.",
        "The screen in the cabin changes every week, and the readers wait for it.",
        "Half of what we did was asked for after the fortnight had begun.",
        "The readers work at night; the list of small wishes is longer than a month ago.",
        "The northern gate needs your word: what belongs to it, and what comes after.",
        "We finish the readers first; wishes for the screen are collected, not built.",
        "The northern gate still has a chance of its date.",
    ),
    told={
        3: Week(
            "Small wishes come in faster than we finish them; we count them from now on.",
            our_move="From Monday a wish that comes during a fortnight is built in the next one.",
        ),
        7: Week(
            "The northern gate needs your word: what belongs to it, and what comes after.",
            colour="amber",
            reason="The readers keep their pace; what grows is the screen alone.",
            our_move="We bring the list to your Tuesday round, with what each wish costs.",
        ),
        8: Week(
            "We finish the readers first; wishes for the screen are collected, not built.",
            colour="amber",
            reason="The readers keep their pace; what grows is the screen alone.",
            our_move="Nothing but the readers is built until you have said who decides on wishes.",
        ),
    },
)  # fmt: skip
