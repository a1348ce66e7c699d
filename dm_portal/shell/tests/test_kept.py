"""A kept queryset gives what the queryset itself would give."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.models import Prefetch, Value
from django.test.utils import CaptureQueriesContext

from dm_portal.people.models import PortalFunction, User
from dm_portal.shell.clock import now, today
from dm_portal.shell.kept import Kept, ids_in

pytestmark = pytest.mark.django_db


def _function(user: User, **dates: Any) -> PortalFunction:
    return PortalFunction.objects.create(
        user=user, function="auditor", **({"starts_on": date(2026, 1, 1)} | dates)
    )


def test_models_come_with_what_is_annotated_and_joined(manager: User, other_manager: User) -> None:
    mine, _ = _function(manager), _function(other_manager)
    kept = Kept(
        lambda user: (
            PortalFunction.objects.filter(user=user)
            .select_related("user")
            .annotate(told=Value("so"))
        ),
        user=int,
    )
    with CaptureQueriesContext(connection) as asked:
        [row] = kept.rows(user=manager.pk)
        assert (row, row.told, row.user.name) == (mine, "so", manager.name)
    assert len(asked) == 1


def test_it_is_asked_again_with_other_values(manager: User, other_manager: User) -> None:
    for user in (manager, other_manager):
        _function(user)
    kept = Kept(
        lambda emails, ids: User.objects.filter(email=emails, pk__in=ids_in(ids)).values_list(
            "name", flat=True
        ),
        emails=str,
        ids=list,
    )
    both = [manager.pk, other_manager.pk]
    assert kept.rows(emails=manager.email, ids=both) == [manager.name]
    assert kept.rows(emails=other_manager.email, ids=both) == [other_manager.name]
    assert kept.rows(emails=manager.email, ids=[]) == []


def test_days_and_instants_are_given_later(manager: User) -> None:
    _function(manager, ends_on=date(2026, 3, 1))
    days = Kept(lambda day: PortalFunction.objects.filter(ends_on__gt=day), day=date)
    assert (len(days.rows(day=date(2026, 2, 1))), days.rows(day=date(2026, 3, 1))) == (1, [])
    instants = Kept(lambda at: User.objects.filter(created_at__gte=at), at=datetime)
    assert manager in instants.rows(at=manager.created_at)


def test_a_union_and_its_first_row(manager: User) -> None:
    functions = PortalFunction.objects
    kept = Kept(
        lambda user: (
            functions.filter(user=user)
            .values_list("function")
            .union(functions.filter(user=user).values_list("user__email"), all=True)
        ),
        user=int,
    )
    assert kept.first(user=manager.pk) is None
    _function(manager)
    assert sorted(kept.rows(user=manager.pk)) == [("auditor",), (manager.email,)]


def test_what_is_prefetched_comes_along(manager: User) -> None:
    function = _function(manager)
    kept = Kept(
        lambda user: User.objects.filter(pk=user).prefetch_related("portal_functions"), user=int
    )
    [row] = kept.rows(user=manager.pk)
    with CaptureQueriesContext(connection) as asked:
        assert list(row.portal_functions.all()) == [function]
    assert len(asked) == 0


def test_the_clock_is_asked_anew_each_time(manager: User) -> None:
    _function(manager, ends_on=date(2026, 3, 1))
    kept = Kept(lambda user: PortalFunction.objects.holding().filter(user=user), user=int)
    later = Kept(lambda: User.objects.filter(created_at__lte=now()))
    with time_machine.travel(datetime(2026, 2, 28, 12, tzinfo=UTC)):
        assert (len(kept.rows(user=manager.pk)), later.rows()) == (1, [])
    with time_machine.travel(datetime(2026, 3, 1, 12, tzinfo=UTC)):
        assert kept.rows(user=manager.pk) == []
    assert manager in later.rows()


def test_a_day_that_is_worked_out_must_be_given() -> None:
    kept = Kept(lambda: PortalFunction.objects.filter(starts_on__lt=today() - timedelta(days=1)))
    with pytest.raises(ValueError, match="must be given"):
        kept.rows()


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Europe/Berlin", "America/New_York"])
def test_the_day_of_a_zone_must_be_given(zone: str) -> None:
    kept = Kept(lambda: PortalFunction.objects.filter(starts_on__lt=today(zone)))
    with pytest.raises(ValueError, match="must be given"):
        kept.rows()


def test_nothing_is_prefetched_by_a_queryset_that_would_keep_a_stand_in() -> None:
    def make(user: int) -> Any:
        mine = Prefetch("portal_functions", PortalFunction.objects.filter(user=user))
        return User.objects.prefetch_related(mine)

    with pytest.raises(ValueError, match="by names only"):
        Kept(make, user=int).rows(user=1)
