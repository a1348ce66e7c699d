"""The history of one item, as its page tells it."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from django.urls import reverse

from engagements.histories import History, history_of
from engagements.histories.fields import AS_NAMED
from engagements.histories.happenings import File, Happening, happenings
from engagements.histories.told import LISTED
from engagements.models import Import, Milestone, WorkItem
from engagements.stages import decided_by
from engagements.work_events import meanings_of, said_of


@dataclass(frozen=True, slots=True)
class Line:
    """What happened to an item at one instant, with the page of the file that told it.

    ``is_late``: an earlier file of its source spoke of a later instant already.
    """

    happening: Happening
    file_url: str
    is_late: bool

    @property
    def undecided(self) -> list[str]:
        """ "nobody has decided what “Peer QA” means: it stays in progress"."""
        return [
            f"nobody has decided what “{state}” means: it stays {stage.label.lower()}"
            for state, stage in self.happening.undecided
        ]


@dataclass(frozen=True, slots=True)
class ItemHistory:
    """What became of an item, the newest last; what of its dates cannot be, in words; its states
    of which nobody has said what they mean; the last file that said something new of it, other
    than that it is listed or is not; and whether no file says when it was created.
    """

    lines: Sequence[Line] = ()
    impossible: Sequence[str] = ()
    undecided: Sequence[str] = ()
    brought_by: File | None = None
    is_undated: bool = False


def item_history(item: WorkItem) -> ItemHistory:
    """What became of an item, from its own events alone; nothing where none tells of it.

    Five statements, however much happened; needs its engagement and source read with it.
    """
    said = said_of(item)
    meanings = meanings_of([item.engagement_id])
    stage_of = decided_by(meanings.states.get((item.engagement_id, item.source.number), {}))
    versions = meanings.versions.get(item.engagement_id, AS_NAMED)
    history = history_of((each.evidence for each in said), stage_of, versions)
    if history is None:
        return ItemHistory()
    told = happenings(history, said, stage_of, _names(item))
    return ItemHistory(
        lines=_lines(item, told),
        impossible=tuple(_impossible(history)),
        undecided=tuple(dict.fromkeys(state for each in told for state, _ in each.undecided)),
        brought_by=max(each.file for each in said if each.evidence.field != LISTED),
        is_undated=history.is_undated,
    )


def _impossible(history: History) -> Iterator[str]:
    done_at, started_at = history.done_at, history.started_at
    if done_at and done_at < history.created_at:
        yield "done before it was created"
    if done_at and started_at and done_at < started_at:
        yield "done before it was started"


def _names(item: WorkItem) -> dict[str, str]:
    """What we call the milestones that its tracker calls otherwise."""
    renamed = Milestone.objects.filter(engagement=item.engagement_id).exclude(tracker_name="")
    return dict(renamed.order_by().values_list("tracker_name", "name"))


def _lines(item: WorkItem, told: Sequence[Happening]) -> list[Line]:
    is_late = _Lateness(item)
    place = {"ref": item.engagement.ref}
    return [
        Line(
            each,
            reverse("import_detail", kwargs=place | {"number": each.file.number}),
            is_late.of(each),
        )
        for each in told
    ]


class _Lateness:
    """Up to which instant the files of a source had spoken, whenever something was recorded."""

    def __init__(self, item: WorkItem) -> None:
        files = Import.objects.filter(source=item.source_id).applied().with_speaks_of()
        rows = list(files.order_by("applied_at", "number").values_list("applied_at", "speaks_of"))
        self._applied: list[datetime] = [applied_at for applied_at, _ in rows]
        self._spoken: list[datetime] = list(accumulate((until for _, until in rows), max))

    def of(self, happening: Happening) -> bool:
        before = bisect_left(self._applied, happening.recorded_at)
        return before > 0 and self._spoken[before - 1] > happening.at
