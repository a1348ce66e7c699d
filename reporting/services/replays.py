"""Telling the weeks of the past again, from what the trackers say of them today."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.utils import dateformat

from dm_portal.people.models import User
from dm_portal.shell.clock import now
from dm_portal.shell.errors import DomainError
from engagements.models import Engagement
from reporting import periods
from reporting.drafting import draft_of
from reporting.models import Colour, Period, Report
from reporting.services.attempts import with_names
from reporting.services.compiling import compile_report
from reporting.services.drafts import save_draft
from reporting.services.publishing import finish_publication, publish_report
from reporting.services.states import State
from reporting.services.ticks import WEEKLY, add_periods, period_of, rhythm_of

# How long a week is waited for that another process has at work.
POLLS, POLL_SECONDS = 600, 0.1
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
        DomainError: a week cannot be published: it is before one that is out, or could not be
            drafted.
    """
    for report, is_new in open_weeks(engagement=engagement, first=first, last=last):
        found = with_names().get(pk=report.pk)
        was = State.DUE if is_new else found.state
        found = _once_done(found, compile_report, State.DUE, State.COMPILING)
        is_out = bool(found.correction_reason)  # what somebody is writing on is theirs to publish
        if by is not None and found.state == State.DRAFT and not is_out:
            _publish(found, by)
        if by is not None:
            found = _once_done(found, finish_publication, State.PUBLISHING)
        if by is not None and found.state != State.PUBLISHED and not is_out:
            raise DomainError(
                f"{found} is not published but “{found.get_state_display().lower()}”, and the "
                "weeks after it wait for it."
            )
        yield Replayed(found.period.week, found.get_state_display(), found.state != was)


def _once_done(report: Report, work: Callable[..., object], *states: State) -> Report:
    """The report as soon as it is in none of these states: by our ``work`` on it, or by that of
    the clock, which may be faster.
    """
    for _ in range(POLLS):
        if report.state not in states:
            break
        if not work(report_id=report.pk):
            time.sleep(POLL_SECONDS)
        report = with_names().get(pk=report.pk)
    return report


@transaction.atomic
def open_weeks(*, engagement: Engagement, first: date, last: date) -> list[tuple[Report, bool]]:
    """The reports of these weeks, oldest first, each with whether it was missing and is added."""
    rhythm = replace(rhythm_of(engagement), reporting_from=first)
    wanted = [
        week
        for week in periods.due(rhythm, at=now())
        if first <= week.due_on <= last and week.due_at <= now()
    ]
    there = set(
        Report.objects.filter(engagement=engagement).values_list("period__starts_on", flat=True)
    )
    add_periods(period_of(engagement, week, is_chosen=True) for week in wanted)
    mine = Report.objects.filter(
        engagement=engagement,
        period__kind=WEEKLY,
        period__starts_on__in=[week.starts_on for week in wanted],
    )
    found = mine.select_related("period").order_by("period__starts_on")
    return [(report, report.period.starts_on not in there) for report in found]


def _publish(report: Report, by: User) -> None:
    """As the DM wrote it and called it; what they left open with the colour by the rules, and words
    that say no more than that it is reconstructed. A week that is refused stays as it was.
    """
    colour = report.colour or draft_of(report, at=now()).overall["colour"]
    with transaction.atomic():
        save_draft(
            report=report,
            headline=report.headline or _headline(report.period),
            our_move=report.our_move or ("" if colour == Colour.GREEN else OUR_MOVE),
            own_words=report.own_words,
            colour=colour,
            colour_reason=report.colour_reason,
            version=report.version,
            by=by,
        )
        publish_report(report=report, by=by, delay=0)


def _headline(period: Period) -> str:
    due_on = dateformat.format(period.due_on, "D j M Y")
    return f"The week to {due_on}, as the tracker tells it today."
