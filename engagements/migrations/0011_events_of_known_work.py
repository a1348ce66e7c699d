"""What is known of the work so far becomes what its last export said of it."""

# ruff: noqa: S608 (put together from our own text)

from django.db import migrations

from dm_portal.shell.triggers import insert_only, never_emptied

INSTANT = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'

SEEN = f"""
INSERT INTO engagements_workevent
       (source_id, key, field, came, became, occurred_at, place, recorded_at, of_id)
SELECT item.source_id, item.key, 'seen', '',
       jsonb_build_object(
         'type', item.type, 'title', item.title, 'state', item.state, 'size', item.size::text,
         'sprint', coalesce(sprint.name, ''), 'assignee', item.assignee,
         'milestones', coalesce(
           (SELECT jsonb_agg(coalesce(nullif(milestone.tracker_name, ''), milestone.name))
              FROM engagements_workitem_milestones AS link
              JOIN engagements_milestone AS milestone ON milestone.id = link.milestone_id
             WHERE link.workitem_id = item.id), '[]'::jsonb),
         'created_at', to_char(item.created_at AT TIME ZONE 'UTC', '{INSTANT}'),
         'started_at', to_char(item.started_at AT TIME ZONE 'UTC', '{INSTANT}'),
         'done_at', to_char(item.done_at AT TIME ZONE 'UTC', '{INSTANT}'))::text,
       coalesce(file.read_at, file.uploaded_at), 0, coalesce(file.applied_at, file.uploaded_at),
       file.id
  FROM engagements_workitem AS item
  JOIN engagements_import AS file ON file.id = item.last_import_id
  LEFT JOIN engagements_sprint AS sprint ON sprint.id = item.sprint_id
"""

STAGES = """
UPDATE engagements_workitem
   SET stage = CASE WHEN done_at <= now() THEN 'done'
                    WHEN started_at <= now() THEN 'in_progress'
                    ELSE 'not_started' END
"""


class Migration(migrations.Migration):
    dependencies = [("engagements", "0010_work_events")]

    operations = [
        migrations.RunSQL(SEEN, migrations.RunSQL.noop),
        migrations.RunSQL(STAGES, migrations.RunSQL.noop),
        insert_only("engagements_workevent"),
        never_emptied("engagements_workevent"),
    ]
