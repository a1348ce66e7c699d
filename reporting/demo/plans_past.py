"""What was delivered for Larkfield Bank before: finished, closed, and still to be read."""

from reporting.demo.story import EngagementPlan, MilestonePlan

KESTREL = EngagementPlan(
    name="Kestrel cards",
    customer="Larkfield Bank",
    outcome="A card is ordered, frozen and replaced without a visit to a branch.",
    in_scope="Orders, freezing, replacement.",
    out_of_scope="Limits; insurance.",
    depends_on="The card maker's interface.",
    prefix="KES",
    time_zone="Europe/London",
    began=34,
    weeks=11,
    is_closed=True,
    import_every=2,
    assignees=("Ola Brandt", "Priya Raman"),
    milestones=(
        MilestonePlan(
            "Card orders",
            "A customer orders a card and knows when it comes.",
            39,
            ("Order a card", "Choose its colour", "Show when it comes", "Order for a child",
             "Fix the address of flats", "Cancel an order", "Tell the branch"),
            made=(0, 8), done=(4, 32),
            criteria=(("A card ordered by noon is sent the same day.", "Log of a week."),),
            criteria_met=1,
        ),
        MilestonePlan(
            "Freeze and replace",
            "A lost card is worthless within a minute.",
            74,
            ("Freeze a card", "Thaw a card", "Replace a card", "Say why", "Warn of open payments",
             "Fix a card frozen twice", "Show frozen cards", "Freeze by phone"),
            made=(21, 40), done=(38, 66),
            criteria=(("A frozen card is refused within 60 seconds.", "Run with the card maker."),),
            criteria_met=1,
        ),
    ),
    headlines=(
        "We have begun with orders; the card maker answers.",
        "A card can be ordered in the test system.",
        "Customers see when their card comes.",
        "Orders for children are in.",
        "Card orders is in its last days.",
        "Card orders is complete, before its date.",
        "A card can be frozen in the test system.",
        "Replacement works from end to end.",
        "Freezing by phone is the last piece.",
        "Freeze and replace is complete; your team tests it.",
        "Both releases are live, and nothing is open: this is the last status.",
    ),
)  # fmt: skip
