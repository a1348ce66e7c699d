"""The Django admin as a client of the services: it writes through them, or it only reads.

Registering a model that is kept here::

    @admin.register(Pod, site=site)
    class PodAdmin(PortalModelAdmin):
        writes = {"add", "change"}

        def save_through_service(self, *, obj, form, change, by):
            return (change_pod if change else create_pod)(..., by=by)

A ``DomainError`` of the service is shown on top of the form, and nothing typed is lost.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import update_wrapper
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin import AdminSite, ModelAdmin, TabularInline
from django.core.exceptions import ImproperlyConfigured
from django.db import models, transaction
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver

from dm_portal.people import policies
from dm_portal.shell.errors import DomainError


class PortalAdminSite(AdminSite):
    """For admins of the portal; everybody else is told that there is nothing here."""

    site_header = "Delivery portal: administration"
    site_title = "Delivery portal"
    index_title = "Administration"
    # What is not there is a plain 404; one nameless route less to guard.
    final_catch_all_view = False

    # The portal has its own sign-in, sign-out and password pages, and its own links to rows.
    NOT_OURS = frozenset({"login", "logout", "password_change", "password_change_done"}) | {
        "view_on_site"
    }

    def has_permission(self, request: HttpRequest) -> bool:
        return policies.can_use_admin_site(request.user)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        guarded = super().admin_view(view, cacheable)

        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            # the anonymous were sent to sign in by LoginRequiredMiddleware
            if not self.has_permission(request):
                raise Http404
            return guarded(request, *args, **kwargs)

        return update_wrapper(door, view)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        urls = [url for url in super().get_urls() if getattr(url, "name", "") not in self.NOT_OURS]
        for url in urls:
            if isinstance(url, URLPattern):
                # LoginRequiredMiddleware reads this; "admin:login" is gone, ours is the default.
                url.callback.login_url = None
        return urls


site = PortalAdminSite()


class PortalModelAdmin(ModelAdmin):
    """A model in the admin site: seen through ``visible_to``, written through services only.

    ``writes`` names what a service exists for: any of "add", "change", "delete". Django's
    permission tables play no part, so that a superuser may no more than an admin.
    """

    writes: ClassVar[Collection[str]] = ()
    # Our pages are linked by reference; the admin's own shortcut would need primary keys.
    view_on_site = False

    def save_through_service(self, *, obj: Any, form: Any, change: bool, by: Any) -> models.Model:
        """Call the service that adds or changes ``obj``; return the row that it saved."""
        raise ImproperlyConfigured(f"{self} names no service that saves.")

    def delete_through_service(self, *, obj: Any, by: Any) -> None:
        """Call the service that removes ``obj``."""
        raise ImproperlyConfigured(f"{self} names no service that deletes.")

    # Who may ------------------------------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        return policies.can_use_admin_site(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return policies.can_use_admin_site(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may("add", request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may("change", request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may("delete", request)

    def _may(self, verb: str, request: HttpRequest) -> bool:
        return verb in self.writes and policies.can_use_admin_site(request.user)

    # What is seen -------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = self.model._default_manager.visible_to(request.user)
        return rows.order_by(*self.get_ordering(request)) if self.get_ordering(request) else rows

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what the filters beside the list offer: no other column answers questions."""
        kinds = ("exact", "isnull", "id__exact")
        offered = {f"{name}__{kind}" for name in self.get_list_filter(request) for kind in kinds}
        # PostgreSQL has no text with a NUL in it
        return lookup in offered and "\0" not in value

    def get_urls(self) -> list[URLPattern]:
        """Only pages with a purpose: no history beside the record, nothing that is refused."""
        prefix = f"{self.opts.app_label}_{self.opts.model_name}_"
        unused = {f"{prefix}{page}" for page in {"add", "delete"} - set(self.writes)}
        unused |= {f"{prefix}history", None}
        return [url for url in super().get_urls() if url.name not in unused]

    # What is written ----------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        saved = self.save_through_service(obj=obj, form=form, change=change, by=request.user)
        obj.pk = saved.pk
        obj.refresh_from_db()

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Iterable[Any], change: bool
    ) -> None:
        """The service has saved what belongs to the row; inlines are read-only."""

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.delete_through_service(obj=obj, by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        with transaction.atomic():
            for obj in queryset:
                self.delete_through_service(obj=obj, by=request.user)

    # The record is AuditEvent: Django's own log would be a second, weaker one.

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Iterable[Any], add: bool = False
    ) -> list[Any]:
        return []

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        return None

    def log_deletions(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        return None

    # What a service refuses ---------------------------------------------------------------------

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Mapping[str, Any] | None = None,
    ) -> HttpResponse:
        """The form, and again with what the service said if it refused."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as error:
            request.refused = str(error)  # type: ignore[attr-defined]  # read by get_form
        response = super().changeform_view(request, object_id, form_url, extra_context)
        response.status_code = 422
        return response

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm]:
        form_class = super().get_form(request, obj, change, **kwargs)
        refused = getattr(request, "refused", "")
        return _refusing(form_class, refused) if refused else form_class

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Mapping[str, Any] | None = None
    ) -> HttpResponse:
        view = super().delete_view
        return self._told_why(request, lambda: view(request, object_id, extra_context))

    def changelist_view(
        self, request: HttpRequest, extra_context: Mapping[str, Any] | None = None
    ) -> HttpResponse:
        view = super().changelist_view
        return self._told_why(request, lambda: view(request, extra_context))

    def _told_why(self, request: HttpRequest, view: Callable[[], HttpResponse]) -> HttpResponse:
        try:
            return view()
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(request.get_full_path())


def _refusing(form_class: type[ModelForm], reason: str) -> type[ModelForm]:
    """``form_class`` that is never valid, and says why above everything typed."""

    class Refusing(form_class):  # type: ignore[misc, valid-type]
        def clean(self) -> Any:
            cleaned = super().clean()
            self.add_error(None, reason)
            return cleaned

    return Refusing


class ReadOnlyInline(TabularInline):
    """Rows that belong to another, to be read beside it."""

    extra = 0
    can_delete = False
    show_change_link = False
    # What its cells and the names of its rows speak of, read in the same statement.
    select_related: tuple[str, ...] = ()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return policies.can_use_admin_site(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = self.model._default_manager.visible_to(request.user)
        return rows.select_related(*self.select_related)
