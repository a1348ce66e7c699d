"""What needs somebody of asks, actions, commitments and escalations: ours to do, or to wait for."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, BooleanField, ExpressionWrapper, F, Q, Value
from django.urls import reverse

from dm_portal.shell import dates
from dm_portal.shell.components import Shape
from dm_portal.shell.kept import ids_in
from dm_portal.shell.wording import abridged
from engagements.asking import AskedBy
from engagements.models import Action, Ask, Commitment, Engagement, Escalation
from reporting.needs.lines import NO_HURRY, THIS_WEEK, WAITING, WEEK, Need, end_of, urgency_of_day

LETTERS = 140
# With it an act leads back to this list, see engagements.views.saving.
BACK = {"back": "needs"}


class Row(NamedTuple):
    """One of them: as they are read in one statement, and as a line is made of it.

    ``person``: of whom the answer, the deed or the word is awaited; ``whose``: their key, where it
    is one of ours. ``is_new``: nobody was asked yet, or nobody has it in hand yet. ``is_mine``: it
    is the reader's, who is known only once it is read.
    """

    kind: str
    number: int
    words: str
    due_on: date
    person: str
    whose: int | None
    is_new: bool
    version: int
    engagement_id: int
    ref: str
    name: str
    customer: str
    time_zone: str
    is_mine: bool = False

    def url(self, route: str) -> str:
        return reverse(route, args=[self.ref, self.number])


def lines(user: Any, led: list[int], at: datetime) -> Iterator[Need]:
    """What this person owes or awaits, of engagements that run; ``led`` are those they lead.

    One statement, however many rows of however many kinds.
    """
    rows = ROWS.rows(user, led=led, near=_near(at))
    own = (Row(*values) for values in rows)
    yield from _lines((row._replace(is_mine=row.whose == user.pk) for row in own), at)


def of_engagements(led: Any, planned: Any, at: datetime) -> list[Row]:
    """Whatever ``lines`` would tell of to those who lead these engagements, or plan them, for many
    people at once. One statement.
    """
    rows = Q(engagement__in=planned)
    return [Row(*values) for values in _union(None, rows, rows, led, _near(at))]


def told_to(user: int, rows: Iterable[Row], at: datetime, *, leads: bool) -> list[Need]:
    """The lines for one person of the ``rows`` of an engagement, which they may know of; of those
    that are not theirs, where they lead it. No statement.
    """
    own = (row._replace(is_mine=row.whose == user) for row in rows)
    return list(_lines((row for row in own if leads or row.is_mine), at))


def _near(at: datetime) -> date:
    return at.date() + WEEK + timedelta(days=1)


def _lines(rows: Iterable[Row], at: datetime) -> Iterator[Need]:
    for row in rows:
        found = line(row, at.astimezone(ZoneInfo(row.time_zone)).date())
        if found is not None:
            yield found


def _rows(user: Any, led: list[int], near: date) -> Any:
    here = Engagement.objects.visible_to(user).reporting()
    mine = Q(engagement__in=here)
    leads = here.filter(pk__in=ids_in(led)) if led else here.none()
    return _union(user, mine & Q(owner=user), mine & Q(decider=user), leads, near)


ROWS = AskedBy(_rows, led=list, near=date)


def _union(user: Any, owned: Q, decided: Q, led: Any, near: date) -> Any:
    """What is owed to whoever leads, and what of it is ``owned`` or ``decided``; as ``user`` may
    see it, or for who is known to see it.
    """
    return _asks(user, led).union(
        _actions(user, owned, led, near),
        _commitments(user, led, near),
        _escalations(user, decided, led),
        all=True,
    )


def _seen(rows: Any, user: Any) -> Any:
    return rows.all() if user is None else rows.visible_to(user)


def _asks(user: Any, led: Any) -> Any:
    rows = _seen(Ask.objects, user).open().filter(engagement__in=led)
    return _columns(
        rows,
        "ask",
        words=F("question"),
        due_on=F("needed_by"),
        person=F("asked_of__name"),
        is_new=Q(shared_at__isnull=True),
    )


def _actions(user: Any, owned: Q, led: Any, near: date) -> Any:
    """Those that come near of who owns them, and those of others that are late where one leads."""
    rows = _seen(Action.objects, user).open()
    return _columns(
        rows.filter(owned | Q(engagement__in=led), due_on__lte=near),
        "action",
        words=F("what"),
        due_on=F("due_on"),
        person=F("owner__name"),
        whose=F("owner"),
        version=F("version"),
    )


def _commitments(user: Any, led: Any, near: date) -> Any:
    """Those of no milestone: of the others the milestones tell."""
    rows = (
        _seen(Commitment.objects, user)
        .not_superseded()
        .not_fulfilled()
        .filter(engagement__in=led, revision__isnull=True, due_on__lte=near)
    )
    return _columns(rows, "commitment", words=F("promise"), due_on=F("due_on"), person=F("made_to"))


def _escalations(user: Any, decided: Q, led: Any) -> Any:
    """Those that one decides, and all where one leads."""
    rows = _seen(Escalation.objects, user).open().filter(decided | Q(engagement__in=led))
    return _columns(
        rows,
        "escalation",
        words=F("what"),
        due_on=F("answer_by"),
        person=F("decider__name"),
        whose=F("decider"),
        is_new=Q(state=Escalation.State.RAISED),
        version=F("version"),
    )


def _columns(rows: Any, kind: str, **columns: Any) -> Any:
    """The columns of ``Row``, alike for each kind."""
    nobody = Value(None, BigIntegerField())
    given = {"whose": nobody, "is_new": Value(False), "version": Value(0)} | columns
    is_new = ExpressionWrapper(given["is_new"], output_field=BooleanField())
    return rows.order_by().values_list(
        Value(kind),
        F("number"),
        given["words"],
        given["due_on"],
        given["person"],
        given["whose"],
        is_new,
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
