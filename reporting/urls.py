"""Routes of what is said about an engagement, and of what needs whom."""

from django.urls import URLPattern, path

from reporting.views import asks, colours, figures, home, publication, reports, status

REPORT = "engagements/<ref:ref>/reports/<week:week>"
STATUS = "status/<ref:ref>"

urlpatterns: list[URLPattern] = [
    path("", home.needs_me, name="needs_me"),
    path(
        "engagements/<ref:ref>/settings/colours/",
        colours.engagement_colours,
        name="engagement_colours",
    ),
    path("engagements/<ref:ref>/rules/", colours.rules_detail, name="rules_detail"),
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
    path(f"{REPORT}/retry/", publication.report_retry, name="report_retry"),
    path("status/", status.status_index, name="status_index"),
    path(f"{STATUS}/", status.status_detail, name="status_detail"),
    path(f"{STATUS}/asks/", asks.status_ask_list, name="status_ask_list"),
    path(f"{STATUS}/asks/<int:number>/", asks.status_ask, name="status_ask"),
    path(f"{STATUS}/archive/", status.status_archive, name="status_archive"),
    path(f"{STATUS}/weekly/<week:week>/", status.status_weekly, name="status_weekly"),
    path(
        f"{STATUS}/weekly/<week:week>/<int:number>/",
        status.status_revision,
        name="status_revision",
    ),
]
