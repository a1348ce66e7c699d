"""A list page: what the URL asks for, in a number of statements that rows do not raise."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import django_filters
import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from dm_portal.shell.clock import now
from dm_portal.shell.lists import Column, build_list, render_list
from dm_portal.shell.models import Lease

pytestmark = pytest.mark.django_db


class LeaseFilter(django_filters.FilterSet):
    name = django_filters.CharFilter(lookup_expr="icontains")
    after = django_filters.DateFilter(field_name="expires_at", lookup_expr="date__gt")


COLUMNS = [
    Column("Name", "name", url=lambda row: f"/leases/{row.pk}/", note="holder"),
    Column("Ends", "expires_at", kind="instant", missing="never"),
    Column("Letters", lambda row: len(row.name), kind="number"),
]


def make_leases(count: int) -> None:
    Lease.objects.bulk_create(
        Lease(
            name=f"lease {n:03}", holder="=me", expires_at=now() + timedelta(days=n) if n else None
        )
        for n in range(count)
    )


def listed(query: str = "", **changes: Any) -> Any:
    arguments = {"columns": COLUMNS, "caption": "Leases", "filename": "leases.csv"} | changes
    request = RequestFactory().get(f"/leases/{query}")
    return build_list(request, Lease.objects.order_by("name"), **arguments)


def page(query: str = "") -> HttpResponse | StreamingHttpResponse:
    """The list as a page; the gallery's example of what to say when it is empty is borrowed."""
    return render_list(
        RequestFactory().get(f"/leases/{query}"),
        "shell/gallery/list_sample.html",
        Lease.objects.order_by("name"),
        columns=COLUMNS,
        caption="Leases",
        filename="leases.csv",
        filterset_class=LeaseFilter,
    )


@pytest.mark.parametrize("count", [1, 3])
def test_statements_do_not_grow_with_rows(django_assert_num_queries: Any, count: int) -> None:
    make_leases(count)
    with django_assert_num_queries(2):
        response = page()
    assert response.content.count(b'<th scope="row"') == count


def test_a_page_has_25_rows_and_links_that_keep_the_filter() -> None:
    make_leases(60)
    listing = listed("?name=lease&page=2")
    assert [row[0].value for row in listing.rows] == [f"lease {n:03}" for n in range(25, 50)]
    assert listing.links.earlier == "?name=lease&page=1"
    assert listing.links.later == "?name=lease&page=3"
    assert listing.csv_url == "?name=lease&format=csv"


def test_a_page_that_is_not_there_is_the_last_one() -> None:
    make_leases(3)
    listing = listed("?page=99")
    assert (listing.links.earlier, listing.links.later) == ("", "")
    assert len(listing.rows) == 3


def test_the_filter_of_the_url_holds() -> None:
    make_leases(12)
    listing = listed("?name=1", filterset_class=LeaseFilter)
    assert [row[0].value for row in listing.rows] == ["lease 001", "lease 010", "lease 011"]
    assert listing.filtered is True


def test_a_filter_without_a_value_is_none() -> None:
    make_leases(1)
    assert listed("?name=", filterset_class=LeaseFilter).filtered is False
    assert listed(filterset_class=LeaseFilter).filtered is False


def test_a_senseless_filter_finds_nothing_and_says_why() -> None:
    make_leases(2)
    response = page("?after=yesterday")
    assert response.status_code == 422
    assert b"Enter a valid date." in response.content
    assert b"lease 000" not in response.content
    assert page("?after=yesterday&format=csv").status_code == 422


def test_nothing_filtered_and_nothing_at_all_are_two_things() -> None:
    assert b"No leases yet" in page().content
    make_leases(1)
    assert b"Nothing matches this filter" in page("?name=zebra").content


def test_csv_has_every_row_of_the_filter_and_runs_nothing(django_assert_num_queries: Any) -> None:
    make_leases(30)
    with django_assert_num_queries(1 + 1):  # the count of the page, and the rows
        response = page("?name=lease&format=csv")
        lines = b"".join(response.streaming_content).decode().splitlines()  # type: ignore[arg-type]
    assert lines[0] == "Name,Ends,Letters"
    assert lines[1] == "lease 000,,9"
    assert len(lines) == 31


def test_a_cell_carries_what_the_table_shows() -> None:
    make_leases(1)
    first, second, third = listed().rows[0]
    assert (first.value, first.note, first.url[:8]) == ("lease 000", "=me", "/leases/")
    assert (second.value, second.missing) == (None, "never")
    assert (third.value, third.kind) == (9, "number")


def test_of_a_long_text_only_its_beginning_is_shown_and_the_csv_has_all() -> None:
    column = Column(
        "Words", "words", note=lambda row: row.words or "", note_label="Note", is_long=True
    )
    short, long = SimpleNamespace(words="x" * 300), SimpleNamespace(words="x" * 301)
    assert column.cell(short).value == column.cell(short).note == "x" * 300
    assert column.cell(long).value == column.cell(long).note == "x" * 299 + "…"
    assert column.cell(SimpleNamespace(words=None)).value is None
    assert column.plainly(long) == ["x" * 301] * 2


def test_a_column_has_one_of_the_known_kinds() -> None:
    with pytest.raises(ValueError, match="kind must be one of text, number"):
        Column("Name", "name", kind="picture")
