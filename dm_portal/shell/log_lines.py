"""What every line of the log names: the request, who asked, and what it is about; no secret."""

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.http import HttpRequest, HttpResponse
from pythonjsonlogger.json import JsonFormatter

from dm_portal.shell.secret_paths import masked

HEADER = "X-Request-ID"
# What a proxy may hand in: nothing that could forge a line of the log.
ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{8,64}")

request_id: ContextVar[str] = ContextVar("request_id", default="-")
person: ContextVar[str] = ContextVar("person", default="-")
reference: ContextVar[str] = ContextVar("reference", default="-")
NAMES = {"request": request_id, "person": person, "reference": reference}

# Probes ask every few seconds, and say themselves what they were told.
QUIET = {"healthz", "readyz"}
# Arguments of a route that name what a page is about. Never a token.
ABOUT = ("ref", "week", "number")

requests = logging.getLogger("dm_portal.requests")


class RequestIdMiddleware:
    """Take the proxy's id where there is a usable one, make one otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        own = given if ACCEPTABLE.fullmatch(given) else secrets.token_hex(8)
        with _named(request_id, own), _named(person, "-"), _named(reference, "-"):
            response = self.get_response(request)
        response[HEADER] = own
        return response


class RequestLineMiddleware:
    """One line for each request that reaches a view: by its route, as paths hold secrets.

    From the view on, every line names who asks and what about. Stands after authentication.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.monotonic()
        response = self.get_response(request)
        route = request.resolver_match.view_name if request.resolver_match else ""
        if route and route not in QUIET:
            took = round((time.monotonic() - begun) * 1000)
            told = (request.method, route, response.status_code, took)
            requests.info("%s %s: %s in %s ms", *told)
        return response

    def process_view(
        self, request: HttpRequest, _view: Callable[..., Any], _args: Any, named: dict[str, Any]
    ) -> None:
        if request.user.is_authenticated:
            person.set(request.user.ref)
        if told := "/".join(str(named[name]) for name in ABOUT if name in named):
            reference.set(told)


@contextmanager
def about(name: str) -> Iterator[None]:
    """Every line that is logged inside names this as what it is about."""
    with _named(reference, name):
        yield


@contextmanager
def _named(variable: ContextVar[str], value: str) -> Iterator[None]:
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)


class NamesFilter(logging.Filter):
    """Give each record the names it belongs to, each a dash where there is none."""

    def filter(self, record: logging.LogRecord) -> bool:
        for name, variable in NAMES.items():
            setattr(record, f"of_{name}", variable.get())
        return True


class PlainLines(logging.Formatter):
    """For people at a terminal."""

    def __init__(self) -> None:
        names = " ".join(f"{{of_{name}}}" for name in NAMES)
        super().__init__(f"{{asctime}} {{levelname}} {{name}} [{names}] {{message}}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


class JsonLines(JsonFormatter):
    """For programs that collect logs: an object to a line, always of the same fields.

    What a library hangs on its records is left out: Django's hold the request, and so its path.
    """

    FIELDS = ("asctime", "levelname", "name", *(f"of_{name}" for name in NAMES), "message")
    KEPT = {*FIELDS, "exc_info", "stack_info"}

    def __init__(self) -> None:
        super().__init__(self.FIELDS)

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        kept = {name: value for name, value in log_data.items() if name in self.KEPT}
        return {name.removeprefix("of_"): value for name, value in kept.items()}

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))
