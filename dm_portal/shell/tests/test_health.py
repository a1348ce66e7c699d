"""What probes are told."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from dm_portal.shell.clock import now
from dm_portal.shell.models import Lease


@pytest.fixture
def ticked(db: None) -> Lease:
    return Lease.objects.create(name="tick", beaten_at=now())


def refuse(*args: object) -> None:
    raise DatabaseError("gone")


def test_alive_asks_nobody(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"alive\n")


def test_ready(client: Client, ticked: Lease) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.content.decode() == "database: ok\nbroker: ok\ntick: ok\n"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_not_ready_before_the_first_tick(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "tick: never happened: is the clock" in response.content.decode()


def test_not_ready_after_missed_ticks(client: Client, ticked: Lease) -> None:
    Lease.objects.update(beaten_at=now() - timedelta(minutes=7))
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "tick: last happened 7 minutes ago" in response.content.decode()


def test_ready_after_a_tick_that_is_a_little_late(client: Client, ticked: Lease) -> None:
    Lease.objects.update(beaten_at=now() - timedelta(minutes=4))
    assert client.get("/readyz").status_code == 200


def test_not_ready_without_database(client: Client, ticked: Lease) -> None:
    with connection.execute_wrapper(refuse):
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.content.decode() == (
        "database: does not answer\nbroker: ok\ntick: not known without the database\n"
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
