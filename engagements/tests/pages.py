"""What tests of pages share: asking for one, counting statements, reading a CSV."""

import csv
import io
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dm_portal.shell.clock import now
from engagements.models import Engagement, Import, Source, WorkItem
from engagements.tests.events import tell

# What the form of an engagement holds, as a browser sends it.
AGREED = {
    "name": "Cedar",
    "outcome": "Payments without paper",
    "unit": "items",
    "sprint_days": 14,
    "time_zone": "Europe/Berlin",
    "status_weekday": 5,
    "status_hour": "15:00",
    "holiday_rule": "before",
    "starts_on": "2026-12-01",
    "reporting_from": "2026-12-01",
}


def at(route: str, engagement: Engagement, **more: Any) -> str:
    """The URL of a page of an engagement."""
    return reverse(route, kwargs={"ref": engagement.ref, **more})


def statements(client: Client, url: str) -> int:
    """How many statements a page needs, the second time it is asked for."""
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return len(queries)


def csv_rows(response: Any) -> list[dict[str, str]]:
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


def names(response: Any) -> list[str]:
    """The first column of a list page, in its order."""
    return [str(row[0].value) for row in response.context["listing"].rows]


def make_import(engagement: Engagement) -> Import:
    """An applied file of the engagement's one source."""
    by = engagement.created_by
    source = Source.objects.create(engagement=engagement, number=1, kind="jira")
    return Import.objects.create(
        engagement=engagement,
        number=1,
        source=source,
        file_name="work.csv",
        sha256="0" * 64,
        size=1,
        state="applied",
        uploaded_at=now(),
        uploaded_by=by,
        applied_at=now(),
        applied_by=by,
    )


def make_item(file: Import, key: str, **fields: Any) -> WorkItem:
    """An item that came with a file."""
    values = {"title": f"Title of {key}", "created_at": now()} | fields
    milestones = values.pop("milestones", [])
    item = WorkItem.objects.create(
        engagement=file.engagement, source=file.source, key=key, last_import=file, **values
    )
    item.milestones.set(milestones)
    tell(item)
    return item
