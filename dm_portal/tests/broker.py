"""A broker for tests of who is told what: a pytest plugin, named in the root conftest.py."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from celery import Celery, _state
from redis import Redis

Connect = Callable[[str], None]
Messages = Callable[[], list[tuple[str, str, bool]]]


@pytest.fixture
def connect_broker(settings: Any) -> Iterator[Connect]:
    """Connect this process to the broker of a URL, as `dm_portal.celery` does in production."""
    before = _state.get_current_app()

    def connect(url: str) -> None:
        settings.CELERY_BROKER_URL = url
        app = Celery("test")
        app.config_from_object("django.conf:settings", namespace="CELERY")

    yield connect
    _state.get_current_app().close()
    before.set_current()


@pytest.fixture
def messages(connect_broker: Connect, valkey: str) -> Iterator[Messages]:
    """What waits in the broker, the last first: (task, its arguments, whether it is for later)."""
    connect_broker(valkey)
    with Redis.from_url(valkey) as redis:
        redis.flushall()

        def _messages() -> list[tuple[str, str, bool]]:
            raw = redis.lrange("celery", 0, -1)
            headers = [json.loads(each)["headers"] for each in raw]
            return [(each["task"], each["argsrepr"], each["eta"] is not None) for each in headers]

        yield _messages
