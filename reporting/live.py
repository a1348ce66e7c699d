"""What stands beside the last status on the customer's page: rows that are shared with them as
they are now, and what is new to this reader.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Q, Subquery
from django.db.models.functions import Coalesce

from dm_portal.shell import dates
from dm_portal.shell.clock import now, today
from engagements import policies
from engagements.models import Ask, Engagement, Escalation, Risk
from reporting import since
from reporting.asks import AskPage, ask_of
from reporting.models import Receipt, ReportRevision
from reporting.policies import leaves_receipt
from reporting.since import Reading, SinceLine, Thing
from reporting.statuses import place_of

LAST_SAID = (
    "-revision__facts__as_of",
    F("revision__report__period__starts_on").desc(nulls_first=True),
    "-revision__number",
)
# Of each kind of shared row: the instants at which it came to a state, the last that counts first.
STATES: dict[str, tuple[tuple[str, str], ...]] = {
    "ask": (("answered_at", "answered"), ("withdrawn_at", "withdrawn")),
    "escalation": (("resolved_at", "resolved"), ("acknowledged_at", "acknowledged")),
    "risk": (("settled_at", ""),),  # of a risk the state says what it came to
}


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since a day on which this reader read, or on which a status was published."""

    title: str
    lines: tuple[SinceLine, ...]


@dataclass(frozen=True, slots=True)
class Raised:
    """An escalation as the customer reads it: to whom it was raised, and by when it is decided."""

    text: str
    raised_to: str
    answer_by: str
    answer_by_iso: str
    late: str
    state: str


@dataclass(frozen=True, slots=True)
class Live:
    """What is needed, what is new, and what concerns them; each empty where there is none."""

    needed: tuple[AskPage, ...]
    since: Since | None
    risks: tuple[str, ...]
    raised: tuple[Raised, ...]


@dataclass(frozen=True, slots=True)
class SharedRows:
    """Every row of an engagement that a reader may see, in the order in which they are read."""

    asks: Sequence[Ask]
    escalations: Sequence[Escalation]
    risks: Sequence[Risk]

    @classmethod
    def of(cls, engagement: Engagement, user: Any) -> "SharedRows":
        """Three statements, however many rows."""
        theirs = {"engagement": engagement, "shared_at__isnull": False}
        asks = Ask.objects.visible_to(user).filter(**theirs)
        raised = Escalation.objects.visible_to(user).filter(**theirs)
        risks = Risk.objects.visible_to(user).filter(**theirs)
        return cls(
            list(asks.select_related("asked_of", "answered_by", "engagement__customer")),
            list(raised.select_related("decider")),
            list(risks),
        )

    def at(self, at: datetime) -> dict[Thing, dict[str, str]]:
        """How they stood at an instant, in the words of today; those that were shared by then."""
        rows: dict[str, Iterable[Any]] = {
            "ask": self.asks,
            "escalation": self.escalations,
            "risk": self.risks,
        }
        return {
            Thing(kind, row.number): {"text": row.customer_text, "state": state_at(kind, row, at)}
            for kind, found in rows.items()
            for row in found
            if row.shared_at <= at
        }


def state_at(kind: str, row: Any, at: datetime) -> str:
    """The state to which a row had come by an instant; empty while it was as it began."""
    for column, state in STATES[kind]:
        came_at = getattr(row, column)
        if came_at is not None and came_at <= at:
            return state or row.state
    return ""


def live_of(
    revision: ReportRevision,
    updates: Sequence[ReportRevision],
    earlier: ReportRevision | None,
    *,
    user: Any,
) -> Live:
    """What stands beside a status and what was said since, for one reader; ``earlier`` is the
    status before it.
    """
    engagement = revision.report.engagement
    place, here = place_of(engagement, user), today(engagement.time_zone)
    shared = SharedRows.of(engagement, user)
    needed = [ask for ask in shared.asks if ask.is_open]
    may_answer = bool(needed) and policies.can_answer_asks(user, engagement)
    base = _read_before([*updates, revision], user) or _published(earlier)
    return Live(
        needed=tuple(ask_of(ask, place=place, may_answer=may_answer) for ask in needed),
        since=_since(base, revision, updates, shared) if base else None,
        risks=tuple(risk.customer_text for risk in shared.risks if risk.is_open),
        raised=tuple(_raised(each, here) for each in shared.escalations if each.is_open),
    )


def _raised(escalation: Escalation, here: date) -> Raised:
    return Raised(
        text=escalation.customer_text,
        raised_to=escalation.raised_to,
        answer_by=dates.day_words(escalation.answer_by, today=here),
        answer_by_iso=escalation.answer_by.isoformat(),
        late="overdue" if escalation.is_overdue(here) else "",
        state=escalation.get_state_display(),
    )


# Since you last read


@dataclass(frozen=True, slots=True)
class Base:
    """What a reader saw before: a status, what was said last by then, and when they saw it."""

    status: ReportRevision
    said: ReportRevision
    at: datetime
    is_read: bool


def _since(
    base: Base, revision: ReportRevision, updates: Sequence[ReportRevision], shared: SharedRows
) -> Since | None:
    """None where what was said before was kept without its plan."""
    if "plan" not in base.status.text or "plan" not in revision.text:
        return None
    zone = ZoneInfo(revision.report.engagement.time_zone)
    here = today(zone.key)
    said = updates[0] if updates else revision
    seen = _reading(base.said, base.status, shared, base.at)
    changes = since.difference(seen, _reading(said, revision, shared, now()))
    day = dates.day_words(base.at.astimezone(zone).date(), today=here)
    what = "you read" if base.is_read else "the last status"
    return Since(f"Since {what} ({day})", since.lines(changes, today=here))


def _reading(
    said: ReportRevision, status: ReportRevision, shared: SharedRows, at: datetime
) -> Reading:
    return since.reading(said.colour, status.text["plan"], shared.at(at))


def _read_before(shown: Sequence[ReportRevision], user: Any) -> Base | None:
    """What this reader had before them when the last that is shown came; nothing of ours."""
    if not leaves_receipt(user):
        return None
    mine = Receipt.objects.filter(
        user=user, revision__report__engagement=shown[0].report.engagement_id
    )
    first_seen = mine.filter(revision=shown[0]).values("first_seen")[:1]
    before = mine.filter(first_seen__lt=Coalesce(Subquery(first_seen), now()))
    said = before.order_by(*LAST_SAID)
    status = said.filter(revision__report__period__isnull=False)
    both = Q(pk=Subquery(said.values("pk")[:1])) | Q(pk=Subquery(status.values("pk")[:1]))
    found = list(said.filter(both).select_related("revision__report").defer("revision__html"))
    statuses = [each for each in found if not each.revision.report.is_update]
    if not statuses:
        return None
    return Base(statuses[0].revision, found[0].revision, found[0].first_seen, is_read=True)


def _published(earlier: ReportRevision | None) -> Base | None:
    """The status before this one, for a reader who has read none."""
    return Base(earlier, earlier, earlier.published_at, is_read=False) if earlier else None
