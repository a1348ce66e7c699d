"""A sitting: what one person types into a draft, saved as they type, and recorded once.

The record gets its row when the sitting ends: with Save, with the publication, when somebody else
writes, or when nothing was typed for a while. Until then ``Report.unrecorded`` holds what stood
before it, so that the row tells the whole way from there to the last word. The row names who typed,
when that was last saved, and from where: not who or what ended it.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from dm_portal.people.audit import coming_from, origin, record
from dm_portal.people.models import User
from reporting.editing import told
from reporting.models import Report

PAUSE = timedelta(minutes=30)

# What is written where everything that was typed is on the record.
RECORDED: dict[str, Any] = {"unrecorded": {}}
# Beside the words that stood before: from where they were changed. No word of a draft is called so.
ORIGIN = "origin"


def words_of(report: Report) -> dict[str, str]:
    """What the DM says in a draft, field by field, as the record tells it."""
    names = (*Report.WORDS, "colour")
    return {name: getattr(report, name) for name in names} | {"sentences": told(report.edits)}


def begin_or_go_on(report: Report, *, by: User, at: datetime) -> dict[str, str]:
    """What stood before the sitting that ``by`` goes on with; one of somebody else's, or of an
    hour ago, is put on the record first.
    """
    is_theirs = report.saved_by_id == by.pk
    if report.unrecorded and not (is_theirs and report.saved_at and report.saved_at > at - PAUSE):
        record_sitting(report)
        return {}
    return {name: was for name, was in report.unrecorded.items() if name != ORIGIN}


def going_on(before: dict[str, str]) -> dict[str, str]:
    """What is kept of a sitting that goes on, given what stood ``before`` it."""
    here = origin.get()
    return before | {ORIGIN: here} if here else before


def record_sitting(report: Report) -> None:
    """Put on the record what was typed and is not there yet; nothing where there is nothing.

    Whoever calls it writes ``RECORDED`` in the same transaction.
    """
    after = words_of(report)
    kept = report.unrecorded
    before = {name: kept[name] for name in kept if name != ORIGIN and kept[name] != after[name]}
    if before:
        after = {name: after[name] for name in before}
        with coming_from(kept.get(ORIGIN, "")):
            by, at = report.saved_by, report.saved_at
            record("report.saved", report, by=by, before=before, after=after, at=at)


def end_left_sittings(*, at: datetime) -> None:
    """Put on the record what people typed and left lying; they may go on where they were."""
    for pk in Report.objects.left_unrecorded(at - PAUSE).values_list("pk", flat=True):
        _end_left(pk, at)


@transaction.atomic
def _end_left(pk: int, at: datetime) -> None:
    left = Report.objects.left_unrecorded(at - PAUSE).select_for_update(of=("self",))
    report = left.select_related("engagement__customer", "period", "saved_by").filter(pk=pk).first()
    if report is not None:
        record_sitting(report)
        # no new version: the page of whoever comes back to it is still the last
        Report.objects.filter(pk=pk).update(**RECORDED)
