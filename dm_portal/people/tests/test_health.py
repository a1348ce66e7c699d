"""What probes are told."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from time_machine import Traveller

from dm_portal.people.mail_server import AWAY, note_away
from dm_portal.people.models import OutgoingMail, User, WorkCalendar
from dm_portal.shell.clock import now
from dm_portal.shell.models import Lease
from dm_portal.shell.refs import new_ref
from engagements.models import Engagement


@pytest.fixture
def ticked(db: None) -> Lease:
    Lease.objects.bulk_create(Lease(name=name, beaten_at=now()) for name in ("canary", "digests"))
    return Lease.objects.create(name="tick", beaten_at=now())


def make_letter(**values: Any) -> OutgoingMail:
    """One that waits to be sent, and whose turn it is."""
    number = OutgoingMail.objects.count()
    names = {"ref": new_ref(), "dedup_key": f"k{number}", "message_id": f"<{number}@portal>"}
    due = {"recipient": "lea@customer.example", "next_attempt_at": now()}
    return OutgoingMail.objects.create(**names | due | values)


def refuse(*args: object) -> None:
    raise DatabaseError("gone")


def test_alive_asks_nobody(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"alive\n")


def test_ready(client: Client, ticked: Lease) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.content.decode() == (
        "database: ok\nbroker: ok, none is needed\n"
        "tick: ok, last happened less than a minute ago\n"
        "digests: ok, last happened less than a minute ago\n"
        "canary: ok, last happened less than a minute ago\n"
        "mail: ok, nothing is unsent\n"
    )
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_not_ready_before_the_first_tick(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "tick: never happened: is the clock" in response.content.decode()


def test_not_ready_after_missed_ticks(client: Client, ticked: Lease) -> None:
    Lease.objects.filter(name="tick").update(beaten_at=now() - timedelta(minutes=7))
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "tick: last happened 7 minutes ago: is the clock" in response.content.decode()
    assert "canary: ok" in response.content.decode()


def test_not_ready_where_tasks_are_not_done_though_ticks_are(client: Client, ticked: Lease) -> None:
    Lease.objects.filter(name="canary").update(beaten_at=now() - timedelta(hours=3, minutes=10))
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "canary: last happened 3 hours ago: is the clock" in response.content.decode()


def test_not_ready_where_digests_fail_though_ticks_happen(client: Client, ticked: Lease) -> None:
    Lease.objects.filter(name="digests").update(beaten_at=now() - timedelta(minutes=7))
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "digests: last happened 7 minutes ago: is the clock" in response.content.decode()


@pytest.mark.parametrize(
    ("engagements", "calendars", "said"),
    [
        (1, 0, "; 1 engagement left out, of no time zone that is known here: see the log"),
        (0, 2, "; 2 calendars left out, of no time zone"),
        (1, 2, "; 1 engagement and 2 calendars left out, of no time zone"),
    ],
)
def test_how_many_are_told_nothing_is_told(
    client: Client, engagement: Engagement, ticked: Lease, engagements: int, calendars: int, said
) -> None:
    for name in ("Berlin", "Paris"):
        WorkCalendar.objects.create(name=name)
    for rows, number in ((Engagement.objects, engagements), (WorkCalendar.objects, calendars)):
        chosen = list(rows.order_by("pk").values_list("pk", flat=True)[:number])
        rows.filter(pk__in=chosen).update(time_zone="Mars/Olympus_Mons")
    response = client.get("/readyz")
    assert response.status_code == 200
    assert f"digests: ok, last happened less than a minute ago{said}" in response.content.decode()


def test_an_engagement_at_rest_is_left_out_of_nothing(
    client: Client, engagement: Engagement, ticked: Lease
) -> None:
    Engagement.objects.update(time_zone="Mars/Olympus_Mons", state="closed")
    assert "left out" not in client.get("/readyz").content.decode()


def test_the_oldest_unsent_mail_is_told(client: Client, ticked: Lease) -> None:
    for name in ("sent", "kept", "parked"):
        make_letter(state=name, next_attempt_at=now() - timedelta(days=9))
    old = make_letter(next_attempt_at=now() + timedelta(minutes=30))
    OutgoingMail.objects.filter(pk=old.pk).update(created_at=now() - timedelta(days=2))
    response = client.get("/readyz")
    assert response.status_code == 200
    assert "mail: ok, the oldest unsent was written 2 days ago" in response.content.decode()


def test_not_ready_where_nobody_sends_what_is_due(client: Client, ticked: Lease) -> None:
    late = make_letter(next_attempt_at=now() - timedelta(minutes=20))
    OutgoingMail.objects.filter(pk=late.pk).update(created_at=now() - timedelta(hours=1))
    response = client.get("/readyz")
    assert response.status_code == 503
    words = "written 1 hour ago, and one has waited for its turn for 20 minutes: does the mail"
    assert words in response.content.decode()


@pytest.mark.parametrize(("minutes", "status"), [(5, 200), (15, 200), (16, 503)])
def test_a_mail_server_that_is_away_is_told_however_few_letters_wait(
    client: Client, ticked: Lease, settings, time_machine: Traveller, minutes: int, status: int
) -> None:
    settings.EMAIL_SENDS = True
    time_machine.move_to(now(), tick=False)
    note_away()
    make_letter(next_attempt_at=now() + timedelta(hours=1))
    time_machine.shift(timedelta(minutes=minutes))
    Lease.objects.filter(name__in=["tick", "canary", "digests"]).update(beaten_at=now())
    response = client.get("/readyz")
    assert response.status_code == status
    begun = "mail: ok, the" if status == 200 else "mail: the"
    said = f"mail server has taken none for {minutes} minutes, and the oldest unsent was written"
    assert f"{begun} {said} {minutes} minutes ago" in response.content.decode()
    ends = "ago\n" if status == 200 else "ago: does it answer, and is EMAIL_URL right?\n"
    assert response.content.decode().endswith(ends)


def test_where_no_mail_server_is_set_none_is_away(client: Client, ticked: Lease) -> None:
    note_away()
    make_letter()
    assert "mail: ok, the oldest unsent was written" in client.get("/readyz").content.decode()


def test_a_mail_server_that_is_away_keeps_nothing_back_where_nothing_waits(
    client: Client, ticked: Lease, settings
) -> None:
    settings.EMAIL_SENDS = True
    note_away()
    Lease.objects.filter(name=AWAY).update(beaten_at=now() - timedelta(days=2))
    response = client.get("/readyz")
    assert response.status_code == 200
    assert "mail: ok, nothing is unsent" in response.content.decode()


def test_admins_read_the_same_in_words(client: Client, admin: User, ticked: Lease) -> None:
    client.force_login(admin)
    page = client.get("/health/").content.decode()
    assert page.count("Last happened less than a minute ago.") == 3
    assert page.count("Well") == 6
    assert "Not well" not in page
    Lease.objects.filter(name="tick").delete()
    page = client.get("/health/").content.decode()
    assert "Tick: see below" in page
    assert "Never happened: is the clock (or worker and beat) running?." not in page
    assert "Never happened: is the clock (or worker and beat) running?" in page


def test_ready_after_a_tick_that_is_a_little_late(client: Client, ticked: Lease) -> None:
    Lease.objects.update(beaten_at=now() - timedelta(minutes=4))
    assert client.get("/readyz").status_code == 200


def test_not_ready_without_database(client: Client, ticked: Lease) -> None:
    with connection.execute_wrapper(refuse):
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.content.decode() == (
        "database: does not answer\nbroker: ok, none is needed\n"
        "tick: not known without the database\ndigests: not known without the database\n"
        "canary: not known without the database\nmail: not known without the database\n"
    )


def test_ready_with_broker(client: Client, ticked: Lease, settings, valkey: str) -> None:
    settings.REDIS_URL = valkey
    assert client.get("/readyz").status_code == 200


def test_not_ready_without_broker(client: Client, ticked: Lease, settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "broker: does not answer" in response.content.decode()


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_probes_only_read(client: Client, method: str) -> None:
    assert getattr(client, method)("/healthz").status_code == 405


def test_request_id_of_the_proxy_is_kept(client: Client) -> None:
    response = client.get("/healthz", headers={"X-Request-ID": "proxy-0123456789"})
    assert response["X-Request-ID"] == "proxy-0123456789"


@pytest.mark.parametrize("forged", ["short", "a\tline of the log", "x" * 65])
def test_unusable_request_id_is_replaced(client: Client, forged: str) -> None:
    response = client.get("/healthz", headers={"X-Request-ID": forged})
    assert response["X-Request-ID"] != forged
    assert len(response["X-Request-ID"]) == 16
