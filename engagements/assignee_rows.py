"""Assignees, many at once: whom sources name, and who that was decided to be.

Parts of querysets, see ``engagements.querysets``.
"""

from typing import Any, cast

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from dm_portal.shell.relations import related
from engagements.stay_rows import TELLS_STAYS, StatesStayed


class _Array(models.Func):
    """An array of texts."""

    template = "ARRAY[%(expressions)s]"
    output_field = ArrayField(models.TextField())


class Unnested(models.Func):
    """One row for each text of an array."""

    function = "unnest"
    set_returning = True
    output_field = models.TextField()


class AssigneesTold:
    """Of what sources say: whom items were ever assigned to."""

    def assignees(self: Any, by: str) -> list[tuple[int, str]]:
        """Everybody whom items were ever assigned to, each once for each ``by``: its source, its
        file.
        """
        return sorted(each for each in named_in(self, "assignee", by).distinct() if each[1])

    def items_of_assignees(self: Any, by: str) -> dict[tuple[int, str], int]:
        """The same, with how many items they ever had."""
        found = named_in(self, "assignee", by).annotate(items=models.Count("key", distinct=True))
        return {(of, name): items for of, name, items in found if name}


def named_in(told: Any, field: str, by: str) -> models.QuerySet[Any]:
    """Each word that these events tell of a field, as often as they do; one may be empty."""
    cell = KeyTextTransform(field, Cast("became", models.JSONField()))
    seen = models.When(field="seen", then=_Array(cell))
    ways = [models.When(TELLS_STAYS, then=StatesStayed("became"))] if field == "state" else []
    words = Unnested(models.Case(*ways, seen, default=_Array("came", "became")))
    events = told.filter(field__in=["seen", field]).order_by().annotate(named=words)
    return cast("models.QuerySet[Any]", events.values_list(by, "named"))


class AssigneesDecided:
    """Of work items: who their assignees are."""

    def with_assignees(self: Any) -> Any:
        """Annotate who the assignee's name in the tracker was decided to be.

        ``assignee_kind`` is None where nothing was; ``specialist_name`` is that of one of ours.
        """
        meant = _meanings(self.model)
        return self.annotate(
            assignee_kind=Subquery(meant.values("kind")),
            specialist_name=Subquery(meant.values("specialist__name")),
        )

    def of_assignee(self: Any, name: str) -> Any:
        """Those of a specialist of this name, or of whom the tracker calls so and nobody decided
        to be somebody else.
        """
        meant = _meanings(self.model)
        others = meant.filter(kind__in=["specialist", "ignored"])
        theirs = Q(assignee=name) & ~Exists(others)
        return self.filter(Exists(meant.filter(specialist__name=name)) | theirs)


def _meanings(item: type[models.Model]) -> models.QuerySet[Any]:
    """What was decided of the assignee of the outer row: one row at most."""
    meaning = related(related(item, "source"), "people")
    mine = {"source": OuterRef("source"), "name": OuterRef("assignee")}
    return cast("models.QuerySet[Any]", meaning.objects.filter(**mine).order_by())
