from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from dm_portal.people import services
from dm_portal.people.models import (
    AuditEvent,
    Invitation,
    OutgoingMail,
    PortalFunction,
    User,
)
from dm_portal.shell.clock import now, today

State = OutgoingMail.State
EVERYBODY = ["admin", "director", "auditor", "manager", "specialist", "lead", "deactivated"]


def who_sees(rows, request):
    """Per member of the cast, how many of the rows they see; the anonymous too."""
    cast = {name: request.getfixturevalue(name) for name in EVERYBODY}
    seen = {name: rows.visible_to(person).count() for name, person in cast.items()}
    return seen | {"anonymous": rows.visible_to(AnonymousUser()).count()}


def test_people(request):
    seen = who_sees(User.objects, request)
    everyone = User.objects.count()
    assert everyone == len(EVERYBODY)
    assert seen == {
        "admin": everyone,
        "director": everyone,
        "auditor": everyone,
        "manager": 1,
        "specialist": 1,
        "lead": 1,
        "deactivated": 0,
        "anonymous": 0,
    }


def test_one_sees_oneself(manager, lead):
    assert list(User.objects.visible_to(manager)) == [manager]
    assert list(User.objects.visible_to(lead)) == [lead]


def test_portal_functions(request, admin):
    seen = who_sees(PortalFunction.objects, request)
    held = PortalFunction.objects.count()
    assert {name for name, count in seen.items() if count == held} == {
        "admin",
        "director",
        "auditor",
    }
    assert sum(seen.values()) == 3 * held


def test_invitations(request, admin, manager, lead):
    services.invite_internal(email="a@internal.example", name="A", by=admin)
    services.invite_person(
        email="b@northwind.example", name="B", kind="customer", scope="lead", by=manager
    )
    # a row that cannot be, and that would still not be shown
    Invitation.objects.filter(email="a@internal.example").update(invited_by=lead)
    seen = who_sees(Invitation.objects, request)
    assert {name: count for name, count in seen.items() if count} == {
        "admin": 2,
        "auditor": 2,
        "manager": 1,
    }


def test_the_record(request, manager):
    services.change_password(person=manager, password="a fine pass phrase")
    seen = who_sees(AuditEvent.objects, request)
    assert {name for name, count in seen.items() if count} == {"director", "auditor"}


def test_mails(request, db):
    services.write_letter("unknown_account", to="x@example.com", context={})
    seen = who_sees(OutgoingMail.objects, request)
    assert {name for name, count in seen.items() if count} == {"admin"}


def test_the_record_of_an_engagement(db, manager):
    for ref in ("aaaaaaaaaa", "bbbbbbbbbb"):
        AuditEvent.objects.create(
            occurred_at=now(),
            actor_name="x",
            verb="x",
            target_kind="x",
            target_label="x",
            engagement_ref=ref,
        )
    assert AuditEvent.objects.of_engagement("aaaaaaaaaa").count() == 1


@pytest.mark.parametrize(("customer", "found"), [("", [1]), ("c", [1, 3]), ("d", [1, 5])])
def test_the_record_of_an_engagement_and_its_customer(db, customer, found):
    """Rows 1 and 2 are of two engagements of c, 3 of c itself, 4 of nobody, 5 and 6 of d."""
    of = [("a", "c"), ("b", "c"), ("", "c"), ("", ""), ("", "d"), ("e", "d")]
    for number, (engagement, of_customer) in enumerate(of, start=1):
        AuditEvent.objects.create(
            occurred_at=now(),
            actor_name="x",
            verb="x",
            target_kind="x",
            target_label=str(number),
            engagement_ref=engagement,
            customer_ref=of_customer,
        )
    events = AuditEvent.objects.of_engagement("a", customer=customer)
    assert sorted(int(event.target_label) for event in events) == found


def test_rows_hold_from_their_first_day_up_to_their_last(stranger):
    PortalFunction.objects.create(
        user=stranger,
        function="auditor",
        starts_on=date(2026, 3, 2),
        ends_on=date(2026, 3, 4),
    )
    held = [PortalFunction.objects.holding(date(2026, 3, day)).count() for day in (1, 2, 3, 4)]
    assert held == [0, 1, 1, 0]


def test_a_row_without_an_end_holds_for_ever(auditor):
    assert PortalFunction.objects.holding(date(2999, 1, 1)).count() == 1
    assert PortalFunction.objects.holding().count() == 1


@pytest.mark.parametrize(
    ("state", "expected"),
    [("active", {"Adam Admin"}), ("invited", {"I"}), ("deactivated", {"D"})],
)
def test_people_by_state(admin, state, expected):
    for name in ("I", "D"):
        services.invite_internal(email=f"{name}@internal.example", name=name, by=admin)
    services.deactivate_person(person=User.objects.get(name="D"), by=admin)
    assert {person.name for person in User.objects.in_state(state)} == expected


def test_people_by_function(admin, auditor, stranger):
    yesterday = today() - timedelta(days=1)
    PortalFunction.objects.create(
        user=stranger, function="auditor", starts_on=date(2000, 1, 1), ends_on=yesterday
    )
    PortalFunction.objects.create(
        user=admin, function="auditor", starts_on=date(2999, 1, 1), ends_on=date(2999, 2, 1)
    )
    assert list(User.objects.holding_portal_function("auditor")) == [auditor]


@pytest.mark.parametrize(
    ("values", "is_due"),
    [
        ({"state": State.QUEUED}, True),
        ({"state": State.QUEUED, "next_attempt_at": now() + timedelta(days=1)}, False),
        ({"state": State.SENDING, "lease_until": now() - timedelta(days=1)}, True),
        ({"state": State.SENDING, "lease_until": now() + timedelta(days=1)}, False),
        ({"state": State.SENT}, False),
        ({"state": State.KEPT}, False),
        ({"state": State.PARKED}, False),
    ],
)
def test_mails_that_are_due(db, values, is_due):
    services.write_letter("unknown_account", to="x@example.com", context={})
    OutgoingMail.objects.update(**values)
    assert OutgoingMail.objects.due(now()).exists() is is_due


@pytest.mark.parametrize(
    ("values", "is_open"),
    [
        ({}, True),
        ({"invited_at": now() - timedelta(days=15), "expires_at": now()}, False),
        ({"accepted_at": now(), "accepted_by": "admin"}, False),
        ({"revoked_at": now(), "revoked_by": "admin"}, False),
    ],
)
def test_invitations_that_are_open(admin, values, is_open):
    services.invite_internal(email="i@internal.example", name="I", by=admin)
    Invitation.objects.update(**{k: admin if v == "admin" else v for k, v in values.items()})
    assert Invitation.objects.open(now()).exists() is is_open


def test_a_person_is_found_by_address_whatever_its_case(manager):
    assert User.objects.get_by_natural_key(manager.email.upper()) == manager
