"""What a whole export lacks, and where else those items were listed.

That an export names an item needs no event of its own, but for items that some whole export lacks:
of these every listing counts, for it ends the time in which they were gone. Which export named what
is kept in its rows. So what is written here is the same whatever order the files come in:

- of each whole export, each item of the source that began before it and that it lacks;
- of each such item, each export that names it.
"""

# ruff: noqa: S608 (every statement is put together from our own text; values are parameters)

from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet

from engagements.models import Import, ImportEvent, ImportRow, WorkEvent, WorkItem
from engagements.models.imports import Part
from engagements.services.imports.statements import FILE, SOURCE

NOTE = "No row of the file tells how it is."

# An item began when anything was first said of it, or an export named it in a row that is refused.
ADD_LISTINGS = f"""
WITH named AS MATERIALIZED (
  SELECT key, false AS is_refused FROM engagements_importevent
   WHERE of_id = {FILE} AND part = 'work' AND field = 'seen'
   UNION
  SELECT key, true FROM engagements_importrow
   WHERE of_id = {FILE} AND part = 'work' AND verdict = 'refused' AND key <> ''),
before AS MATERIALIZED (
  SELECT id, coalesce(as_of, read_at, uploaded_at) AS as_of, is_whole FROM engagements_import
   WHERE source_id = {SOURCE} AND state = 'applied'),
refused AS MATERIALIZED (
  SELECT row.key, min(before.as_of) AS first
    FROM before JOIN engagements_importrow AS row ON row.of_id = before.id
   WHERE row.verdict = 'refused' AND row.part = 'work' AND row.key <> ''
   GROUP BY row.key),
known AS MATERIALIZED (
  SELECT event.key, least(min(event.occurred_at), min(refused.first)) AS first
    FROM engagements_workevent AS event LEFT JOIN refused USING (key)
   WHERE event.source_id = {SOURCE} AND event.field <> 'listed'
   GROUP BY event.key),
of_file AS MATERIALIZED (
  SELECT key, min(occurred_at) AS first FROM engagements_importevent
   WHERE of_id = {FILE}
   GROUP BY key),
item AS MATERIALIZED (
  SELECT key, known.first AS began_before,
         least(known.first, of_file.first, refused.first,
               CASE WHEN named.key IS NOT NULL THEN %(as_of)s::timestamptz END) AS began
    FROM known FULL JOIN of_file USING (key)
    LEFT JOIN refused USING (key)
    LEFT JOIN (SELECT key FROM named WHERE is_refused) AS named USING (key)),
lacking AS MATERIALIZED (
  SELECT key, %(as_of)s::timestamptz AS at
    FROM (SELECT key FROM item WHERE began < %(as_of)s EXCEPT SELECT key FROM named) AS gone
   WHERE %(is_whole)s
   UNION
  SELECT item.key, before.as_of
    FROM item JOIN before
      ON before.is_whole AND before.as_of > item.began
         AND (item.began_before IS NULL OR before.as_of <= item.began_before)
   WHERE NOT EXISTS (
     SELECT FROM engagements_importrow AS row
      WHERE row.of_id = before.id AND row.key = item.key AND row.part = 'work')),
told AS MATERIALIZED (
  SELECT DISTINCT key FROM engagements_workevent
   WHERE source_id = {SOURCE} AND field = 'listed'),
listing AS (
  SELECT key, %(as_of)s::timestamptz AS at FROM named
   WHERE key IN (SELECT key FROM told UNION SELECT key FROM lacking)
   UNION
  SELECT row.key, before.as_of
    FROM before JOIN engagements_importrow AS row ON row.of_id = before.id AND row.part = 'work'
   WHERE row.key IN (SELECT key FROM lacking EXCEPT SELECT key FROM told))
INSERT INTO engagements_importevent
       (of_id, part, line, key, field, came, became, occurred_at, place, note)
SELECT {FILE}, 'missing', row_number() OVER (ORDER BY said.key COLLATE "C", said.at, said.became),
       said.key, 'listed', '', said.became, said.at, 0, ''
  FROM (SELECT key, at, 'no' AS became FROM lacking
         UNION
        SELECT key, at, 'yes' FROM listing) AS said
"""


class Open(NamedTuple):
    """How many items of a source are open, and how many of these a file does not name."""

    all: int
    missing: int


def add_listings(file: Import) -> None:
    """Keep what the file says of what is in its tracker, beside what it says of its items."""
    whole = Import.objects.filter(source=file.source_id, is_whole=True).applied()
    if not file.is_whole and not whole.exists():
        return
    told = {"as_of": file.as_of, "is_whole": file.is_whole}
    with connection.cursor() as cursor:
        cursor.execute(ADD_LISTINGS, {"file": file.pk, "source": file.source_id, **told})


def listed_only(file: Import) -> QuerySet[ImportEvent]:
    """Items of which the file tells only that they are in the tracker, or are not; each once.

    Of what is named it is so where its row is refused.
    """
    said = ImportEvent.objects.filter(of=file)
    listed = said.filter(part=Part.MISSING)
    elsewhere = said.exclude(part=Part.MISSING).filter(key=OuterRef("key"))
    before = listed.filter(key=OuterRef("key"), line__lt=OuterRef("line"))
    seen = WorkEvent.objects.filter(source=file.source_id, field=WorkEvent.Field.SEEN)
    found: QuerySet[ImportEvent] = listed.filter(
        ~Exists(elsewhere), ~Exists(before), Exists(seen.filter(key=OuterRef("key")))
    )
    return found


def open_items(file: Import) -> Open:
    """Of its source, before the file is applied. Its rows are judged."""
    named = ImportRow.objects.filter(of=file, part=Part.WORK, key=OuterRef("key"))
    counted = WorkItem.objects.filter(source=file.source_id).open().order_by()
    return Open(**counted.aggregate(all=Count("pk"), missing=Count("pk", filter=~Exists(named))))
