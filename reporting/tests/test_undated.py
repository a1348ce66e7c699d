"""Items of which no file says when they were created: told of, but never told to be added."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from time_machine import Traveller

from dm_portal.people.models import User
from engagements.models import Engagement, WorkItem
from engagements.services.imports import Export
from engagements.tests.test_maps import bring
from reporting import facts, sentences
from reporting.last_status import Told
from reporting.models import ReportRevision
from reporting.tests.inputs import AS_OF, body, inputs, milestone, revision
from reporting.tests.pages import SignIn, text_of, url
from reporting.tests.reports import FRIDAY, WEEK, draft, open_reports, publish, write
from reporting.tests.test_followed import line
from reporting.weeks import Week

# Days count from 40 days before the status, and its window from day 33.
OLD, NEW = 3, 35
MAP = b"""
name = "Finished items"
state = "Done"
[columns]
key = "key"
done_at = "moved"
updated_at = "moved"
"""


def undated(key: str, created: float = NEW, **more: Any) -> dict[str, Any]:
    return line(key, created=created, **more) | {"is_undated": True}


def figures(*items: dict[str, Any], **rows: Any) -> dict[str, Any]:
    return facts.figures_from(inputs(items=list(items), **rows))


def said(*items: dict[str, Any], **rows: Any) -> dict[str, str]:
    found = sentences.write(body(items=list(items), **rows))
    return {row["key"]: row["text"].replace("\N{NO-BREAK SPACE}", " ") for row in found}


PROMISED: dict[str, Any] = {
    "milestones": [milestone(1, "Checkout"), milestone(2)],
    "revisions": [revision(1, "2026-12-04")],
}


def test_what_is_new_is_parted_by_whether_its_created_date_is_known() -> None:
    found = figures(
        line("A-1", created=NEW, milestones=((NEW, [1]),)),
        undated("A-2", milestones=((NEW, [1]),)),
        undated("A-3", milestones=((NEW, [2]),)),
        undated("A-4", OLD),
        line("A-5", (36, "withdrawn"), created=NEW) | {"is_undated": True},
        **PROMISED,
    )
    of = {name: found[name] for name in ("total", "promised", "beyond")}
    of |= {row["number"]: row for row in found["milestones"]}
    assert {name: (row["created"], row["first_told"]) for name, row in of.items()} == {
        "total": (["A-1"], ["A-2", "A-3"]),
        "promised": (["A-1"], ["A-2"]),
        "beyond": ([], ["A-3"]),
        1: (["A-1"], ["A-2"]),
        2: ([], ["A-3"]),
    }
    assert found["left_out"]["undated"] == 3


def test_older_schemas_count_them_as_they_did() -> None:
    given = inputs(items=[undated("A-1")])
    assert facts.figures_from(given, schema=6)["total"]["created"] == ["A-1"]


def test_they_are_never_said_to_be_added() -> None:
    found = said(undated("A-1"), undated("A-2"))
    assert "created" not in found
    assert found["first_told"] == "2 items were first told of between 13 and 20 Nov."
    assert found["left_out.undated"] == (
        "Of 2 items no file says when they were created: they count from when they were first "
        "told of."
    )


def test_beside_them_is_told_what_was_added_and_where() -> None:
    in_checkout: dict[str, Any] = {"milestones": ((NEW, [1]),)}
    found = said(line("A-1", created=NEW), undated("A-2", **in_checkout), **PROMISED)
    assert found["created"] == (
        "1 item was added between 13 and 20 Nov, outside the committed milestones."
    )
    assert found["first_told"] == "1 item was first told of between 13 and 20 Nov, in Checkout."


def test_what_was_told_of_long_ago_is_not_told_again() -> None:
    found = said(undated("A-1", OLD))
    assert found["created"] == "Nothing was added between 13 and 20 Nov."
    assert "first_told" not in found
    assert found["left_out.undated"] == (
        "Of 1 item no file says when it was created: it counts from when it was first told of."
    )


def test_a_first_status_says_only_of_how_many() -> None:
    found = said(undated("A-1"), since=None)
    assert {"created", "first_told", "left_out.undated"} & set(found) == {"left_out.undated"}


def test_what_the_last_status_could_not_know_was_not_added_before_it_either() -> None:
    found = said(undated("A-1", 30, late=("created",)), line("A-2", created=29, late=("created",)))
    assert found["late.created"] == (
        "1 item added before the last status, on 9 Nov, was imported only after it, and is "
        "counted here for the first time."
    )
    assert found["late.first_told"] == (
        "1 item first told of before the last status, on 10 Nov, was imported only after it, "
        "and is counted here for the first time."
    )


def test_our_pages_name_them_apart() -> None:
    week = Week(body(items=[undated("A-1"), undated("A-2", 30, late=("created",))]))
    assert {each.name: each.number for each in week.moved() if each.number} == {"First told of": 1}
    assert week.unmoved() == "Nothing was finished, reopened or withdrawn."
    assert [(each.name, each.number) for each in week.late()] == [("First told of earlier", 1)]
    knew_nothing = Told(AS_OF, {})
    assert {each.name for each in week.late(knew_nothing)} == {"First told of earlier"}
    assert week.undated == "of what was added, 2 items without a created date"
    assert Week(body(items=[line("A-1")])).undated == ""


# From a tracker's file to what the customer reads


@pytest.fixture
def clock() -> Iterator[Traveller]:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def first(engagement: Engagement, manager: User, clock: Traveller) -> ReportRevision:
    """One of two finished items is told of."""
    finished(engagement, manager, "A-1,2026-11-18")
    return publish(open_reports(engagement)[0], manager)


def finished(engagement: Engagement, manager: User, *rows: str, **how: Any) -> None:
    content = "\n".join(["key,moved", *rows]).encode()
    bring(engagement, manager, content, **{"by": MAP} | how)


@pytest.mark.django_db
def test_a_list_of_finished_items_adds_nothing(
    first: ReportRevision,
    sign_in: SignIn,
    manager: User,
    engagement: Engagement,
    clock: Traveller,
) -> None:
    clock.move_to(FRIDAY + WEEK, tick=False)
    finished(engagement, manager, "A-1,2026-11-18", "A-2,2026-11-24")
    *_, report = open_reports(engagement, at=FRIDAY + WEEK, weeks=2)
    report = draft(report)
    page = text_of(sign_in(manager).get(url(report)))
    assert "<h3>First told of: 1 item</h3>" in page
    assert "without a created date" in page
    told = {
        row["key"]: row["text"].replace("\N{NO-BREAK SPACE}", " ")
        for row in publish(write(report, manager), manager).text["sentences"]
    }
    assert "created" not in told
    assert told["first_told"].startswith("1 item was first told of between 20 and 24 Nov")
    assert told["left_out.undated"].startswith("Of 2 items no file says")


@pytest.mark.django_db
def test_of_those_done_earlier_than_any_file_nothing_is_impossible(
    engagement: Engagement, manager: User, clock: Traveller
) -> None:
    """Its rows do not say since when they are so: as of the export, two days later."""
    by_map = MAP.replace(b"updated_at", b"started_at")
    finished(engagement, manager, "A-1,2026-11-18", by=by_map, export=Export(FRIDAY))
    found = facts.collect(engagement, since=FRIDAY - WEEK, as_of=FRIDAY + WEEK)["figures"]
    assert found["flow"]["cycle_times"]["impossible"] == []
    assert (found["total"]["first_told"], found["total"]["finished"]) == (["A-1"], ["A-1"])
    assert not WorkItem.objects.with_impossible_dates().exists()
