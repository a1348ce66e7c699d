"""What the page of one import shows, before and after it is applied."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import reverse

from engagements import policies
from engagements.models import Import, ImportRow
from engagements.views.import_words import additions, changes, done_later, strangers, undecided
from engagements.views.map_words import another_source, decided_otherwise

State = Import.State
Verdict = ImportRow.Verdict

# Rows of each verdict that the page itself shows; the list has them all.
SHOWN = 10
# In the order of the page, what needs a word first; with what is said of each row.
GROUPS = (
    (Verdict.REFUSED, "refused_count", "Reason"),
    (Verdict.CHANGED, "changed_count", "What changes"),
    (Verdict.NEW, "new_count", "State"),
)
AT_WORK = (State.UPLOADED, State.READING, State.REQUESTED, State.APPLYING)
DISCARDABLE = (State.UPLOADED, State.PREVIEWED, State.REQUESTED, State.PARKED)


class Warned(NamedTuple):
    """What is to be decided, and where; or what was decided, to be looked at."""

    text: str
    action: str
    url: str
    kind: str = "warn"


def at_work(file: Import) -> bool:
    """Whether it waits for the portal, rather than for a person."""
    return file.state in AT_WORK


def preview(file: Import, user: Any) -> dict[str, Any]:
    """Counts, what comes along, the first rows of each verdict, and what this person may do.

    One statement per verdict that has rows, one for what is done later, one for what is done and
    gone, one for the same file applied since, and one each for states and names that were not
    decided on, however many; up to seven for what a map decides otherwise than people did, and
    two for whether another source has these items.
    """
    may_import = policies.can_import_work(user, file.engagement)
    may_retry = policies.can_retry_import(user, file.engagement)
    has_counts = file.state in (State.PREVIEWED, State.APPLIED)
    return {
        "file": file,
        "at_work": at_work(file),
        "has_counts": has_counts,
        "additions": [*additions(file), *(done_later(file) if has_counts else ())],
        "warnings": list(_warnings(file)) if has_counts else [],
        "applied_twin": _applied_twin(file),
        "groups": _groups(file),
        "can_decide": may_import,
        "can_apply": may_import and file.state == State.PREVIEWED,
        "can_discard": may_import and file.state in DISCARDABLE,
        "can_retry": may_retry and file.state == State.PARKED,
    }


def _warnings(file: Import) -> Iterator[Warned]:
    """What somebody must decide: first whether these items are there already, then states, for
    figures are wrong until then. At the end what the map that came along decides otherwise.
    """
    place = {"ref": file.engagement.ref}
    for said in another_source(file):
        yield Warned(said, "Look at the sources", reverse("import_list", kwargs=place) + "#sources")
    for said in undecided(file):
        yield Warned(said, "Decide what they mean", reverse("import_states", kwargs=place))
    for said in strangers(file):
        yield Warned(said, "Say who they are", reverse("import_people", kwargs=place))
    for told in decided_otherwise(file):
        kind = "warn" if told.is_change else "info"
        yield Warned(told.text, "Look at the decisions", reverse(told.route, kwargs=place), kind)


def _applied_twin(file: Import) -> Import | None:
    """The same file, where it was applied since this one was read: these counts are of before."""
    if file.state != State.PREVIEWED:
        return None
    since = file.read_at or file.uploaded_at
    twins = Import.objects.of_the_same_bytes(file).applied().filter(applied_at__gte=since)
    found: Import | None = twins.select_related("engagement").order_by("-applied_at").first()
    return found


def _groups(file: Import) -> list[dict[str, Any]]:
    if file.state not in (State.PREVIEWED, State.APPLIED):
        return []
    return [
        {"verdict": verdict, "count": count, "heading": heading, "rows": _rows(file, verdict)}
        for verdict, field, heading in GROUPS
        if (count := getattr(file, field))
    ]


def _rows(file: Import, verdict: str) -> list[dict[str, Any]]:
    rows = ImportRow.objects.filter(of=file, verdict=verdict).order_by("-part", "line")[:SHOWN]
    return [{"row": row, "changes": changes(row)} for row in rows]
