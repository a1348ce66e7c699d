"""Routes of people, invitations, mails and the record."""

from django.urls import include, path

from dm_portal.people.views import (
    account,
    calendars,
    health,
    invitations,
    leave_files,
    letters,
    outbox,
    people,
    records,
    time_off,
)

urlpatterns = [
    path("accounts/", include("dm_portal.people.account_urls")),
    path("people/", people.people_list, name="people_list"),
    path("people/invitations/new/", invitations.invitation_create, name="invitation_create"),
    path("people/<ref:ref>/", people.person_detail, name="person_detail"),
    path("people/<ref:ref>/edit/", people.person_edit, name="person_edit"),
    path(
        "people/<ref:ref>/functions/new/",
        people.portal_function_create,
        name="portal_function_create",
    ),
    path(
        "people/<ref:ref>/functions/<slug:function>/<day:starts_on>/end/",
        people.portal_function_end,
        name="portal_function_end",
    ),
    path("people/<ref:ref>/hours/", calendars.person_calendar, name="person_calendar"),
    path("people/<ref:ref>/deactivation/", people.person_deactivation, name="person_deactivation"),
    path("people/<ref:ref>/reactivation/", people.person_reactivation, name="person_reactivation"),
    path("people/<ref:ref>/two-step/removal/", people.two_step_removal, name="two_step_removal"),
    path("invitations/<str:token>/", account.invitation_accept, name="invitation_accept"),
    path(
        "invitations/<ref:ref>/revocation/",
        invitations.invitation_revocation,
        name="invitation_revocation",
    ),
    path(
        "invitations/<ref:ref>/renewal/", invitations.invitation_renewal, name="invitation_renewal"
    ),
    path("calendars/", calendars.calendar_list, name="calendar_list"),
    path("calendars/new/", calendars.calendar_create, name="calendar_create"),
    path("calendars/<ref:ref>/", calendars.calendar_detail, name="calendar_detail"),
    path("calendars/<ref:ref>/edit/", calendars.calendar_edit, name="calendar_edit"),
    path("calendars/<ref:ref>/removal/", calendars.calendar_removal, name="calendar_removal"),
    path("leave/", time_off.time_off_list, name="time_off_list"),
    path("leave/new/", time_off.time_off_create, name="time_off_create"),
    path("leave/import/", leave_files.leave_import, name="leave_import"),
    path(
        "leave/import/application/",
        leave_files.leave_import_application,
        name="leave_import_application",
    ),
    path("leave/<ref:ref>/", time_off.time_off_edit, name="time_off_edit"),
    path("leave/<ref:ref>/withdrawal/", time_off.time_off_withdrawal, name="time_off_withdrawal"),
    path("outbox/", outbox.outbox_list, name="outbox_list"),
    path("outbox/retry/", outbox.outbox_retry_alike, name="outbox_retry_alike"),
    path("outbox/letters/", letters.letter_kinds, name="letter_kinds"),
    path("outbox/letters/<slug:kind>/", letters.letter_example, name="letter_example"),
    path("outbox/letters/<slug:kind>/html/", letters.letter_html, name="letter_html"),
    path("outbox/<ref:ref>/html/", outbox.outbox_html, name="outbox_html"),
    path("outbox/<ref:ref>/", outbox.outbox_detail, name="outbox_detail"),
    path("outbox/<ref:ref>/retry/", outbox.outbox_retry, name="outbox_retry"),
    path("health/", health.health_detail, name="health_detail"),
    path("audit/", records.audit_list, name="audit_list"),
]
