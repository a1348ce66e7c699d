"""What waits to be done, and how: the same services that Celery's tasks call."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

from dm_portal.people.models import OutgoingMail
from dm_portal.people.services.sending import send_due_mails
from dm_portal.shell import leases
from dm_portal.shell.attempts import MAX_ATTEMPTS
from dm_portal.shell.clock import now
from dm_portal.shell.models import Lease
from engagements.models import Import
from engagements.services.imports import run_waiting
from engagements.services.imports.states import waiting
from reporting.models import Report
from reporting.querysets import ReportQuerySet
from reporting.services.attempts import note_death
from reporting.services.compiling import compile_report
from reporting.services.forecasts import engagements_to_forecast, keep_forecasts
from reporting.services.publishing import finish_publication
from reporting.services.ticks import tick
from reporting.work import Batch, Job

MAILS_A_CALL = 500

T = TypeVar("T")


def _to_compile() -> ReportQuerySet:
    """Those that never failed first: a poisoned one holds nobody up."""
    waiting = Report.objects.to_compile(now()).filter(attempts__lt=MAX_ATTEMPTS)
    return waiting.order_by("attempts", "pk")


def _to_publish() -> ReportQuerySet:
    waiting = Report.objects.to_publish(now()).filter(attempts__lt=MAX_ATTEMPTS)
    return waiting.order_by("attempts", "publish_at", "pk")


def mail_waits() -> bool:
    return OutgoingMail.objects.due(now()).exists()


def import_waits() -> bool:
    return Import.objects.filter(waiting(now())).exists()


def _is_due(name: str) -> bool:
    """A new minute has begun since this was done last, whoever did that.

    One in the future was written by a clock that went wrong, and counts for nothing.
    """
    at = now()
    this_minute = at.replace(second=0, microsecond=0)
    return not Lease.objects.filter(name=name, beaten_at__range=(this_minute, at)).exists()


def _tick(_batch: Batch) -> None:
    tick()


def _beat_canary(_batch: Batch) -> None:
    leases.beat("canary")


def _forecast(batch: Batch) -> None:
    """What is not done in time is done in the next minute."""
    leases.beat("forecasts")
    for engagement in in_turn(engagements_to_forecast(at=now()), at=now()):
        if not batch.goes_on():
            break
        batch.take(engagement.pk)
        keep_forecasts(engagement=engagement, at=now())


def in_turn(waiting: Sequence[T], *, at: datetime) -> list[T]:
    """Each minute another one first: one of which nothing can be worked out holds nobody up."""
    first = int(at.timestamp()) // 60 % len(waiting) if waiting else 0
    return [*waiting[first:], *waiting[:first]]


def _compile_waiting(batch: Batch) -> None:
    while batch.goes_on() and (pk := _to_compile().values_list("pk", flat=True).first()):
        compile_report(report_id=batch.take(pk))


def _finish_waiting(batch: Batch) -> None:
    while batch.goes_on() and (pk := _to_publish().values_list("pk", flat=True).first()):
        finish_publication(report_id=batch.take(pk))


def _send_waiting(batch: Batch) -> None:
    while batch.goes_on() and send_due_mails(limit=MAILS_A_CALL, goes_on=batch.goes_on):
        pass


def _import_waiting(batch: Batch) -> None:
    while batch.goes_on() and run_waiting(limit=1):
        pass


def _note_death(row_id: int, error: str) -> None:
    note_death(report_id=row_id, error=error)


TICK = Job(name="tick", waits=partial(_is_due, "tick"), work=_tick)
# Does nothing, as any other work would be done: who looks at the portal sees that it is.
CANARY = Job(name="canary", waits=partial(_is_due, "canary"), work=_beat_canary)
FORECASTS = Job(name="forecasts", waits=partial(_is_due, "forecasts"), work=_forecast)
REPORTS = Job(
    name="reports",
    waits=lambda: _to_compile().exists(),
    work=_compile_waiting,
    died=_note_death,
    # each report waits on its own after a failure; the others need not
    pause=0,
)
PUBLICATIONS = Job(
    name="publications",
    waits=lambda: _to_publish().exists(),
    work=_finish_waiting,
    died=_note_death,
    pause=0,
)
MAILS = Job(
    name="mails",
    waits=mail_waits,
    work=_send_waiting,
    # the last letter may take EMAIL_LONGEST_LETTER, and hanging up EMAIL_TIMEOUT
    seconds=600,
)
# A large file is read in one go; its rows are committed in pieces.
IMPORTS = Job(name="imports", waits=import_waits, work=_import_waiting, seconds=900)

JOBS = (TICK, CANARY, FORECASTS, REPORTS, PUBLICATIONS, MAILS, IMPORTS)
