"""The Celery application of workers and beat, and of whoever enqueues in production.

Everything it does is named in settings (CELERY_…). The embedded mode has no broker: there
`manage.py clock` calls the same services.
"""

import os

from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dm_portal.settings")

app = Celery("dm_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def prepare_worker(**_signal: object) -> None:
    """Each process of a worker's pool works under the same limits as a child of the clock."""
    # Only now are the apps loaded, which it needs.
    from reporting.work import prepare_process

    prepare_process("worker")
