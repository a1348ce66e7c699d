"""Everything that a person can reach is fetched and searched for words they must not see."""

import re
from collections.abc import Callable

import pytest
from django.apps import apps
from django.db.models import Field

from dm_portal.tests.access_matrix import ACTORS, CUSTOMERS, NOT_SIGNED_IN
from dm_portal.tests.canaries import AROUND, MARK, Origin, field_label, text_fields
from dm_portal.tests.crawl import Page, crawl
from dm_portal.tests.visitors import visitor
from dm_portal.tests.world import Side, World

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]

STARTS = ["/", "/status/", "/engagements/", "/pods/", "/people/", "/outbox/", "/audit/"]
STARTS += ["/calendars/", "/leave/", "/notes/"]
STARTS += ["/admin/", "/gallery/", "/accounts/email/", "/accounts/2fa/", "/accounts/sessions/"]

PORTAL_WIDE = {"admin", "director", "auditor"}
# They may look at an engagement, and not at what is being written about it.
NO_DRAFTS = {"tech_lead", "specialist", "engagement_specialist", "admin"}
UNPUBLISHED = {"draft", "leaving", "correcting", "begun"}
# Whose notes they are, and who writes the status for which they are.
NOTES = {"friday": {"manager", "deputy", "architect"}, "retro": {"manager"}}

# The questions of a world.
ASKED = ("waits", "answered")

# What a customer's people read of their own side, written by hand: all else is internal.
FOR_CUSTOMERS = {
    "engagements.Customer.name",
    "engagements.Engagement.name",
    "engagements.Milestone.name (promised)",
    "engagements.Milestone.outcome (promised)",
    "engagements.AcceptanceCriterion.statement (promised)",
    "engagements.MilestoneRevision.reason",
    "people.User.name (manager)",
    "people.User.name (delegate)",  # who is asked, and answered
    *(
        f"engagements.Ask.{field} ({row})"
        for field in ("customer_text", "options", "recommendation", "without_answer")
        for row in ("shared", "answered", "withdrawn")
    ),
    "engagements.Ask.answer (answered)",
    "engagements.Risk.customer_text (shared)",
    "engagements.Escalation.customer_text (shared)",
    "people.User.name (architect)",  # who decides on what was raised
    "people.User.email (delegate)",  # whom their lead named
    *(f"reporting.Question.{field} ({row})" for field in ("text", "quote") for row in ASKED),
    "reporting.Question.answer (answered)",
    "reporting.Report.headline (published)",
    "reporting.Report.headline (corrected)",
    "reporting.Report.our_move (published)",
    "reporting.Report.our_move (corrected)",
    "reporting.Report.colour_reason (published)",
    "reporting.Report.colour_reason (corrected)",
    "reporting.Report.own_words (published)",
    "reporting.Report.own_words (corrected)",
    "reporting.Report.paragraph (told)",
    "reporting.Report.paragraph (retold)",
    "reporting.Report.colour_reason (told)",
    "reporting.Report.colour_reason (retold)",
    "reporting.Report.correction_reason (corrected)",
    "reporting.Retraction.reason",
}
# Of oneself alone.
OWN = {"people.User.name", "people.User.email"}

# The highest escalations are theirs to decide: whoever works on an engagement can name them.
DECIDES = "people.User.name (director)"

# Shapes to start from speak of no customer: they are the same for both.
OF_NO_SIDE = {
    *("engagements.EngagementTemplate", "engagements.TemplateMilestone", "people.WorkCalendar"),
}


def texts_of_the_product() -> list[Field]:
    labels = ("people", "pods", "engagements", "reporting")
    models = [model for label in labels for model in apps.get_app_config(label).get_models()]
    sided = [model for model in models if model._meta.label not in OF_NO_SIDE]
    return [field for model in sided for field in text_fields(model)]


@pytest.mark.parametrize("field", texts_of_the_product(), ids=field_label)
def test_every_text_of_both_sides_holds_a_canary(world: World, field: Field) -> None:
    """A crawl finds only what is there: each column must hold a word of each side."""
    texts = " ".join(map(str, field.model.objects.values_list(field.name, flat=True)))
    assert {"ours", "theirs"} <= {origin.side for origin in world.canaries.found_in(texts)}


def named(origin: Origin) -> str:
    return f"{origin.field} ({origin.row})" if origin.row else origin.field


def may_see(actor: str, side: Side) -> Callable[[Origin], bool]:
    """Whether this actor, who belongs to this side, may come upon a word."""

    def of_the_portal(origin: Origin) -> bool:
        if origin.field == "reporting.Note.text":
            return actor.removeprefix("other_") in NOTES[origin.row] and origin.side == side.name
        return actor not in NO_DRAFTS or origin.row not in UNPUBLISHED

    def of_a_customer(origin: Origin) -> bool:
        is_own = origin.field in OWN and origin.row == actor.removeprefix("other_")
        return origin.side == side.name and (is_own or named(origin) in FOR_CUSTOMERS)

    def of_one_of_us(origin: Origin) -> bool:
        mine = origin.field in OWN and origin.row == actor
        mine = mine or (named(origin) == DECIDES and actor != "stranger")
        return (origin.side == side.name and of_the_portal(origin)) or (
            origin.side == "nobody" and (mine or origin.field.startswith(tuple(OF_NO_SIDE)))
        )

    if actor in PORTAL_WIDE:
        return of_the_portal
    return of_a_customer if actor in CUSTOMERS else of_one_of_us


def crawl_as(world: World, actor: str) -> list[Page]:
    """Everything that an actor reaches; it is the same for every test of this world."""
    if actor not in world.crawled:
        world.crawled[actor] = crawl(visitor(world, actor).client, STARTS)
    return world.crawled[actor]


def side_of(world: World, actor: str) -> Side:
    if actor == "stranger":
        return world.nobody
    return world.theirs if actor.startswith("other_") else world.ours


@pytest.mark.parametrize("actor", sorted(ACTORS - NOT_SIGNED_IN))
def test_nobody_reads_what_is_not_theirs(
    world: World, actor: str, record_property: Callable[[str, object], None]
) -> None:
    pages = crawl_as(world, actor)
    record_property("canary", f"{actor} {len(pages)}")
    allowed = may_see(actor, side_of(world, actor))
    told = {
        f"{page.url}: {origin}"
        for page in pages
        for origin in world.canaries.found_in(page.text)
        if not allowed(origin)
    }
    assert "\n".join(sorted(told)) == ""
    assert {page.url for page in pages if page.status >= 500} == set()


@pytest.mark.parametrize("actor", ["manager", "admin", "lead"])
def test_what_people_typed_is_text(world: World, actor: str) -> None:
    """Every word of theirs is markup and a formula; no page runs the one, no download the other."""
    pages = crawl_as(world, actor)
    formula = re.compile(rf'(?m)(^|,)"?{re.escape(AROUND[0][:2])}')
    for page in pages:
        assert page.kind != "text/html" or f"<{MARK}" not in page.text, page.url
        assert page.kind != "text/html" or AROUND[0] + MARK not in page.text, page.url
        assert page.kind != "text/csv" or not formula.search(page.text), page.url
    assert any(page.kind == "text/csv" and MARK in page.text for page in pages)


def test_a_letter_says_what_its_reader_may_read(world: World) -> None:
    read = 0
    for side in (world.ours, world.theirs):
        for role, person in side.people.items():
            letters = person.outgoing_mails.filter(kind__in=["status", "update"])
            said = "".join(f"{mail.subject} {mail.text} {mail.html}" for mail in letters)
            found = world.canaries.found_in(said)
            assert [each for each in found if not may_see(role, side)(each)] == []
            read += len(found)
    assert read > 50


def seen_by(world: World, actor: str) -> set[str]:
    pages = crawl_as(world, actor)
    return {named(origin) for page in pages for origin in world.canaries.found_in(page.text)}


def test_a_customer_reads_exactly_what_is_for_them(world: World) -> None:
    own = {f"{name} (lead)" for name in OWN}
    assert seen_by(world, "lead") - own == FOR_CUSTOMERS


def test_the_crawl_comes_upon_words(world: World) -> None:
    """A crawl that finds nothing proves nothing: who may see much does see it."""
    seen = seen_by(world, "manager")
    assert {"reporting.Report.headline (draft)", "engagements.Milestone.name (known)"} <= seen
