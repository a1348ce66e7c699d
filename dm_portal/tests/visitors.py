"""Real requests as an actor of the world, each on its own: what one changes is rolled back."""

from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from dm_portal.tests.access_matrix import NOT_SIGNED_IN, Rule
from dm_portal.tests.world import Side, World

BACKEND = "dm_portal.people.backends.EmailBackend"


POLICY = {
    "default-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


# Of a letter's HTML, shown in a frame of our own pages: it may have a style, and nothing else.
IN_A_FRAME = {
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
    "sandbox",
}
FRAMED = {"outbox_html", "letter_html"}


def unprotected(response: Any, *, is_framed: bool = False) -> list[str]:
    """Which of the headers are missing or weaker."""
    policy = {part.strip() for part in response.get("Content-Security-Policy", "").split(";")}
    found = [f"policy {policy}"] if policy != (IN_A_FRAME if is_framed else POLICY) else []
    wanted = HEADERS | ({"X-Frame-Options": "SAMEORIGIN"} if is_framed else {})
    return found + [name for name, value in wanted.items() if response.get(name) != value]


def is_personal(answer: Any) -> bool:
    """No cache between us gives it to somebody else."""
    varies = {each.strip() for each in answer.get("Vary", "").split(",")}
    return "Cookie" in varies and "public" not in answer.get("Cache-Control", "")


@dataclass
class Visitor:
    """Somebody's browser. A crash is a 500, as it would be for them."""

    world: World
    actor: str
    client: Client
    cookies: SimpleCookie

    def ask(
        self, method: str, url: str, data: dict[str, Any] | None = None, **extra: Any
    ) -> HttpResponseBase:
        """Answer of one request, as if it had been the only one."""
        self.client.cookies = SimpleCookie(self.cookies.output(header="", sep=";"))
        send = getattr(self.client, method.lower())
        if method == "GET":  # writes nothing
            return send(url, data, **extra)
        with transaction.atomic():
            response = send(url, data, **extra)
            transaction.set_rollback(True)
        return response

    def visit(self, name: str, rule: Rule, method: str, side: Side) -> HttpResponseBase:
        """The request of one cell of the matrix."""
        data = rule.data(self.world) if method == "POST" else None
        return self.ask(method, reverse(name, kwargs=rule.at(side)), data)


def visitor(world: World, actor: str, **options: Any) -> Visitor:
    """The browser of an actor who has signed in, if they may."""
    client = Client(raise_request_exception=False, **options)
    if actor != "anonymous":
        client.force_login(world.actors[actor], backend=BACKEND)
    return Visitor(world, actor, client, client.cookies)


def is_signed_in(actor: str) -> bool:
    return actor not in NOT_SIGNED_IN
