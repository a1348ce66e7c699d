"""How long forecasts take: from nothing, and when only a week was added to what is remembered.

No database. Of teams of a few kinds, with two years of weeks, each asked when its milestone will be
done. The best of several tries counts: what else the machine does is no part of it.

Prints a line for each, and exits 1 where one that is done within a year takes longer than 5 ms from
nothing, or longer than 1 ms with a week more.

    python .ci/forecasts.py [--tries 30]
"""

import argparse
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FROM_NOTHING, WEEK_MORE = 5.0, 1.0  # ms
WITHIN = 52  # weeks

# Whole weeks, items a week, items to do.
TEAMS = [(26, 3, 20), (104, 4, 20), (104, 4, 40), (104, 10, 60), (104, 2, 30), (104, 1, 60)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tries", type=int, default=30)
    tries = parser.parse_args().tries
    sys.path.insert(0, str(ROOT))
    from reporting.forecasts.finish import LIKELY, finish
    from reporting.forecasts.pace import Pace

    dice, slow = random.Random(7), 0
    for weeks, rate, need in TEAMS:
        counts = [dice.choice((0, rate - 1, rate, rate + 1, 2 * rate)) for _ in range(weeks)]
        before = Pace.of(counts[:-1])
        whole = best(lambda c=counts, n=need: finish(Pace.of(c), n), tries)
        added = best(lambda b=before, c=counts, n=need: finish(b.add(c[-1]), n), tries)
        likely = finish(Pace.of(counts), need).week(LIKELY)
        is_soon = likely is not None and likely <= WITHIN
        is_slow = is_soon and (whole > FROM_NOTHING or added > WEEK_MORE)
        slow += is_slow
        print(
            f"{weeks} weeks of {rate} items, {need} to do, likely in {likely} weeks: "
            f"{whole:.2f} ms from nothing, {added:.2f} ms with a week more: "
            f"{'too slow' if is_slow else 'fine'}"
        )
    return 1 if slow else 0


def best(act: Callable[[], object], tries: int) -> float:
    """Milliseconds of this process alone."""
    taken = []
    for _ in range(tries):
        started = time.process_time()
        act()
        taken.append(time.process_time() - started)
    return min(taken) * 1000


if __name__ == "__main__":
    sys.exit(main())
