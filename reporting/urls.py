"""Routes of what is said about an engagement, and of what needs whom."""

from django.urls import URLPattern, path

from reporting.views import (
    asks,
    colours,
    concerns,
    delegates,
    figures,
    home,
    mentions,
    notes,
    publication,
    questions,
    reds,
    reports,
    status,
    updates,
)

REPORT = "engagements/<ref:ref>/reports/<week:week>"
UPDATE = "engagements/<ref:ref>/reports/updates/<int:number>"
STATUS = "status/<ref:ref>"

urlpatterns: list[URLPattern] = [
    path("", home.needs_me, name="needs_me"),
    path(
        "engagements/<ref:ref>/settings/colours/",
        colours.engagement_colours,
        name="engagement_colours",
    ),
    path("engagements/<ref:ref>/rules/", colours.rules_detail, name="rules_detail"),
    path("notes/", notes.note_list, name="note_list"),
    path("notes/new/", notes.note_create, name="note_create"),
    path("notes/<ref:ref>/", notes.note_edit, name="note_edit"),
    path("notes/<ref:ref>/removal/", notes.note_removal, name="note_removal"),
    path(
        "engagements/<ref:ref>/milestones/<int:number>/not-now/",
        reds.milestone_not_now,
        name="milestone_not_now",
    ),
    path("engagements/<ref:ref>/figures/", figures.figures_detail, name="figures_detail"),
    path(
        "engagements/<ref:ref>/figures/<week:week>/",
        figures.figures_week,
        name="figures_week",
    ),
    path("engagements/<ref:ref>/reports/", reports.report_list, name="report_list"),
    path(f"{REPORT}/", reports.report_edit, name="report_edit"),
    path(f"{REPORT}/preview/", reports.report_preview, name="report_preview"),
    path(f"{REPORT}/due-day/", reports.report_due_day, name="report_due_day"),
    path(f"{REPORT}/publication/", publication.report_publication, name="report_publication"),
    path(f"{REPORT}/stop/", publication.report_stop, name="report_stop"),
    path(f"{REPORT}/correction/", publication.report_correction, name="report_correction"),
    path(
        f"{REPORT}/correction/removal/",
        publication.report_correction_removal,
        name="report_correction_removal",
    ),
    path(f"{REPORT}/retraction/", publication.report_retraction, name="report_retraction"),
    path(f"{REPORT}/notes/<ref:note>/<slug:act>/", notes.report_note, name="report_note"),
    path(
        f"{REPORT}/mentions/<str:key>/<slug:act>/", mentions.report_mention, name="report_mention"
    ),
    path(f"{REPORT}/retry/", publication.report_retry, name="report_retry"),
    path("engagements/<ref:ref>/reports/updates/new/", updates.update_create, name="update_create"),
    path(f"{UPDATE}/", updates.update_detail, name="update_detail"),
    path(f"{UPDATE}/publication/", updates.update_publication, name="update_publication"),
    path(f"{UPDATE}/removal/", updates.update_removal, name="update_removal"),
    path(f"{UPDATE}/stop/", updates.update_stop, name="update_stop"),
    path(f"{UPDATE}/correction/", updates.update_correction, name="update_correction"),
    path(
        f"{UPDATE}/correction/removal/",
        updates.update_correction_removal,
        name="update_correction_removal",
    ),
    path(f"{UPDATE}/retraction/", updates.update_retraction, name="update_retraction"),
    path(f"{UPDATE}/retry/", updates.update_retry, name="update_retry"),
    path("engagements/<ref:ref>/questions/", questions.question_list, name="question_list"),
    path(
        "engagements/<ref:ref>/questions/<int:number>/",
        questions.question_detail,
        name="question_detail",
    ),
    path("status/", status.status_index, name="status_index"),
    path(f"{STATUS}/", status.status_detail, name="status_detail"),
    path(f"{STATUS}/asks/", asks.status_ask_list, name="status_ask_list"),
    path(f"{STATUS}/asks/<int:number>/", asks.status_ask, name="status_ask"),
    path(f"{STATUS}/escalations/", concerns.status_escalation_list, name="status_escalation_list"),
    path(f"{STATUS}/risks/", concerns.status_risk_list, name="status_risk_list"),
    path(f"{STATUS}/questions/", questions.status_question_list, name="status_question_list"),
    path(
        f"{STATUS}/questions/<slug:said>/<str:place>/",
        questions.status_question_create,
        name="status_question_create",
    ),
    path(f"{STATUS}/delegates/", delegates.status_delegates, name="status_delegates"),
    path(
        f"{STATUS}/delegates/<ref:person>/removal/",
        delegates.status_delegate_removal,
        name="status_delegate_removal",
    ),
    path(f"{STATUS}/dates.ics", status.status_calendar, name="status_calendar"),
    path(f"{STATUS}/archive/", status.status_archive, name="status_archive"),
    path(f"{STATUS}/weekly/<week:week>/", status.status_weekly, name="status_weekly"),
    path(
        f"{STATUS}/weekly/<week:week>/<int:number>/",
        status.status_revision,
        name="status_revision",
    ),
    path(f"{STATUS}/updates/<int:update>/", status.status_update, name="status_update"),
    path(
        f"{STATUS}/updates/<int:update>/<int:number>/",
        status.status_update_revision,
        name="status_update_revision",
    ),
]
