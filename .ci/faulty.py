"""Starts a part of the portal for `.ci/faults.py`: with poison in it, and with less patience.

    python .ci/faulty.py worker|clock

The draft of an engagement called "Poison: crash", "Poison: loop" or "Poison: memory" kills its
process, never ends, or takes 2 GB. A letter whose sender died is taken up again after seconds, not
minutes, and so is one that was put off, so that a harness needs no hour; and as its clock beats
every few seconds, messages are worthless as soon.
"""

import os
import signal
import sys
from datetime import timedelta
from typing import Any

import yaml
from harness import ROOT, set_up_django

BEAT_SECONDS = 5


def main() -> None:
    os.chdir(ROOT)
    set_up_django()
    lose_patience()
    poison()
    {"worker": work, "clock": tick}[sys.argv[1]]()


def lose_patience() -> None:
    from dm_portal.people.services import sending
    from dm_portal.shell import wake

    wake.EXPIRES = BEAT_SECONDS
    sending.LEASE = timedelta(seconds=75)  # a slow letter may take 60
    sending.FIRST_WAIT = timedelta(seconds=5)


def poison() -> None:
    from reporting.services import compiling

    honest = compiling.draft_of

    def draft_of(report: Any, **values: Any) -> Any:
        act = POISONS.get(report.engagement.name)
        if act:
            act()
        return honest(report, **values)

    compiling.draft_of = draft_of


def crash() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def loop() -> None:
    while True:
        pass


def swell() -> None:
    bytearray(2 * 1024**3)


POISONS = {"Poison: crash": crash, "Poison: loop": loop, "Poison: memory": swell}


def work() -> None:
    from dm_portal.celery import app

    app.worker_main([*options_of_production(), "--loglevel", "WARNING"])


def options_of_production() -> list[str]:
    """Of the worker, as docker-compose.yml starts it."""
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    command: list[str] = services["worker"]["command"]
    return command[command.index("worker") :]


def tick() -> None:
    from django.core.management import call_command

    call_command("clock")


if __name__ == "__main__":
    main()
