"""The status as one value: of what was published, of what is about to be, and of a draft."""

import json
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from dm_portal.people.models import User
from dm_portal.shell.clock import now
from dm_portal.shell.components import Shape
from reporting import sentences, wording
from reporting.calls import reason_kept, start_of
from reporting.customer.pages import Page
from reporting.customer.promises import kept_of
from reporting.customer.texts import Text, compose, headline_of
from reporting.customer.values import Saying, Status
from reporting.drafting import Draft, our_move_of
from reporting.models import Period, Report


def status_of(*, report: Report, body: dict[str, Any], text: Text, saying: Saying) -> Status:
    """The frozen values of one revision, from its own facts and text."""
    speaker = saying.published_for or saying.published_by
    page = Page(body, text, speaker=speaker.name)
    return Status(
        engagement=report.engagement.name,
        week="update" if report.is_update else week_words(report.period),
        number=saying.number,
        shape=Shape(text["colour"]).value,
        word=_word(text["colour"]),
        previous_word=_word(text["previous_colour"]),
        headline=headline_of(text),
        paragraph=text.get("paragraph", ""),
        next_name=page.following["name"] if page.following else "",
        next_on=page.next_on(),
        next_past=page.next_past(),
        next_expected=page.next_expected(),
        rules=page.rules(),
        reason=page.reason(),
        our_move=text["our_move"],
        own_words=text.get("own_words", ""),
        speaks_for=speaker.name,
        correction_reason=text["correction_reason"],
        changed=page.lines(*sentences.CHANGED),
        milestones=page.milestones(),
        done_earlier=page.done_earlier(),
        timeline=page.timeline(),
        burn_up=page.burn_up(),
        delivered=page.lines(*sentences.DELIVERED),
        ahead=page.lines(*sentences.AHEAD),
        our_word=kept_of(body),
        waiting=page.lines(*sentences.OPEN),
        rests_on=" ".join(page.texts("freshness", "left_out.", "recorded")),
        zone=page.zone.key,
        as_of=page.moment(datetime.fromisoformat(body["as_of"])),
        published=page.moment(saying.published_at),
        published_by=saying.published_by.name,
        published_for=saying.published_for.name if saying.published_for else "",
        reconstructed_on=page.day(saying.reconstructed_on),
    )


def _word(colour: str) -> str:
    return Shape(colour).word if colour else ""


def week_words(period: Period, *, today: date | None = None) -> str:
    """The week of ``period`` as ``wording.week_words`` says it."""
    return wording.week_words(period.starts_on, due_on=period.due_on, today=today)


def preview_of(report: Report, draft: Draft, *, by: User) -> Status:
    """What the draft would say if ``by`` published it now."""
    start = start_of(report, given=draft.given, computed=draft.computed)
    text = compose(report=report, draft=draft)
    text["colour"] = start.colour
    text["our_move"] = our_move_of(report, draft, colour=start.colour)
    text["colour_reason"] = reason_kept(
        draft.given, colour=start.colour, computed=draft.computed, reason=start.reason
    )
    at = now()
    saying = Saying(1, at, by, None, reconstructed_on(report, at=at))
    return status_of(report=report, body=draft.body, text=text, saying=saying)


def frozen_of(report: Report) -> Status:
    """What is about to go out: a report that is being published."""
    frozen: Any = report  # a constraint: none of these columns is empty in this state
    at = frozen.publish_at
    on = reconstructed_on(report, at=at)
    return status_of(
        report=report,
        body=json.loads(frozen.frozen_facts),
        text=frozen.frozen_text,
        saying=Saying(1, at, frozen.publishing_by, frozen.publishing_for, on),
    )


def reconstructed_on(report: Report, *, at: datetime) -> date | None:
    """The local day on which a past week is told, when published at ``at``; None for any other."""
    zone = ZoneInfo(report.engagement.time_zone)
    return at.astimezone(zone).date() if report.is_reconstructed else None
