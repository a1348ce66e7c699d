"""Files that flood: refused by what no tracker holds more of, and read in pieces that fit."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from dm_portal.people.models import User
from engagements.models import Engagement, Import, ImportRow, WorkItem
from engagements.services.imports import bounds, evidence, reading, statements
from engagements.services.imports.bounds import FURTHER, Bounds, add_left_out
from engagements.sources.changelog import MAX_AT_ONCE, Changelog
from engagements.sources.changes import Change
from engagements.sources.refusal import FileRefused
from engagements.sources.rows import Row
from engagements.tests.pages import at
from engagements.tests.work_files import BERLIN, apply, changes, item, open_file, preview, work_csv

pytestmark = pytest.mark.django_db
AT = "2026-01-06T10:00:00Z"


def rows(**data: Any) -> Iterator[Row]:
    """One row for each value of the one field."""
    [(field, values)] = data.items()
    return (Row(line, f"A-{line}", {field: value}) for line, value in enumerate(values, 2))


@pytest.mark.parametrize(
    ("field", "noun"),
    [("state", "states"), ("type", "types"), ("sprint", "sprints"), ("assignee", "assignees")],
)
def test_more_names_than_anybody_could_choose_from(field: str, noun: str) -> None:
    counted, names = Bounds(), [f"N {number}" for number in range(bounds.MOST[noun])]
    counted.take_rows(rows(**{field: ["", *names, *names]}))
    with pytest.raises(
        FileRefused, match=rf"Up to line 2 the file names more than \d+,000 {noun}, which"
    ):
        counted.take_rows(rows(**{field: ["one more"]}))


def test_milestones_are_counted_each() -> None:
    counted = Bounds()
    lots = [[f"{row}.{place}" for place in range(50)] for row in range(200)]
    counted.take_rows(rows(milestones=[*lots, *lots]))
    with pytest.raises(FileRefused, match="10,000 milestones"):
        counted.take_rows(rows(milestones=[["one more"]]))


def test_refused_rows_name_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bounds.MOST, "states", 0)
    Bounds().take_rows([Row(2, "A-1", {"state": "Open"}, reason="It is odd.")])


def test_states_of_stays_and_of_changes_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bounds.MOST, "states", 1)
    change = Change(2, "A-1", "state", "state", None, "Open", "Closed")
    with pytest.raises(FileRefused, match="more than 1 states"):
        Bounds().take_changes([change])
    with pytest.raises(FileRefused, match="more than 1 states"):
        Bounds().take_rows([Row(2, "A-1", {"stays": [["Open", ""], ["Closed", ""]]})])


def test_more_changes_of_an_item_than_any_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MAX_CHANGES", 40)
    one = Change(2, "A-1", "size", "size", None, "1", "2")
    other, refused = Change(2, "A-2", "size", "size"), Change(2, "", "size", reason="Odd.")
    counted = Bounds()
    for _ in range(50):
        counted.take_changes([other, *[refused] * bounds.OFTEN])  # seldom, or not taken
    counted.take_changes([one] * 40)
    with pytest.raises(FileRefused, match="Up to line 2 the item A-1 has more than 40 changes"):
        counted.take_changes([one] * bounds.OFTEN)


def test_a_flood_in_either_file_refuses_both_and_leaves_nothing(
    engagement: Engagement, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(bounds.MOST, "states", 2)
    log = changes(f"A-1,{AT},x,status,One,Two", f"A-1,{AT},x,status,Two,Three")
    for content, changelog, begins in (
        (
            [item("A-1", state="One")],
            log,
            "In the changelog: Up to line 3 the file names more than 2 states",
        ),
        ([item(f"A-{n}", state=f"S{n}") for n in range(3)], b"", "Up to line 4 the file names"),
    ):
        file = preview(engagement, manager, content, changelog=changelog)
        assert (file.state, file.problem[: len(begins)]) == ("refused", begins)
        assert not file.said.exists()


def test_fields_that_are_not_read_are_named_up_to_a_hundred() -> None:
    counts = add_left_out((f"field {number}" for number in range(150)), {})
    assert (len(counts), counts[FURTHER]) == (101, 50)
    again = add_left_out(["field 1", "field 120", "field 121"], counts)
    assert (len(again), again["field 1"], again[FURTHER]) == (101, 2, 52)


def test_changes_of_one_instant_come_to_an_end() -> None:
    log = changes(*[f"A-1,{AT},x,Story Points,{n},{n + 1}" for n in range(MAX_AT_ONCE + 2)])
    *taken, first, second = Changelog([log], zone=BERLIN)
    assert [each.place for each in taken] == list(range(MAX_AT_ONCE))
    assert (first.line, second.line) == (MAX_AT_ONCE + 2, MAX_AT_ONCE + 3)
    said = "The item has more than 1,000 changes of its size at one instant."
    assert first.reason == second.reason == said


def test_blank_lines_come_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engagements.sources.table.MAX_BLANK_LINES", 3)
    kept = work_csv("", "", item("A-1", title='"\n\n\n\n"'), "", "", "", item("A-2"))
    assert len(list(open_file(kept))) == 2
    with pytest.raises(FileRefused, match=r"More than 3 blank lines end in line 5\."):
        list(open_file(work_csv("", "", "", "", item())))


def test_a_decision_on_every_state_that_is_read_can_be_sent(
    client: Client, engagement: Engagement, manager: User
) -> None:
    client.force_login(manager)
    sent = {f"state_{number}": "done" for number in range(bounds.MOST["states"] + 1)}
    assert client.post(at("import_states", engagement), sent).status_code == 422


# In pieces that fit


def test_long_rows_are_read_and_worked_out_a_few_at_a_time(
    engagement: Engagement, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BATCH_BYTES", 1300)
    monkeypatch.setattr(evidence, "MAX_BYTES", 2300)
    kept, worked_out = [], []
    keep, judge = reading._keep, reading._keep_judged
    monkeypatch.setattr(reading, "_keep", lambda *a: (kept.append(len(a[1].rows)), keep(*a)))
    monkeypatch.setattr(
        reading, "_keep_judged", lambda *a: (worked_out.append(len(a[2])), judge(*a))
    )
    titles = [1, 1, 2000, 1, 550, 550, 550, 1]
    file = preview(
        engagement, manager, [item(f"A-{n}", title="x" * size) for n, size in enumerate(titles)]
    )
    assert (file.state, file.new_count, file.rows_judged) == ("previewed", 8, 8)
    assert kept == [3, 4, 1]
    assert worked_out == [2, 1, 2, 2, 1]
    assert list(ImportRow.objects.values_list("line", flat=True)) == list(range(2, 10))


def test_what_was_said_before_counts_too(engagement: Engagement, manager: User) -> None:
    apply(engagement, manager, [item("A-1", title="x" * 1000)])
    log = changes(f"A-1,{AT},x,status,Open,Closed")
    file = preview(engagement, manager, [item("A-1"), item("A-2")], changelog=log)
    sizes = statements.sizes_of(file, ["A-1", "A-2"])
    assert 1000 + 3 * 400 < sizes["A-1"] < 3000
    assert 400 < sizes["A-2"] < 1000
    assert statements.sizes_of(file, ["A-3"]) == {}
    assert WorkItem.objects.count() == Import.objects.filter(state="applied").count()
