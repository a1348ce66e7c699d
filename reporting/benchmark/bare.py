"""The portal with one page more: a table of 25 rows and nothing around it, to compare with."""

from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.urls import include, path

from engagements.models import WorkItem

PAGE = Template(
    "<!doctype html><title>Items</title><table>{% for row in rows %}<tr><td>{{ row.key }}"
    "<td>{{ row.title }}<td>{{ row.state }}<td>{{ row.assignee }}<td>{{ row.created_at }}</tr>"
    "{% endfor %}</table>"
)


def bare(request: HttpRequest) -> HttpResponse:
    """25 items, for whoever is signed in."""
    rows = WorkItem.objects.visible_to(request.user).order_by("pk")[:25]
    return HttpResponse(PAGE.render(Context({"rows": rows})))


urlpatterns = [path("bare/", bare), path("", include("dm_portal.urls"))]
handler404 = "django.views.defaults.page_not_found"
