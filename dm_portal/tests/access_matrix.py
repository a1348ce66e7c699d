"""Who may do what, at every route: written by hand, and everything else is refused.

A rule names for whom a page exists; everybody else who is signed in gets 404, as if nothing were
there. Of those for whom it exists, whoever may not use it gets 403. A method that nobody may use
answers 405, whatever the reference; but a customer's people get 404 for all that is ours. Whoever
is not signed in, or not let in any more, is sent to sign in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dm_portal.tests.world import Side, World

Actors = frozenset[str]


def actors(names: str) -> Actors:
    return frozenset(names.split())


NOT_SIGNED_IN = actors("anonymous deactivated invited")
CONTACTS = actors("lead executive delegate")
OTHER_CONTACTS = actors("other_lead")
CUSTOMERS = CONTACTS | OTHER_CONTACTS

DM = actors("manager")
LEADERS = DM | actors("deputy")
PLANNERS = LEADERS | actors("architect")
CREW = PLANNERS | actors("tech_lead specialist engagement_specialist")
DIRECTOR = actors("director")
AUDITOR = actors("auditor")
ADMIN = actors("admin")
READERS = DIRECTOR | AUDITOR  # of the whole portal
OUTSIDERS = actors("stranger other_manager other_specialist")

US = CREW | READERS | ADMIN | OUTSIDERS
SIGNED_IN = US | CUSTOMERS
ACTORS = SIGNED_IN | NOT_SIGNED_IN
NOBODY: Actors = frozenset()

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

Arguments = Callable[[Side], dict[str, Any]]
Data = Callable[[World], dict[str, Any]]


@dataclass(frozen=True)
class Rule:
    """One route: for whom it exists, who may read it, who may act and with what.

    ``get`` and ``post`` are None where nobody may: 405. A GET answers ``shows`` to whoever may,
    a POST of ``data`` answers ``does``. ``open`` is for whoever is not signed in, too.
    """

    exists_for: Actors
    get: Actors | None = None
    post: Actors | None = None
    at: Arguments = lambda side: {}
    data: Data = lambda world: {"nothing": ""}
    shows: int = 200
    does: int = 302
    open: bool = False
    led_on: Actors = NOBODY  # who is led to another page, by a GET or because it is not theirs

    def expected(self, actor: str, method: str) -> int:
        """The status that this actor gets."""
        allowed = {"GET": self.get, "POST": self.post}.get(method)
        if actor in NOT_SIGNED_IN and not self.open:
            return 302
        if actor in self.led_on and (method == "GET" or actor not in self.exists_for):
            return 302
        if actor in CUSTOMERS and not self.exists_for & CUSTOMERS:
            return 404
        if allowed is None:
            return 405
        if actor in SIGNED_IN and actor not in self.exists_for:
            return 404
        if actor in SIGNED_IN and actor not in allowed:
            return 403
        return self.shows if method == "GET" else self.does


@dataclass(frozen=True)
class Theirs(Rule):
    """A page of a library, which answers each of METHODS in its own way, to everybody alike.

    Whoever is signed in gets ``inside``, whoever is not ``outside``, ``apart`` what is theirs.
    """

    inside: str = ""
    outside: str = "302 302 302 302 302"
    apart: tuple[Actors, str] = (NOBODY, "")

    def expected(self, actor: str, method: str) -> int:
        answers = self.outside if actor in NOT_SIGNED_IN else self.inside
        if actor in self.apart[0]:
            answers = self.apart[1]
        return int(answers.split()[METHODS.index(method)])


def theirs(inside: str, **more: Any) -> Theirs:
    return Theirs(SIGNED_IN, inside=inside, **more)


def page(exists_for: Actors, may: Actors | None = None, **more: Any) -> Rule:
    """A page to read, for everybody for whom it exists or for some of them."""
    return Rule(exists_for, get=exists_for if may is None else may, **more)


def form(exists_for: Actors, may: Actors, **more: Any) -> Rule:
    """A page with a form: who may read it may send it."""
    return Rule(exists_for, get=may, post=may, **more)


def act(exists_for: Actors, may: Actors, **more: Any) -> Rule:
    """An action without a page of its own."""
    return Rule(exists_for, post=may, **more)
