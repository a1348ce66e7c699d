"""Which line comes first, how urgent a day is, and the list in one sentence: no database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from reporting.needs import Group, Need, Red, groups, owed, summary
from reporting.needs.lines import urgency_of_day
from reporting.needs.owed import Row

FRIDAY = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = FRIDAY.date()
DAY = timedelta(days=1)
LINE = Need("today", FRIDAY, "", "Write", "Atlas, Bank", "due", "/here/", "Write")
ROW = Row(
    "ask", 3, "Which bank?", TODAY + 4 * DAY, "Lena Lead", False, False, 2,
    7, "abcdefghij", "Atlas", "Bank", "Europe/Berlin",
)  # fmt: skip


def order(*needs: Need) -> list[str]:
    return [each.what for group in groups(needs) for each in group.needs]


def test_groups_come_by_urgency_and_empty_ones_are_left_out() -> None:
    names = ["no hurry", "waiting for others", "this week", "overdue"]
    found = groups([replace(LINE, group=name) for name in names])
    assert [group.name for group in found] == names[::-1]


def test_what_leads_is_first_then_what_is_longest_due_then_the_worse() -> None:
    lines = [
        replace(LINE, what="well"),
        replace(LINE, what="at risk", shape="at_risk"),
        replace(LINE, what="off track", shape="off_track"),
        replace(LINE, what="older", due=FRIDAY - DAY),
        replace(LINE, what="leads", due=FRIDAY + DAY, leads=True),
    ]
    ranked = ["leads", "older", "off track", "at risk", "well"]
    assert order(*lines) == order(*reversed(lines)) == ranked


def test_alike_they_stand_by_name() -> None:
    lines = [
        replace(LINE, what="b"),
        replace(LINE, what="a"),
        replace(LINE, what="c", where="A, Bank"),
    ]
    assert order(*lines) == order(*reversed(lines)) == ["c", "a", "b"]


@pytest.mark.parametrize(
    ("days", "group"),
    [(-1, "overdue"), (0, "today"), (1, "this week"), (7, "this week"), (8, "no hurry")],
)
def test_how_urgent_a_day_is(days: int, group: str) -> None:
    assert urgency_of_day(TODAY + days * DAY, TODAY) == group


@pytest.mark.parametrize(
    ("reds", "said"),
    [
        ((), "1 overdue, 2 due today."),
        ((Red("Atlas", 6),), "1 overdue, 2 due today; Atlas has been red for 6 days."),
        (
            (Red("Atlas", 0), Red("Harbour", 1)),
            (
                "1 overdue, 2 due today; Harbour has been red since yesterday, "
                "Atlas has been red since today."
            ),
        ),
        (
            (Red("A", 3), Red("B", 9), Red("C", 2)),
            (
                "1 overdue, 2 due today; B has been red for 9 days, A has been red for 3 days, "
                "1 more is red."
            ),
        ),
        (
            (Red("A", 3), Red("B", 3), Red("C", 2), Red("D", 2)),
            (
                "1 overdue, 2 due today; A has been red for 3 days, B has been red for 3 days, "
                "2 more are red."
            ),
        ),
    ],
)
def test_the_list_in_a_sentence(reds: tuple[Red, ...], said: str) -> None:
    found = [
        Group("overdue", (LINE,)),
        Group("today", (LINE, LINE)),
        Group("waiting for others", (LINE,)),
    ]
    assert summary(found, reds) == said


def test_a_sentence_of_nothing() -> None:
    assert summary([Group("no hurry", (LINE,))]) == ""
    assert summary([], [Red("Atlas", 2)]) == "Atlas has been red for 2 days."


def said(**fields: object) -> tuple[str, str, str, str]:
    """Group, what, why and action of a row on that Friday."""
    found = owed.line(ROW._replace(**fields), TODAY)  # type: ignore[arg-type]
    assert found is not None
    return found.group, found.what, found.why, found.action


TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 18)


def test_an_ask_that_nobody_was_asked_yet_is_to_be_shared() -> None:
    why = "needed by Tue 24 Nov, in 4 days; nobody was asked yet"
    assert said(is_new=True) == ("this week", "Ask Lena Lead: Which bank?", why, "Share")
    assert said(is_new=True, due_on=TODAY + 60 * DAY)[0] == "this week"


def test_an_ask_waits_for_the_customer_until_it_is_overdue() -> None:
    why = "Lena Lead answers by Tue 24 Nov, in 4 days"
    assert said() == ("waiting for others", "Asked: Which bank?", why, "See")
    why = "was needed by Wed 18 Nov, 2 days ago"
    late = ("overdue", "Ask Lena Lead again: Which bank?", why, "See")
    assert said(due_on=WEDNESDAY) == late


def test_what_is_late_is_at_risk() -> None:
    shapes = [owed.line(ROW._replace(due_on=day), TODAY) for day in (WEDNESDAY, TUESDAY)]
    assert [each and each.shape for each in shapes] == ["at_risk", ""]


def test_ones_own_action_is_done_with_one_button() -> None:
    row = ROW._replace(kind="action", words="Call", is_mine=True, due_on=TODAY)
    found = owed.line(row, TODAY)
    assert found is not None
    assert (found.group, found.what, found.why) == ("today", "Do: Call", "due Fri 20 Nov, today")
    assert found.deed_url == "/engagements/abcdefghij/actions/3/completion/"
    assert found.sends == {"is_done": "yes", "version": "2", "back": "needs"}
    assert said(kind="action", is_mine=True, due_on=WEDNESDAY)[:1] == ("overdue",)


def test_the_action_of_somebody_else_shows_once_it_is_late() -> None:
    assert owed.line(ROW._replace(kind="action", due_on=TODAY), TODAY) is None
    why = "Lena Lead does it; was due Wed 18 Nov, 2 days ago"
    late = ("waiting for others", "To be done: Which bank?", why, "See")
    assert said(kind="action", due_on=WEDNESDAY) == late


def test_a_commitment_is_to_be_kept_and_then_accounted_for() -> None:
    why = "promised to Lena Lead for Tue 24 Nov, in 4 days"
    kept = ("this week", "Keep your word: Which bank?", why, "Say")
    assert said(kind="commitment") == kept
    late = said(kind="commitment", due_on=WEDNESDAY)
    assert late[:2] == ("overdue", "Was it kept: Which bank?")


def test_an_escalation_is_acknowledged_and_resolved_by_whoever_decides() -> None:
    why = "raised to you; an answer is needed by Tue 24 Nov, in 4 days"
    new = {"kind": "escalation", "is_mine": True}
    assert said(**new, is_new=True) == ("this week", "Decide: Which bank?", why, "Acknowledge")
    assert said(**new)[3] == "Resolve"
    found = owed.line(ROW._replace(kind="escalation", is_mine=True, is_new=True), TODAY)
    assert found is not None
    assert found.sends == {"version": "2", "back": "needs"}


def test_an_escalation_waits_for_others_until_its_clock_has_run_out() -> None:
    why = "Lena Lead has not acknowledged it; an answer is needed by Tue 24 Nov, in 4 days"
    raised = ("waiting for others", "Raised: Which bank?", why, "See")
    assert said(kind="escalation", is_new=True) == raised
    why = "Lena Lead has it in hand; an answer was needed by Wed 18 Nov, 2 days ago"
    late = ("overdue", "No answer from Lena Lead: Which bank?", why, "See")
    assert said(kind="escalation", due_on=WEDNESDAY) == late
