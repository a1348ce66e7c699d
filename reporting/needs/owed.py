"""What needs somebody of asks, actions, commitments and escalations: ours to do, or to wait for."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, ExpressionWrapper, F, Q, Value
from django.urls import reverse

from dm_portal.shell import dates
from dm_portal.shell.components import Shape
from dm_portal.shell.wording import abridged
from engagements.models import Action, Ask, Commitment, Engagement, Escalation
from reporting.needs.lines import NO_HURRY, THIS_WEEK, WAITING, WEEK, Need, end_of, urgency_of_day

LETTERS = 140
# With it an act leads back to this list, see engagements.views.saving.
BACK = {"back": "needs"}


class Row(NamedTuple):
    """One of them: as they are read in one statement, and as a line is made of it.

    ``person``: of whom the answer, the deed or the word is awaited. ``is_mine``: of the reader.
    ``is_new``: nobody was asked yet, or nobody has it in hand yet.
    """

    kind: str
    number: int
    words: str
    due_on: date
    person: str
    is_mine: bool
    is_new: bool
    version: int
    engagement_id: int
    ref: str
    name: str
    customer: str
    time_zone: str

    def url(self, route: str) -> str:
        return reverse(route, args=[self.ref, self.number])


def lines(user: Any, led: Any, at: datetime) -> Iterator[Need]:
    """What this person owes or awaits, of engagements that run; ``led`` are those they lead.

    One statement, however many rows of however many kinds.
    """
    near = at.date() + WEEK + timedelta(days=1)
    here = Engagement.objects.visible_to(user).reporting()
    rows = _asks(user, led).union(
        _actions(user, here, led, near),
        _commitments(user, led, near),
        _escalations(user, here, led),
        all=True,
    )
    for values in rows:
        row = Row(*values)
        found = line(row, at.astimezone(ZoneInfo(row.time_zone)).date())
        if found is not None:
            yield found


def _asks(user: Any, led: Any) -> Any:
    rows = Ask.objects.visible_to(user).open().filter(engagement__in=led)
    return _columns(
        rows,
        "ask",
        words=F("question"),
        due_on=F("needed_by"),
        person=F("asked_of__name"),
        is_new=Q(shared_at__isnull=True),
    )


def _actions(user: Any, here: Any, led: Any, near: date) -> Any:
    """One's own that come near, and those of others that are late where one leads."""
    own, late = Q(owner=user, engagement__in=here), Q(engagement__in=led)
    rows = Action.objects.visible_to(user).open().filter(own | late, due_on__lte=near)
    return _columns(
        rows,
        "action",
        words=F("what"),
        due_on=F("due_on"),
        person=F("owner__name"),
        is_mine=Q(owner=user),
        version=F("version"),
    )


def _commitments(user: Any, led: Any, near: date) -> Any:
    """Those of no milestone: of the others the milestones tell."""
    rows = (
        Commitment.objects.visible_to(user)
        .not_superseded()
        .not_fulfilled()
        .filter(engagement__in=led, revision__isnull=True, due_on__lte=near)
    )
    return _columns(rows, "commitment", words=F("promise"), due_on=F("due_on"), person=F("made_to"))


def _escalations(user: Any, here: Any, led: Any) -> Any:
    """Those that one decides, and all where one leads."""
    own, others = Q(decider=user, engagement__in=here), Q(engagement__in=led)
    rows = Escalation.objects.visible_to(user).open().filter(own | others)
    return _columns(
        rows,
        "escalation",
        words=F("what"),
        due_on=F("answer_by"),
        person=F("decider__name"),
        is_mine=Q(decider=user),
        is_new=Q(state=Escalation.State.RAISED),
        version=F("version"),
    )


def _columns(rows: Any, kind: str, **columns: Any) -> Any:
    """The columns of ``Row``, alike for each kind."""
    no, none = Value(False), Value(0)
    given = {"is_mine": no, "is_new": no, "version": none} | columns
    flags = {
        name: ExpressionWrapper(given[name], output_field=BooleanField())
        for name in ("is_mine", "is_new")
    }
    return rows.order_by().values_list(
        Value(kind),
        F("number"),
        given["words"],
        given["due_on"],
        given["person"],
        flags["is_mine"],
        flags["is_new"],
        given["version"],
        F("engagement"),
        F("engagement__ref"),
        F("engagement__name"),
        F("engagement__customer__name"),
        F("engagement__time_zone"),
    )


def line(row: Row, today: date) -> Need | None:
    """The line of one row on a day; None where nothing is to be done yet. No statement."""
    return LINES[row.kind](row, today)


def _ask(row: Row, today: date) -> Need:
    when = _when(row, today)
    if row.is_new:
        why = f"needed by {when}; nobody was asked yet"
        return _need(
            row, today, what=f"Ask {row.person}", why=why, action="Share", to="ask_sharing"
        )
    if row.due_on < today:
        why = f"was needed by {when}"
        return _need(row, today, what=f"Ask {row.person} again", why=why, to="ask_detail")
    why = f"{row.person} answers by {when}"
    return _need(row, today, what="Asked", why=why, to="ask_detail", group=WAITING)


def _action(row: Row, today: date) -> Need | None:
    late = row.due_on < today
    why = f"{'was due' if late else 'due'} {_when(row, today)}"
    if row.is_mine:
        done = {"is_done": "yes", "version": str(row.version), **BACK}
        deed: dict[str, Any] = {"deed_url": row.url("action_completion"), "sends": done}
        return _need(row, today, what="Do", why=why, action="Done", to="action_detail", **deed)
    if not late:
        return None
    why = f"{row.person} does it; {why}"
    return _need(row, today, what="To be done", why=why, to="action_detail", group=WAITING)


def _commitment(row: Row, today: date) -> Need:
    when = _when(row, today)
    why = f"promised to {row.person} for {when}"
    what = "Was it kept" if row.due_on < today else "Keep your word"
    return _need(row, today, what=what, why=why, action="Say", to="commitment_fulfilment")


def _escalation(row: Row, today: date) -> Need:
    late = row.due_on < today
    when = f"an answer {'was' if late else 'is'} needed by {_when(row, today)}"
    if row.is_mine and row.is_new:
        seen = {"version": str(row.version), **BACK}
        deed: dict[str, Any] = {"deed_url": row.url("escalation_acknowledgement"), "sends": seen}
        why, to = f"raised to you; {when}", "escalation_detail"
        return _need(row, today, what="Decide", why=why, action="Acknowledge", to=to, **deed)
    if row.is_mine:
        to = "escalation_resolution"
        return _need(row, today, what="Decide", why=when, action="Resolve", to=to)
    hand = "has not acknowledged it" if row.is_new else "has it in hand"
    why, to = f"{row.person} {hand}; {when}", "escalation_detail"
    if late:
        return _need(row, today, what=f"No answer from {row.person}", why=why, to=to)
    return _need(row, today, what="Raised", why=why, to=to, group=WAITING)


LINES: Mapping[str, Callable[[Row, date], Need | None]] = {
    "ask": _ask,
    "action": _action,
    "commitment": _commitment,
    "escalation": _escalation,
}


def _need(
    row: Row,
    today: date,
    *,
    what: str,
    why: str,
    to: str,
    action: str = "See",
    group: str = "",
    **deed: Any,
) -> Need:
    """Late ones are at risk; what is further off than a week is of this week all the same."""
    late = row.due_on < today
    by_day = urgency_of_day(row.due_on, today)
    return Need(
        group=group or (THIS_WEEK if by_day == NO_HURRY else by_day),
        due=end_of(row.due_on),
        shape=Shape.AT_RISK if late else "",
        what=f"{what}: {abridged(row.words, LETTERS)}",
        where=f"{row.name}, {row.customer}",
        why=why,
        url=row.url(to),
        action=action,
        engagement_id=row.engagement_id,
        **deed,
    )


def _when(row: Row, today: date) -> str:
    """ "Wed 18 Nov, 3 days ago"."""
    day = dates.day_words(row.due_on, today=today)
    return f"{day}, {dates.relative_words(row.due_on, today=today)}"
