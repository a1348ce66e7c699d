"""Reports as the tests of the week need them: opened by the services, in the state named."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

from dm_portal.people.models import User
from dm_portal.shell.clock import now
from engagements.models import Engagement, Import, Milestone, MilestoneRevision, Source, WorkItem
from engagements.tests.events import tell
from reporting.models import Report, ReportRevision
from reporting.services.compiling import compile_report
from reporting.services.drafts import save_draft
from reporting.services.publishing import finish_publication, publish_report
from reporting.services.ticks import open_periods

# Friday of week 47 in 2026; the status is due at 15:00 in Berlin, which is 14:00 in UTC.
FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
WEEK = timedelta(weeks=1)


def open_reports(engagement: Engagement, *, at: datetime = FRIDAY, weeks: int = 1) -> list[Report]:
    """The statuses of the last weeks up to ``at``, due, oldest first; the engagement is older."""
    first = at.date() - timedelta(weeks=weeks - 1)
    Engagement.objects.filter(pk=engagement.pk).update(
        reporting_from=first, created_at=at - 60 * WEEK
    )
    open_periods(at=at)
    return list(Report.objects.filter(engagement=engagement).order_by("period__starts_on"))


def fresh(report: Report) -> Report:
    """The report as it is stored by now."""
    return Report.objects.select_related("engagement__customer", "period").get(pk=report.pk)


def draft(report: Report) -> Report:
    assert compile_report(report_id=report.pk)
    return fresh(report)


def write(report: Report, by: User, **words: Any) -> Report:
    """What the DM adds, with a colour that the rules do not contradict."""
    said = {
        "headline": "Refunds are live.",
        "our_move": "We test them with your bank on Monday.",
        "colour": "green",
        "colour_reason": "",
    }
    save_draft(report=report, by=by, version=report.version, **(said | words))
    return report


def publish(report: Report, by: User) -> ReportRevision:
    """Straight from due to out."""
    ready = write(draft(report), by) if report.state == "due" else report
    publish_report(report=ready, by=by, delay=0)
    revision = finish_publication(report_id=report.pk)
    assert revision is not None
    return revision


def import_work(
    engagement: Engagement, by: User, **items: tuple[datetime, datetime | None]
) -> None:
    """An applied import of these items: key=(created, done)."""
    source, _ = Source.objects.get_or_create(engagement=engagement, kind="jira", number=1)
    file = Import.objects.create(
        engagement=engagement,
        number=1,
        source=source,
        file_name="export.csv",
        sha256="0" * 64,
        size=1,
        state="applied",
        uploaded_at=now(),
        uploaded_by=by,
        applied_at=now(),
        applied_by=by,
    )
    for key, (created_at, done_at) in items.items():
        item = WorkItem.objects.create(
            engagement=engagement,
            source=source,
            key=key,
            title=f"Title of {key}",
            created_at=created_at,
            done_at=done_at,
            last_import=file,
        )
        tell(item)


def import_three(engagement: Engagement, by: User) -> None:
    """A-1 finished on the day before Friday, A-2 a week before, A-3 begun that day and open."""
    day_before = FRIDAY - timedelta(days=1)
    import_work(
        engagement,
        by,
        **{
            "A-1": (FRIDAY - 3 * WEEK, day_before),
            "A-2": (FRIDAY - 2 * WEEK, FRIDAY - WEEK),
            "A-3": (day_before, None),
        },
    )


def commit_late(engagement: Engagement, by: User, *, on: date) -> Milestone:
    """A milestone with everything open, committed for a day; what the rules colour by."""
    milestone = Milestone.objects.create(
        engagement=engagement, number=1, name="Release 2.1", committed_on=on
    )
    MilestoneRevision.objects.create(
        milestone=milestone,
        number=1,
        new_on=on,
        reason="As agreed.",
        changed_at=FRIDAY - 8 * WEEK,
        changed_by=by,
    )
    items = WorkItem.objects.filter(engagement=engagement)
    milestone.work_items.set(items)
    tell(*items)
    return milestone


@contextmanager
def meanwhile(act: Callable[[], object], *, before: str) -> Iterator[None]:
    """Let ``act`` happen once, as in another process, just before the first such statement."""
    done = []

    def interrupt(execute: Any, sql: str, *arguments: Any) -> Any:
        if not done and sql.startswith(before):
            done.append(sql)
            act()
        return execute(sql, *arguments)

    with connection.execute_wrapper(interrupt):
        yield
    assert done, f"No statement began with {before}."
