"""Rosters in the admin site: kept by admins, through the services, by hand or from CSV."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest
from import_export.admin import ImportExportMixin
from import_export.formats.base_formats import CSV
from import_export.tmp_storages import CacheStorage

from dm_portal.people.admin_forms import VersionedAdminForm
from dm_portal.people.admin_site import PortalModelAdmin, ReadOnlyInline, site
from pods import services
from pods.models import Membership, Pod, PodFunction, Specialist
from pods.resources import (
    MembershipResource,
    PodFunctionResource,
    PodResource,
    SpecialistResource,
)


class RosterAdmin(ImportExportMixin, PortalModelAdmin):
    """Adds, changes, deletes, exports and imports; every write is a service's."""

    writes = frozenset({"add", "change", "delete"})
    formats = (CSV,)
    # the audit record says it already
    skip_admin_log = True
    # a file previewed by one process may be confirmed at another
    tmp_storage_class = CacheStorage
    # everything is exported at once; the form in between needs inline styles
    skip_export_form = True
    # what names a row does not change: who moves gets a new one
    fixed: ClassVar[tuple[str, ...]] = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*super().get_readonly_fields(request, obj), *(self.fixed if obj else ()))


class MembershipInline(ReadOnlyInline):
    model = Membership
    fields = ("pod", "specialist", "trade", "allocation", "starts_on", "ends_on")


class PodFunctionInline(ReadOnlyInline):
    model = PodFunction
    fields = ("user", "function", "starts_on", "ends_on")


@admin.register(Specialist, site=site)
class SpecialistAdmin(RosterAdmin):
    form = VersionedAdminForm
    resource_classes = (SpecialistResource,)
    list_display = ("name", "seniority", "skills", "user")
    list_select_related = ("user",)
    list_filter = ("seniority",)
    search_fields = ("name", "skills")
    fields = ("name", "user", "seniority", "skills", "seen_version")
    inlines = (MembershipInline,)

    def save_through_service(
        self, *, obj: Specialist, form: ModelForm, change: bool, by: Any
    ) -> Model:
        fields = services.SpecialistFields(
            name=obj.name, user=obj.user, seniority=obj.seniority, skills=obj.skills
        )
        if not change:
            return services.add_specialist(by=by, **fields)
        version = form.cleaned_data["seen_version"]
        return services.change_specialist(specialist=obj, version=version, by=by, **fields)

    def delete_through_service(self, *, obj: Specialist, by: Any) -> None:
        services.remove_specialist(specialist=obj, by=by)


@admin.register(Pod, site=site)
class PodAdmin(RosterAdmin):
    form = VersionedAdminForm
    resource_classes = (PodResource,)
    list_display = ("name", "purpose")
    search_fields = ("name", "purpose")
    fields = ("name", "purpose", "seen_version")
    inlines = (PodFunctionInline, MembershipInline)

    def save_through_service(self, *, obj: Pod, form: ModelForm, change: bool, by: Any) -> Model:
        fields = services.PodFields(name=obj.name, purpose=obj.purpose)
        if not change:
            return services.create_pod(by=by, **fields)
        version = form.cleaned_data["seen_version"]
        return services.change_pod(pod=obj, version=version, by=by, **fields)

    def delete_through_service(self, *, obj: Pod, by: Any) -> None:
        services.remove_pod(pod=obj, by=by)


@admin.register(Membership, site=site)
class MembershipAdmin(RosterAdmin):
    form = VersionedAdminForm
    resource_classes = (MembershipResource,)
    list_display = ("specialist", "pod", "trade", "allocation", "starts_on", "ends_on")
    list_select_related = ("specialist", "pod")
    list_filter = ("pod", "trade")
    search_fields = ("specialist__name", "pod__name")
    fields = ("pod", "specialist", "trade", "allocation", "starts_on", "ends_on", "seen_version")
    fixed = ("pod", "specialist")

    def save_through_service(
        self, *, obj: Membership, form: ModelForm, change: bool, by: Any
    ) -> Model:
        place = services.Place(
            trade=obj.trade,
            allocation=obj.allocation,
            starts_on=obj.starts_on,
            ends_on=obj.ends_on,
        )
        if not change:
            return services.add_membership(pod=obj.pod, specialist=obj.specialist, by=by, **place)
        version = form.cleaned_data["seen_version"]
        return services.change_membership(membership=obj, version=version, by=by, **place)

    def delete_through_service(self, *, obj: Membership, by: Any) -> None:
        services.remove_membership(membership=obj, by=by)


@admin.register(PodFunction, site=site)
class PodFunctionAdmin(RosterAdmin):
    resource_classes = (PodFunctionResource,)
    list_display = ("user", "function", "pod", "starts_on", "ends_on")
    list_select_related = ("user", "pod")
    list_filter = ("pod", "function")
    search_fields = ("user__name", "pod__name")
    fields = ("pod", "user", "function", "starts_on", "ends_on")
    fixed = ("pod", "user", "function")

    def save_through_service(
        self, *, obj: PodFunction, form: ModelForm, change: bool, by: Any
    ) -> Model:
        if change:
            return services.change_pod_function(
                row=obj, starts_on=obj.starts_on, ends_on=obj.ends_on, by=by
            )
        return services.give_pod_function(
            pod=obj.pod,
            user=obj.user,
            function=obj.function,
            starts_on=obj.starts_on,
            ends_on=obj.ends_on,
            by=by,
        )

    def delete_through_service(self, *, obj: PodFunction, by: Any) -> None:
        services.remove_pod_function(row=obj, by=by)
