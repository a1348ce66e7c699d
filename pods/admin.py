"""Rosters in the admin site: kept by admins, through the services, by hand or from CSV."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.db import transaction
from django.db.models import Model
from django.forms import Form, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST
from import_export.admin import ImportExportMixin
from import_export.formats.base_formats import CSV
from import_export.results import Result

from dm_portal.people.admin_forms import VersionedAdminForm
from dm_portal.people.admin_site import PortalModelAdmin, ReadOnlyInline, site
from pods import services
from pods.imports import ConfirmForm, PreviewedFile, fingerprint, is_refused
from pods.models import Membership, Pod, PodFunction, Specialist
from pods.resources import (
    MembershipResource,
    PodFunctionResource,
    PodResource,
    SpecialistResource,
)

FILE_IS_GONE = (
    "This file is no longer here: it was imported already, or its preview is too old. "
    "If its rows are not in the list, choose the file again."
)
ROWS_CHANGED = (
    "Somebody changed these rows after your preview, so nothing was imported. "
    "This is what the file would do now."
)


class RosterAdmin(ImportExportMixin, PortalModelAdmin):
    """Adds, changes, deletes, exports and imports; every write is a service's."""

    writes = frozenset({"add", "change", "delete"})
    formats = (CSV,)
    # the audit record says it already
    skip_admin_log = True
    # a file previewed by one process may be confirmed at another
    tmp_storage_class = PreviewedFile
    confirm_form_class = ConfirmForm
    # says in place why a row is refused; the library's shows it when one points at a number
    import_template_name = "admin/pods/import.html"
    # everything is exported at once; the form in between needs inline styles
    skip_export_form = True
    # what names a row does not change: who moves gets a new one
    fixed: ClassVar[tuple[str, ...]] = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*super().get_readonly_fields(request, obj), *(self.fixed if obj else ()))

    def export_action(self, request: HttpRequest) -> HttpResponse:
        """The rows of the list as CSV; a filter without sense leads back to the list."""
        try:
            return super().export_action(request)
        except IncorrectLookupParameters:
            return redirect(f"{self._page('changelist')}?e=1")

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The preview; its button carries what was seen."""
        response = super().import_action(request, **kwargs)
        context = response.context_data
        if "confirm_form" in context:
            context["confirm_form"].initial["seen"] = fingerprint(context["result"])
        return response

    @method_decorator(require_POST)
    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Import what was previewed: exactly that, or nothing and a new preview."""
        form = self.create_confirm_form(request)
        file = (
            PreviewedFile(name=form.cleaned_data["import_file_name"]) if form.is_valid() else None
        )
        data = file.take() if file else None
        if data is None:
            messages.error(request, FILE_IS_GONE)
            return redirect(self._page("import"))
        dataset = CSV(encoding=self.from_encoding).create_dataset(data)
        with transaction.atomic():
            result = self.process_dataset(dataset, form, request, **kwargs)
            as_seen = fingerprint(result) == form.cleaned_data["seen"] and not is_refused(result)
            transaction.set_rollback(not as_seen)
        if as_seen:
            return self.process_result(result, request)
        form.cleaned_data["import_file_name"] = file.put_back(data)
        return self._preview_anew(request, form, result)

    def _preview_anew(self, request: HttpRequest, form: Form, result: Result) -> HttpResponse:
        messages.error(request, ROWS_CHANGED)
        resources = self.get_import_resource_classes(request)
        context = self.admin_site.each_context(request) | {
            "title": "Import",
            "opts": self.opts,
            "result": result,
            "form": self.import_form_class(self.get_import_formats(), resources),
            "fields_list": [],
            "import_error_display": self.import_error_display,
        }
        if not is_refused(result):
            seen = {"seen": fingerprint(result)}
            context["confirm_form"] = ConfirmForm(initial=form.cleaned_data | seen)
        request.current_app = self.admin_site.name
        return TemplateResponse(request, self.import_template_name, context, status=409)

    def _page(self, name: str) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}")


class MembershipInline(ReadOnlyInline):
    model = Membership
    fields = ("pod", "specialist", "trade", "allocation", "starts_on", "ends_on")
    select_related = ("pod", "specialist")


class PodFunctionInline(ReadOnlyInline):
    model = PodFunction
    fields = ("user", "function", "starts_on", "ends_on")
    select_related = ("pod", "user")


@admin.register(Specialist, site=site)
class SpecialistAdmin(RosterAdmin):
    form = VersionedAdminForm
    resource_classes = (SpecialistResource,)
    list_display = ("name", "seniority", "skills", "user")
    list_select_related = ("user",)
    list_filter = ("seniority",)
    search_fields = ("name", "skills")
    fields = ("name", "user", "seniority", "skills", "calendar", "seen_version")
    inlines = (MembershipInline,)

    def save_through_service(
        self, *, obj: Specialist, form: ModelForm, change: bool, by: Any
    ) -> Model:
        fields = services.SpecialistFields(
            name=obj.name,
            user=obj.user,
            seniority=obj.seniority,
            skills=obj.skills,
            calendar=obj.calendar,
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
    form = VersionedAdminForm
    resource_classes = (PodFunctionResource,)
    list_display = ("user", "function", "pod", "starts_on", "ends_on")
    list_select_related = ("user", "pod")
    list_filter = ("pod", "function")
    search_fields = ("user__name", "pod__name")
    fields = ("pod", "user", "function", "starts_on", "ends_on", "seen_version")
    fixed = ("pod", "user", "function")

    def save_through_service(
        self, *, obj: PodFunction, form: ModelForm, change: bool, by: Any
    ) -> Model:
        if change:
            return services.change_pod_function(
                row=obj,
                version=form.cleaned_data["seen_version"],
                starts_on=obj.starts_on,
                ends_on=obj.ends_on,
                by=by,
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
