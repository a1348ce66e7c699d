"""Who owes whom what in the demo world, and on which day: told as plain data."""

from reporting.demo.owed import (
    Acknowledges,
    Act,
    Answers,
    Asks,
    Does,
    Fulfils,
    Plans,
    Promises,
    Raises,
    Resolves,
    Sees,
    Settles,
    Tends,
    Withdraws,
)

Story = tuple[tuple[int, Act], ...]

ATLAS: Story = (
    (15, Promises("A list of test accounts for your testers", 25, "Call of the first fortnight")),
    (24, Fulfils("A list of test accounts for your testers")),
    (31, Fulfils("1.0 Accounts")),
    (
        43,
        Sees(
            "The bank's test system is down when 2.0 Checkout needs it",
            "medium",
            "high",
            "Keep a stand-in ready that answers as it does",
            milestone="2.0 Checkout",
            text="If your test system is down in the last weeks of 2.0, its date is in danger.",
        ),
    ),
    (58, Settles(1, "happened", "It is down since this morning; nobody can say until when.")),
    (
        58,
        Raises(
            "The bank's test system is down, and 2.0 Checkout cannot be tested",
            2,
            "architect",
            60,
            text="Your test system is down since Wednesday; 2.0 Checkout is tested against a "
            "stand-in until it is back.",
        ),
    ),
    (58, Acknowledges(1)),
    (
        58,
        Asks(
            "Which stand-in may we test payments against?",
            60,
            "2.0 Checkout loses a day for each day without an answer.",
            text="Which stand-in may we test payments against until your test system is back?",
            recommendation="The simulator of the card scheme: it knows every refusal.",
            options="The simulator of the card scheme\nLast month's answers, played again",
        ),
    ),
    (59, Answers(1, "The simulator; Oliver has opened it for you.", by="delegate")),
    (
        59,
        Plans(
            "Test 2.0 Checkout against the card scheme's simulator", 65, "status", owner="tech_lead"
        ),
    ),
    (65, Does(1)),
    (66, Resolves(1, "The system is back; your operations tell us a day before they touch it.")),
    (70, Promises("The report of the retry test", 74, "Mail to Grace Adeyemi")),
    (
        72,
        Promises(
            "The report of the retry test",
            79,
            "Mail to Grace Adeyemi, with the reason",
            instead_of="The report of the retry test",
        ),
    ),
    (78, Fulfils("The report of the retry test")),
    (
        85,
        Sees(
            "The fraud rules answer too slowly for refunds at the counter",
            "medium",
            "high",
            "Measure each rule with the fraud team, and leave the slow ones for the night",
            milestone="2.1 Refunds",
            text="The second fraud check may make refunds slower than shops accept.",
        ),
    ),
    (
        86,
        Sees(
            "Leila is away in the last week of a release",
            "high",
            "low",
            "Callum works beside her from now on",
        ),
    ),
    (91, Promises("A draft of the fraud report", 95, "Weekly call")),
    (
        92,
        Asks(
            "Does the second fraud check belong to 2.1?",
            95,
            "2.1 Refunds ships without it on the old date.",
            text="Does the second fraud check belong to 2.1 Refunds?",
            recommendation="Yes, with a date two weeks later.",
        ),
    ),
    (94, Answers(2, "Yes. Fraud will not sign without it.")),
    (98, Fulfils("A draft of the fraud report")),
    (98, Plans("Test refunds together with the fraud team", 102, "status", owner="tech_lead")),
    (99, Tends(2, "rising")),
    (101, Does(2)),
    (
        106,
        Asks(
            "Who of finance accepts the export of refunds?",
            116,
            "October cannot be closed with refunds, and 2.1 is not accepted.",
            text="Who of your finance accepts the export of refunds?",
            recommendation="Whoever closes October: one name is enough.",
        ),
    ),
    (107, Plans("Agree the export's columns with finance", 115, "status")),
    (
        112,
        Raises("Nobody of us may change the export's format alone", 1, "dm", 116),
    ),
    (
        113,
        Raises(
            "The export of refunds has no owner at the bank, and 2.1 cannot be accepted",
            2,
            "lead",
            123,
            text="The export of refunds needs an owner on your side before 2.1 can be accepted.",
        ),
    ),
    (114, Asks("May the review of November move to the 10th?", 130, "It stays on the 5th.")),
    (
        113,
        Plans("Write down how the export is tested", 121, "status", owner="specialist"),
    ),
    (114, Plans("Prepare the review of November", 128, "review", owner="architect")),
    (115, Promises("The order in which we test with fraud", 123, "Mail to Oliver Penrose")),
)

HARBOUR: Story = (
    (
        36,
        Asks(
            "Which quays does the pilot take?",
            45,
            "We begin with quay 3 and quay 7.",
            text="Which quays does the pilot take?",
            recommendation="Quay 3 and quay 7: both have their plan on time.",
            of="other_lead",
        ),
    ),
    (38, Answers(1, "3 and 7.", by="other_lead")),
    (45, Fulfils("Slots")),
    (
        91,
        Asks(
            "Who buys the text messages to drivers?",
            95,
            "Notices go out by mail alone.",
            text="Who of you buys the text messages to drivers?",
            of="other_lead",
        ),
    ),
    (98, Withdraws(2, "Purchasing has signed; nobody need answer any more.")),
    (99, Plans("Finish the drivers' notice, two of us", 107, "recovery")),
    (107, Does(1)),
    (
        108,
        Sees(
            "Standing bookings of the season hold slots that are gone",
            "low",
            "medium",
            "Compare them with the berth plan before they are moved",
            milestone="Season opening",
        ),
    ),
)

CEDAR: Story = (
    (
        8,
        Asks(
            "Which clinics open their calendars first?",
            17,
            "We begin with the two that answer first.",
            text="Which clinics open their calendars first?",
            recommendation="Two that are small: what we learn there helps the large ones.",
            options="Two small ones\nOne small and one large",
            of="third_lead",
        ),
    ),
    (11, Answers(1, "Two small ones: St Anne and Riverside.", by="third_lead")),
    (
        15,
        Promises(
            "A demonstration for the practices", 29, "Call of the first fortnight", to="third_lead"
        ),
    ),
    (28, Fulfils("A demonstration for the practices")),
    (
        30,
        Sees(
            "A clinic changes its calendar's interface in summer",
            "medium",
            "medium",
            "Test against both versions from now on",
            text="If a clinic's calendar changes, its times may be missing for a day.",
        ),
    ),
    (45, Fulfils("Referral letters")),
    (52, Plans("Ask practices what they miss", 61, "review")),
    (60, Does(1)),
    (66, Settles(1, "closed", "Both versions run, and the clinic has moved.")),
    (
        78,
        Asks(
            "Who reads the wording of the reminders?",
            93,
            "Reminders go out in our words.",
            text="Who of you reads the wording of the reminders?",
            recommendation="One nurse and one patient: an afternoon is enough.",
            of="third_lead",
        ),
    ),
    (79, Promises("Three drafts of the reminder", 87, "Weekly call", to="third_lead")),
)

GATES: Story = (
    (
        24,
        Sees(
            "Small wishes fill the fortnights, and the readers wait",
            "high",
            "medium",
            "Collect wishes, and build them in the next fortnight only",
            milestone="Northern gate",
        ),
    ),
    (38, Tends(1, "rising")),
    (44, Plans("Count what each wish of the screen has cost", 51, "status")),
    (50, Does(1)),
    (
        52,
        Asks(
            "What belongs to the northern gate, and what comes after?",
            60,
            "We finish the readers and build no more wishes.",
            text="Which of the wishes for the screen belong to the northern gate?",
            recommendation="The six that a driver sees; the rest after the southern gate.",
            of="other_lead",
        ),
    ),
    (
        58,
        Raises(
            "Nobody at the harbour may say no to a wish for the screen",
            2,
            "architect",
            66,
            text="Wishes for the screen need one person who decides; we ask you to name them.",
        ),
    ),
    (60, Acknowledges(1)),
    (61, Plans("Propose who decides on wishes", 68, "recovery")),
)

LANTERN: Story = (
    (
        3,
        Asks(
            "Who opens the cellar on Mondays?",
            25,
            "Boxes are fetched once a week, and the first hundred take until spring.",
            text="Who of you opens the cellar for us on Mondays?",
            of="third_lead",
        ),
    ),
    (9, Sees("Some index cards cannot be read", "medium", "high", "Ask the archivist early")),
    (16, Plans("Agree with the archivist which names are checked", 24, "hand")),
)

KESTREL: Story = (
    (10, Promises("A card of each colour to look at", 18, "Call", to="lead")),
    (17, Fulfils("A card of each colour to look at")),
    (
        30,
        Asks(
            "May a frozen card still pay for the tram?",
            37,
            "A frozen card pays nothing.",
            text="May a frozen card still pay for the tram?",
            recommendation="No: frozen is frozen.",
        ),
    ),
    (33, Answers(1, "No.")),
    (38, Fulfils("Card orders")),
    (70, Fulfils("Freeze and replace")),
)

STORIES: dict[str, Story] = {
    "Atlas payments": ATLAS,
    "Harbour bookings": HARBOUR,
    "Cedar referrals": CEDAR,
    "Quayside gates": GATES,
    "Lantern archive": LANTERN,
    "Kestrel cards": KESTREL,
}
