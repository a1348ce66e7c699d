"""Templates: shapes to start an engagement from."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, time, timedelta
from typing import TypedDict, Unpack

from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell.versions import update_version
from engagements.models import EngagementTemplate, TemplateMilestone
from engagements.services.engagements import PlannedMilestone


class TemplateFields(TypedDict):
    """The cadence that engagements begin with."""

    name: str
    outcome: str
    unit: str
    sprint_days: int
    time_zone: str
    status_weekday: int
    status_hour: time


@dataclass(frozen=True, slots=True)
class Outline:
    """A milestone of a template: ``day`` counts calendar days from the first day.

    ``criteria`` holds one per line: the statement | how it is verified.
    """

    name: str
    day: int
    outcome: str = ""
    criteria: str = ""


@transaction.atomic
def create_template(
    *, milestones: Sequence[Outline] = (), by: User | None, **fields: Unpack[TemplateFields]
) -> EngagementTemplate:
    """Offer a new shape to start from. ``by=None``: the portal's own defaults."""
    template = EngagementTemplate.objects.create(**fields)
    record("template.created", template, by=by, after=fields)
    if milestones:
        set_outlines(template=template, milestones=milestones, by=by)
    return template


@transaction.atomic
def change_template(
    *, template: EngagementTemplate, version: int, by: User, **fields: Unpack[TemplateFields]
) -> EngagementTemplate:
    """Change the cadence of a template; engagements begun from it stay as they are."""
    if change := update_version(template, version=version, **fields):
        record("template.changed", template, by=by, before=change.before, after=change.after)
    return template


@transaction.atomic
def set_outlines(
    *, template: EngagementTemplate, milestones: Sequence[Outline], by: User | None
) -> None:
    """Give a template these milestones, in the order of their days, in place of those it has."""
    EngagementTemplate.objects.select_for_update().get(pk=template.pk)
    before = [_outline(row) for row in template.milestones.all()]
    after = sorted(milestones, key=lambda outline: outline.day)
    if before == after:
        return
    template.milestones.all().delete()
    TemplateMilestone.objects.bulk_create(
        TemplateMilestone(template=template, number=number, **asdict(outline))
        for number, outline in enumerate(after, start=1)
    )
    record(
        "template.outlined",
        template,
        by=by,
        before={"milestones": _in_words(before)},
        after={"milestones": _in_words(after)},
    )


@transaction.atomic
def remove_template(*, template: EngagementTemplate, by: User) -> None:
    """Offer a shape no longer; engagements begun from it stay as they are."""
    record("template.removed", template, by=by)
    template.delete()


@transaction.atomic
def add_default_templates(*, by: User | None) -> list[EngagementTemplate]:
    """Make those of the two default templates that are not there; returns the new ones."""
    there = set(EngagementTemplate.objects.values_list("name", flat=True))
    return [
        create_template(milestones=outlines, by=by, **fields)
        for fields, outlines in DEFAULTS
        if fields["name"] not in there
    ]


def proposed(template: EngagementTemplate, *, starts_on: date) -> list[PlannedMilestone]:
    """The template's milestones with the dates that they would have; nothing is written."""
    return [
        PlannedMilestone(
            name=row.name,
            outcome=row.outcome,
            committed_on=starts_on + timedelta(days=row.day),
            reason=f"Proposed by the template {template.name}: day {row.day}.",
            criteria=_criteria(row.criteria),
        )
        for row in template.milestones.all()
    ]


def _criteria(text: str) -> list[tuple[str, str]]:
    pairs = (line.partition("|") for line in text.splitlines())
    return [(said.strip(), how.strip()) for said, _, how in pairs if said.strip()]


def _outline(row: TemplateMilestone) -> Outline:
    return Outline(name=row.name, day=row.day, outcome=row.outcome, criteria=row.criteria)


def _in_words(outlines: Iterable[Outline]) -> str:
    return ", ".join(f"{outline.name} (day {outline.day})" for outline in outlines)


_TWO_WEEKS = 14

DEFAULTS: tuple[tuple[TemplateFields, tuple[Outline, ...]], ...] = (
    (
        TemplateFields(
            name="Product build",
            outcome="A product that its users can work with, in three steps.",
            unit="items",
            sprint_days=_TWO_WEEKS,
            time_zone="Europe/Berlin",
            status_weekday=5,
            status_hour=time(15),
        ),
        (
            Outline(
                name="Working skeleton",
                day=28,
                outcome="One thin path through the whole product runs where its users will.",
                criteria=(
                    "One user journey works end to end | shown in the demo\n"
                    "Every change is built and tested without a hand | log of the last ten builds"
                ),
            ),
            Outline(
                name="First release",
                day=84,
                outcome="The first group of users works with it.",
                criteria=(
                    "The agreed journeys work for the first group | acceptance test\n"
                    "No defect open that stops a journey | list of defects\n"
                    "Operations can deploy and roll back | rehearsed together"
                ),
            ),
            Outline(
                name="General release",
                day=140,
                outcome="Everybody it is meant for works with it.",
                criteria=(
                    "Every journey in scope works | acceptance test\n"
                    "The agreed load is carried | report of the load test\n"
                    "Your people run it without us for a week | log of operations"
                ),
            ),
        ),
    ),
    (
        TemplateFields(
            name="Migration",
            outcome="Everything runs on the new system, and the old one is switched off.",
            unit="items",
            sprint_days=_TWO_WEEKS,
            time_zone="Europe/Berlin",
            status_weekday=5,
            status_hour=time(15),
        ),
        (
            Outline(
                name="Inventory agreed",
                day=21,
                outcome="It is known what moves, in which order, and what stays behind.",
                criteria=(
                    "Every part has an owner and a wave | list signed by you\n"
                    "The way back is described for each wave | read together"
                ),
            ),
            Outline(
                name="First wave moved",
                day=63,
                outcome="The first wave runs on the new system.",
                criteria=(
                    "Figures agree between old and new | reconciliation report\n"
                    "The way back was rehearsed | protocol of the rehearsal"
                ),
            ),
            Outline(
                name="Old system off",
                day=126,
                outcome="Nothing needs the old system any more.",
                criteria=(
                    "Every wave is moved | list of waves\n"
                    "The old system was off for two weeks | log of operations"
                ),
            ),
        ),
    ),
)
