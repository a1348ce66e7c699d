"""The roof: every route of the portal."""

from django.urls import URLPattern, URLResolver, path

from dm_portal.shell import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
