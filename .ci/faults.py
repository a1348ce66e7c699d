"""Statuses of 500 engagements reach 1,000 people while everything dies: each once, none lost?

Starts a durable PostgreSQL (and, for Celery, a Valkey) and a mail server of its own, and ends only
those. A script publishes the weekly status of every engagement, and the portal mails it, while

- celery: the worker and all its children are ended with SIGKILL, single children too; the broker
  is flushed when 25, 50 and 75 % are published, and restarted; PostgreSQL is restarted, every other
  time "immediate", under 20 clients who note what they were told is kept;
- clock: the clock with its children, or PostgreSQL, is ended with SIGKILL, under 8 such clients.

The mail server refuses, hangs, drops what it took, puts off, and speaks a letter a second. Three
engagements are poison to whoever drafts them.

Prints one line of figures, and exits 1 unless every other report is published exactly once, every
good address has its letter, under one Message-ID, no oftener than kills (or the server's silence)
explain, every refused one is given up on alone, poison is parked after 5 attempts, and every write
that a client was told is kept is there.

    python .ci/faults.py --mode celery|clock [--engagements 500] [--kills 50]
        [--restarts 10] [--quick] [--seed 1]
"""

import argparse
import contextlib
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from fault_place import BAD_KINDS, POISON, QUICK_KINDS, Place, make_world, patient
from fault_verdict import PATIENCE, Figures, wait_until_all_is_done, what_is_wrong
from fault_writers import Publisher, beat, clients_of, keep_on
from faulty import lose_patience
from harness import keep_until_its_database_ends
from post_office import open_for_letters

RESTARTS = 10
CANARY_SECONDS = 30
MOST_BETWEEN, MOST_BETWEEN_QUICK = 30, 5  # seconds between one fault and the next


def main() -> int:
    arguments = parse()
    arguments.poison = () if arguments.quick else POISON
    arguments.most_between = MOST_BETWEEN_QUICK if arguments.quick else MOST_BETWEEN
    arguments.bad_kinds = QUICK_KINDS if arguments.quick else BAD_KINDS
    if not arguments.inside:
        return keep_until_its_database_ends("faults")
    figures = Figures(arguments.mode, arguments.seed)
    started = time.monotonic()
    with contextlib.ExitStack() as stack:
        office = stack.enter_context(open_for_letters())
        place = Place(arguments, office, stack)
        lose_patience()
        make_world(arguments, items=lambda: 40 * (place.chance.random() < 0.1))
        run(place, figures)
        figures.wrong += what_is_wrong(place, figures)
    figures.seconds = time.monotonic() - started
    print(figures.line(), flush=True)
    if figures.wrong:
        kept = shutil.copy(arguments.inside / "system.log", tempfile.mkdtemp(prefix="fell-short-"))
        print(f"What the system said is in {kept}.")
    return 1 if figures.wrong else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mode", choices=["celery", "clock"], required=True)
    parser.add_argument("--engagements", type=int, default=500)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--restarts", type=int, default=RESTARTS, help="of each server")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="no poison, no server that hangs")
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


# The faults


def run(place: Place, figures: Figures) -> None:
    """Publish, kill, restart, until everything that can be is published and mailed.

    The weeks are open before the first fault, so that there is something to kill: what killed
    ticks leave behind is the matter of `kills.py`.
    """
    from reporting.services.ticks import open_periods

    open_periods(at=datetime.now(tz=UTC))
    ended = threading.Event()
    place.start_system()
    does = [Publisher(place, figures).go_on, *clients_of(place)]
    if place.arguments.mode == "celery":
        does.append(lambda: beat(place))
    threads = [threading.Thread(target=keep_on, args=(each, ended)) for each in does]
    for thread in threads:
        thread.start()
    try:
        disturb(place, figures)
        wait_until_all_is_done(place)
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    figures.writes = len(place.kept)


def disturb(place: Place, figures: Figures) -> None:
    """Kills and restarts, in any order, spread evenly over the publishing."""
    deadline = time.monotonic() + PATIENCE
    acts = ["kill"] * place.arguments.kills + ["database"] * place.arguments.restarts
    if place.arguments.mode == "celery":
        acts += ["broker"] * place.arguments.restarts + ["child"] * (place.arguments.kills // 2)
    place.chance.shuffle(acts)
    for number, act in enumerate(acts):
        await_progress(place, figures, number / len(acts))
        if not place.is_up():
            figures.wrong.append("the system ended by itself")
            place.start_system()
        {"kill": kill, "child": kill_child, "database": restart_database, "broker": renew}[act](
            place, figures
        )
        if time.monotonic() > deadline:
            figures.wrong.append("it took too long")
            return
    await_progress(place, figures, 1)


def await_progress(place: Place, figures: Figures, share: float) -> None:
    """Until this share is published, or for a while: what is not published may be drafted."""
    deadline = time.monotonic() + place.arguments.most_between
    while figures.published < share * place.arguments.engagements:
        if time.monotonic() > deadline:
            return
        time.sleep(0.05)


def kill(place: Place, figures: Figures) -> None:
    """The system with all its children: frozen first, so that it dies exactly where it is."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and not is_at_work():
        time.sleep(0.01)
    processes = place.tree()
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGSTOP)
    time.sleep(0.05)
    figures.hits += is_at_work()
    figures.allowed += taken_and_unmarked(place)
    figures.kills += 1
    place.end_system()
    place.start_system()


def kill_child(place: Place, figures: Figures) -> None:
    children = place.tree()[1:]
    if children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(place.chance.choice(children).pid, signal.SIGKILL)
        figures.children += 1
        figures.allowed += taken_and_unmarked(place)


def restart_database(place: Place, figures: Figures) -> None:
    """PostgreSQL, every other time without its consent; its keeper starts it again."""
    how = signal.SIGINT
    if figures.restarts % 2:
        how = signal.SIGQUIT if place.arguments.mode == "celery" else signal.SIGKILL
    os.kill(place.postmaster(), how)
    figures.restarts += 1
    time.sleep(0.5)
    figures.allowed += taken_and_unmarked(place)


def renew(place: Place, figures: Figures) -> None:
    """The broker: gone with all that it held, and back; then a canary must sing."""
    import kombu.exceptions
    from celery import current_app
    from redis import RedisError

    from dm_portal.shell.models import Lease

    place.restart_broker()
    begun = time.time()
    while time.time() < begun + CANARY_SECONDS + 10:
        with contextlib.suppress(kombu.exceptions.OperationalError, RedisError):
            current_app.send_task("reporting.tasks.canary", expires=5)
        time.sleep(0.5)
        beaten = patient(
            lambda: Lease.objects.filter(name="canary").values_list("beaten_at").first()
        )
        if beaten and beaten[0] and beaten[0].timestamp() > begun:
            break
    took = time.time() - begun
    figures.slowest_canary = max(figures.slowest_canary, took)
    if took > CANARY_SECONDS:
        figures.wrong.append(f"a canary took {took:.0f} s")


def is_at_work() -> bool:
    """Whether a process of the system is inside a transaction, or has a letter on its way."""
    from django.db import connection

    from dm_portal.people.models import OutgoingMail

    def ask() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE xact_start IS NOT NULL "
                "AND application_name ~ '^portal (clock|worker)')"
            )
            (inside,) = cursor.fetchone()
        return bool(inside) or OutgoingMail.objects.filter(state="sending").exists()

    return bool(patient(ask))


def taken_and_unmarked(place: Place) -> int:
    """Letters that the mail server has and the portal does not know to have left."""
    from dm_portal.people.models import OutgoingMail

    sending = patient(
        lambda: list(OutgoingMail.objects.filter(state="sending").values_list("message_id"))
    )
    with place.office.lock:
        taken = {message_id for _, message_id in place.office.taken}
    return sum(message_id in taken for (message_id,) in sending)


if __name__ == "__main__":
    sys.exit(main())
