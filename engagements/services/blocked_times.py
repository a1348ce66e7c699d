"""The blockers of items as their events leave them: opened, moved, closed or taken back.

A blocker is the same as long as it begins at the same instant. Where late evidence moves the
beginning, it goes on as the time that overlaps it, or that a later report of stays counts back from
another day: as long as before, and less than a day off. It keeps its number and what the DM wrote;
of two that have become one, that with words goes on. What no time is left for was never there: with
words it is kept as taken back, without it is deleted. Told again, it is there again.

Everything is one statement, so that it is the same whether an import is applied or all work is
written anew.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from engagements.histories import Span
from engagements.models import Blocker, Engagement, Import
from engagements.sources.rows import written

# By the id of the source, and the key: the times in which an item was blocked.
Times = Mapping[tuple[int, str], Iterable[Span]]

# Items whose times may be others now, each once: source_id, key, and times as [since, until].
OF_FILE = """
SELECT %(source)s::bigint AS source_id, row.key, row.data -> 'blocked' AS times
  FROM engagements_importrow AS row
 WHERE row.of_id = (SELECT %(file)s::bigint) AND row.verdict IN ('new', 'changed')
   AND row.data -> 'blocked' <> coalesce(row.before -> 'blocked', '[]'::jsonb)
"""
GIVEN = """
SELECT given.source_id, given.key, given.times
  FROM jsonb_to_recordset(%(given)s::jsonb) AS given(source_id bigint, key text, times jsonb)
"""

# The database cannot see how many rows it will find. So each item is looked up by its key, and
# what is compared as a whole is compared by a hash (NOT IN), never each row with every other.
WRITE = """
WITH asked AS MATERIALIZED ({asked}),
told AS MATERIALIZED (
  SELECT asked.source_id, asked.key,
         (time ->> 0)::timestamptz AS opened_at, (time ->> 1)::timestamptz AS closed_at
    FROM asked CROSS JOIN LATERAL jsonb_array_elements(asked.times) AS time),
known AS MATERIALIZED (
  SELECT stored.*
    FROM asked CROSS JOIN LATERAL (
      SELECT * FROM engagements_blocker AS blocker
       WHERE blocker.source_id = asked.source_id AND blocker.key = asked.key
      OFFSET 0) AS stored),
loose AS (
  SELECT *, row_number() OVER (PARTITION BY source_id, key, is_told ORDER BY opened_at) AS place
    FROM known
   WHERE (source_id, key, opened_at) NOT IN (SELECT source_id, key, opened_at FROM told)),
new AS (
  SELECT *, row_number() OVER (PARTITION BY source_id, key ORDER BY opened_at) AS place
    FROM told
   WHERE (source_id, key, opened_at) NOT IN (SELECT source_id, key, opened_at FROM known)),
alike AS (
  SELECT loose.id, loose.version, new.source_id, new.key, new.opened_at, new.closed_at,
         loose.opened_at < coalesce(new.closed_at, 'infinity')
         AND new.opened_at < coalesce(loose.closed_at, 'infinity') AS is_met,
         new.opened_at > loose.opened_at - interval '1 day'
         AND new.opened_at < loose.opened_at + interval '1 day' AS is_near,
         coalesce(new.closed_at - new.opened_at - (loose.closed_at - loose.opened_at)
                  BETWEEN interval '-1 hour' AND interval '1 hour', false) AS is_as_long,
         loose.closed_at IS NULL AS is_open, loose.place = new.place AS is_in_place
    FROM loose JOIN new USING (source_id, key)),
followed AS (
  SELECT DISTINCT ON (id) * FROM alike
   WHERE is_met OR (is_near AND (is_open OR is_as_long))
   ORDER BY id, is_near AND is_as_long AND is_in_place DESC, is_met DESC, opened_at),
moved AS (
  SELECT DISTINCT ON (source_id, key, opened_at) * FROM followed
   ORDER BY source_id, key, opened_at, version > 1 DESC, id),
gone AS (SELECT id, version FROM loose WHERE id NOT IN (SELECT id FROM moved)),
is_now AS (
  SELECT known.id, told.opened_at, told.closed_at
    FROM known JOIN told USING (source_id, key, opened_at)
   UNION ALL
  SELECT id, opened_at, closed_at FROM moved),
kept AS (
  UPDATE engagements_blocker AS blocker
     SET opened_at = is_now.opened_at, closed_at = is_now.closed_at, is_told = true
    FROM is_now
   WHERE blocker.id = is_now.id
     AND (blocker.opened_at, blocker.closed_at, blocker.is_told)
         IS DISTINCT FROM (is_now.opened_at, is_now.closed_at, true)),
taken_back AS (
  UPDATE engagements_blocker AS blocker SET is_told = false
   WHERE blocker.is_told AND blocker.id IN (SELECT id FROM gone WHERE version > 1)),
deleted AS (
  DELETE FROM engagements_blocker AS blocker
   WHERE blocker.id IN (SELECT id FROM gone WHERE version = 1))
INSERT INTO engagements_blocker
       (engagement_id, number, source_id, key, opened_at, closed_at, is_told, impact, owner,
        version)
SELECT %(engagement)s,
       (SELECT coalesce(max(number), 0) FROM engagements_blocker
         WHERE engagement_id = %(engagement)s)
       + row_number() OVER (ORDER BY opened_at, source_id, key COLLATE "C"),
       source_id, key, opened_at, closed_at, true, '', '', 1
  FROM new
 WHERE (source_id, key, opened_at) NOT IN (SELECT source_id, key, opened_at FROM moved)
"""


def write_of_file(file: Import) -> None:
    """The blockers of what applying a file makes of its items. Needs the engagement's lock."""
    _write(OF_FILE, file.engagement_id, source=file.source_id, file=file.pk)


def write_all(engagement: Engagement, times: Times) -> None:
    """All blockers of an engagement anew. Needs its lock."""
    known = Blocker.objects.filter(engagement=engagement).order_by()
    gone = set(known.values_list("source", "key")) - set(times)
    given = [
        {
            "source_id": source,
            "key": key,
            "times": [[written(at) for at in span] for span in times.get((source, key), ())],
        }
        for source, key in [*times, *sorted(gone)]
    ]
    _write(GIVEN, engagement.pk, given=json.dumps(given))


def _write(asked: str, engagement: int, **values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(WRITE.format(asked=asked), {"engagement": engagement, **values})
