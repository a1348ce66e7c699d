"""What is blocked now has its blocker at once; what was comes with ``manage.py rebuild_work``."""

from django.db import migrations

OPEN = """
INSERT INTO engagements_blocker
       (engagement_id, number, source_id, key, opened_at, closed_at, is_told, impact, owner, version)
SELECT item.engagement_id,
       row_number() OVER (PARTITION BY item.engagement_id ORDER BY item.blocked_at, item.id),
       item.source_id, item.key, item.blocked_at, NULL, true, '', '', 1
  FROM engagements_workitem AS item
 WHERE item.blocked_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("engagements", "0016_blockers")]

    operations = [migrations.RunSQL(OPEN, migrations.RunSQL.noop)]
