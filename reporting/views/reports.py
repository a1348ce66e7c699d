"""The DM's pages: the list of statuses, and one week's report from draft to published."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_http_methods, require_safe

from dm_portal.shell.clock import now, today
from dm_portal.shell.components import Crumb, Shape, Turn
from dm_portal.shell.forms import render_form
from dm_portal.shell.kept import ids_in
from dm_portal.shell.lists import Column, render_list
from engagements.asking import AskedBy
from engagements.freshness import oldest_words
from engagements.policies import can_set_colours
from engagements.views.doors import find_engagement, posted, require
from engagements.views.pages import engagement_page, sources_page
from engagements.views.saving import saved
from reporting import customer, editor, policies, readers, statuses
from reporting.calls import start_of
from reporting.drafting import Draft, draft_of, our_move_of
from reporting.filters import ReportFilter
from reporting.forms import CorrectionForm, DraftForm, DueDayForm, RetractionForm, TypedDraftForm
from reporting.mention_lines import mentions_of
from reporting.models import Period, Report
from reporting.note_querysets import led_by
from reporting.periods import monday_named
from reporting.querysets import ReportQuerySet
from reporting.rule_lines import rules_of
from reporting.services.drafts import save_draft
from reporting.services.due_days import can_move, days_left, move_due_day
from reporting.services.letters import address_of
from reporting.views.autosaves import KEYS, answer_typing, is_typing, stored_report
from reporting.weeks import Week
from reporting.wording import capital

# As many of a kind stand beside a draft; the others are one click away.
RAIL_ITEMS = 5
PAGES = {
    Report.State.DUE: "reporting/report_waiting.html",
    Report.State.COMPILING: "reporting/report_waiting.html",
    Report.State.PUBLISHING: "reporting/report_publishing.html",
    Report.State.PUBLISHED: "reporting/report_published.html",
    Report.State.PARKED: "reporting/report_parked.html",
}


@require_safe
def report_list(request: HttpRequest, ref: str) -> HttpResponseBase:
    """Every week of an engagement: what was said, how it stood, who saw it."""
    engagement = find_engagement(request, ref)
    reports = Report.objects.listed_for(request.user).filter(engagement=engagement).newest_first()
    reads_drafts = policies.can_read_drafts(request.user, engagement)
    return render_list(
        request,
        "reporting/report_list.html",
        reports.with_published(request.user)
        .select_related("engagement", "period")
        .defer("drafted", "edits", "choices", "unrecorded"),
        columns=_columns(reads_drafts),
        caption=f"Weekly statuses of {engagement}",
        filename="statuses.csv",
        # a state tells which published weeks are being corrected
        filterset_class=ReportFilter if reads_drafts else None,
        first=SimpleLazyObject(lambda: statuses.first_week_of(engagement)),
        now=now(),
        can_write=policies.can_write_report(request.user, engagement),
        **engagement_page(request, engagement, "reports"),
    )


def _columns(reads_drafts: bool) -> list[Column]:
    """What was published is for all of us; how it is being written, and read, is not."""
    said = [
        Column("Week", week_cell, url=_url(reads_drafts), plain=week_plainly),
        Column("Your call", _said_shape, kind="shape", missing="not published"),
        Column("Headline", "said_headline", missing="not published"),
        Column("Published", "said_at", kind="instant", missing="not published"),
    ]
    if not reads_drafts:
        return said
    seen_by = Column("Seen by", lambda row: ", ".join(row.seen_by) or None, missing="nobody yet")
    return [*said[:3], Column("State", _state), said[3], seen_by]


def week_cell(row: Report) -> str:
    """Its week where that stands alone: "16–22 Nov", or "Week to Mon 16 Nov"; or "Update 3"."""
    if row.is_update:
        return f"Update {row.update_number}"
    words = customer.week_words(row.period, today=today())
    return capital(words.removeprefix("the "))


def week_plainly(row: Report) -> str:
    """The same for a machine: "2026-W47", "update-3"."""
    return f"update-{row.update_number}" if row.is_update else row.period.week


def _url(reads_drafts: bool) -> Any:
    """Whoever may not read drafts is led to what was published."""
    if reads_drafts:
        return Report.get_absolute_url
    return lambda row: address_of(row, 1)


def _said_shape(row: Any) -> Shape | None:
    return Shape(row.said_colour) if row.said_colour else None


def _state(row: Any) -> str:
    if row.state == Report.State.DRAFT and row.correction_reason:
        return "Being corrected"
    if row.is_left_out:
        return "Left out: a later status told it"
    if row.state == Report.State.PUBLISHED and row.said_withdrawn:
        return "Withdrawn"
    if row.state == Report.State.PUBLISHED and row.said_number > 1:
        return "Published, corrected"
    return row.get_state_display()


@require_http_methods(["GET", "HEAD", "POST"])
def report_edit(request: HttpRequest, ref: str, week: str) -> HttpResponse:
    """One week's report, in whatever state it is; as a draft it can be written."""
    report = find_report(request, ref, week)
    if request.method == "POST":
        return _save(request, report)
    if report.state == Report.State.DRAFT:
        draft = draft_of(report, at=now())
        return render_editor(request, report, draft, draft_form(report, draft))
    return render(request, PAGES[report.state], state_page(request, report))


def _save(request: HttpRequest, report: Report) -> HttpResponse:
    require(policies.can_write_report(request.user, report.engagement))
    draft = draft_of(report, at=now())
    if is_typing(request):
        typed = TypedDraftForm(request.POST, draft=draft, edits=report.edits, report=report)
        return answer_typing(request, typed, save_draft, report)
    form = DraftForm(request.POST, draft=draft, edits=report.edits)
    stored = stored_report(report)
    if saved(form, save_draft, theirs=stored, report=report, by=request.user) is None:
        return render_editor(request, report, draft, form)
    route = "report_preview" if "preview" in request.POST else "report_edit"
    return redirect(route, ref=report.engagement.ref, week=report.period.week)


@require_safe
def report_preview(request: HttpRequest, ref: str, week: str) -> HttpResponse:
    """The draft as the customer would read it; nothing is recorded as read."""
    report = find_report(request, ref, week)
    if report.state != Report.State.DRAFT:
        return redirect(report)
    draft = draft_of(report, at=now())
    return render(
        request,
        "reporting/report_preview.html",
        {
            "report": report,
            "status": customer.preview_of(report, draft, by=request.user),
            "form": draft_form(report, draft),
            "readers": readers.readers_of(report, user=request.user),
            "stop_words": editor.stop_words(),
            "can_write": policies.can_write_report(request.user, report.engagement),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def report_due_day(request: HttpRequest, ref: str, week: str) -> HttpResponse:
    """Another due day for this week alone."""
    report = find_report(request, ref, week)
    require(policies.can_write_report(request.user, report.engagement))
    if report.state != Report.State.DRAFT:
        return redirect(report)
    days = days_left(report, at=now()) if can_move(report, at=now()) else []
    form = DueDayForm(posted(request), days=days, version=report.version)
    if saved(
        form, move_due_day, theirs=lambda: _due_day_now(report), report=report, by=request.user
    ):
        return redirect(report)
    page = report_page(request, report)
    return render_form(request, "reporting/report_due_day.html", form, **page)


def _due_day_now(report: Report) -> dict[str, Any]:
    """What somebody else made of the week meanwhile, as the form names it."""
    stored = stored_report(report)()
    return {
        "row": stored,
        "due_on": stored.period.due_on,
        "reason": "",
        "version": stored.version,
    }


def find_report(request: HttpRequest, ref: str, week: str) -> Report:
    """The report of that ISO week with its engagement's header; 404 where one may not read it.

    Asked for by one statement, so that a hidden report takes as many as one that is not there.
    """
    asked = {"ref": ref, "starts_on": week_starts(week), "led": led_by(request.user)}
    report: Report | None = OF_WEEK.first(request.user, **asked)
    if report is None:
        raise Http404
    report.engagement = find_engagement(request, ref)
    return report


def _of_week(user: Any, ref: str, starts_on: date, led: list[int]) -> ReportQuerySet:
    visible = Report.objects.visible_to(user).with_neighbours()
    visible = visible.annotate(noted=editor.noted(user, led=ids_in(led)))
    reports = visible.select_related("period", "publishing_by", "publishing_for", "saved_by")
    return reports.filter(engagement__ref=ref, period__starts_on=starts_on)


OF_WEEK = AskedBy(_of_week, ref=str, starts_on=date, led=list)


def week_starts(week: str) -> date:
    """The Monday of ``2026-W47``; a week that no calendar has is not found."""
    try:
        return monday_named(week)
    except ValueError as error:
        raise Http404(f"There is no week {week}.") from error


def draft_form(report: Report, draft: Draft) -> DraftForm:
    """The form as the DM finds it: one colour, starting as by the rules."""
    start = start_of(report, given=draft.given, computed=draft.computed)
    fields = ("version", "headline", "our_move", "own_words")
    initial = {name: getattr(report, name) for name in fields}
    initial |= {"colour": start.colour, "colour_reason": start.reason}
    initial["our_move"] = our_move_of(report, draft, colour=start.colour)
    return DraftForm(draft=draft, start=start, edits=report.edits, initial=initial)


def render_editor(
    request: HttpRequest, report: Report, draft: Draft, form: DraftForm
) -> HttpResponse:
    """The two columns: what the customer will read, and what it rests on."""
    rests_on = sources_page(request, report.engagement, at=draft.as_of)
    sources, late = rests_on["source_names"], oldest_words(rests_on["sources"])
    return render_form(
        request,
        "reporting/report_draft.html",
        form,
        draft=draft,
        sections=editor.sections(draft, late=late, sources=sources, form=form),
        saved=editor.last_save(report),
        page_keys=KEYS,
        **_rail(request, report, draft, sources, form.rows),
        **rests_on,
        **report_page(request, report),
    )


def _rail(
    request: HttpRequest, report: Report, draft: Draft, sources: Any, rows: list[dict[str, Any]]
) -> dict[str, Any]:
    """What stands beside the text of a draft."""
    figures = Week(draft.body, sources)
    return {
        "figures": figures,
        "since_items": [each for each in figures.moved(shown=RAIL_ITEMS) if each.number],
        "late_items": figures.late(shown=RAIL_ITEMS),
        "rules": rules_of(draft.rules, draft.body, draft.overall),
        "may_set_colours": can_set_colours(request.user, report.engagement),
        "mentions": mentions_of(report, draft, user=request.user),
        "notes": editor.notes_for(report, rows, user=request.user),
        "readers": readers.readers_of_last(report, user=request.user),
    }


def state_page(request: HttpRequest, report: Report) -> dict[str, Any]:
    """What the pages of a report that is no draft need."""
    revisions = report.revisions.select_related("retraction__retracted_by").newest_first()
    revision = revisions.first()
    return {
        "last_error": report.last_error.strip().splitlines()[-1] if report.last_error else "",
        "revision": revision,
        "article": customer.article(revision) if revision else "",
        "status": customer.frozen_of(report) if report.frozen_text else None,
        "stop_left": editor.stop_left(report, at=now()),
        "readers": readers.readers_of(report, user=request.user),
        "withdrawal": withdrawal_in(report, revision),
        "form": CorrectionForm(),
        "retraction_form": RetractionForm(),
        **report_page(request, report),
    }


def withdrawal_in(report: Report, revision: Any) -> statuses.Withdrawal | None:
    """That the last of what is out is withdrawn, for its page."""
    if revision is None:
        return None
    revision.report = report
    return statuses.withdrawal_of(revision)


def report_page(request: HttpRequest, report: Any) -> dict[str, Any]:
    """The context of ``reporting/report_base.html``; ``report`` comes from ``find_report``."""
    crumb = Crumb("Weekly status", reverse("report_list", args=[report.engagement.ref]))
    return engagement_page(request, report.engagement, "reports", crumb) | {
        "report": report,
        "week": customer.week_words(report.period),
        "earlier": _turn(report, report.earlier),
        "later": _turn(report, report.later),
        "can_write": policies.can_write_report(request.user, report.engagement),
        "can_move_due_day": can_move(report, at=now()),
    }


def _turn(report: Report, week: dict[str, str] | None) -> Turn | None:
    """The neighbouring week, as ``with_neighbours`` names it, and where its report is."""
    if week is None:
        return None
    period = Period(**{name: date.fromisoformat(day) for name, day in week.items()})
    url = reverse("report_edit", args=[report.engagement.ref, period.week])
    return Turn(customer.week_words(period), url)
