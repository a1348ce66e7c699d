"""The two engagements of the demo world, and who takes part in them."""

from dataclasses import dataclass

from reporting.demo.story import (
    BlockedPlan,
    DateMove,
    EngagementPlan,
    MilestonePlan,
    TrackerNames,
    Week,
)


@dataclass(frozen=True)
class Person:
    """Somebody of the cast; ``key`` is how the rest of the plan calls them."""

    key: str
    role: str
    name: str
    email: str
    grade: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Place:
    """One line of a pod's roster."""

    name: str
    trade: str
    allocation: int
    seniority: str
    skills: str


INTERNAL = (
    Person("admin", "admin", "Ingrid Solheim", "admin@portal.example"),
    Person("dm", "delivery manager", "Mara Lindqvist", "dm@portal.example", "delivery_manager"),
    Person(
        "other_dm", "delivery manager of Harbour", "Jonas Weber", "dm2@portal.example",
        "delivery_manager",
    ),
    Person(
        "deputy", "deputy of Atlas", "Amara Okafor", "deputy@portal.example",
        "senior_delivery_manager",
    ),
    Person(
        "architect", "engagement architect", "Tomas Novak", "architect@portal.example",
        "engagement_architect",
    ),
    Person("tech_lead", "tech lead of Atlas", "Rin Takeda", "techlead@portal.example"),
    Person(
        "director", "director of delivery", "Helen Ashworth", "director@portal.example",
        "director_of_delivery",
    ),
    Person("auditor", "auditor", "Pilar Romero", "auditor@portal.example"),
    Person("specialist", "specialist of Atlas", "Sofia Marin", "specialist@portal.example"),
    Person(
        "other_specialist", "specialist of Harbour", "Nils Berg", "specialist2@portal.example"
    ),
    Person("deactivated", "deactivated (cannot sign in)", "Viktor Dahl", "gone@portal.example"),
)  # fmt: skip

CONTACTS = {
    "Larkfield Bank": (
        Person("lead", "customer lead", "Grace Adeyemi", "lead@larkfield.example", kind="lead"),
        Person(
            "delegate",
            "customer delegate",
            "Oliver Penrose",
            "delegate@larkfield.example",
            kind="delegate",
        ),
        Person(
            "executive",
            "customer executive",
            "Ruth Calloway",
            "executive@larkfield.example",
            kind="executive",
        ),
    ),
    "Osterby Freight": (
        Person(
            "other_lead",
            "customer lead of Osterby",
            "Henrik Osterby",
            "lead@osterby.example",
            kind="lead",
        ),
    ),
}

LARCH = (
    Place("Rin Takeda", "tech_lead", 100, "principal", "Java, payments, architecture"),
    Place("Sofia Marin", "developer", 100, "senior", "Java, PostgreSQL"),
    Place("Callum Reid", "developer", 100, "mid", "TypeScript, React"),
    Place("Leila Haddad", "developer", 80, "senior", "Java, Kafka"),
    Place("Emeka Nwosu", "qa", 100, "mid", "test automation"),
    Place("Yuki Sato", "designer", 50, "senior", "interaction design"),
)
BIRCH = (
    Place("Nils Berg", "developer", 100, "senior", "Python, Django"),
    Place("Anja Kovac", "developer", 100, "mid", "Python, PostgreSQL"),
    Place("Peter Lund", "tech_lead", 100, "principal", "integration, architecture"),
    Place("Maya Fischer", "qa", 100, "mid", "exploratory testing"),
)

ATLAS = EngagementPlan(
    name="Atlas payments",
    customer="Larkfield Bank",
    outcome="Larkfield's customers pay, and get their money back, without calling the bank.",
    in_scope="Accounts, checkout, refunds and the reports that finance closes the month with.",
    out_of_scope="Card issuing; the branch systems.",
    depends_on="The bank's test system; its fraud team for the rules on refunds.",
    prefix="ATL",
    time_zone="Europe/London",
    assignees=("Rin Takeda", "Sofia Marin", "Callum Reid", "Leila Haddad"),
    milestones=(
        MilestonePlan(
            "1.0 Accounts",
            "A customer opens an account and signs in on their own.",
            32,
            (
                "Open an account with an e-mail address", "Confirm the address by a link",
                "Sign in with a second factor", "Reset a forgotten password",
                "Show the balance on the first page", "Close an account",
                "Fix wrong balance after midnight", "Keep a record of sign-ins",
                "Lock an account after ten wrong passwords", "Show an account on a phone",
                "Tell the customer of a sign-in from a new device",
                "Fix time-out on the confirmation link", "Export personal data on request",
                "Delete personal data after closing",
            ),
            made=(0, 20), done=(5, 30),
            criteria=(
                ("A new customer opens an account in under three minutes.",
                 "Timed with five testers of the bank."),
                ("Sign-in answers within 500 ms for 95 of 100 requests.",
                 "Load test report of the last build."),
            ),
            criteria_met=2,
        ),
        MilestonePlan(
            "2.0 Checkout",
            "A customer pays a shop from their account.",
            74,
            (
                "Pay a shop by its payment link", "Confirm a payment with the second factor",
                "Refuse a payment above the limit", "Show pending payments",
                "Cancel a pending payment", "Fix rounding in foreign currencies",
                "Send a receipt by mail", "Pay again from an earlier receipt",
                "Show the shop's name in full", "Stop double payment on reload",
                "Limit payments a day", "Ask for the reason above 1,000",
                "Search the list of payments", "Download a receipt", "Fix sorting of payments",
                "Tell the shop of a payment at once", "Retry when the shop does not answer",
                "Stop time-outs under load",
            ),
            made=(18, 60), done=(32, 67),
            criteria=(
                ("A payment of 20.00 reaches the test shop within 2 seconds.",
                 "Run in the bank's test system, log attached."),
                ("No payment is booked twice in 10,000 retries.", "Report of the retry test."),
                ("The receipt states amount, shop and time.", "Read by the bank's product owner."),
            ),
            criteria_met=3,
        ),
        MilestonePlan(
            "2.1 Refunds",
            "A shop gives money back, whole or in part, and everybody sees it.",
            109,
            (
                "Refund a whole payment", "Refund a part of a payment",
                "Show refunds beside payments", "Tell the customer of a refund",
                "Refuse a refund above the payment", "Ask fraud rules before a refund",
                "Stop refund of a cancelled payment", "Refund in a foreign currency",
                "Fix missing reference on refunds", "Limit refunds a day for a shop",
                "Show the reason of a refund", "Undo a refund within an hour",
                "Search refunds", "Export refunds for finance", "Fix refund at month's end",
                "Warn of a refund after 90 days", "Refund to a closed account",
                "Keep a record of who approved",
            ),
            made=(50, 112), done=(72, 118), left=5,
            criteria=(
                ("A partial refund appears in the account within 5 seconds.",
                 "Run in the bank's test system, log attached."),
                ("A refund never exceeds its payment, in 1,000 random sequences.",
                 "Report of the property test."),
                ("Finance closes October with refunds included.",
                 "Signed by the head of finance."),
                ("Fraud rules answer within 1 second.", "Log of the bank's fraud service."),
            ),
            criteria_met=2,
        ),
        MilestonePlan(
            "3.0 Reporting",
            "Finance closes the month from the portal alone.",
            172,
            (
                "Show the month's totals", "Export totals as CSV", "Mark a month as closed",
                "Show open differences", "Compare with the ledger", "Explain a difference",
                "Show who closed a month", "Reopen a month", "Fix totals across time zones",
            ),
            made=(88, 117), done=(115, 119), left=8,
            criteria=(
                ("Totals equal the ledger's to the penny for September.",
                 "Compared by finance, sheet attached."),
            ),
        ),
    ),
    headlines=(
        "We have begun: the pod is together and the first items of 1.0 Accounts are being built.",
        "Opening an account works in our test system; your team tries it on Thursday.",
        "Sign-in with a second factor is in; accounts grow as planned.",
        "Most of 1.0 Accounts is done, and nothing stands in the way of its date.",
        "1.0 Accounts is in its last days; your testers have nearly all of it.",
        "1.0 Accounts is complete; your team has it in its test system.",
        "Checkout has begun with the pieces that touch money, and they are tested first.",
        "This week's part of 2.0 Accounts is finished, and its date stands.",
        "Payments reach the test shop; limits and refusals come next.",
        "Half of 2.0 Checkout is done.",
        "The test system is back, and 2.0 Checkout is complete, before its date.",
        "Your team tries 2.0 Checkout in its test system; refunds are next.",
        "Refunds have begun, whole ones first.",
        "Partial refunds work; the rules of your fraud team are the next piece.",
        "Refunds wait for the fraud rules.",
        "The first fraud rules answer; the new date of 2.1 Refunds stands.",
        "2.1 Refunds can still make its date, with nothing to spare.",
        "2.1 Refunds is in its last week.",
    ),
    weeks={
        9: Week(
            "Checkout waits for the bank's test system; 2.0 still stands, with less air.",
            colour="amber",
            our_move="We test against a stand-in until Thursday and tell you on Friday whether "
            "2.0 holds.",
        ),
        10: Week(
            "The test system is back, and 2.0 Checkout is complete, before its date.",
            by_deputy=True,
        ),
        14: Week(
            "2.1 Refunds moves by two weeks: the fraud rules grew, and we will not ship without "
            "them.",
            colour="amber",
            our_move="Refunds without fraud rules are ready for your testers on Monday; the rules "
            "follow by the new date.",
        ),
        16: Week(
            "2.1 Refunds can still make its date, with nothing to spare.",
            colour="amber",
            our_move="Your fraud team and ours test together from Monday; after that we tell you "
            "whether the date holds.",
        ),
    },
    moves=(
        DateMove(
            "2.1 Refunds", 96, 123,
            "The bank's fraud team added a second check to every refund, agreed in writing.",
        ),
    ),
    blocked=(
        BlockedPlan(
            "Retry when the shop does not answer", 58, 66,
            "2.0 Checkout is tested against a stand-in until the bank's test system is back.",
            "The bank's test operations",
        ),
        BlockedPlan(
            "Export refunds for finance", 110, None,
            "Finance cannot close October with refunds, a criterion of 2.1 Refunds.",
            "The bank's head of finance",
        ),
        BlockedPlan("Refund to a closed account", 110),
    ),
    names=TrackerNames({"Rin Takeda": "rtakeda"}, {
        "Fix missing reference on refunds": "release-bot", "Download a receipt": "release-bot",
        "Ask fraud rules before a refund": "larkfield.fraud"}, ("release-bot",)),
    corrections={
        7: (
            "The first text named the wrong release.",
            "This week's part of 2.0 Checkout is finished, and its date stands.",
        ),
    },
)  # fmt: skip

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
            made=(85, 116), done=(104, 118), left=6,
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
    weeks={
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

PLANS = (ATLAS, HARBOUR)
