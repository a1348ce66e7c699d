"""The six engagements of the demo world: Atlas here, the others beside it, and whose they are."""

from reporting.demo.plans_mirador import CEDAR, LANTERN
from reporting.demo.plans_osterby import GATES, HARBOUR
from reporting.demo.plans_past import KESTREL
from reporting.demo.roles import (
    ASPEN,
    BIRCH,
    CONTACTS,
    HAZEL,
    INTERNAL,
    LARCH,
    MAPLE,
    ROWAN,
    Person,
    Place,
    Team,
)
from reporting.demo.story import (
    BlockedPlan,
    DateMove,
    EngagementPlan,
    MilestonePlan,
    TrackerNames,
    Week,
)

__all__ = [
    "ATLAS",
    "CEDAR",
    "CONTACTS",
    "GATES",
    "HARBOUR",
    "INTERNAL",
    "KESTREL",
    "LANTERN",
    "PLANS",
    "TEAMS",
    "EngagementPlan",
    "MilestonePlan",
    "Person",
    "Place",
    "Team",
]


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
                "Search refunds", "Fix refund at month's end", "Keep a record of who approved",
                "Warn of a refund after 90 days", "Export refunds for finance",
                "Refund to a closed account",
            ),
            made=(1, 6), done=(68, 117), left=2,
            came={"Ask fraud rules before a refund": 92, "Warn of a refund after 90 days": 95},
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
            made=(2, 6), done=(86, 119), left=3,
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
    told={
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

TEAMS = {
    KESTREL.name: Team("deputy", "Pod Rowan", ROWAN, {"architect": "architect", "dm": "deputy"}),
    ATLAS.name: Team(
        "dm",
        "Pod Larch",
        LARCH,
        {
            "architect": "architect",
            "deputy": "deputy",
            "tech_lead": "tech_lead",
            "deactivated": "deputy",
        },
    ),
    HARBOUR.name: Team(
        "other_dm", "Pod Birch", BIRCH, {"architect": "architect", "fourth_dm": "deputy"}
    ),
    CEDAR.name: Team("third_dm", "Pod Aspen", ASPEN, {"architect": "architect"}),
    GATES.name: Team("fourth_dm", "Pod Maple", MAPLE, {"architect": "architect"}),
    LANTERN.name: Team("third_dm", "Pod Hazel", HAZEL, {"other_dm": "deputy"}),
}
# Those that began first, first: each is played from its own first week.
PLANS = (KESTREL, ATLAS, HARBOUR, CEDAR, GATES, LANTERN)
