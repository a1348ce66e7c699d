"""The roof: every route of the portal."""

from django.urls import URLPattern, URLResolver, include, path, register_converter

# Importing an app's admin module registers its models on our site.
import engagements.admin  # noqa: F401
import pods.admin  # noqa: F401
from dm_portal.people import admin, health  # noqa: F401
from dm_portal.people.admin_site import site
from dm_portal.people.policies import can_see_gallery
from dm_portal.shell import refs
from dm_portal.shell.gallery import gallery

register_converter(refs.RefConverter, "ref")
register_converter(refs.WeekConverter, "week")
register_converter(refs.DayConverter, "day")

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("dm_portal.people.urls")),
    path("", include("engagements.urls")),
    path("", include("reporting.urls")),
    path("gallery/", gallery, {"allowed": can_see_gallery}, name="gallery"),
    path("admin/", site.urls),
]
