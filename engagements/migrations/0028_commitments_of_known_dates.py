"""Every date of a milestone that was ever committed, moved or withdrawn is a commitment."""

from django.db import migrations

COMMIT = """
WITH said AS (
    SELECT nextval(pg_get_serial_sequence('engagements_commitment', 'id')) AS id,
           revision.id AS revision_id, revision.number, revision.milestone_id, revision.new_on,
           revision.changed_at, revision.changed_by_id, milestone.engagement_id, milestone.name,
           engagement.time_zone, customer.name AS customer
      FROM engagements_milestonerevision AS revision
      JOIN engagements_milestone AS milestone ON milestone.id = revision.milestone_id
      JOIN engagements_engagement AS engagement ON engagement.id = milestone.engagement_id
      JOIN engagements_customer AS customer ON customer.id = engagement.customer_id
)
INSERT INTO engagements_commitment
       (id, engagement_id, number, promise, made_to, said_on, due_on, supersedes_id, revision_id,
        week, said_in, recorded_at, recorded_by_id)
SELECT id, engagement_id,
       row_number() OVER (PARTITION BY engagement_id ORDER BY changed_at, revision_id),
       name, customer, (changed_at AT TIME ZONE time_zone)::date, new_on,
       lag(id) OVER (PARTITION BY milestone_id ORDER BY number), revision_id,
       '', '', changed_at, changed_by_id
  FROM said
"""


class Migration(migrations.Migration):
    dependencies = [("engagements", "0027_owed")]

    operations = [migrations.RunSQL(COMMIT, migrations.RunSQL.noop)]
