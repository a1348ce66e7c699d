"""Small helpers of the tests of pages."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dm_portal.people.models import User
from reporting.models import Report

SignIn = Callable[[User], Client]


def url(report: Report, name: str = "report_edit", *more: Any) -> str:
    return reverse(name, args=[report.engagement.ref, report.period.week, *more])


def text_of(response: Any) -> str:
    """The page on one line, so that a sentence is found however it is wrapped."""
    return " ".join(response.content.decode().split())


def statements(client: Client, address: str) -> int:
    """How many statements a page takes; what only a test's own transaction needs is left out."""
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return sum("SAVEPOINT" not in each["sql"] for each in found)
