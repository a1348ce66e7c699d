"""Routes of people, invitations, mails and the record."""

from django.urls import include, path

from dm_portal.people.views import account, health, invitations, outbox, people, records

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
    path("outbox/", outbox.outbox_list, name="outbox_list"),
    path("outbox/<ref:ref>/", outbox.outbox_detail, name="outbox_detail"),
    path("outbox/<ref:ref>/retry/", outbox.outbox_retry, name="outbox_retry"),
    path("health/", health.health_detail, name="health_detail"),
    path("audit/", records.audit_list, name="audit_list"),
]
