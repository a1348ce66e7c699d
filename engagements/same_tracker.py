"""Whether a file is of a tracker that another source of its engagement tells of already."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet

from engagements.models import Engagement, Import, ImportRow, Source, WorkItem
from engagements.sources.maps import read_map
from engagements.sources.samples import Sample


class Shared(NamedTuple):
    """Another source, and how many of a file's new keys are its items' too."""

    source: Source
    known: int


def name_for(sample: Sample, engagement: Engagement) -> str:
    """What the source of this sample is called already, by its map or by its items; empty: nothing.

    One statement for each.
    """
    of_maps = Source.objects.filter(engagement=engagement, kind="mapped")
    mapped = list(of_maps.applied().order_by("-number"))
    for source in mapped:
        by = read_map(source.mapping)
        if by.fits(sample.header(by.separator)):
            return source.name
    keys = sample.keys()
    found = _by_source(WorkItem.objects.filter(source__in=mapped), keys)
    return found[0].source.name if found and found[0].known * 2 > len(keys) else ""


def shared_with(file: Import) -> Shared | None:
    """The other source that has most of what is new in a file, if most of the file is new.

    Two statements at most.
    """
    taken = file.new_count + file.changed_count + file.unchanged_count
    if not taken or file.new_count * 2 <= taken:
        return None
    new = ImportRow.objects.filter(of=file, verdict=ImportRow.Verdict.NEW)
    others = WorkItem.objects.filter(engagement=file.engagement_id).exclude(source=file.source_id)
    found = _by_source(others, new.values("key"))
    return found[0] if found and found[0].known * 2 > file.new_count else None


def _by_source(items: QuerySet[WorkItem], keys: Iterable[Any]) -> list[Shared]:
    """How many of these keys each source has; the one that has most of them first."""
    counted = items.filter(key__in=keys).order_by().values_list("source").annotate(n=Count("pk"))
    numbers = dict(counted)
    sources = Source.objects.filter(pk__in=numbers).order_by("number") if numbers else []
    found = [Shared(source, numbers[source.pk]) for source in sources]
    return sorted(found, key=lambda each: -each.known)
