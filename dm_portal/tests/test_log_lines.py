"""What the log says of each request and each piece of work, and that no secret is in it."""

import io
import json
import logging
import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from dm_portal.people.models import OutgoingMail, User
from dm_portal.people.services import invite_internal
from dm_portal.shell import attempts
from dm_portal.shell.log_lines import JsonLines, PlainLines, about
from engagements.models import Engagement

PASSWORD = "correct horse battery staple"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the portal's own handler writes meanwhile, as in production."""
    [handler] = [each for each in logging.getLogger().handlers if each.name == "stderr"]
    assert isinstance(handler, logging.StreamHandler)
    before, formatter = handler.setStream(written := io.StringIO()), handler.formatter
    handler.setFormatter(JsonLines())
    yield written
    handler.setStream(before)
    handler.setFormatter(formatter)


def lines(log: io.StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_request_is_a_line_with_who_asked_and_what_about(
    client: Client, manager: User, engagement: Engagement, log: io.StringIO
) -> None:
    client.force_login(manager)
    answer = client.get(
        reverse("milestone_list", args=[engagement.ref]), headers={"X-Request-ID": "proxy-0123"}
    )
    [line] = lines(log)
    took = re.fullmatch(r"GET milestone_list: 200 in (\d+) ms", line.pop("message"))
    assert took
    assert int(took[1]) < 60_000
    assert line.pop("asctime").startswith("20")
    assert line == {
        "levelname": "INFO",
        "name": "dm_portal.requests",
        "request": "proxy-0123",
        "person": manager.ref,
        "reference": engagement.ref,
    }
    assert answer["X-Request-ID"] == "proxy-0123"


def test_a_line_names_nobody_where_nobody_signed_in_and_nothing_of_another_request(
    client: Client, manager: User, log: io.StringIO
) -> None:
    client.get(reverse("account_login"))
    client.force_login(manager)
    client.get("/nowhere/")
    client.logout()
    client.get(reverse("account_login"))
    told = [(line["person"], line["reference"]) for line in lines(log)]
    assert told == [("-", "-")] * 3
    assert len({line["request"] for line in lines(log)}) == 3


def test_probes_leave_no_line(client: Client, db: None, log: io.StringIO) -> None:
    client.get("/healthz")
    assert log.getvalue() == ""


def test_an_attempt_that_fails_is_told_with_what_it_is_about(log: io.StringIO) -> None:
    class Attempt(attempts.Attempt):
        def give_back(self, error: str) -> None:
            pass

    with pytest.raises(ValueError, match="seven"), about("abc/2026-W47"), Attempt():
        raise ValueError("seven")
    [line] = lines(log)
    assert (line["reference"], line["message"]) == (
        "abc/2026-W47",
        "An attempt failed: ValueError: seven",
    )


def test_too_little_memory_ends_the_attempt_and_no_worker() -> None:
    given_back = []

    class Attempt(attempts.Attempt):
        def give_back(self, error: str) -> None:
            given_back.append(error)

    with pytest.raises(attempts.OutOfMemory), Attempt():
        raise MemoryError
    assert given_back[0].endswith("MemoryError\n")


def test_an_error_is_one_line_with_its_traceback(log: io.StringIO) -> None:
    try:
        raise ValueError("/invitations/abcdefghijklmnop/ is no place")
    except ValueError:
        logging.getLogger("dm_portal").exception("It failed.")
    [line] = lines(log)
    assert line["exc_info"].endswith("ValueError: /invitations/***/ is no place")


def test_a_line_for_people_has_the_same_names() -> None:
    record = logging.makeLogRecord({"msg": "Hello", "levelname": "INFO", "name": "x"})
    for name in ("request", "person", "reference"):
        setattr(record, f"of_{name}", name[0])
    assert PlainLines().format(record).endswith(" INFO x [r p r] Hello")


def letter_to(user: User) -> str:
    """The last letter's text."""
    return OutgoingMail.objects.filter(recipient=user.email).latest("pk").text


def test_no_secret_is_in_the_log(client: Client, admin: User, log: io.StringIO) -> None:
    """An invitation, a wrong and a right password, a reset and a broken page."""
    invitation = invite_internal(email="nora@internal.example", name="Nora", by=admin)
    nora = invitation.user
    accept = reverse("invitation_accept", args=[invitation.token])
    client.get(accept)
    client.post(accept, {"password1": PASSWORD, "password2": PASSWORD, "password": PASSWORD})
    client.post(accept, {"again": PASSWORD, "password": PASSWORD})
    nora.refresh_from_db()
    assert nora.check_password(PASSWORD)
    client.logout()
    for tried in (f"{PASSWORD}!", PASSWORD):
        client.post(reverse("account_login"), {"login": nora.email, "password": tried})
    session = client.cookies["sessionid"].value
    assert session
    client.get("/", {"token": PASSWORD})
    client.post(reverse("account_reset_password"), {"email": nora.email})
    [link] = re.findall(r"/accounts/password/reset/key/\S+", letter_to(nora))
    client.get(link)
    client.get(f"{link}x/")
    csrf = client.cookies["csrftoken"].value
    said = log.getvalue()
    assert len(lines(log)) > 8
    for secret in (invitation.token, PASSWORD, "battery", session, csrf, link.rstrip("/")[-20:]):
        assert secret not in said
