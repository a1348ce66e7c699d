"""The facts of many engagements at once: time in one process, and how many statements.

Starts a PostgreSQL of its own as a child, and ends only that. It fills engagements with items and
with what a tracker told of them, then asks for the facts of all in one call, and of one alone.

Prints one line of figures, and exits 1 where all of them take longer than 20 s, need another number
of statements than one alone does, or do not count every item.

    python .ci/facts.py [--engagements 200] [--items 500] [--events 2000] [--seconds 20]
"""

import argparse
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from harness import make_engagement, migrate, own_database, set_up_django

START = datetime(2026, 1, 5, tzinfo=UTC)
STATES = ("To Do", "In Progress", "In Review", "Done")

# Each item is seen once; of the other events three are moves, and every fourth item is open.
EVENTS = """
INSERT INTO engagements_workevent
       (source_id, key, field, came, became, occurred_at, place, recorded_at, of_id)
SELECT source.id, 'W-' || item.n, said.field, said.came, said.became,
       %(start)s::timestamptz + item.n * interval '6 hours' + said.after, 0, now(), file.id
  FROM engagements_source AS source
  JOIN engagements_import AS file ON file.source_id = source.id
 CROSS JOIN generate_series(1, %(items)s) AS item(n)
 CROSS JOIN LATERAL (
   SELECT 'seen' AS field, '' AS came, interval '90 days' AS after,
          json_build_object(
            'title', 'As a visitor I pay invoice ' || item.n,
            'type', 'Story', 'size', (item.n %% 8)::text, 'assignee', 'Person ' || item.n %% 6,
            'milestones', json_build_array(item.n %% 5 || '.0'), 'sprint', 'Sprint ' || item.n %% 9,
            'created_at', to_char(%(start)s::timestamptz + item.n * interval '6 hours',
                                  'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))::text AS became
    UNION ALL
   SELECT 'state', (%(states)s::text[])[step], interval '1 day' * step * 3,
          (%(states)s::text[])[step + 1]
     FROM generate_series(1, %(moves)s) AS step WHERE item.n %% 4 > 0 OR step < %(moves)s
    UNION ALL
   SELECT 'assignee', '', interval '2 days', 'Person ' || item.n %% 6 WHERE item.n %% 4 = 0) AS said
"""


def main() -> int:
    arguments = parse()
    own_database("facts")
    set_up_django()
    migrate()
    engagements = fill(arguments)
    one, _, _ = measure(engagements[:1])
    statements, seconds, known = measure(engagements)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wrong = []
    if seconds > arguments.seconds:
        wrong.append(f"over {arguments.seconds:g} s")
    if statements != one:
        wrong.append(f"{one} statements for one alone")
    if known != arguments.engagements * arguments.items:
        wrong.append(f"{known:,} items")
    print(
        f"{arguments.engagements} engagements of {arguments.items} items and {arguments.events:,} "
        f"events: {seconds:.1f} s, {statements} statements, {megabytes:.0f} MB: "
        f"{'; '.join(wrong) or 'fine'}"
    )
    return 1 if wrong else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engagements", type=int, default=200)
    parser.add_argument("--items", type=int, default=500)
    parser.add_argument("--events", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=20)
    return parser.parse_args()


def fill(arguments: argparse.Namespace) -> list[Any]:
    """The engagements, with what the file of each told."""
    from django.db import connection

    made = [plan(number) for number in range(arguments.engagements)]
    moves = arguments.events // arguments.items - 1
    values = {"start": START, "items": arguments.items, "states": list(STATES), "moves": moves}
    with connection.cursor() as cursor:
        cursor.execute(EVENTS, values)
        told = arguments.engagements * arguments.events
        if cursor.rowcount != told:
            raise SystemExit(f"{cursor.rowcount:,} events in place of {told:,}")
        cursor.execute("ANALYZE")
    return made


def plan(number: int) -> Any:
    """An engagement with its milestones, and a file of its source."""
    from engagements.models import Milestone
    from engagements.tests.pages import make_import

    engagement = make_engagement(f"Engagement {number}", begun=START)
    file = make_import(engagement)
    file.as_of = START + timedelta(days=300)
    file.save(update_fields=["as_of"])
    for version in range(5):
        name = f"{version}.0"
        Milestone.objects.create(
            engagement=engagement, number=version + 1, name=name, tracker_name=name
        )
    return engagement


def measure(engagements: list[Any]) -> tuple[int, float, int]:
    """Statements, seconds, and how many items were counted."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from reporting import facts

    since, as_of = START + timedelta(days=193), START + timedelta(days=200)
    asked = [facts.Asked(engagement, since, as_of) for engagement in engagements]
    started = time.monotonic()
    with CaptureQueriesContext(connection) as queries:
        bodies = (facts.body_of(*each) for each in facts.inputs_of(asked))
        known = sum(body["figures"]["total"]["items"] for body in bodies)
    return len(queries), time.monotonic() - started, known


if __name__ == "__main__":
    sys.exit(main())
