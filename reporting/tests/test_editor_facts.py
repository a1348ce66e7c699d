"""What a sentence of the draft rests on, as the delivery manager reads it."""

from datetime import UTC, datetime

import pytest

from reporting import editor, sentences
from reporting.drafting import Draft
from reporting.forms import DraftForm
from reporting.tests.inputs import SINCE, body, item, milestone, over_time, revision, text


def shown(name: str, value: object) -> tuple[str, str]:
    """A fact of a status up to Friday 20 November: its label and its value."""
    fact = {"name": name, "value": value, "rows": []}
    draft = Draft(
        since=None,
        as_of=datetime(2026, 11, 20, 14, tzinfo=UTC),
        body=body(),
        sentences=[{"key": "late.finished", "about": "", "text": "", "facts": [fact]}],
        overall={"colour": "green"},
    )
    [section] = _sections(draft, {})
    [line] = section.lines[0].facts
    return line.label, line.value


def _sections(draft: Draft, sources: dict[int, str]) -> list[editor.Section]:
    form = DraftForm(draft=draft, edits={})
    return editor.sections(draft, late="", sources=sources, form=form)


@pytest.mark.parametrize(
    ("name", "value", "label", "words"),
    [
        ("late_days.first", "2026-11-10", "the first on", "Tue 10 Nov"),
        ("late_days.last", "2026-11-11", "the last on", "Wed 11 Nov"),
        ("window.to_day", "2025-11-20", "up to", "Thu 20 Nov 2025"),
        ("total.finished_late", 3, "finished before, imported since", "3"),
        ("milestones.1.done_on", None, "done on", "none"),
        ("before.finished", 3, "finished, before this correction", "3"),
        ("total.decided.removed", 3, "withdrawn, by what was decided since", "3"),
        ("left_out.undecided", 3, "in states not decided on", "3"),
    ],
)
def test_days_are_said_in_words(name: str, value: object, label: str, words: str) -> None:
    assert shown(name, value) == (label, words)


def test_items_of_one_key_are_told_apart_by_their_source() -> None:
    """In what is behind a sentence, and where it names an item itself."""
    blocked = over_time(item("PAY-1", 1)) | {"steps": [[text(SINCE), "blocked", "Stuck"]]}
    told = body(
        items=[item("PAY-1", 1), blocked | {"source": 2}, item("PAY-2", 1)],
        milestones=[milestone(1)],
        revisions=[revision(1, "2026-12-04")],
    )
    as_of = datetime(2026, 11, 20, 14, tzinfo=UTC)
    draft = Draft(None, as_of, told, sentences.write(told), {"colour": "green"})
    found = _sections(draft, {1: "Jira", 2: "Support desk"})
    lines = {line.key: line.facts for section in found for line in section.lines}
    added = [each.name for each in lines["created"][0].items]
    assert added == ["PAY-1 (Jira)", "PAY-1 (Support desk)", "PAY-2"]
    assert [fact.value for fact in lines["blocked.1"]][:2] == ["1", "PAY-1 (Support desk)"]
