"""Working time against a count by the minute: three times 2,000 random schedules, and the speed.

Each span lasts up to four days around a turn of its zone's clock: both changes of summer time,
zones of half and quarter hours, the date line, leave of days and of hours, holidays. Prints its
seeds and one line of figures; exits 1 where a count differs, or 100,000 calls take 3 s or more.
"""

import random
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dm_portal.people.tests.oracle import DAY, cases, differences
from dm_portal.people.working_time import Calendar, Leave, Schedule

SEEDS = [int(seed) for seed in sys.argv[1:]] or [1, 2, 3]
SCHEDULES, CALLS, SECONDS = 2000, 100_000, 3


def main() -> None:
    wrong = [words for seed in SEEDS for words in compare(seed)]
    for words in wrong[:20]:
        print(words)
    seconds = speed()
    print(
        f"seeds {SEEDS}: {len(SEEDS) * SCHEDULES} schedules, {len(wrong)} differences; "
        f"{CALLS} calls in {seconds:.2f} s"
    )
    if wrong or seconds >= SECONDS:
        sys.exit(1)


def compare(seed: int) -> list[str]:
    """What the product counts otherwise than the oracle."""
    chance = random.Random(seed)
    every = cases(seed, SCHEDULES, longest=4 * DAY)
    return [words for case in every for words in differences(case, chance)]


def speed() -> float:
    """Seconds for as many calls about one schedule, its first years included."""
    leave = tuple(Leave(date(2026, month, 3), date(2026, month, 9)) for month in range(1, 13))
    schedule = Schedule(Calendar("Europe/Berlin", country="DE", region="BE"), leave)
    start, began = datetime(2025, 1, 1, tzinfo=UTC), perf_counter()
    for number in range(CALLS // 2):
        at = start + timedelta(minutes=17 * number)
        schedule.working_minutes(at, at + 9 * DAY)
        schedule.after_working_hours(at, 4)
    return perf_counter() - began


if __name__ == "__main__":
    main()
