"""The milestones and sprints that a file names: those that are there, and those to be added.

The work refers to them, and to write it takes long, while others must not wait for the engagement's
lock for more than a moment. So what is to be added is there before the lock is taken, as something
that nobody asks for; under the lock it gets its name and its number.
"""

# ruff: noqa: S608 (every statement is put together from our own text; values are parameters)

from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from engagements.models import Import, Milestone, Sprint
from engagements.services.imports.bounds import MAX_NAMES, too_many
from engagements.services.imports.statements import FILE
from engagements.services.numbers import next_number

# Numbers from here on are given out to nobody: the last ones that the column holds.
UNNUMBERED = 2**31 - 1 - 2 * MAX_NAMES

# Versions that the applied rows name, where each comes up first, and in how many of them.
VERSIONS = f"""
SELECT cell.name, count(*) FROM engagements_importrow AS row
 CROSS JOIN LATERAL jsonb_array_elements_text(row.data -> 'milestones') AS cell(name)
 WHERE row.of_id = {FILE} AND row.verdict IN ('new', 'changed')
 GROUP BY cell.name
 ORDER BY min(row.line), cell.name COLLATE "C" LIMIT %(most)s
"""

SPRINTS = f"""
SELECT row.data ->> 'sprint', count(*) FROM engagements_importrow AS row
 WHERE row.of_id = {FILE} AND row.verdict IN ('new', 'changed')
   AND row.data ->> 'sprint' <> ''
 GROUP BY row.data ->> 'sprint'
 ORDER BY min(row.line), min(row.data ->> 'sprint' COLLATE "C") LIMIT %(most)s
"""

NAME_MILESTONES = """
UPDATE engagements_milestone AS milestone
   SET number = given.number, name = given.name, tracker_name = given.name
  FROM unnest(%(ids)s::bigint[], %(names)s::text[], %(numbers)s::int[])
       AS given(id, name, number)
 WHERE milestone.id = given.id
"""

NAME_SPRINTS = """
UPDATE engagements_sprint AS sprint SET number = given.number, name = given.name
  FROM unnest(%(ids)s::bigint[], %(names)s::text[], %(numbers)s::int[])
       AS given(id, name, number)
 WHERE sprint.id = given.id
"""

MATCH_MILESTONES = """
UPDATE engagements_milestone SET tracker_name = name, version = version + 1
 WHERE id = ANY(%(ids)s)
"""


class Named(NamedTuple):
    """What the rows that are applied name, in the order of the file: in how many of them."""

    versions: dict[str, int]
    sprints: dict[str, int]


class Standing(NamedTuple):
    """What there is of it: ids by name.

    ``planned`` are milestones planned by hand that would become the tracker's versions of their
    names; of two with one name, the first.
    """

    milestones: dict[str, int]
    planned: dict[str, int]
    sprints: dict[str, int]

    def missing(self, named: Named) -> tuple[list[str], list[str]]:
        """The milestones and the sprints that would be added, in the order of the file."""
        known = self.milestones | self.planned
        return (
            [name for name in named.versions if name not in known],
            [name for name in named.sprints if name not in self.sprints],
        )


class Ids(NamedTuple):
    """Whatever the file names, by its names there."""

    milestones: dict[str, int]
    sprints: dict[str, int]


def named_by(file: Import) -> Named:
    """What the file names.

    Raises:
        FileRefused: more than anybody could choose from.
    """
    return Named(_names(VERSIONS, file, "milestones"), _names(SPRINTS, file, "sprints"))


def _names(statement: str, file: Import, noun: str) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"file": file.pk, "most": MAX_NAMES + 1})
        found = dict(cursor.fetchall())
    if len(found) > MAX_NAMES:
        raise too_many(noun, MAX_NAMES)
    return found


def known_names(file: Import) -> dict[str, set[str]]:
    """What nobody would add again, as trackers call it or people do."""
    milestones = _of(file, Milestone).values_list("name", "tracker_name")
    sprints = _of(file, Sprint).values_list("name", flat=True)
    return {
        "milestones": {name for names in milestones for name in names},
        "sprints": set(sprints),
    }


def standing(file: Import, named: Named) -> Standing:
    """What there is of what the file names. It stays so under the engagement's lock."""
    by_hand = Q(tracker_name="", name__in=named.versions)
    milestones = _of(file, Milestone).filter(Q(tracker_name__in=named.versions) | by_hand)
    rows = list(milestones.order_by("-number").values_list("pk", "name", "tracker_name"))
    known = {tracker_name: pk for pk, _, tracker_name in rows if tracker_name}
    planned = {name: pk for pk, name, own in rows if not own and name not in known}
    sprints = _of(file, Sprint).filter(name__in=named.sprints).order_by("number")
    return Standing(known, planned, dict(sprints.values_list("name", "pk")))


def _of(file: Import, model: Any) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.filter(engagement=file.engagement_id)
    return rows


def add_unnamed(file: Import, named: Named, found: Standing) -> Ids:
    """Whatever the file names, with what is missing added: without its name and its number yet."""
    missing = zip((Milestone, Sprint), found.missing(named), strict=True)
    milestones, sprints = (_unnamed(file, model, names) for model, names in missing)
    return Ids(found.milestones | found.planned | milestones, found.sprints | sprints)


def _unnamed(file: Import, model: Any, names: list[str]) -> dict[str, int]:
    rows = [
        model(engagement=file.engagement, number=number, name=f"{number} of import {file.pk}")
        for number, _ in enumerate(names, UNNUMBERED)
    ]
    made = model.objects.bulk_create(rows)
    return {name: row.pk for name, row in zip(names, made, strict=True)}


def give_names(file: Import, named: Named, found: Standing, ids: Ids) -> tuple[int, int]:
    """Name what was added, and make what was planned the tracker's; returns how many were added.

    Needs the engagement's lock, and that ``found`` is still what there is.
    """
    milestones, sprints = found.missing(named)
    _name(
        NAME_MILESTONES, _of(file, Milestone), {name: ids.milestones[name] for name in milestones}
    )
    _name(NAME_SPRINTS, _of(file, Sprint), {name: ids.sprints[name] for name in sprints})
    with connection.cursor() as cursor:
        cursor.execute(MATCH_MILESTONES, {"ids": list(found.planned.values())})
    return len(milestones), len(sprints)


def _name(statement: str, rows: QuerySet[Any], ids: dict[str, int]) -> None:
    first = next_number(rows.filter(number__lt=UNNUMBERED))
    numbers = [first + place for place, _ in enumerate(ids)]
    given: dict[str, Any] = {"ids": list(ids.values()), "names": list(ids), "numbers": numbers}
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
