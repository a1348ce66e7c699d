"""What a report would say at an instant: read, worked out and worded, nothing written.

The same function serves the compiler, the editor's page and the publication, so that nobody
publishes something other than what they read.
"""

import json
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Min, Q, QuerySet

from dm_portal.shell.clock import now
from dm_portal.shell.kept import Kept
from reporting import facts, mentions, rag, sentences
from reporting.calls import Given, said_before
from reporting.editing import Edit, read
from reporting.figures import instant
from reporting.models import Colour, Facts, Report, ReportRevision
from reporting.truth import Known, known_of

# The first schema of facts whose figures the page of a draft can word; older ones are worked out
# anew where their status is corrected.
EDITABLE = 7


@dataclass(frozen=True)
class Draft:
    """One report's window, its facts, and what the rules make of them.

    ``sentences`` are ``{"key", "text", "facts"}``; ``overall`` is the rules' colour with its
    rule, values and sentence; ``given`` the reason that was last given for a better call;
    ``carried`` our move as the status before it said it.
    """

    since: datetime | None
    as_of: datetime
    body: dict[str, Any]
    sentences: list[dict[str, Any]]
    overall: dict[str, Any]
    given: Given | None = None
    carried: str = ""

    @property
    def rules(self) -> list[rag.Verdict]:
        """Every dimension by the rules."""
        return rag.dimensions(self.body)

    @property
    def computed(self) -> str:
        """The colour by the rules."""
        colour: str = self.overall["colour"]
        return colour

    @property
    def stored(self) -> dict[str, Any]:
        """What ``Report.drafted`` keeps: the words and the colours, not the rows; and by which
        thresholds and with which reason, so that neither changes under whoever is writing.
        """
        return {
            "sentences": self.sentences,
            "overall": self.overall,
            "rules": self.rules,
            "thresholds": rag.thresholds_of(self.body).stored,
            "reason": self.given.stored if self.given else None,
            "carried": self.carried,
        }


def draft_of(report: Report, *, at: datetime) -> Draft:
    """What ``report`` would say if it were published at ``at``.

    An update tells what its DM writes; its facts are those since the last status, as they are now.
    A correction of its words alone says what was published, word by word; one that also brings
    its figures up to date says what they were.
    """
    said = last_said(report) if report.correction_reason else None
    if said and not report.corrects_figures:
        return said_again(said)
    since, as_of = window_of(report, at=at)
    body = facts.collect(
        report.engagement, since=since, as_of=as_of, thresholds=report.drafted.get("thresholds")
    )
    given, carried = _said_before(report, since)
    was = json.loads(said.facts.body)["figures"] if said else None
    return Draft(
        since=since,
        as_of=as_of,
        body=body,
        sentences=[*sentences.corrected(was, body["figures"]), *sentences.write(body)],
        overall=rag.overall(body),
        given=given,
        carried=carried,
    )


def _said_before(report: Report, since: datetime | None) -> tuple[Given | None, str]:
    """The reason that was last given, and our move as it was last said: by this draft's own
    record, or with the status before it.
    """
    if "reason" in report.drafted:
        return Given.of(report.drafted["reason"]), report.drafted.get("carried", "")
    said = said_before(report, since=since)
    return (Given.with_revision(said), said.text.get("our_move", "")) if said else (None, "")


def our_move_of(report: Report, draft: Draft, *, colour: str) -> str:
    """Our move as the page of a draft begins with it: the last one goes on where one is needed and
    nobody has written anything yet.
    """
    goes_on = report.saved_by_id is None and colour != Colour.GREEN
    return report.our_move or (draft.carried if goes_on else "")


def last_said(report: Report) -> ReportRevision:
    """What of it is out, as last corrected."""
    revision: ReportRevision = report.revisions.select_related("facts").latest("number")
    return revision


def said_again(revision: ReportRevision) -> Draft:
    """The figures and the rules' words of a revision, as they were published."""
    body = json.loads(revision.facts.body)
    return Draft(
        since=instant(body["since"]),
        as_of=revision.facts.as_of,
        body=body,
        sentences=revision.text["sentences"],
        overall=revision.text["computed"],
        given=Given.with_revision(revision),
    )


def window_start(report: Report) -> datetime | None:
    """Where the last status before this one ended; None before the first.

    Only what was published and stands ends a window: a week that was left out, or withdrawn, is
    told by the next status.
    """
    return _published(report)["last"]


def window_of(report: Report, *, at: datetime) -> tuple[datetime | None, datetime]:
    """Its ``window_start``, and the instant that it speaks of, when published at ``at``.

    A correction speaks of the same instant as what it corrects, a reconstructed week of its
    deadline (never of the future), any other of ``at`` itself. Windows follow each other even
    where the last status came after this one's deadline: then this one is empty.
    """
    published = _published(report)
    since, own = published["last"], published["own"]
    if own is not None:
        return since, own
    end = min(at, report.period.due_at) if report.is_reconstructed else at
    return since, max(end, since) if since else end


def _published(report: Report) -> dict[str, datetime | None]:
    """Of when the ``last`` status before this one spoke, and this one itself, its ``own``."""
    # of one that is not stored yet nothing was published: no row has that key
    asked = {"engagement": report.engagement_id, "report": report.pk or 0}
    if report.is_update:
        rows = PUBLISHED.rows(**asked)
    else:
        rows = PUBLISHED_BEFORE.rows(**asked, starts_on=report.period.starts_on)
    return rows[0] if rows else {"last": None, "own": None}


def _published_of(engagement: int, report: int, before: Q) -> QuerySet[Any, Any]:
    rows = Facts.objects.with_withdrawn().filter(revision__report__engagement=engagement)
    spoken = (
        rows.order_by()
        .values("engagement")
        .annotate(
            last=Max("as_of", filter=before & Q(is_withdrawn=False)),
            own=Min("as_of", filter=Q(revision__report=report)),
        )
    )
    return spoken.values("last", "own")


PUBLISHED = Kept(
    lambda engagement, report: _published_of(
        engagement, report, Q(revision__report__period__isnull=False)
    ),
    engagement=int,
    report=int,
)
PUBLISHED_BEFORE = Kept(
    lambda engagement, report, starts_on: _published_of(
        engagement, report, Q(revision__report__period__starts_on__lt=starts_on)
    ),
    engagement=int,
    report=int,
    starts_on=date,
)


def known_to(report: Report, draft: Draft, *, declared: str = "") -> Known:
    """What the words of ``report`` are held against: the facts of ``draft``, and its colours.

    ``declared`` is the DM's call where it is not saved yet.
    """
    return known_of(
        draft.body,
        declared=declared or report.colour or draft.overall["colour"],
        previous=previous_colour(report),
        more_days=frozenset() if report.is_update else frozenset({report.period.due_on}),
    )


def previous_colour(report: Report) -> str:
    """What was said before it, as last corrected; empty before the second one.

    A status is compared with the last status, an update with whatever was said last.
    """
    said = ReportRevision.objects.filter(report__engagement=report.engagement_id).in_force()
    if report.is_update:
        own = report.revisions.order_by("number").values_list("published_at", flat=True).first()
        said = said.exclude(report=report).filter(published_at__lte=own or now())
        latest = said.last_said_first()
    else:
        latest = said.filter(report__period__starts_on__lt=report.period.starts_on).newest_first()
    return latest.values_list("colour", flat=True).first() or ""


def unmentioned(
    report: Report,
    draft: Draft,
    *,
    words: Mapping[str, str] | None = None,
    edits: Mapping[str, Edit] | None = None,
    changed: Set[str] = frozenset(),
) -> list[tuple[mentions.Matter, dict[str, Any]]]:
    """What ``report`` must mention and does not, by its words and edits as they are stored, or as
    these, of which the sentences under the keys ``changed`` were looked at now. Each with the
    sentence that the rules wrote of it.

    An update is asked for nothing, nor is a correction of words; one of figures is, since the next
    status is compared with them. What was told in an update since
    the last status is mentioned; updates are read only where something is not in the text.
    """
    if report.is_update or (report.correction_reason and not report.corrects_figures):
        return []
    typed = words or {name: getattr(report, name) for name in Report.WORDS}
    texts = [read(name, text) for name, text in typed.items()]
    given = draft.body, draft.sentences, report.edits if edits is None else edits
    choices = mentions.choices_after(*given, report.choices, changed)

    def left(told: list[str]) -> list[tuple[mentions.Matter, dict[str, Any]]]:
        return mentions.unmentioned(*given, [*texts, *told], choices)

    return left(told_since(report, draft)) if left([]) else []


def told_since(report: Report, draft: Draft) -> list[str]:
    """The paragraphs of the updates that were published in the window of a status, and stand."""
    said = ReportRevision.objects.filter(
        report__engagement=report.engagement_id, report__period__isnull=True
    ).in_force()
    if draft.since:
        said = said.filter(published_at__gte=draft.since)
    return [read("paragraph", text) for text in said.values_list("text__paragraph", flat=True)]
