from email.header import decode_header, make_header
from email.utils import getaddresses

import pytest
from django.conf import settings
from hypothesis import given

from dm_portal.people import composing, letters, services
from dm_portal.people.models import OutgoingMail, User
from dm_portal.people.own_letters import OWN
from dm_portal.people.services.messages import message_of
from dm_portal.people.tests.letters import ADDRESS, NASTY, Read, example, foreign, words_of
from dm_portal.shell.clock import now

KINDS = sorted(letters.registered())


@pytest.mark.parametrize("kind", KINDS)
def test_text_and_html_say_the_same(kind):
    written = example(kind)
    assert sorted(Read(written.html).words) == sorted(words_of(written.text))


@pytest.mark.parametrize("kind", KINDS)
def test_every_link_leads_to_the_portal_and_stands_in_the_text_too(kind):
    written = example(kind)
    links = Read(written.html).links
    assert links
    assert [link for link in links if not link.startswith(f"{settings.BASE_URL}/")] == []
    assert {link.rstrip("/") for link in links} <= {
        address.rstrip(").,/") for address in ADDRESS.findall(written.text)
    }


@pytest.mark.parametrize("kind", KINDS)
def test_the_html_loads_nothing_and_runs_nothing(kind):
    html = example(kind).html
    assert Read(html).tags & {"img", "script", "link", "iframe", "form", "svg"} == set()
    assert "url(" not in html
    assert html.count("<table") <= 3


@pytest.mark.parametrize("kind", KINDS)
def test_the_style_stands_in_each_element_and_the_dark_one_above(kind):
    html = example(kind).html
    assert 'style="margin: 0;padding: 0;background-color: #f3f4f7;' in html
    assert "prefers-color-scheme: dark" in html
    assert "max-width: 600px" in html


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_letter_of_a_category(kind):
    written = example(kind)
    assert written.subject
    assert len(written.subject) < 100


def test_every_template_is_registered():
    names = {path.stem for path in (settings.BASE_DIR / "templates/mail").glob("*.txt")}
    assert names - {"base"} == set(KINDS)


def test_a_kind_is_registered_once():
    label, known = OWN["invitation"]
    letters.register("invitation", label, category="security", example=known)
    with pytest.raises(ValueError, match="registered twice"):
        letters.register("invitation", "Another", category="security", example=known)


def test_of_an_unknown_kind_nothing_is_known():
    assert letters.category_of("telegram") is None


# What names and titles smuggle in


@given(name=NASTY, scope=NASTY)
def test_no_name_adds_a_link_to_a_letter(name, scope):
    person = User(name=name, email="lena@northwind.example")
    values = dict(letters.registered()["invitation"].example())
    values["invitation"].scope = scope
    written = example("invitation", **values | {"person": person})
    assert foreign(written.text) == []
    assert foreign(written.html) == []
    read = Read(written.html)
    assert [link for link in read.links if not link.startswith(f"{settings.BASE_URL}/")] == []
    assert "script" not in read.tags
    assert not set(written.text) & (composing.DIRECTIONS | {"\x00", "\x1b", "\r"})


@given(subject=NASTY, name=NASTY)
def test_no_name_or_subject_adds_a_header_to_a_letter(subject, name):
    person = User(name=name, email="mara@portal.example")
    letter = OutgoingMail(
        recipient="lena@northwind.example",
        user=User(name=name, email="lena@northwind.example"),
        reply_to=person,
        subject=composing.one_line(subject),
        text="Text\n",
        html="<p>Text</p>",
        message_id="<x@portal.example>",
        created_at=now(),
    )
    message = message_of(letter).message()
    assert sorted(message.keys()) == sorted(
        [
            *("Content-Type", "MIME-Version", "Subject", "From", "To", "Reply-To"),
            *("Message-ID", "Date", "Auto-Submitted"),
        ]
    )
    head = message.as_bytes().partition(b"\n\n")[0]
    assert max(len(line) for line in head.split(b"\n")) < 998
    assert head.isascii()


def test_a_foreign_address_reads_the_same_and_is_no_link():
    said = composing.unlinked("see https://evil.example")
    assert said == "see https:\N{ZERO WIDTH NON-JOINER}//evil.example"


@pytest.mark.parametrize(
    "words",
    [
        "\u898b\u3066https://evil.example/x",
        "_https://evil.example",
        "2https://evil.example",
        "\u898b\u3066www.evil.example",
        "{base})@evil.example/x",
        "{base}<@evil.example",
        '{base}"x@evil.example',
        "{base}.evil.example",
    ],
)
def test_no_name_links_to_another_place(words: str) -> None:
    assert composing.BREAK in composing.unlinked(words.format(base=settings.BASE_URL))


@pytest.mark.parametrize("ending", ["", "/x", ".", " now", ")", '">mara@portal.example', "</a>"])
def test_the_portals_own_address_stays(ending: str) -> None:
    words = f"{settings.BASE_URL}{ending}"
    assert composing.unlinked(words) == words


def test_a_name_of_any_writing_arrives_as_it_is(db, manager):
    manager.name = "Žofie Müller, 田中"
    manager.save()
    letter = services.write_letter(
        "two_step_removed", to=manager.email, user=manager, context={"by": manager}
    )
    message = message_of(letter).message()
    [(name, address)] = getaddresses([message["To"]])
    decoded = str(make_header(decode_header(name)))
    assert (decoded, address) == ("Žofie Müller, 田中", manager.email)


def test_the_style_is_read_once_and_stands_in_each_element():
    composing._inliner.cache_clear()
    assert 'style="' in composing._inlined('<body><p class="quiet">Hello</p></body>')
    assert composing._inliner() is composing._inliner()
