"""The report's state machine: one table, one conditional UPDATE."""

from typing import Any

from django.db.models import F

from dm_portal.shell.errors import Conflict, DomainError
from reporting.models import Report

State = Report.State

TRANSITIONS: dict[str, frozenset[str]] = {
    State.DUE: frozenset({State.COMPILING}),
    # claimed anew when the lease of whoever drafted it has run out
    State.COMPILING: frozenset({State.COMPILING, State.DRAFT, State.PARKED}),
    # published: as it was before a correction that is dropped
    State.DRAFT: frozenset({State.PUBLISHING, State.PUBLISHED}),
    State.PUBLISHING: frozenset({State.DRAFT, State.PUBLISHED, State.PARKED}),
    # for a correction
    State.PUBLISHED: frozenset({State.DRAFT}),
    State.PARKED: frozenset({State.DUE}),
}

# What a report holds only while it is publishing (a CHECK says so), and its lease.
THAWED: dict[str, Any] = {
    "lease_until": None,
    "publish_at": None,
    "publishing_by": None,
    "publishing_for": None,
    "frozen_facts": "",
    "frozen_text": None,
}


def move(report: Report, to: str, **changes: Any) -> None:
    """Bring ``report`` to another state, with what changes along with it.

    Raises:
        DomainError: the table knows no way from its state to that one.
        Conflict: somebody else changed the report since it was read.
    """
    if to not in TRANSITIONS[report.state]:
        state, wanted = State(report.state).label.lower(), State(to).label.lower()
        raise DomainError(f"{report} is “{state}” and cannot become “{wanted}”.")
    change(report, state=to, **changes)


def change(report: Report, **changes: Any) -> None:
    """Write ``changes`` if the report still is as it was read, and raise its version by one.

    Raises:
        Conflict: somebody else changed it since.
    """
    unchanged = Report.objects.filter(pk=report.pk, state=report.state, version=report.version)
    if not unchanged.update(**changes, version=F("version") + 1):
        raise Conflict(f"Somebody else changed {report} first.")
    for name, value in changes.items():
        setattr(report, name, value)
    report.version += 1


def require_state(report: Report, state: State) -> None:
    """A published report and one that is being published both lead back to the draft, each in
    its own way. Raises DomainError where the report is in another state than this way begins in.
    """
    if report.state != state:
        wanted, found = state.label.lower(), State(report.state).label.lower()
        raise DomainError(f"{report} is not “{wanted}” but “{found}”.")


def require_version(report: Report, version: int | None) -> None:
    """Refuse what was decided on an older reading of the report (None: on this one).

    Raises:
        Conflict: it has another version by now.
    """
    if version is not None and version != report.version:
        raise Conflict(f"Somebody else changed {report} first.")
