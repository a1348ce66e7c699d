"""Who writes while `faults.py` ends everything: the publishing script, clients, and the beat."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from fault_place import Place
from fault_verdict import Figures
from faulty import BEAT_SECONDS

CLIENTS = {"celery": 20, "clock": 8}


def keep_on(act: Callable[[], None], ended: threading.Event) -> None:
    from django.db import connection

    while not ended.wait(0.05):
        act()
    connection.close()


def beat(place: Place) -> None:
    """Tick oftener than each minute; what the broker does not take is lost, as it may be."""
    import kombu.exceptions
    from celery import current_app
    from redis import RedisError

    with contextlib.suppress(kombu.exceptions.OperationalError, RedisError):
        current_app.send_task("reporting.tasks.tick", expires=BEAT_SECONDS)
    time.sleep(BEAT_SECONDS)


class Publisher:
    """The script: publishes each draft, once; what was not acknowledged it looks for again."""

    def __init__(self, place: Place, figures: Figures) -> None:
        self.place, self.figures = place, figures

    def go_on(self) -> None:
        from django.db import DatabaseError, InterfaceError, connection

        from dm_portal.shell.errors import Conflict
        from reporting.models import Report

        try:
            for report in Report.objects.filter(state="draft").select_related("engagement")[:5]:
                self.publish(report)
                self.count()
            self.count()
        except Conflict:
            pass
        except (DatabaseError, InterfaceError):
            connection.close()

    def count(self) -> None:
        from reporting.models import ReportRevision

        self.figures.published = ReportRevision.objects.count()
        flush_on_time(self.place, self.figures)

    def publish(self, report: Any) -> None:
        from dm_portal.people.models import User
        from reporting.services.drafts import save_draft
        from reporting.services.publishing import publish_report

        manager = User.objects.get(email="mara@example.com")
        words = {"headline": "All well.", "our_move": "On we go.", "colour_reason": ""}
        version = report.version
        save_draft(report=report, colour="amber", version=version, by=manager, **words)
        publish_report(report=report, by=manager, delay=0)


def flush_on_time(place: Place, figures: Figures) -> None:
    """Empty the broker once for each quarter that has been published; one that is away is empty."""
    from redis import RedisError

    quarter = int(4 * figures.published / place.arguments.engagements)
    if place.broker and figures.flushes < min(quarter, 3):
        with contextlib.suppress(RedisError):
            place.broker.client().flushall()
            figures.flushes += 1


def clients_of(place: Place) -> Iterator[Callable[[], None]]:
    """Clients who write, and note what they were told is kept."""
    for number in range(CLIENTS[place.arguments.mode]):
        yield Client(place, number).write


class Client:
    def __init__(self, place: Place, number: int) -> None:
        self.place, self.number, self.count = place, number, 0

    def write(self) -> None:
        from django.db import DatabaseError, InterfaceError, connection, transaction

        from dm_portal.people.audit import record
        from engagements.models import Engagement

        self.count += 1
        name = f"client-{self.number}-{self.count}"
        try:
            with transaction.atomic():
                target = Engagement.objects.select_related("customer").first()
                record("engagement.changed", target, by=None, after={"name": name})
        except (DatabaseError, InterfaceError):
            connection.close()
        else:
            self.place.kept.append(name)
        time.sleep(0.3)
