"""What Celery's workers and beat do. Messages carry ids and may be lost, late or doubled: the rows
say what is to be done, and each minute's tick sends again for whatever still waits.
"""

from celery import shared_task
from django.conf import settings

from dm_portal.people.services.sending import send_due_mails
from dm_portal.shell import leases
from dm_portal.shell.clock import now
from engagements.models import Engagement
from engagements.services.imports import run_waiting
from reporting.services import compiling, forecasts, publishing, ticks


@shared_task
def tick() -> None:
    ticks.tick()


@shared_task
def canary() -> None:
    """Does nothing, as any other task would be done: who looks at the portal sees that it is."""
    leases.beat("canary")


# Who hangs is ended when the lease ends: from then on another process may take the report.
@shared_task(time_limit=settings.WORK_LEASE)
def compile_report(report_id: int) -> None:
    compiling.compile_report(report_id=report_id)


@shared_task(time_limit=settings.WORK_LEASE)
def finish_publication(report_id: int) -> None:
    publishing.finish_publication(report_id=report_id)


@shared_task(time_limit=settings.WORK_LEASE)
def keep_forecasts(engagement_id: int) -> None:
    engagement = Engagement.objects.get(pk=engagement_id)
    forecasts.keep_forecasts(engagement=engagement, at=now())


# A call claims no letter after 50 seconds; the last may take EMAIL_LONGEST_LETTER.
@shared_task(time_limit=600)
def send_mails() -> None:
    send_due_mails(limit=1000)


# A large file is read in one go.
@shared_task(time_limit=900)
def run_imports() -> None:
    run_waiting(limit=1)
