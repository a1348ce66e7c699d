"""People in the admin site: to be looked up. `/people/` is where they are changed.

The record is not here: auditors and directors, who have no admin site, read it at `/audit/`.
"""

from django.contrib import admin

from dm_portal.people.admin_site import PortalModelAdmin, ReadOnlyInline, site
from dm_portal.people.models import Invitation, PortalFunction, User


class PortalFunctionInline(ReadOnlyInline):
    model = PortalFunction
    fields = ("function", "starts_on", "ends_on")


@admin.register(User, site=site)
class UserAdmin(PortalModelAdmin):
    list_display = ("name", "email", "kind", "grade", "is_active")
    list_filter = ("kind", "grade", "is_active")
    search_fields = ("name", "email")
    fields = ("ref", "name", "email", "kind", "grade", "is_active", "created_at", "deactivated_at")
    inlines = (PortalFunctionInline,)


@admin.register(Invitation, site=site)
class InvitationAdmin(PortalModelAdmin):
    list_display = ("email", "scope", "invited_by", "invited_at", "expires_at", "accepted_at")
    list_select_related = ("invited_by",)
    search_fields = ("email",)
    # the hash of the token is of no use to anybody who may read this
    fields = (
        "ref",
        "user",
        "email",
        "scope",
        ("invited_by", "invited_at"),
        "expires_at",
        ("accepted_by", "accepted_at"),
        ("revoked_by", "revoked_at"),
    )
