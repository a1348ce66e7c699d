"""What is frozen with a status: the figures, the rows they came from, and the hash of both."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from dm_portal.people.models import User
from engagements.models import Engagement, Import, Source, WorkItem
from reporting import facts

pytestmark = pytest.mark.django_db

AS_OF = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
SINCE = AS_OF - timedelta(days=7)


@pytest.fixture
def file(engagement: Engagement, manager: User) -> Import:
    source = Source.objects.create(engagement=engagement, number=1, kind="work_csv")
    return Import.objects.create(
        engagement=engagement,
        number=1,
        source=source,
        file_name="work.csv",
        sha256="0" * 64,
        size=1,
        state="applied",
        refused_count=2,
        uploaded_at=AS_OF - timedelta(hours=2),
        uploaded_by=manager,
        applied_at=AS_OF - timedelta(hours=1),
        applied_by=manager,
    )


def add_item(
    file: Import, key: str, *, created: datetime, done: datetime | None = None
) -> WorkItem:
    return WorkItem.objects.create(
        engagement=file.engagement,
        source=file.source,
        last_import=file,
        key=key,
        title=f"Title of {key}",
        created_at=created,
        done_at=done,
    )


def test_nothing_imported_is_not_known(engagement: Engagement) -> None:
    figures = facts.collect(engagement, since=None, as_of=AS_OF)["figures"]
    assert (figures["total"], figures["promised"], figures["left_out"]) == (None, None, None)
    assert figures["burnup"] == []


def test_finished_in_the_window(file: Import) -> None:
    long_ago = AS_OF - timedelta(days=30)
    add_item(file, "A-1", created=long_ago, done=SINCE)
    add_item(file, "A-2", created=long_ago, done=AS_OF)
    add_item(file, "A-3", created=long_ago, done=SINCE - timedelta(seconds=1))
    total = facts.collect(file.engagement, since=SINCE, as_of=AS_OF)["figures"]["total"]
    assert total == {"items": 3, "done": 2, "open": 1, "finished": ["A-1"], "created": []}


def test_rebuilding_gives_the_same_bytes(file: Import) -> None:
    add_item(file, "A-1", created=SINCE, done=SINCE + timedelta(days=1, microseconds=5))
    body = facts.canonical(facts.collect(file.engagement, since=SINCE, as_of=AS_OF))
    assert facts.rebuild(body) == body
    assert facts.digest(facts.rebuild(body)) == facts.digest(body)


def test_canonical_is_one_text_for_one_meaning() -> None:
    body = {"b": Decimal("1.50"), "a": AS_OF, "c": [AS_OF.date(), None, True]}
    expected = '{"a":"2026-11-20T14:00:00Z","b":"1.50","c":["2026-11-20",null,true]}'
    assert facts.canonical(body) == expected


def test_canonical_refuses_a_float() -> None:
    with pytest.raises(TypeError, match="canonical"):
        facts.canonical({"a": 0.1})
