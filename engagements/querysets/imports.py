"""Files of work: what they say, and what of it became known."""

from datetime import datetime
from typing import Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, JSONObject

from dm_portal.shell.relations import related
from engagements.assignee_rows import AssigneesTold, Unnested, named_in
from engagements.querysets.work import OfEngagementQuerySet, OfSourceQuerySet, number_of
from engagements.sources.rows import written
from engagements.stages import Stage
from engagements.stay_rows import TELLS_STAYS, StatesStayed


class SaidMixin(AssigneesTold):
    """What sources say of items, before or after it is applied."""

    def states(self: Any, by: str) -> list[tuple[int, str]]:
        """Every state that items were ever in, each once for each ``by``: its source, its file."""
        state = KeyTextTransform("state", Cast("became", models.JSONField()))
        seen = self.filter(field="seen").order_by().annotate(said=state).exclude(said=None)
        found: set[tuple[int, str]] = set(seen.values_list(by, "said").distinct())
        for name in ("came", "became"):
            changed = self.filter(field="state").order_by()
            found |= set(changed.values_list(by, name).distinct())
        stayed = self.filter(TELLS_STAYS).order_by().annotate(said=Unnested(StatesStayed("became")))
        found |= set(stayed.values_list(by, "said").distinct())
        return sorted(each for each in found if each[1])

    def items_of_states(self: Any, by: str) -> dict[tuple[int, str], int]:
        """The same, with how many items were ever in each."""
        found = named_in(self, "state", by).annotate(items=models.Count("key", distinct=True))
        return {(of, state): items for of, state, items in found if state}


class WorkEventQuerySet(SaidMixin, OfSourceQuerySet):
    """What sources said, for ever."""

    def name_sprint(self, name: str) -> bool:
        """Whether any item was ever in the sprint of this name."""
        changed = self.filter(Q(came=name) | Q(became=name), field="sprint")
        cell = KeyTextTransform("sprint", Cast("became", models.JSONField()))
        seen = self.filter(field="seen").annotate(said=cell).filter(said=name)
        return changed.exists() or seen.exists()


class ImportQuerySet(OfEngagementQuerySet):
    """Files of engagements that the person may see."""

    def applied(self) -> Self:
        return self.filter(state="applied")

    def of_the_same_bytes(self, file: Any) -> Self:
        """Other imports of the same files into the same engagement."""
        return self.filter(engagement=file.engagement_id, sha256=file.sha256).exclude(pk=file.pk)

    def with_speaks_of(self) -> Self:
        """Annotate ``speaks_of``: the latest instant that an applied file tells of."""
        return self.annotate(speaks_of=Coalesce("as_of", "uploaded_at"))

    def of_most_open_items(self) -> Self:
        """The applied ones that name at least half of what was open, or are whole.

        Each with ``speaks_of``.
        """
        most = Q(is_whole=True) | Q(open_count__gte=2 * F("missing_count"))
        return self.applied().with_speaks_of().filter(most)

    def newest_of_each_source(self) -> Self:
        """The applied one by which its source is known: of those ``of_most_open_items`` the one
        that speaks of the latest instant, as ``speaks_of``.

        ``partly`` is the newest that speaks of a later instant, and so only of a part of the open
        items: its name and number, ``at``, and how many it ``named`` of how many ``open``. None:
        there is none.
        """
        dated = self.applied().with_speaks_of()
        latest_first = self.of_most_open_items().order_by("source_id", "-speaks_of", "-number")
        mine = self.model._default_manager.filter(source=models.OuterRef("source"))
        later = mine.applied().with_speaks_of().filter(speaks_of__gt=models.OuterRef("speaks_of"))
        partly = JSONObject(
            name="file_name",
            number="number",
            at="speaks_of",
            named=F("open_count") - F("missing_count"),
            open="open_count",
        )
        return dated.filter(pk__in=latest_first.distinct("source_id").values("pk")).annotate(
            partly=models.Subquery(later.order_by("-speaks_of", "-number").values_list(partly)[:1])
        )

    def with_left_out(self) -> Self:
        """Annotate ``unclear`` (states of its source of which nobody knew, when any of its files
        came, what they mean), ``decided`` (those that people decided on) and ``impossible`` (how
        many items of its source have impossible dates).
        """
        source = related(self.model, "source")
        mine = {"source": models.OuterRef("source")}
        text = models.TextField()
        each = models.Func(
            "undecided_states", function="jsonb_array_elements_text", output_field=text
        )
        files = self.model._default_manager.applied().filter(**mine).order_by()
        decided = related(source, "meanings").objects.filter(**mine).order_by().values("state")
        items = related(source, "work_items").objects.with_impossible_dates().filter(**mine)
        return self.annotate(
            unclear=ArraySubquery(
                files.annotate(state_named=each).values("state_named").distinct()
            ),
            decided=ArraySubquery(decided),
            impossible=number_of(items, "source"),
        )


class OfImportQuerySet(models.QuerySet[Any]):
    """Rows that share their import's door."""

    def visible_to(self, user: Any) -> Self:
        file = related(self.model, "of")
        return self.filter(of__in=file.objects.visible_to(user))


class ImportEventQuerySet(SaidMixin, OfImportQuerySet):
    """What a file says, until it is applied."""


class ImportRowQuerySet(OfImportQuerySet):
    def gone_and_done(self) -> Self:
        """Those that would be done, and gone from their tracker as they were not before."""
        is_new = Q(verdict="changed", before__gone_at=None)
        return self.filter(is_new, data__stage=Stage.DONE).exclude(data__gone_at=None)

    def done_after(self, at: datetime) -> Self:
        """Those whose done date is later; what a refused row holds is text, and no date."""
        return self.exclude(verdict="refused").filter(data__done_at__gt=written(at))
