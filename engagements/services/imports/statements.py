"""What is asked of all rows of a file at once, in SQL; ``writing`` has what applying writes.

Preview and apply ask the same question in the same words, so they cannot disagree: what of a row
differs from the item that is there.
"""

# ruff: noqa: S608 (every statement is put together from our own text; values are parameters)

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from dm_portal.shell.clock import now
from engagements.histories import Evidence
from engagements.models import Import
from engagements.models.imports import Part
from engagements.sources.rows import Row

# In a sub-select PostgreSQL does not see the value, and plans for an average file or engagement.
# Seeing it, it would ask its statistics, which know nothing of rows that were just written, and
# plan for one row: each row of a file is then compared with every other.
FILE = "(SELECT %(file)s::bigint)"
ENGAGEMENT = "(SELECT %(engagement)s::bigint)"
SOURCE = "(SELECT %(source)s::bigint)"

# The item of a row. For the same reason LIMIT keeps it from joining by engagement alone.
ITEM = f"""
  SELECT stored.* FROM engagements_workitem AS stored
   WHERE stored.engagement_id = {ENGAGEMENT} AND stored.source_id = {SOURCE}
     AND stored.key = row.key
   LIMIT 1
"""

# OFFSET 0 keeps each key a question of its own, asked of the one index that has both.
FIRST_LINES = f"""
SELECT said.key, said.line FROM unnest(%(keys)s::text[]) AS wanted(key)
 CROSS JOIN LATERAL (
   SELECT known.* FROM engagements_importevent AS known
    WHERE known.of_id = {FILE} AND known.key = wanted.key OFFSET 0) AS said
 WHERE said.part = 'work' AND said.field = 'seen'
"""

# All that is said of some items, known before or by this file or both.
SAID = f"""
  FROM unnest(%(keys)s::text[]) AS wanted(key)
 CROSS JOIN LATERAL (
   SELECT event.key, event.occurred_at, event.field, event.place, event.came, event.became
     FROM engagements_workevent AS event
    WHERE event.source_id = {SOURCE} AND event.key = wanted.key
    UNION ALL
   SELECT said.key, said.occurred_at, said.field, said.place, said.came, said.became
     FROM engagements_importevent AS said
    WHERE said.of_id = {FILE} AND said.key = wanted.key OFFSET 0) AS told
"""

# What is told again is told once: to bring it out twice takes longer.
EVIDENCE = f"""
SELECT DISTINCT told.key, told.occurred_at, told.field, told.place, told.came, told.became {SAID}
"""

# Rows that say otherwise than is known of their very instant, or of what follows it within a
# millisecond, and when that was said last; or that are known of what follows it, and when.
CONTRADICTING = f"""
SELECT said.id, said.occurred_at IS NULL AS is_undated, known.last, known.same
  FROM engagements_importevent AS said
 CROSS JOIN LATERAL (SELECT coalesce(said.occurred_at, %(as_of)s) AS at) AS stands
 CROSS JOIN LATERAL (
   SELECT max(event.occurred_at) AS last,
          min(event.occurred_at) FILTER (WHERE event.became = said.became) AS same,
          jsonb_object_agg(cell.key, cell.value
                           ORDER BY event.occurred_at, event.became COLLATE "C") AS cells
     FROM engagements_workevent AS event
    CROSS JOIN LATERAL jsonb_each(event.became::jsonb) AS cell
    WHERE event.source_id = {SOURCE} AND event.key = said.key AND event.field = 'seen'
      AND event.occurred_at >= stands.at
      AND event.occurred_at < stands.at + interval '1 millisecond') AS known
 WHERE said.of_id = {FILE} AND said.field = 'seen'
   AND (known.same > stands.at
        OR (known.same IS NULL
            AND known.cells || said.became::jsonb <> said.became::jsonb || known.cells))
"""

IS_CONTRADICTED = f"""
SELECT EXISTS (
  SELECT FROM ({CONTRADICTING}) AS found WHERE found.is_undated AND found.same IS NULL)
"""

DATE_ROWS = """
UPDATE engagements_importevent SET occurred_at = %(as_of)s
 WHERE of_id = %(file)s AND occurred_at IS NULL
"""

PUT_AFTER = f"""
UPDATE engagements_importevent AS said
   SET occurred_at = coalesce(found.same, found.last + interval '1 microsecond')
  FROM ({CONTRADICTING}) AS found
 WHERE said.id = found.id
"""

# How much of it there would be to hold; 400 bytes are what an empty one takes.
SIZE = "sum(400 + octet_length(told.came) + octet_length(told.became))::bigint"
SIZES = f"""
SELECT told.key, {SIZE} {SAID}
 GROUP BY told.key
"""

# The most of it that there is of one item of the source.
HEAVIEST = f"""
SELECT coalesce(max(item.size), 0) FROM (
  SELECT {SIZE} AS size FROM (
    SELECT key, came, became FROM engagements_workevent WHERE source_id = {SOURCE}
     UNION ALL
    SELECT key, came, became FROM engagements_importevent WHERE of_id = {FILE}) AS told
   GROUP BY told.key) AS item
"""

# Items that the changelog tells of and the file does not, by the first change of each. Mostly there
# are none, and to see that by all keys at once is a tenth of the work; so that is asked first.
CHANGED_ONLY = f"""
SELECT said.line, said.key FROM engagements_importevent AS said
 WHERE said.of_id = {FILE} AND said.part = 'changelog' AND said.line > %(line)s
   AND (%(line)s > 0 OR EXISTS (
     SELECT key FROM engagements_importevent WHERE of_id = {FILE} AND part = 'changelog'
     EXCEPT
     SELECT key FROM engagements_importevent WHERE of_id = {FILE} AND part = 'work'))
   AND NOT EXISTS (
     SELECT FROM engagements_importevent AS other
      WHERE other.of_id = said.of_id AND other.key = said.key
        AND (other.part = 'work' OR (other.part = said.part AND other.line < said.line)))
   AND EXISTS (
     SELECT FROM engagements_workevent AS event
      WHERE event.source_id = {SOURCE} AND event.key = said.key AND event.field = 'seen')
 ORDER BY said.line LIMIT %(count)s
"""

# What of a row differs from the item that is there. An item in the words of ImportRow.data, so that
# both compare as they are. "C" sorts as Python.
JUDGED = f"""
  LEFT JOIN LATERAL ({ITEM}) AS item ON true
  LEFT JOIN LATERAL (
    SELECT jsonb_build_object(
      'type', item.type,
      'title', item.title,
      'state', item.state,
      'stage', item.stage,
      'size', item.size::text,
      'milestones', coalesce(
        (SELECT jsonb_agg(named.name ORDER BY named.name COLLATE "C")
           FROM (SELECT coalesce(nullif(milestone.tracker_name, ''), milestone.name) AS name
                   FROM engagements_workitem_milestones AS link
                   JOIN engagements_milestone AS milestone ON milestone.id = link.milestone_id
                  WHERE link.workitem_id = item.id) AS named),
        '[]'::jsonb),
      'sprint', coalesce(
        (SELECT sprint.name FROM engagements_sprint AS sprint WHERE sprint.id = item.sprint_id),
        ''),
      'assignee', item.assignee,
      'created_at', to_char(item.created_at AT TIME ZONE 'UTC', %(instant)s),
      'started_at', to_char(item.started_at AT TIME ZONE 'UTC', %(instant)s),
      'done_at', to_char(item.done_at AT TIME ZONE 'UTC', %(instant)s),
      'blocked_at', to_char(item.blocked_at AT TIME ZONE 'UTC', %(instant)s),
      'gone_at', to_char(item.gone_at AT TIME ZONE 'UTC', %(instant)s),
      'blocked', coalesce(
        (SELECT jsonb_agg(
                  jsonb_build_array(
                    to_char(blocker.opened_at AT TIME ZONE 'UTC', %(instant)s),
                    to_char(blocker.closed_at AT TIME ZONE 'UTC', %(instant)s))
                  ORDER BY blocker.opened_at)
           FROM engagements_blocker AS blocker
          WHERE blocker.source_id = item.source_id AND blocker.key = item.key
            AND blocker.is_told),
        '[]'::jsonb)
    ) AS cells
  ) AS item_is ON item.id IS NOT NULL
 CROSS JOIN LATERAL (
   SELECT CASE WHEN item.id IS NULL THEN 'new'
               WHEN item_is.cells = row.data THEN 'unchanged'
               ELSE 'changed' END AS verdict,
          CASE WHEN item_is.cells <> row.data THEN item_is.cells ELSE '{{}}'::jsonb END AS before
 ) AS judged
"""

# In one go: a row that is changed once it is there takes its place twice, in each index.
ADD_JUDGED = f"""
INSERT INTO engagements_importrow
       (of_id, part, line, key, verdict, reason, note, data, before)
SELECT %(file)s, %(part)s, row.line, row.key, judged.verdict, '', row.note, row.data, judged.before
  FROM jsonb_to_recordset(%(rows)s::jsonb) AS row(line int, key text, note text, data jsonb)
{JUDGED}
"""

IS_STALE = f"""
SELECT EXISTS (
  SELECT FROM engagements_importrow AS row {JUDGED}
   WHERE row.of_id = {FILE} AND row.verdict <> 'refused'
     AND (row.verdict, row.before) <> (judged.verdict, judged.before))
"""

# Whether an import that was applied after the rows were judged speaks of the same items, if only in
# a row that was refused; a whole export does of every item.
IS_OVERTAKEN = f"""
SELECT EXISTS (
  SELECT FROM engagements_import AS other
   WHERE other.source_id = {SOURCE} AND other.state = 'applied'
     AND other.source_version > %(version)s
     AND (other.is_whole OR %(is_whole)s OR EXISTS (
       SELECT FROM (
         SELECT key FROM engagements_workevent WHERE of_id = other.id
          UNION ALL
         SELECT key FROM engagements_importrow WHERE of_id = other.id AND verdict = 'refused'
       ) AS theirs
        WHERE theirs.key IN (
          SELECT key FROM engagements_importevent WHERE of_id = {FILE}
           UNION
          SELECT key FROM engagements_importrow WHERE of_id = {FILE} AND verdict = 'refused'))))
"""


def first_lines(file: Import, keys: Iterable[str]) -> dict[str, int]:
    """Where the keys that are taken already came up first."""
    with connection.cursor() as cursor:
        cursor.execute(FIRST_LINES, {"file": file.pk, "keys": list(keys)})
        return dict(cursor.fetchall())


def evidence_of(file: Import, keys: Iterable[str]) -> dict[str, list[Evidence]]:
    """All that is said of these items, known before or by this file; in no order."""
    found: dict[str, list[Evidence]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(EVIDENCE, _values(file) | {"keys": list(keys)})
        for key, at, field, place, came, became in cursor.fetchall():
            found[key].append(Evidence(at, field, place, came, became))
    return found


def sizes_of(file: Import, keys: Iterable[str]) -> dict[str, int]:
    """How many bytes ``evidence_of`` would hold of each of these items."""
    with connection.cursor() as cursor:
        cursor.execute(SIZES, _values(file) | {"keys": list(keys)})
        return dict(cursor.fetchall())


def heaviest(file: Import) -> int:
    """The most bytes that ``evidence_of`` would hold of any item."""
    return run(HEAVIEST, file)


def look_at_events() -> None:
    """Let PostgreSQL count what was read, which is far from what it knew, before it is compared.

    Whoever does so at the moment does it for all.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE (SKIP_LOCKED) engagements_importevent")


def is_contradicted(file: Import, as_of: datetime) -> bool:
    """Whether a row without an instant says otherwise than what is known as of this one."""
    return bool(run(IS_CONTRADICTED, file, as_of=as_of))


def date_rows(file: Import, as_of: datetime) -> None:
    """Rows without an instant are as of the file's.

    One that says otherwise than what is known of its very instant comes after that: nothing in
    the two tells their order, and of what somebody imports the later holds.
    """
    for statement in (DATE_ROWS, PUT_AFTER):
        run(statement, file, as_of=as_of)


def changed_only(file: Import, line: int, count: int) -> list[tuple[int, str]]:
    """Line and key of the next items that only the changelog tells of."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGED_ONLY, _values(file) | {"line": line, "count": count})
        return cursor.fetchall()


def add_judged(file: Import, part: Part, rows: Iterable[Row]) -> None:
    """Keep what these items would be, with their verdicts; beside what changes, what it was."""
    told = [{"line": row.line, "key": row.key, "note": row.note, "data": row.data} for row in rows]
    run(ADD_JUDGED, file, part=part, rows=json.dumps(told, ensure_ascii=False))


def is_stale(file: Import) -> bool:
    """Whether any row would be judged differently now than when it was previewed."""
    overtaken = run(IS_OVERTAKEN, file, version=file.source_version, is_whole=file.is_whole)
    return bool(overtaken or run(IS_STALE, file))


def run(statement: str, file: Import, **more: Any) -> int:
    """The single value of a SELECT, or how many rows were written."""
    with connection.cursor() as cursor:
        cursor.execute(statement, _values(file) | more)
        if cursor.description is None:
            return int(cursor.rowcount)
        return int(cursor.fetchone()[0])


def _values(file: Import) -> dict[str, Any]:
    """What the statements ask for by name."""
    return {
        "file": file.pk,
        "engagement": file.engagement_id,
        "source": file.source_id,
        "instant": 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"',
        "now": now(),
    }
