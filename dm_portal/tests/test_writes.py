"""The watch over writes sees what it is there to see."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.handlers.base import BaseHandler
from django.http import HttpResponse
from django.test import RequestFactory

from dm_portal.people.models import User
from dm_portal.tests.source import ROOT
from dm_portal.tests.writes import WRITTEN_BY_GET, WroteInGet, WroteOutsideServices, product_tables
from pods.models import Pod
from pods.services import create_pod

pytestmark = pytest.mark.django_db

SOURCE = """
def write(model, name):
    model.objects.create(name=name)
"""


def written_in(file: str) -> Callable[..., Any]:
    """A function that creates a row, as if it stood in this file of the product."""
    space: dict[str, Any] = {}
    exec(compile(SOURCE, ROOT / file, "exec"), space)  # noqa: S102 (the text above)
    return space["write"]


@pytest.mark.parametrize("file", ["pods/views.py", "reporting/tasks.py", "dm_portal/urls.py"])
def test_whoever_is_no_service_is_refused(file: str) -> None:
    with pytest.raises(WroteOutsideServices, match=file):
        written_in(file)(Pod, "Larch")


@pytest.mark.parametrize("file", ["pods/services.py", "reporting/services/drafts.py"])
def test_services_write(file: str) -> None:
    written_in(file)(Pod, "Larch")
    assert Pod.objects.exists()


def test_no_get_writes(admin: User) -> None:
    handler = BaseHandler()
    handler._middleware_chain = lambda _request: HttpResponse(
        create_pod(name="Larch", purpose="", by=admin).name
    )
    handler.get_response(RequestFactory().post("/pods/"))
    with pytest.raises(WroteInGet, match="a GET wrote"):
        handler.get_response(RequestFactory().get("/pods/"))


def test_every_product_table_is_watched() -> None:
    assert {"people_auditevent", "engagements_engagement_pods"} <= product_tables()
    assert WRITTEN_BY_GET & product_tables() == {"reporting_receipt"}
