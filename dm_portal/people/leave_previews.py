"""What a file of leave would do: who is meant, what is new, known already, or refused, and why."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.core import signing

from dm_portal.people.leave_files import Told
from dm_portal.people.leave_files.told import Span
from dm_portal.people.models import TimeOff, User
from dm_portal.people.services.time_off import Days, Planned, known_already, require_sense
from dm_portal.shell.errors import DomainError

SALT = "leave"
# how long a preview may be applied
MAX_AGE = 3600

NEW, KNOWN, LEFT_OUT, REFUSED = "new", "known", "left out", "refused"


@dataclass(frozen=True, slots=True)
class Line:
    """One time of leave as a file says it, or why there is none."""

    where: str
    who: str
    when: str
    verdict: str
    reason: str = ""
    planned: Planned | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """All lines of a file, those that are refused first."""

    file_name: str
    lines: Sequence[Line]

    def of(self, verdict: str) -> list[Line]:
        return [line for line in self.lines if line.verdict == verdict]

    @property
    def new(self) -> list[Line]:
        return self.of(NEW)

    @property
    def known(self) -> list[Line]:
        return self.of(KNOWN)

    @property
    def left_out(self) -> list[Line]:
        return self.of(LEFT_OUT)

    @property
    def refused(self) -> list[Line]:
        return self.of(REFUSED)

    def sealed(self, user: User) -> str:
        """What is new, so that it comes back as it was seen, from whom it was shown to."""
        rows = [_packed(line.planned) for line in self.new if line.planned]
        return signing.dumps([user.ref, self.file_name, rows], salt=SALT, compress=True)


class People:
    """Whom the lines of a file may mean: everybody for an admin, for others themselves."""

    def __init__(self, people: Iterable[Any]) -> None:
        self.by_word: dict[str, list[Any]] = defaultdict(list)
        self.by_ref: dict[str, Any] = {}
        for person in people:
            self.by_ref[person.ref] = person
            words = {person.name, person.email} if isinstance(person, User) else {person.name}
            for word in words:
                self.by_word[word.casefold()].append(person)

    def named(self, word: str) -> Any:
        """The one who has this address or name.

        Raises:
            DomainError: nobody, or several.
        """
        found = self.by_word.get(word.casefold(), [])
        if len(found) > 1:
            raise DomainError(f"Several people are called “{word}”: write the e-mail address.")
        if not found:
            raise DomainError(f"You can enter no leave of “{word[:60]}”: nobody is called so.")
        return found[0]


def preview(told: Sequence[Told], *, file_name: str, people: People, person: Any | None) -> Preview:
    """What each line would do; ``person`` is whose leave it is where a line does not say."""
    lines = [line for each in told for line in _lines(each, people, person)]
    planned = [line.planned for line in lines if line.planned]
    known = iter(known_already(planned))
    judged = [
        Line(line.where, line.who, line.when, KNOWN, planned=line.planned)
        if line.planned and next(known)
        else line
        for line in lines
    ]
    order = [REFUSED, NEW, KNOWN, LEFT_OUT]
    return Preview(file_name, sorted(judged, key=lambda line: order.index(line.verdict)))


def opened(sealed: str, *, user: User, people: People) -> tuple[str, list[Planned]]:
    """The name of the file, and what was seen to be new in it.

    Raises:
        DomainError: it is too old, somebody else's, or of people who are no longer here.
    """
    try:
        ref, file_name, rows = signing.loads(sealed, salt=SALT, max_age=MAX_AGE)
    except signing.BadSignature as error:
        raise DomainError("This preview is too old: choose the file again.") from error
    if ref != user.ref:
        raise DomainError("Somebody else has seen this preview: choose the file yourself.")
    return file_name, [_unpacked(row, people) for row in rows]


def _lines(told: Told, people: People, person: Any | None) -> list[Line]:
    if told.reason:
        return [Line(told.where, told.who, "", _verdict(told), told.reason)]
    try:
        whose = people.named(told.who) if told.who else person
    except DomainError as error:
        return [Line(told.where, told.who, "", REFUSED, str(error))]
    if whose is None:
        return [Line(told.where, "", "", REFUSED, "It does not say who is away.")]
    return [_line(told, span, whose) for span in told.spans]


def _verdict(told: Told) -> str:
    return LEFT_OUT if told.left_out else REFUSED


def _line(told: Told, span: Span, whose: Any) -> Line:
    days = Days(
        starts_on=span.starts_on,
        ends_on=span.ends_on,
        from_time=span.from_time,
        until_time=span.until_time,
    )
    when = TimeOff(**days).days_words
    try:
        require_sense(days)
    except DomainError as error:
        return Line(told.where, str(whose), when, REFUSED, str(error))
    return Line(told.where, str(whose), when, NEW, planned=Planned(whose, days, told.note))


def _packed(planned: Planned) -> list[str]:
    days = planned.days
    times = [f"{at:%H:%M}" if at else "" for at in (days["from_time"], days["until_time"])]
    on = [days["starts_on"].isoformat(), days["ends_on"].isoformat()]
    return [planned.person.ref, *on, *times, planned.note]


def _unpacked(row: list[str], people: People) -> Planned:
    ref, first, last, since, until, note = row
    if ref not in people.by_ref:
        raise DomainError("Somebody in the file is no longer here: choose the file again.")
    days = Days(
        starts_on=date.fromisoformat(first),
        ends_on=date.fromisoformat(last),
        from_time=time.fromisoformat(since) if since else None,
        until_time=time.fromisoformat(until) if until else None,
    )
    return Planned(people.by_ref[ref], days, note)
