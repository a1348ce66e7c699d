"""What applying a file writes, in SQL: what was said, and the items that follow from it."""

# ruff: noqa: S608 (every statement is put together from our own text; values are parameters)

from collections.abc import Mapping

from engagements.models import Import
from engagements.services.imports.statements import FILE, ITEM, SOURCE, run

INTO_EVENTS = """
INSERT INTO engagements_workevent
       (source_id, key, field, came, became, occurred_at, place, recorded_at, of_id)
"""
EVENTS = f"""
       %(source)s, said.key, said.field, said.came, said.became, said.occurred_at, said.place,
       %(now)s, %(file)s
  FROM engagements_importevent AS said
 WHERE said.of_id = {FILE}
"""

WRITE_EVENTS = f"""
{INTO_EVENTS} SELECT {EVENTS}
 ORDER BY said.key, said.part, said.line
    ON CONFLICT DO NOTHING
"""

# Each thing once. To look for each in what is known, of which there is none, would take as long
# again as to write it.
WRITE_FIRST_EVENTS = f"""
{INTO_EVENTS}
SELECT DISTINCT ON (said.key, said.occurred_at, said.field, said.place, said.came, said.became)
       {EVENTS}
 ORDER BY said.key, said.occurred_at, said.field, said.place, said.came, said.became
"""

HAS_EVENTS = f"SELECT EXISTS (SELECT FROM engagements_workevent WHERE source_id = {SOURCE})"

WRITE_ITEMS = f"""
INSERT INTO engagements_workitem
       (engagement_id, source_id, key, type, title, state, stage, size, sprint_id, assignee,
        created_at, started_at, done_at, blocked_at, gone_at, last_import_id)
SELECT %(engagement)s, %(source)s, row.key, cell.type, cell.title, cell.state, cell.stage,
       cell.size, sprint.id, cell.assignee, cell.created_at, cell.started_at, cell.done_at,
       cell.blocked_at, cell.gone_at, %(file)s
  FROM engagements_importrow AS row
 CROSS JOIN LATERAL jsonb_to_record(row.data) AS cell(
         type text, title text, state text, stage text, size numeric, sprint text, assignee text,
         created_at timestamptz, started_at timestamptz, done_at timestamptz,
         blocked_at timestamptz, gone_at timestamptz)
  LEFT JOIN unnest(%(sprints)s::text[], %(sprint_ids)s::bigint[]) AS sprint(name, id)
    ON sprint.name = cell.sprint
 WHERE row.of_id = {FILE} AND row.verdict IN ('new', 'changed')
 ORDER BY row.line
    ON CONFLICT (engagement_id, source_id, key) DO UPDATE
   SET type = excluded.type, title = excluded.title, state = excluded.state,
       stage = excluded.stage, size = excluded.size, sprint_id = excluded.sprint_id,
       assignee = excluded.assignee,
       created_at = excluded.created_at, started_at = excluded.started_at,
       done_at = excluded.done_at, blocked_at = excluded.blocked_at,
       gone_at = excluded.gone_at,
       last_import_id = excluded.last_import_id
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
  JOIN unnest(%(milestones)s::text[], %(milestone_ids)s::bigint[]) AS milestone(name, id)
    ON milestone.name = cell.name
 CROSS JOIN LATERAL ({ITEM}) AS item
 WHERE row.of_id = {FILE} AND row.verdict IN ('new', 'changed')
    ON CONFLICT DO NOTHING
"""


def write_events(file: Import) -> int:
    """What the file says, for ever; returns how much of it was not known.

    Needs the lock of the source, so that nobody else adds to what is known.
    """
    return run(WRITE_EVENTS if run(HAS_EVENTS, file) else WRITE_FIRST_EVENTS, file)


def write_items(file: Import, *, milestones: Mapping[str, int], sprints: Mapping[str, int]) -> None:
    """The work itself: what is new, what has changed, and to which milestones it belongs.

    What it refers to is told by its names in the file.
    """
    ids = {
        "milestones": list(milestones),
        "milestone_ids": list(milestones.values()),
        "sprints": list(sprints),
        "sprint_ids": list(sprints.values()),
    }
    for statement in (WRITE_ITEMS, DROP_LINKS, ADD_LINKS):
        run(statement, file, **ids)
