"""What `faults.py` counts, and whether everything happened as it should."""

import time
from dataclasses import dataclass, field

from fault_place import Place, patient
from post_office import NEVER

PATIENCE = 3600
ENOUGH_KILLS = 10  # of fewer it says nothing how many hit mid-work


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
