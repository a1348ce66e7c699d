"""What needs somebody of statuses and updates: drafts to publish, and those that failed."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse

from dm_portal.people import standing
from dm_portal.shell.components import Shape
from dm_portal.shell.marked import to_line
from dm_portal.shell.wording import count
from engagements.models import Engagement
from reporting.customer import week_words
from reporting.models import Report
from reporting.needs.lines import NO_HURRY, OVERDUE, TODAY, Need, instant, urgency, where


def unfinished(user: Any, led: Any) -> Any:
    """Drafts of whoever leads the engagement, and what failed; of that an admin has all."""
    own = Q(engagement__in=led, state__in=["draft", "parked"])
    mine = Report.objects.visible_to(user).filter(own).not_left_out()
    rows = (mine | Report.objects.retryable_by(user)).distinct()
    return rows.select_related("engagement__customer", "period")


def reports(rows: Any, user: Any, at: datetime) -> Iterator[Need]:
    """Drafts to be published by whoever leads the engagement; failed ones, by an admin.

    Weeks that are told again are one line for each engagement: there may be years of them.
    ``rows`` are those ``unfinished``.
    """
    past: dict[Engagement, list[Report]] = {}
    for report in rows:
        if report.state == "parked":
            yield _parked_report(report, user, at)
        elif is_past(report, at):
            past.setdefault(report.engagement, []).append(report)
        else:
            yield draft_line(report, at)
    for engagement, weeks in past.items():
        yield _past_weeks(engagement, weeks)


def draft_line(report: Report, at: datetime) -> Need:
    if report.is_update:
        return _begun(report)
    due_at, engagement = report.period.due_at, report.engagement
    group = urgency(due_at, at, engagement)
    words = instant(due_at, at, engagement)
    why = f"was due {words}" if group == OVERDUE else f"due {words}"
    what = f"Publish the status of {_week(report, at)}"
    if report.correction_reason:
        group, what = TODAY, f"Finish the correction of {_week(report, at)}"
        why = f"opened again: {report.correction_reason}"
    return Need(
        group=group,
        due=due_at,
        shape="",
        what=what,
        where=where(engagement),
        why=why,
        url=report.get_absolute_url(),
        action="Write",
        engagement_id=report.engagement_id,
    )


def _begun(report: Report) -> Need:
    """An update that somebody began, or that is being corrected: nothing else makes it due."""
    is_open = bool(report.correction_reason)
    return Need(
        group=TODAY,
        due=report.created_at,
        shape="",
        what="Finish the correction of an update"
        if is_open
        else "Publish the update that is begun",
        where=where(report.engagement),
        why=f"opened again: {report.correction_reason}"
        if is_open
        else to_line(report.paragraph)[:80],
        url=report.get_absolute_url(),
        action="Write",
        engagement_id=report.engagement_id,
    )


def is_past(report: Report, at: datetime) -> bool:
    """Whether its week is told again, and so was never owed to anybody; a correction is."""
    is_over = report.is_reconstructed and report.period.due_at <= at
    return is_over and not report.correction_reason


def _past_weeks(engagement: Engagement, reports: Sequence[Report]) -> Need:
    """The weeks of an engagement that are drafted again, the newest first among ``reports``."""
    newest, number = reports[0], len(reports)
    is_one = number == 1
    listed = reverse("report_list", args=[engagement.ref])
    return Need(
        group=NO_HURRY,
        due=newest.period.due_at,
        shape="",
        what=f"{count(number, 'past week')} {'is' if is_one else 'are'} drafted and not published",
        where=where(engagement),
        why=(
            f"over before {'it' if is_one else 'they'} could be told here: "
            "publish what the customer should read"
        ),
        url=newest.get_absolute_url() if is_one else f"{listed}?state=draft",
        action="See",
    )


def _parked_report(report: Report, user: Any, at: datetime) -> Need:
    """To the DM it says that an admin is asked; to the admin it offers the retry."""
    is_admin = standing.is_admin(user)
    is_update, ref = report.is_update, report.engagement.ref
    route = "update_retry" if is_update else "report_retry"
    name = "An update" if is_update else f"The status of {_week(report, at)}"
    address = [ref, report.update_number if is_update else report.period.week]
    return Need(
        group=OVERDUE,
        due=report.created_at if is_update else report.period.opens_at,
        shape=Shape.OFF_TRACK,
        what=f"{name} failed, needs an admin",
        where=where(report.engagement),
        why=report.last_error.strip().splitlines()[-1][:200] if report.last_error else "",
        url="" if is_admin else report.get_absolute_url(),
        action="Try again" if is_admin else "See",
        deed_url=reverse(route, args=address) if is_admin else "",
    )


def _week(report: Report, at: datetime) -> str:
    return week_words(report.period, today=at.date())
