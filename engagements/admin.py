"""Customers' names and the templates in the admin site, through the services; decisions to read."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from dm_portal.people import policies as people_policies
from dm_portal.people.admin_forms import VersionedAdminForm
from dm_portal.people.admin_site import PortalModelAdmin, ReadOnlyInline, site
from engagements.models import (
    Customer,
    CustomerContact,
    EngagementTemplate,
    PersonMeaning,
    StateMeaning,
    TemplateMilestone,
    VersionMeaning,
)
from engagements.services.customers import rename_customer
from engagements.services.templates import (
    Outline,
    TemplateFields,
    add_default_templates,
    change_template,
    create_template,
    remove_template,
    set_outlines,
)


class CustomerContactInline(ReadOnlyInline):
    model = CustomerContact
    fields = ("user", "kind", "starts_on", "ends_on")
    select_related = ("customer", "user")


@admin.register(Customer, site=site)
class CustomerAdmin(PortalModelAdmin):
    """A customer comes with its first engagement; here its name is put right."""

    writes = frozenset({"change"})
    form = VersionedAdminForm
    list_display = ("name", "created_at")
    search_fields = ("name",)
    fields = ("name", "seen_version")
    inlines = (CustomerContactInline,)

    def save_through_service(
        self, *, obj: Customer, form: ModelForm, change: bool, by: Any
    ) -> Model:
        version = form.cleaned_data["seen_version"]
        return rename_customer(customer=obj, version=version, name=obj.name, by=by)


class TemplateMilestoneInline(admin.TabularInline):
    """Milestones of a template; they are ordered by their days."""

    model = TemplateMilestone
    fields = ("name", "day", "outcome", "criteria")
    ordering = ("number",)
    extra = 1

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("template")  # which names the row

    def _may(self, request: HttpRequest) -> bool:
        return people_policies.can_use_admin_site(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)


@admin.register(EngagementTemplate, site=site)
class EngagementTemplateAdmin(PortalModelAdmin):
    writes = frozenset({"add", "change", "delete"})
    form = VersionedAdminForm
    change_list_template = "admin/engagements/engagementtemplate/change_list.html"
    list_display = ("name", "outcome", "sprint_days", "unit")
    search_fields = ("name",)
    fields = (
        *("name", "outcome", "unit", "sprint_days"),
        *("status_weekday", "status_hour", "time_zone", "seen_version"),
    )
    inlines = (TemplateMilestoneInline,)

    def save_through_service(
        self, *, obj: EngagementTemplate, form: ModelForm, change: bool, by: Any
    ) -> Model:
        fields = TemplateFields(
            name=obj.name,
            outcome=obj.outcome,
            unit=obj.unit,
            sprint_days=obj.sprint_days,
            time_zone=obj.time_zone,
            status_weekday=obj.status_weekday,
            status_hour=obj.status_hour,
        )
        if not change:
            return create_template(by=by, **fields)
        version = form.cleaned_data["seen_version"]
        return change_template(template=obj, version=version, by=by, **fields)

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: Iterable[Any], change: bool
    ) -> None:
        """The milestones that the inline form holds, as one set."""
        rows = [row for formset in formsets for row in formset.cleaned_data]
        outlines = [
            Outline(row["name"], row["day"], row["outcome"], row["criteria"])
            for row in rows
            if row and not row["DELETE"]
        ]
        set_outlines(template=form.instance, milestones=outlines, by=request.user)

    def delete_through_service(self, *, obj: EngagementTemplate, by: Any) -> None:
        remove_template(template=obj, by=by)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.defaults_view))
        name = "engagements_engagementtemplate_defaults"
        return [path("defaults/", view, name=name), *super().get_urls()]

    def defaults_view(self, request: HttpRequest) -> HttpResponse:
        """Make the templates that come with the portal, where they are not there."""
        made = add_default_templates(by=request.user)
        names = ", ".join(template.name for template in made)
        messages.success(request, f"Made: {names}." if made else "They are there already.")
        return redirect("admin:engagements_engagementtemplate_changelist")


class MeaningAdmin(PortalModelAdmin):
    """What a person decided that a tracker's word means, to be read; decided under Imports."""

    ordering = ("-decided_at", "-pk")


@admin.register(StateMeaning, site=site)
class StateMeaningAdmin(MeaningAdmin):
    list_display = ("state", "stage", "engagement", "source", "decided_at", "decided_by")
    list_select_related = ("source__engagement", "decided_by")
    search_fields = ("state",)

    @admin.display(ordering="source__engagement__name")
    def engagement(self, row: StateMeaning) -> str:
        return str(row.source.engagement)


@admin.register(VersionMeaning, site=site)
class VersionMeaningAdmin(MeaningAdmin):
    list_display = ("version", "milestone", "engagement", "decided_at", "decided_by")
    list_select_related = ("engagement", "milestone", "decided_by")
    search_fields = ("version",)


@admin.register(PersonMeaning, site=site)
class PersonMeaningAdmin(MeaningAdmin):
    list_display = (
        *("name", "kind", "specialist", "engagement", "source"),
        *("decided_at", "decided_by"),
    )
    list_select_related = ("source__engagement", "specialist", "decided_by")
    search_fields = ("name",)

    @admin.display(ordering="source__engagement__name")
    def engagement(self, row: PersonMeaning) -> str:
        return str(row.source.engagement)
