"""A thousand reports drafted by two processes of a worker: how long, and how much does each take?

Starts a durable PostgreSQL and a Valkey of its own, gives each engagement work, opens the week of
all of them in one tick, and lets the worker of docker-compose.yml draft. Then drafts one report of
little and one of much work, and counts what the database was asked.

Prints one line of figures, and exits 1 where the thousand take 60 seconds, a process 200 MB, or
much work more statements than little.

    python .ci/drafts.py [--engagements 1000] [--seed 1]
"""

import argparse
import contextlib
import random
import sys
import time
from pathlib import Path
from typing import Any

from fault_place import Place, add_work, make_world
from harness import keep_until_its_database_ends
from post_office import open_for_letters

MOST_SECONDS = 60
MOST_MEGABYTES = 200
LITTLE, MUCH = 5, 2000  # items


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engagements", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not arguments.inside:
        return keep_until_its_database_ends("drafts")
    arguments.mode, arguments.poison, arguments.bad_kinds = "celery", (), ()
    chance = random.Random(arguments.seed)
    with contextlib.ExitStack() as stack:
        place = Place(arguments, stack.enter_context(open_for_letters()), stack)
        make_world(arguments, items=lambda: chance.randrange(10, 80))
        seconds, megabytes = draft_all(place)
        little, much = statements_of(LITTLE), statements_of(MUCH)
    print(
        f"seed {arguments.seed}: {arguments.engagements} reports drafted in {seconds:.1f} s by two "
        f"processes, {megabytes:.0f} MB the largest; statements for one: {little} with {LITTLE} "
        f"items, {much} with {MUCH}",
        flush=True,
    )
    return int(seconds > MOST_SECONDS or megabytes > MOST_MEGABYTES or little != much)


def draft_all(place: Place) -> tuple[float, float]:
    """Seconds from the tick to the last draft, and megabytes of the largest process meanwhile."""
    from reporting.models import Report
    from reporting.services.ticks import tick

    place.start_system()
    wait_for_the_worker()
    begun, largest = time.monotonic(), 0.0
    tick()
    while Report.objects.exclude(state="draft").exists():
        largest = max(largest, *(megabytes_of(process) for process in place.tree()))
        time.sleep(0.2)
    seconds = time.monotonic() - begun
    place.end_system()
    return seconds, largest


def wait_for_the_worker() -> None:
    from celery import current_app

    while not current_app.control.ping(timeout=0.5):
        pass


def megabytes_of(process: Any) -> float:
    return float(process.memory_info().rss) / 2**20


def statements_of(items: int) -> int:
    """What the database is asked while a report is drafted that rests on so many items."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from dm_portal.people.models import User
    from engagements.models import Engagement
    from reporting.models import Report
    from reporting.services.compiling import compile_report

    report = Report.objects.filter(state="draft").order_by("pk").first()
    assert report is not None
    manager = User.objects.get(email="mara@example.com")
    add_work(Engagement.objects.get(pk=report.engagement_id), manager, items=items)
    Report.objects.filter(pk=report.pk).update(state="due")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert compile_report(report_id=report.pk)
    return len(asked)


if __name__ == "__main__":
    sys.exit(main())
