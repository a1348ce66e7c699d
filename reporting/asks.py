"""What a customer reads of an ask that was shared with them: frozen values, nothing of ours."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from dm_portal.shell import dates
from dm_portal.shell.clock import today
from dm_portal.shell.wording import lines
from engagements import policies
from engagements.models import Ask, Engagement
from reporting.statuses import Place, place_of

WORDS = {
    Ask.State.OPEN: "Needed from you",
    Ask.State.ANSWERED: "Answered",
    Ask.State.WITHDRAWN: "No longer needed",
}


@dataclass(frozen=True, slots=True)
class AskPage:
    """One ask as the customer reads it; ``may_answer`` is whether this reader may."""

    place: Place
    text: str
    state: str
    from_whom: str
    needed_by: str
    needed_by_iso: str
    late: str  # "overdue", empty where it is not
    options: tuple[str, ...]
    recommendation: str
    without_answer: str
    answer: str
    answered: str  # "Lena Lead, Fri 13 Nov, 15:00", empty before
    may_answer: bool


def shared_asks(engagement: Engagement, user: Any) -> QuerySet[Ask]:
    """What was shared of an engagement with its customer, the open ones first."""
    asks = Ask.objects.visible_to(user).shared().filter(engagement=engagement)
    return asks.select_related("asked_of", "answered_by", "engagement__customer")


def ask_page(ask: Ask, *, user: Any) -> AskPage:
    """The page of one ask, of which engagement, customer and people are loaded."""
    engagement = ask.engagement
    here = today(engagement.time_zone)
    return AskPage(
        place=place_of(engagement, user),
        text=ask.customer_text,
        state=WORDS[Ask.State(ask.state)],
        from_whom=ask.asked_of.name,
        needed_by=dates.day_words(ask.needed_by, today=here),
        needed_by_iso=ask.needed_by.isoformat(),
        late="overdue" if ask.is_overdue(here) else "",
        options=lines(ask.options),
        recommendation=ask.recommendation,
        without_answer=ask.without_answer,
        answer=ask.answer,
        answered=_answered(ask, here),
        may_answer=ask.is_open and policies.can_answer_asks(user, engagement),
    )


def _answered(ask: Ask, here: date) -> str:
    """Who answered when; empty before."""
    if ask.answered_at is None or ask.answered_by is None:
        return ""
    zone = ZoneInfo(ask.engagement.time_zone)
    at = dates.instant_words(ask.answered_at, zone=zone, today=here)
    return f"{ask.answered_by.name}, {at}"
