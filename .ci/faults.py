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
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fault_place import BAD_KINDS, POISON, QUICK_KINDS, Place, make_world, patient
from faulty import BEAT_SECONDS, lose_patience
from harness import keep_until_its_database_ends
from post_office import NEVER, open_for_letters

CLIENTS = {"celery": 20, "clock": 8}
RESTARTS = 10
CANARY_SECONDS = 30
PATIENCE = 3600
ENOUGH_KILLS = 10  # of fewer it says nothing how many hit mid-work
MOST_BETWEEN_SECONDS = 30  # one fault and the next


@dataclass
class Figures:
    mode: str
    seed: int
    published: int = 0
    kills: int = 0
    hits: int = 0
    children: int = 0
    restarts: int = 0
    flushes: int = 0
    slowest_canary: float = 0
    writes: int = 0
    doubled: int = 0
    allowed: int = 0
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0

    def line(self) -> str:
        verdict = "; ".join(self.wrong) or "none lost, none doubled without cause"
        broker = f"{self.flushes} flushes, slowest canary {self.slowest_canary:.0f} s, "
        return (
            f"{self.mode}: seed {self.seed}, {self.published} statuses published, {self.kills} "
            f"kills ({self.hits} mid-work), {self.children} children killed, {self.restarts} "
            f"restarts of PostgreSQL, {broker if self.mode == 'celery' else ''}{self.writes} "
            f"writes acknowledged, {self.doubled} letters doubled of {self.allowed} that may be: "
            f"{verdict} ({self.seconds:.0f} s)"
        )


def main() -> int:
    arguments = parse()
    arguments.poison = () if arguments.quick else POISON
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
    """Publish, kill, restart, until everything that can be is published and mailed."""
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
        from reporting.models import Report, ReportRevision

        try:
            for report in Report.objects.filter(state="draft").select_related("engagement")[:5]:
                self.publish(report)
            self.figures.published = ReportRevision.objects.count()
        except Conflict:
            pass
        except (DatabaseError, InterfaceError):
            connection.close()

    def publish(self, report: Any) -> None:
        from dm_portal.people.models import User
        from reporting.services.drafts import save_draft
        from reporting.services.publishing import publish_report

        manager = User.objects.get(email="mara@example.com")
        words = {"headline": "All well.", "our_move": "On we go.", "colour_reason": ""}
        version = report.version
        save_draft(report=report, colour="amber", version=version, by=manager, **words)
        publish_report(report=report, by=manager, delay=0)


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
    deadline = time.monotonic() + MOST_BETWEEN_SECONDS
    while figures.published < share * place.arguments.engagements:
        flush_on_time(place, figures)
        if time.monotonic() > deadline:
            return
        time.sleep(0.05)


def flush_on_time(place: Place, figures: Figures) -> None:
    """Empty the broker once for each quarter that has been published."""
    quarter = int(4 * figures.published / place.arguments.engagements)
    if place.broker and figures.flushes < min(quarter, 3):
        place.broker.client().flushall()
        figures.flushes += 1


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


# The verdict


def wait_until_all_is_done(place: Place) -> None:
    deadline = time.monotonic() + PATIENCE
    while not patient(is_done):
        if time.monotonic() > deadline:
            log = (place.folder / "system.log").read_text(errors="replace")
            raise SystemExit(f"It was never done: {patient(standing)}\n{log[-6000:]}")
        time.sleep(1)


def is_done() -> bool:
    from dm_portal.people.models import OutgoingMail
    from dm_portal.people.querysets import UNSENT
    from reporting.models import Report

    reports = Report.objects.exclude(state__in=["published", "parked"])
    return not reports.exists() and not OutgoingMail.objects.filter(UNSENT).exists()


def standing() -> dict[str, dict[str, int]]:
    from django.db.models import Count

    from dm_portal.people.models import OutgoingMail
    from reporting.models import Report

    return {
        model.__name__: dict(model.objects.order_by().values_list("state").annotate(Count("pk")))
        for model in (Report, OutgoingMail)
    }


def what_is_wrong(place: Place, figures: Figures) -> list[str]:
    """Sentences; none where everything happened as it should."""
    from dm_portal.people.models import AuditEvent, OutgoingMail
    from reporting.models import Report, ReportRevision

    wanted, poison = place.arguments.engagements, place.arguments.poison
    figures.published = ReportRevision.objects.count()
    counts = Report.objects.filter(state="parked").values_list("engagement__name", "attempts")
    poisoned = {f"Poison: {kind}": 5 for kind in poison}
    wrong = []
    if figures.published != wanted or Report.objects.count() != wanted + len(poison):
        wrong.append(f"{figures.published} revisions in place of {wanted}")
    if dict(counts) != poisoned:
        wrong.append(f"parked are {dict(counts)}")
    taken = dict(place.office.taken)
    addresses_taken = [address for address, _ in taken]
    if len(set(addresses_taken)) != len(addresses_taken):
        wrong.append("a letter came under two Message-IDs")
    refused = {mail.recipient for mail in OutgoingMail.objects.filter(state="parked")}
    everybody = set(OutgoingMail.objects.values_list("recipient", flat=True))
    if refused != {each for each in everybody if each.partition("-")[0] in NEVER}:
        wrong.append(f"given up on are {sorted(refused)}")
    if missing := everybody - refused - set(addresses_taken):
        wrong.append(f"{len(missing)} have no letter, such as {sorted(missing)[:3]}")
    if len(everybody) != 2 * wanted:
        wrong.append(f"{len(everybody)} were written to in place of {2 * wanted}")
    figures.doubled = sum(taken.values()) - len(taken)
    figures.allowed += place.office.unsaid
    if figures.doubled > figures.allowed:
        wrong.append("more letters doubled than kills explain")
    noted = AuditEvent.objects.filter(actor_ref="", verb="engagement.changed")
    there = {after.get("name") for after in noted.values_list("after", flat=True)}
    if lost := set(place.kept) - there:
        wrong.append(f"{len(lost)} acknowledged writes are lost")
    if place.broker and figures.flushes < 3:
        wrong.append("the broker was not flushed three times")
    if figures.hits * 5 < place.arguments.kills * 3 and figures.kills >= ENOUGH_KILLS:
        wrong.append("too few kills hit mid-work")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
