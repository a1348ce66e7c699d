"""Telling the weeks of the past again, from what the trackers say of them today."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.utils import dateformat

from dm_portal.people.models import User
from dm_portal.shell.clock import now
from engagements.models import Engagement
from reporting import periods
from reporting.models import Colour, Period, Report
from reporting.services.attempts import with_names
from reporting.services.compiling import compile_report
from reporting.services.drafts import save_draft
from reporting.services.publishing import finish_publication, publish_report
from reporting.services.states import State
from reporting.services.ticks import WEEKLY, add_periods, period_of, rhythm_of

OUR_MOVE = "Nothing now: this week is past."


class Replayed(NamedTuple):
    """One week, and how its status stands now."""

    week: str
    state: str
    is_new: bool


def replay(
    *, engagement: Engagement, first: date, last: date, by: User | None
) -> Iterator[Replayed]:
    """Draft every week whose status was due between two days, and publish it as ``by``.

    Each speaks of the instant at which it was due. No mail is sent, and what is published already
    stays as it is: again it changes nothing.

    Raises:
        DomainError: a week cannot be published, such as one before a week that is out.
    """
    for report in open_weeks(engagement=engagement, first=first, last=last):
        found = with_names().get(pk=report.pk)
        was = found.state
        if found.state == State.DUE:
            compile_report(report_id=found.pk)
            found = with_names().get(pk=report.pk)
        if by is not None and found.state == State.DRAFT:
            _publish(found, by)
            found = with_names().get(pk=report.pk)
        yield Replayed(found.period.week, found.get_state_display(), found.state != was)


@transaction.atomic
def open_weeks(*, engagement: Engagement, first: date, last: date) -> list[Report]:
    """The reports of these weeks, oldest first; those that are missing are added."""
    rhythm = replace(rhythm_of(engagement), reporting_from=first)
    wanted = [
        week
        for week in periods.due(rhythm, at=now())
        if first <= week.due_on <= last and week.due_at <= now()
    ]
    add_periods(period_of(engagement, week, is_chosen=True) for week in wanted)
    mine = Report.objects.filter(
        engagement=engagement,
        period__kind=WEEKLY,
        period__starts_on__in=[week.starts_on for week in wanted],
    )
    return list(mine.order_by("period__starts_on"))


def _publish(report: Report, by: User) -> None:
    """With the colour by the rules, and words that say no more than that it is reconstructed."""
    colour = report.drafted["overall"]["colour"]
    save_draft(
        report=report,
        headline=report.headline or _headline(report.period),
        our_move=report.our_move or ("" if colour == Colour.GREEN else OUR_MOVE),
        colour=colour,
        colour_reason=report.colour_reason,
        version=report.version,
        by=by,
    )
    publish_report(report=report, by=by, delay=0)
    finish_publication(report_id=report.pk)


def _headline(period: Period) -> str:
    due_on = dateformat.format(period.due_on, "D j M Y")
    return f"The week to {due_on}, as the tracker tells it today."
