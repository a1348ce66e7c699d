"""The roof: every route of the portal."""

from django.urls import URLPattern, URLResolver, include, path, register_converter

# Importing an app's admin module registers its models on our site.
from dm_portal.people import admin  # noqa: F401
from dm_portal.people.admin_site import site
from dm_portal.shell import health, refs

register_converter(refs.RefConverter, "ref")
register_converter(refs.WeekConverter, "week")

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("dm_portal.people.urls")),
    path("", include("reporting.urls")),
    path("admin/", site.urls),
]
