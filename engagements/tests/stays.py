"""Items that move through states, and the reports of their stays that are taken meanwhile."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from hypothesis import strategies as st

from engagements.tests.work_files import BERLIN

START = datetime(2026, 1, 5, 9, tzinfo=BERLIN)
STATES = ("Open", "Doing", "Blocked", "Done")
HOUR = timedelta(hours=1)

MAP = b"""
name = "Stays"
rows = "intervals"
[columns]
key = "key"
state = "state"
days = "days"
until = "until"
"""
SEEN = b'seen_at = "seen"\n'


class Stay(NamedTuple):
    at: datetime
    state: str


Life = list[Stay]

life = st.lists(st.tuples(st.integers(0, 30), st.sampled_from(STATES)), min_size=1, max_size=7).map(
    lambda moves: lived(moves)
)
lives = st.dictionaries(st.sampled_from(["A-1", "A-2", "A-3"]), life, min_size=1)
# When reports are taken, in hours from each other, which item each leaves out, and whether
# whoever brings it says that it is whole.
taken = st.lists(
    st.tuples(st.integers(24, 60), st.sampled_from(["", "A-1"]), st.booleans()),
    min_size=2,
    max_size=3,
)


def lived(moves: Sequence[tuple[int, str]]) -> Life:
    """Stays that begin so many hours after each other."""
    found, at = [Stay(START, "Open")], START
    for hours, state in moves:
        at += hours * HOUR
        if state != found[-1].state:
            found.append(Stay(at, state))
    return found


def report(lives: dict[str, Life], at: datetime, seen: str) -> bytes:
    """As it would be taken at ``at``; ``seen`` is how it tells when that was, in strftime's words.

    The last stay ends at the last move, which is told to the day.
    """
    rows = ["key,state,days,until,seen"]
    for key, life in lives.items():
        stays = [stay for stay in life if stay.at <= at]
        ends = [stay.at for stay in stays[1:]] + [stays[-1].at]
        for stay, end in zip(stays, ends, strict=True):
            days = (end - stay.at) / timedelta(days=1)
            until = f"{stays[-1].at:%Y-%m-%d}"
            rows.append(f"{key},{stay.state},{days:.6f},{until},{at.strftime(seen)}")
    return "\n".join([*rows, ""]).encode()
