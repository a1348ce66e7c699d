"""What reports of stays told as changes becomes what each of them told: an item with its stays.

Blockers and items follow with the next file of the source, or with ``manage.py rebuild_work``.
"""

import json
from collections import defaultdict
from datetime import timedelta

from django.db import migrations
from django.db.migrations.exceptions import IrreversibleError

# Of files of stays that came without a changelog: there every change was one between two stays.
TOLD = """
SELECT event.id, event.source_id, event.key, event.of_id, event.came, event.became,
       event.occurred_at
  FROM engagements_workevent AS event
  JOIN engagements_source AS source ON source.id = event.source_id
  JOIN engagements_import AS file ON file.id = event.of_id
 WHERE source.mapping ->> 'rows' = 'intervals' AND file.changelog_size = 0 AND event.field = %s
 ORDER BY event.source_id, event.key, event.occurred_at, event.place, event.id
"""
FOLD = "UPDATE engagements_workevent SET became = %s, occurred_at = %s WHERE id = %s"
DROP = "DELETE FROM engagements_workevent WHERE id = ANY(%s)"
# Previews by the former reading are out of date: no decision was ever that early.
READ_AGAIN = """
UPDATE engagements_import AS file SET decisions_read = -1
  FROM engagements_source AS source
 WHERE source.id = file.source_id AND source.mapping ->> 'rows' = 'intervals'
   AND file.state IN ('previewed', 'applying')
"""
WRITABLE = "ALTER TABLE engagements_workevent {} TRIGGER engagements_workevent_insert_only"


def fold_moves(apps, schema_editor):
    """Put the moves that date an item from one instant on into each row that begins it there.

    All reports that count the stays of an item back from the same day tell the same moves, which
    were kept once; and they begin it at the same instant.
    """
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(TOLD, ["seen"])
        seen = [(*row[:4], json.loads(row[5]), row[6]) for row in cursor.fetchall()]
        cursor.execute(TOLD, ["state"])
        moves = cursor.fetchall()
        begun = {(source, key): cells["created_at"] for _, source, key, _, cells, _ in seen}
        begun |= {(source, key, of): cells["created_at"] for _, source, key, of, cells, _ in seen}
        dated = defaultdict(list)
        for _, source, key, of, *move in moves:
            dated[source, key, begun.get((source, key, of), begun[source, key])].append(move)
        for pk, source, key, _, cells, at in seen:
            stays = _stays(cells, dated[source, key, cells["created_at"]])
            became = json.dumps(
                cells | {"stays": stays}, sort_keys=True, ensure_ascii=False, separators=(",", ":")
            )
            cursor.execute(FOLD, [became, at + timedelta(milliseconds=len(stays)), pk])
        cursor.execute(DROP, [[pk for pk, *_ in moves]])


def _stays(cells, moves):
    first = moves[0][0] if moves else cells["state"]
    return [[first, cells["created_at"]], *([became, _written(at)] for _, became, at in moves)]


def _written(at):
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")


def keep_folded(apps, schema_editor):
    """The moves are gone, and what came before does not read what they were folded into."""
    events = apps.get_model("engagements", "WorkEvent").objects
    if events.filter(field="seen", became__contains='"stays"').exists():
        raise IrreversibleError("What reports of stays told cannot be taken apart again.")


class Migration(migrations.Migration):
    dependencies = [("engagements", "0023_due_days")]

    operations = [
        migrations.RunSQL(WRITABLE.format("DISABLE"), WRITABLE.format("ENABLE")),
        migrations.RunPython(fold_moves, keep_folded),
        migrations.RunSQL(WRITABLE.format("ENABLE"), WRITABLE.format("DISABLE")),
        migrations.RunSQL(READ_AGAIN, migrations.RunSQL.noop),
    ]
