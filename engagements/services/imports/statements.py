"""What is done to all rows of a file at once, in SQL.

Preview and apply ask the same question with the same statement, so they cannot disagree: what of
a row differs from the item that is there.
"""

# ruff: noqa: S608 (every statement is put together from our own text; values are parameters)

import json
from collections.abc import Iterable
from io import StringIO
from typing import Any, NamedTuple

from django.db import connection

from dm_portal.shell.clock import now
from engagements.models import Import, ImportRow
from engagements.sources.rows import Row

Verdict = ImportRow.Verdict

# What COPY's text format would take for its own.
ESCAPED = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})

LAST_LINE = 2**31 - 1

ADD_ROWS = """
COPY engagements_importrow (of_id, line, key, verdict, reason, note, data, before) FROM STDIN
"""

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

FIRST_LINES = f"""
SELECT row.key, row.line FROM engagements_importrow AS row
 WHERE row.of_id = {FILE} AND row.key = ANY(%(keys)s) AND row.verdict <> 'refused'
"""

# An item in the words of ImportRow.data, so that both compare as they are. "C" sorts as Python.
JUDGED = f"""
SELECT row.id,
       CASE WHEN item.id IS NULL THEN 'new'
            WHEN item_is.cells = row.data THEN 'unchanged'
            ELSE 'changed' END AS verdict,
       CASE WHEN item_is.cells <> row.data THEN item_is.cells ELSE '{{}}'::jsonb END AS before
  FROM engagements_importrow AS row
  LEFT JOIN LATERAL ({ITEM}) AS item ON true
  LEFT JOIN engagements_sprint AS sprint ON sprint.id = item.sprint_id
  LEFT JOIN LATERAL (
    SELECT jsonb_build_object(
      'type', item.type,
      'title', item.title,
      'state', item.state,
      'size', item.size::text,
      'milestones', coalesce(
        (SELECT jsonb_agg(named.name ORDER BY named.name COLLATE "C")
           FROM (SELECT coalesce(nullif(milestone.tracker_name, ''), milestone.name) AS name
                   FROM engagements_workitem_milestones AS link
                   JOIN engagements_milestone AS milestone ON milestone.id = link.milestone_id
                  WHERE link.workitem_id = item.id) AS named),
        '[]'::jsonb),
      'sprint', coalesce(sprint.name, ''),
      'assignee', item.assignee,
      'created_at', to_char(item.created_at AT TIME ZONE 'UTC', %(instant)s),
      'started_at', to_char(item.started_at AT TIME ZONE 'UTC', %(instant)s),
      'done_at', to_char(item.done_at AT TIME ZONE 'UTC', %(instant)s)
    ) AS cells
  ) AS item_is ON item.id IS NOT NULL
 WHERE row.of_id = {FILE} AND row.verdict <> 'refused'
   AND row.line BETWEEN %(first)s AND %(last)s
"""

JUDGE = f"""
UPDATE engagements_importrow AS row SET verdict = judged.verdict, before = judged.before
  FROM ({JUDGED}) AS judged
 WHERE row.id = judged.id AND (row.verdict, row.before) <> (judged.verdict, judged.before)
"""

IS_STALE = f"""
SELECT EXISTS (
  SELECT FROM engagements_importrow AS row JOIN ({JUDGED}) AS judged USING (id)
   WHERE (row.verdict, row.before) <> (judged.verdict, judged.before))
"""

# Versions that the applied rows name, where each comes up first, and in how many of them.
VERSIONS = f"""
  SELECT cell.name, min(row.line) AS line, count(*) AS items
    FROM engagements_importrow AS row
   CROSS JOIN LATERAL jsonb_array_elements_text(row.data -> 'milestones') AS cell(name)
   WHERE row.of_id = {FILE} AND row.verdict IN ('new', 'changed')
   GROUP BY cell.name
"""

COUNT_MILESTONES = f"""
SELECT count(*) FROM ({VERSIONS}) AS named
 WHERE NOT EXISTS (
   SELECT FROM engagements_milestone AS milestone
    WHERE milestone.engagement_id = %(engagement)s
      AND (milestone.tracker_name = named.name
           OR (milestone.tracker_name = '' AND milestone.name = named.name)))
"""

# A milestone that was planned under the version's name becomes that version; of two, the first.
MATCHES = f"""
SELECT DISTINCT ON (planned.name COLLATE "C") planned.id, planned.name, named.items
  FROM engagements_milestone AS planned
  JOIN ({VERSIONS}) AS named ON named.name = planned.name
 WHERE planned.engagement_id = %(engagement)s AND planned.tracker_name = ''
   AND NOT EXISTS (
     SELECT FROM engagements_milestone AS known
      WHERE known.engagement_id = %(engagement)s AND known.tracker_name = planned.name)
 ORDER BY planned.name COLLATE "C", planned.number
"""

NAME_MILESTONES = f"""
UPDATE engagements_milestone AS milestone
   SET tracker_name = milestone.name, version = milestone.version + 1
  FROM ({MATCHES}) AS matched
 WHERE milestone.id = matched.id
"""

ADD_MILESTONES = f"""
INSERT INTO engagements_milestone
       (engagement_id, number, name, outcome, tracker_name, version, created_at)
SELECT %(engagement)s,
       (SELECT coalesce(max(number), 0) FROM engagements_milestone
         WHERE engagement_id = %(engagement)s)
       + row_number() OVER (ORDER BY named.line, named.name COLLATE "C"),
       named.name, '', named.name, 1, %(now)s
  FROM ({VERSIONS}) AS named
 WHERE NOT EXISTS (
   SELECT FROM engagements_milestone AS known
    WHERE known.engagement_id = %(engagement)s AND known.tracker_name = named.name)
"""

SPRINTS = f"""
  SELECT row.data ->> 'sprint' AS name, min(row.line) AS line
    FROM engagements_importrow AS row
   WHERE row.of_id = {FILE} AND row.verdict IN ('new', 'changed')
     AND row.data ->> 'sprint' <> ''
   GROUP BY row.data ->> 'sprint'
"""

UNKNOWN_SPRINTS = f"""
  SELECT named.name, named.line FROM ({SPRINTS}) AS named
   WHERE NOT EXISTS (
     SELECT FROM engagements_sprint AS known
      WHERE known.engagement_id = %(engagement)s AND known.name = named.name)
"""

COUNT_SPRINTS = f"SELECT count(*) FROM ({UNKNOWN_SPRINTS}) AS unknown"

ADD_SPRINTS = f"""
INSERT INTO engagements_sprint (engagement_id, number, name, goal, version, created_at)
SELECT %(engagement)s,
       (SELECT coalesce(max(number), 0) FROM engagements_sprint
         WHERE engagement_id = %(engagement)s)
       + row_number() OVER (ORDER BY line),
       name, '', 1, %(now)s
  FROM ({UNKNOWN_SPRINTS}) AS unknown
"""

WRITE_ITEMS = f"""
INSERT INTO engagements_workitem
       (engagement_id, source_id, key, type, title, state, size, sprint_id, assignee,
        created_at, started_at, done_at, last_import_id)
SELECT %(engagement)s, %(source)s, row.key, cell.type, cell.title, cell.state, cell.size,
       sprint.id, cell.assignee, cell.created_at, cell.started_at, cell.done_at, %(file)s
  FROM engagements_importrow AS row
 CROSS JOIN LATERAL jsonb_to_record(row.data) AS cell(
         type text, title text, state text, size numeric, sprint text, assignee text,
         created_at timestamptz, started_at timestamptz, done_at timestamptz)
  LEFT JOIN engagements_sprint AS sprint
    ON sprint.engagement_id = %(engagement)s AND sprint.name = cell.sprint
 WHERE row.of_id = {FILE} AND row.verdict IN ('new', 'changed')
 ORDER BY row.line
    ON CONFLICT (engagement_id, source_id, key) DO UPDATE
   SET type = excluded.type, title = excluded.title, state = excluded.state,
       size = excluded.size, sprint_id = excluded.sprint_id, assignee = excluded.assignee,
       created_at = excluded.created_at, started_at = excluded.started_at,
       done_at = excluded.done_at, last_import_id = excluded.last_import_id
"""

DROP_LINKS = f"""
DELETE FROM engagements_workitem_milestones AS link
 USING engagements_importrow AS row CROSS JOIN LATERAL ({ITEM}) AS item,
       engagements_milestone AS milestone
 WHERE row.of_id = {FILE} AND row.verdict = 'changed'
   AND link.workitem_id = item.id AND milestone.id = link.milestone_id
   AND NOT row.data -> 'milestones' ? milestone.tracker_name
"""

ADD_LINKS = f"""
INSERT INTO engagements_workitem_milestones (workitem_id, milestone_id)
SELECT item.id, milestone.id
  FROM engagements_importrow AS row
 CROSS JOIN LATERAL jsonb_array_elements_text(row.data -> 'milestones') AS cell(name)
  JOIN engagements_milestone AS milestone
    ON milestone.engagement_id = %(engagement)s AND milestone.tracker_name = cell.name
 CROSS JOIN LATERAL ({ITEM}) AS item
 WHERE row.of_id = {FILE} AND row.verdict IN ('new', 'changed')
    ON CONFLICT DO NOTHING
"""


class Match(NamedTuple):
    """A milestone planned by hand whose name is a version's, and how many rows belong to it."""

    milestone_id: int
    name: str
    items: int


def add_rows(file: Import, rows: Iterable[Row]) -> None:
    """Keep these rows; those that are not refused count as new until they are judged.

    COPY takes a quarter of the time of INSERT.
    """
    with connection.cursor() as cursor:
        cursor.copy_expert(ADD_ROWS, StringIO("".join(_copied(file, row) for row in rows)))


def _copied(file: Import, row: Row) -> str:
    """A row as a line of COPY's own text format."""
    verdict = Verdict.REFUSED if row.reason else Verdict.NEW
    data = json.dumps(row.data, ensure_ascii=False)
    cells = (file.pk, row.line, row.key, verdict, row.reason, row.note, data, "{}")
    return "\t".join(str(cell).translate(ESCAPED) for cell in cells) + "\n"


def first_lines(file: Import, keys: Iterable[str]) -> dict[str, int]:
    """Where the keys that are taken already came up first."""
    with connection.cursor() as cursor:
        cursor.execute(FIRST_LINES, {"file": file.pk, "keys": list(keys)})
        return dict(cursor.fetchall())


def judge(file: Import, *, first: int, last: int) -> None:
    """Give the rows of these lines their verdicts; what a changed item was goes beside it."""
    _run(JUDGE, file, first=first, last=last)


def is_stale(file: Import) -> bool:
    """Whether any row would be judged differently now than when it was previewed."""
    return bool(_run(IS_STALE, file, first=0, last=LAST_LINE))


def count_additions(file: Import) -> tuple[int, int]:
    """How many milestones and sprints applying would add."""
    return _run(COUNT_MILESTONES, file), _run(COUNT_SPRINTS, file)


def matches(file: Import) -> list[Match]:
    """Milestones planned by hand that applying would make the tracker's versions of their names."""
    with connection.cursor() as cursor:
        cursor.execute(MATCHES, _values(file))
        return [Match(*row) for row in cursor.fetchall()]


def match_milestones(file: Import) -> None:
    """Make ``matches`` the tracker's versions. Needs the engagement's lock."""
    _run(NAME_MILESTONES, file)


def add_milestones(file: Import) -> int:
    """A milestone for every version that has none, without a committed date.

    Needs the engagement's lock, and that ``match_milestones`` went before.
    """
    return _run(ADD_MILESTONES, file)


def add_sprints(file: Import) -> int:
    """A sprint for every name, without dates. Needs the engagement's lock."""
    return _run(ADD_SPRINTS, file)


def write_items(file: Import) -> None:
    """The work itself: what is new, what has changed, and to which milestones it belongs."""
    _run(WRITE_ITEMS, file)
    _run(DROP_LINKS, file)
    _run(ADD_LINKS, file)


def _run(statement: str, file: Import, **more: Any) -> int:
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
