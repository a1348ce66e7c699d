"""Lists hold exactly the rows that the reader may see, on the page and in the download."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.db.models import Model
from django.urls import reverse

from dm_portal.people.models import OutgoingMail, User
from dm_portal.tests.access_matrix import (
    ADMIN,
    CONTACTS,
    CREW,
    OTHER_CONTACTS,
    READERS,
    US,
    Actors,
    actors,
)
from dm_portal.tests.access_rules import TABLE
from dm_portal.tests.canaries import bare
from dm_portal.tests.crawl import text_of
from dm_portal.tests.visitors import visitor
from dm_portal.tests.world import Side, World
from engagements.models import (
    Action,
    Ask,
    Blocker,
    Commitment,
    Engagement,
    Escalation,
    Import,
    ImportRow,
    Milestone,
    Risk,
    Sprint,
    WorkItem,
)
from pods.models import Pod
from reporting.models import ReportRevision

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]

NOBODY = actors("")
BESIDE = actors("other_manager other_specialist")
POD = actors("manager specialist")


@dataclass(frozen=True)
class Listed:
    """A list of rows of one model, told apart by a field; who reads those of which side."""

    model: type[Model]
    field: str
    ours: Actors
    theirs: Actors = NOBODY
    both: Actors = NOBODY
    none: Actors = NOBODY

    def sides(self, world: World, actor: str) -> list[Side]:
        if actor in self.both:
            return [world.ours, world.theirs]
        return [world.ours] if actor in self.ours else [world.theirs] * (actor in self.theirs)

    def readers(self) -> Actors:
        return self.ours | self.theirs | self.both | self.none


def within(model: type[Model], field: str, who: Actors) -> Listed:
    """A list in our engagement, for those who see the engagement."""
    return Listed(model, field, ours=who)


SEES = CREW | READERS | ADMIN
LISTS = {
    "engagement_list": Listed(
        Engagement,
        "name",
        ours=CREW,
        theirs=BESIDE,
        both=READERS | ADMIN,
        none=actors("stranger"),
    ),
    "status_index": Listed(
        Engagement,
        "name",
        ours=CREW,
        theirs=BESIDE,
        both=READERS | ADMIN,
        none=actors("stranger"),
    ),
    "pod_list": Listed(
        Pod,
        "name",
        ours=POD,
        theirs=BESIDE,
        both=READERS | ADMIN,
        none=US - POD - BESIDE - READERS - ADMIN,
    ),
    "people_list": Listed(User, "email", ours=NOBODY, both=READERS | ADMIN),
    "outbox_list": Listed(OutgoingMail, "subject", ours=NOBODY, both=ADMIN),
    "milestone_list": within(Milestone, "name", SEES),
    "sprint_list": within(Sprint, "name", SEES),
    "blocker_list": within(Blocker, "owner", SEES),
    "ask_list": within(Ask, "question", SEES),
    "risk_list": within(Risk, "what", SEES),
    "action_list": within(Action, "what", SEES),
    "commitment_list": within(Commitment, "promise", SEES),
    "escalation_list": within(Escalation, "what", SEES),
    "work_list": within(WorkItem, "key", SEES),
    "import_list": within(Import, "file_name", SEES),
    "status_archive": within(ReportRevision, "headline", SEES | CONTACTS),
}
# Where to look: a page without a download, and a list longer than its first page.
QUERIES = {
    "status_index": [""],
    "people_list": ["?format=csv"],
    "outbox_list": ["?format=csv"],
}
BOTH = ["", "?format=csv"]

CASES = [(name, actor) for name, listed in LISTS.items() for actor in sorted(listed.readers())]


def words(side: Side, listed: Listed) -> set[str]:
    """What tells the side's rows apart; of a week that was corrected only the last is listed."""
    rows = [row for row in side.rows if isinstance(row, listed.model)]
    if listed.model is ReportRevision:
        rows = [max((r for r in rows if r.report_id == row.report_id), key=number) for row in rows]
    return {bare(getattr(row, listed.field)) for row in rows}


def number(row: Any) -> int:
    return int(row.number)


@pytest.mark.parametrize(("name", "actor"), CASES)
def test_the_rows_of_a_list_are_those_one_may_see(world: World, name: str, actor: str) -> None:
    listed, who = LISTS[name], visitor(world, actor)
    all_words = words(world.ours, listed) | words(world.theirs, listed)
    expected = {word for side in listed.sides(world, actor) for word in words(side, listed)}
    url = reverse(name, kwargs=TABLE[name].at(world.ours))
    for query in QUERIES.get(name, BOTH):
        text = text_of(who.ask("GET", url + query))
        assert {word for word in all_words if word in text} == expected


def test_every_reader_of_a_list_is_named_here() -> None:
    for name, listed in LISTS.items():
        may = {actor for actor in US | CONTACTS if TABLE[name].expected(actor, "GET") == 200}
        assert may - OTHER_CONTACTS == set(listed.readers()), name


def test_the_rows_of_a_file_are_its_own(world: World) -> None:
    """Another import of the same engagement has rows of its own."""
    who, side = visitor(world, "manager"), world.ours
    shown = side.one(Import, state="previewed")
    url = reverse("import_row_list", kwargs={"ref": side.engagement.ref, "number": shown.number})
    text = text_of(who.ask("GET", f"{url}?format=csv"))
    rows = [row for row in side.rows if isinstance(row, ImportRow)]
    assert {row.pk for row in rows if bare(row.key) in text} == {
        row.pk for row in rows if row.of_id == shown.pk
    }
