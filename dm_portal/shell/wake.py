"""Tell a worker that work waits.

The rows are the record and a sweep finds them again, so a message may be lost, late or doubled.
"""

import logging
from functools import partial

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

# Seconds after which a message is worthless: by then the next sweep has sent another.
EXPIRES = 55


def wake(task: str, *ids: int, after: float = 0) -> None:
    """Enqueue the task of this name, ``after`` so many seconds, once the transaction commits.

    Where no broker is configured nothing happens: the clock looks every second. A broker that is
    away costs a line in the log and at most one sweep.
    """
    if settings.CELERY_BROKER_URL:
        transaction.on_commit(partial(_send, task, ids, after))


def _send(task: str, ids: tuple[int, ...], after: float) -> None:
    try:
        current_app.send_task(task, args=ids, countdown=after or None, expires=after + EXPIRES)
    except OperationalError as error:
        logger.warning("The broker is away (%s): %s%s waits for the sweep.", error, task, ids)
