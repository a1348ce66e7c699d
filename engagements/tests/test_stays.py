"""Reports of how long items stayed in each state, brought more than once: the latest counts."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import import_module
from io import BytesIO, StringIO
from itertools import accumulate, groupby, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.migrations.exceptions import IrreversibleError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dm_portal.people.models import User
from engagements.item_history import item_history
from engagements.models import Blocker, Engagement, Import, WorkEvent, WorkItem
from engagements.services import imports
from engagements.services.blockers import describe_blocker
from engagements.services.imports import Export
from engagements.services.rebuilding import rebuild_work
from engagements.sources.intervals import APART
from engagements.sources.maps import parse_map
from engagements.sources.rows import Row
from engagements.sources.work_file import WorkFile
from engagements.tests.events import told
from engagements.tests.stays import HOUR, MAP, SEEN, START, Life, lived, lives, report, taken
from engagements.tests.work_files import BERLIN, READ_AT

pytestmark = pytest.mark.django_db

migration = import_module("engagements.migrations.0024_stays_of_known_work")
DOCUMENTED = Path(__file__).resolve().parents[2] / "docs" / "maps" / "time_in_status.toml"
# How a report tells when it was taken: to the second, to the day, or not at all.
TELLS = {"%Y-%m-%dT%H:%M:%S": MAP + SEEN, "%Y-%m-%d": MAP + SEEN, "": MAP}


def bring(engagement: Engagement, by: User, content: bytes, by_map: bytes, **more: Any) -> Import:
    file = imports.import_file(
        engagement=engagement,
        file_name="stays.csv",
        content=BytesIO(content),
        by=by,
        by_map=parse_map(by_map),
        loses_much=True,
        **more,
    )
    assert (file.state, file.refused_count) == ("applied", 0), file.problem
    return file


class Report(NamedTuple):
    content: bytes
    export: Export = Export()


def brought(
    files: list[Report], by_map: bytes, engagement: Engagement, by: User
) -> dict[str, list[Any]]:
    """What is told after these came in, one after the other; then it is as before."""
    savepoint = transaction.savepoint()
    for content, export in files:
        bring(engagement, by, content, by_map, export=export)
    found = told(engagement)
    rebuild_work(engagement=engagement, by=by)
    assert told(engagement) == found
    transaction.savepoint_rollback(savepoint)
    return found


def reports(
    lives: dict[str, Life], taken: list[tuple[int, str, bool]], seen: str
) -> Iterator[Report]:
    at = START
    for hours, left_out, is_whole in taken:
        at += hours * HOUR
        there = {key: life for key, life in lives.items() if key != left_out}
        export = Export(at, is_whole=True) if is_whole else Export()
        yield Report(report(there or lives, at, seen), export)


@pytest.mark.no_cover
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lives, taken, st.sampled_from(sorted(TELLS)), st.randoms(use_true_random=False))
def test_the_latest_report_of_an_item_counts_in_any_order(
    engagement: Engagement, manager: User, lives: Any, taken: Any, seen: str, chance: Any
) -> None:
    files = list(reports(lives, taken, seen))
    once = brought(files, TELLS[seen], engagement, manager)
    shuffled = [*files, chance.choice(files)]
    chance.shuffle(shuffled)
    assert brought(shuffled, TELLS[seen], engagement, manager) == once
    newest = {}
    for content, _ in files:
        rows = csv.DictReader(StringIO(content.decode()))
        for key, stays in groupby(rows, lambda row: row["key"]):
            newest[key] = [row["state"] for row in stays]
    blocked = Counter(key for key, _, _ in once["blockers"])
    is_gone = any(export.is_whole for _, export in files)  # that parts the time in which it was
    assert is_gone or all(count <= newest[key].count("Blocked") for key, count in blocked.items())
    assert {item[0]: item[3] for item in once["items"]} == {
        key: states[-1] for key, states in newest.items()
    }


def taken_on(*hours: int, moves: list[tuple[int, str]]) -> list[bytes]:
    """Reports of one item, so many hours from the start."""
    life = {"A-1": lived(moves)}
    return [report(life, START + at * HOUR, "") for at in hours]


def describe(by: User, number: int) -> None:
    blocker = Blocker.objects.get(number=number)
    said = {"impact": f"{number} holds up 2.1.", "owner": "The bank"}
    describe_blocker(blocker=blocker, version=blocker.version, by=by, **said)


def words() -> list[tuple[int, str, bool]]:
    """Of each blocker, in the order of time."""
    told = Blocker.objects.order_by("opened_at")
    return list(told.values_list("number", "impact", "is_told"))


def test_what_was_said_of_short_blockers_goes_with_them_to_their_new_dates(
    engagement: Engagement, manager: User
) -> None:
    """Each shorter than the report is off, and the second is then where the first was."""
    moves = [(3, "Blocked"), (1, "Doing"), (4, "Blocked"), (1, "Doing"), (30, "Done"), (40, "Open")]
    first, second = taken_on(45, 90, moves=moves)
    bring(engagement, manager, first, MAP)
    before = list(Blocker.objects.order_by("number").values_list("opened_at", flat=True))
    for number in (1, 2):
        describe(manager, number)
    bring(engagement, manager, second, MAP)
    after = list(Blocker.objects.order_by("number").values_list("opened_at", flat=True))
    assert all(one != other for one, other in zip(before, after, strict=True))
    assert words() == [(1, "1 holds up 2.1.", True), (2, "2 holds up 2.1.", True)]


def test_what_was_said_of_one_that_was_open_goes_with_it_too(
    engagement: Engagement, manager: User
) -> None:
    """By the first report it is blocked since midnight, by the second it was over before that."""
    first, second = taken_on(25, 70, moves=[(24, "Blocked"), (1, "Doing"), (37, "Done")])
    bring(engagement, manager, first, MAP)
    since = Blocker.objects.get().opened_at
    describe(manager, 1)
    bring(engagement, manager, second, MAP)
    assert words() == [(1, "1 holds up 2.1.", True)]
    [over_at] = Blocker.objects.values_list("closed_at", flat=True)
    assert over_at is not None
    assert over_at < since


@given(lives, taken, st.sampled_from(sorted(TELLS)))
def test_of_two_reports_that_tell_otherwise_of_an_item_the_later_is_as_of_later(
    lives: Any, taken: Any, seen: str
) -> None:
    """Never of one instant, as of which nothing would tell their order."""
    told: dict[str, list[Row]] = {}
    for content, _ in reports(lives, taken, seen):
        by = parse_map(TELLS[seen])
        for row in WorkFile([content], zone=BERLIN, now=READ_AT, by=by):
            told.setdefault(row.key, []).append(row)
    for rows in told.values():
        for one, other in pairwise(rows):
            assert one.updated_at
            assert other.updated_at
            assert other.updated_at - one.updated_at >= (one.data != other.data) * APART


def as_of(rows: list[dict[str, str]], at: datetime) -> Iterator[dict[str, str]]:
    """The report of the same items as it would have been taken earlier."""
    for _, stays in groupby(rows, lambda row: row["key"]):
        item = list(stays)
        since = datetime.fromisoformat(item[0]["end"])
        ends = list(accumulate(timedelta(days=float(row["daysInStatus"])) for row in item))
        begins = [since - ends[-1], *(since - ends[-1] + end for end in ends[:-1])]
        past = [row for row, began in zip(item, begins, strict=True) if began <= at]
        for place, row in enumerate(past):
            days = row["daysInStatus"] if place < len(past) - 1 else "0"
            end = f"{begins[len(past) - 1]:%Y-%m-%d}"
            yield row | {"daysInStatus": days, "end": end, "observationDate": f"{at}"}


def test_a_real_report_that_was_also_taken_earlier(
    engagement: Engagement, manager: User, real_data: Path
) -> None:
    """Cut at two days: whatever order the three come in, all is as by the last alone."""
    content = (real_data / "team_csv" / "timeInStatus.csv").read_bytes()
    rows = list(csv.DictReader(StringIO(content.decode())))
    files = [Report(content)]
    for at in map(datetime.fromisoformat, ("2020-01-15 15:00", "2020-04-01 09:00")):
        text = StringIO()
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(as_of(rows, at))
        files.append(Report(text.getvalue().encode()))
    by_map = DOCUMENTED.read_bytes()
    alone = brought(files[:1], by_map, engagement, manager)
    assert len(alone["blockers"]) == 6
    orders = [[files[number] for number in order] for order in ((1, 2, 0), (0, 2, 1, 0))]
    first, second = (brought(order, by_map, engagement, manager) for order in orders)
    assert first == second
    assert first["blockers"] == alone["blockers"]
    assert first["items"] == alone["items"]


def test_the_history_of_an_item_tells_each_move_once_and_none_of_them_late(
    engagement: Engagement, manager: User, time_machine: Any
) -> None:
    """By the file that knew it first, as the last one dates it."""
    moves = [(30, "Blocked"), (5, "Doing"), (31, "Done")]
    for days, content in enumerate(taken_on(45, 90, moves=moves), 30):
        time_machine.move_to(START + timedelta(days=days))
        bring(engagement, manager, content, MAP)
    item = WorkItem.objects.select_related("engagement", "source").get()
    lines = item_history(item).lines
    told = [(each.happening.headline, each.happening.file.number, each.is_late) for each in lines]
    assert told == [
        ("Created", 1, False),
        ("Started, blocked", 1, False),
        ("Unblocked", 1, False),
        ("Done", 2, False),
    ]


def test_states_of_which_only_an_earlier_report_tells_can_be_decided_on(
    engagement: Engagement, manager: User
) -> None:
    first, second = taken_on(45, 90, moves=[(30, "Odd"), (31, "Done")])
    bring(engagement, manager, first, MAP)
    file = bring(engagement, manager, second.replace(b"Odd", b"Peculiar"), MAP)
    assert file.undecided_states == ["Peculiar"]
    named = WorkEvent.objects.all()
    assert [state for _, state in named.states("source")] == ["Done", "Odd", "Open", "Peculiar"]
    assert list(named.items_of_states("source").values()) == [1, 1, 1, 1]


@pytest.fixture
def as_changes(engagement: Engagement, manager: User) -> dict[str, list[Any]]:
    """Two reports, kept as the portal once kept them; returns what they tell by now."""
    by_map = TELLS["%Y-%m-%d"]
    life = {"A-1": lived([(30, "Blocked"), (5, "Doing"), (31, "Done")]), "A-2": lived([])}
    for at in (45, 50, 90):
        bring(engagement, manager, report(life, START + at * HOUR, "%Y-%m-%d"), by_map)
    expected = told(engagement)
    with connection.cursor() as cursor:
        cursor.execute(migration.WRITABLE.format("DISABLE"))
        for event in WorkEvent.objects.order_by("pk"):
            cells = json.loads(event.became)
            stays = cells.pop("stays")
            cursor.execute(
                migration.FOLD,
                [
                    json.dumps(cells, sort_keys=True, ensure_ascii=False, separators=(",", ":")),
                    event.occurred_at - APART * len(stays),
                    event.pk,
                ],
            )
            WorkEvent.objects.bulk_create(
                [
                    WorkEvent(
                        source=event.source,
                        key=event.key,
                        field="state",
                        came=came,
                        became=became,
                        occurred_at=at,
                        recorded_at=event.recorded_at,
                        of=event.of,
                    )
                    for (came, _), (became, at) in pairwise(stays)
                ],
                ignore_conflicts=True,
            )
    return expected


def test_what_was_kept_as_changes_is_kept_as_stays(
    engagement: Engagement, as_changes: dict[str, list[Any]]
) -> None:
    assert WorkEvent.objects.filter(field="state").count() == 5  # not 7: two reports are of one day
    migration.keep_folded(apps, connection.schema_editor())  # nothing is folded yet
    migration.fold_moves(None, connection.schema_editor())
    assert told(engagement) == as_changes
    with pytest.raises(IrreversibleError):
        migration.keep_folded(apps, connection.schema_editor())
