"""Components: what they refuse, and what they say to those who see and those who do not."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory

from dm_portal.shell.components import Sentence, Shape
from dm_portal.shell.tags.places import page_words
from dm_portal.shell.tags.words import browser
from dm_portal.shell.templatetags.portal import register
from dm_portal.shell.wording import plural

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def render(source: str, **context: Any) -> str:
    return Template("{% load portal %}" + source).render(Context(context))


def usage(name: str) -> str:
    """The tag with an argument that no component has."""
    return f"{{% {name} nonsense='1' %}}"


@pytest.mark.parametrize("name", sorted(register.tags))
def test_an_unknown_argument_is_refused_when_the_page_is_compiled(name: str) -> None:
    closing = f"{{% end{name} %}}"
    with pytest.raises(TemplateSyntaxError, match="unexpected keyword argument 'nonsense'"):
        Template("{% load portal %}" + usage(name) + closing)


@pytest.mark.parametrize(
    "source",
    [
        '{% shape "purple" %}',
        '{% shape "on_track" size="huge" %}',
        '{% notice kind="loud" %}{% endnotice %}',
        '{% empty_state kind="sad" title="x" %}{% endempty_state %}',
        '{% ribbon kind="pink" %}{% endribbon %}',
        '{% action_button "x" url="/" kind="shiny" %}{% endaction_button %}',
    ],
)
def test_a_value_outside_the_closed_list_is_refused(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        render(source)


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ("on_track", "On track"),
        ("amber", "At risk"),
        (Shape.OFF_TRACK, "Off track"),
        ("unknown", "Not known"),
    ],
)
def test_a_shape_always_has_its_word(value: str, word: str) -> None:
    assert f">{word}</span>" in render("{% shape value %}", value=value)
    assert f">{word}</span>" in render("{% shape value hide_word=True %}", value=value)


def test_every_shape_has_its_own_form() -> None:
    forms = {render("{% include 'components/shape_mark.html' %}", status=each) for each in Shape}
    assert len(forms) == len(Shape)


def test_the_worst_of_the_known_is_a_maximum() -> None:
    mixed = [Shape.NOT_KNOWN, Shape.AT_RISK, Shape.ON_TRACK]
    assert max(mixed, key=lambda each: each.rank) is Shape.AT_RISK


@time_machine.travel(NOON)
def test_dates_carry_what_machines_read_and_no_space_around_them() -> None:
    assert render("({% date day %})", day=date(2026, 11, 13)) == (
        '(<time datetime="2026-11-13" title="Friday 2026-11-13">Fri 13 Nov</time>)'
    )
    assert 'title="2026-11-23 13:00:00 Europe/Berlin (UTC+01:00)"' in render(
        '{% instant at zone="Europe/Berlin" %}', at=NOON
    )
    assert "in 2 days" in render("{% relative day %}", day=date(2026, 11, 25))
    assert "3–9 Dec" in render("{% date_range a b %}", a=date(2026, 12, 3), b=date(2026, 12, 9))
    assert "just now" in render("{% age at %}", at=NOON)


@pytest.mark.parametrize("tag", ["date", "relative", "instant", "age"])
def test_a_missing_date_says_so(tag: str) -> None:
    assert render(f"{{% {tag} None missing='not yet' %}}") == '<span class="missing">not yet</span>'


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(41, 52, "41 of 52 items (79 %)"), (0, 0, "0 of 0 items"), (1, 3, "1 of 3 items (33 %)")],
)
def test_a_share_never_stands_alone(part: int, whole: int, words: str) -> None:
    assert render('{% share a b unit="items" %}', a=part, b=whole) == words


def test_a_fact_without_a_value_is_not_known_and_zero_is_a_value() -> None:
    assert "Not known: no source" in render('{% fact "Open" None missing="no source" %}')
    assert ">0</dd>" in render('{% fact "Open" 0 %}')


def test_content_of_a_component_is_escaped_once() -> None:
    html = render("{% notice title=text %}<p>{{ text }}</p>{% endnotice %}", text="<b>")
    assert html.count("&lt;b&gt;") == 2
    assert "&amp;lt;" not in html


def test_a_component_sees_its_arguments_and_nothing_else() -> None:
    assert "secret" not in render("{% empty_state title='x' %}{% endempty_state %}", kind="secret")


def test_sentences_may_be_plain() -> None:
    html = render("{% sentence_list items %}", items=["One.", Sentence("Two.", "red", "/two/")])
    assert "<span>One.</span>" in html
    assert '<a href="/two/">Two.</a>' in html


def test_progress_ends_where_there_is_nothing_to_ask() -> None:
    running = render('{% progress "Reading" done=412 total=739 poll_url="/p/" %}')
    assert "412 of 739 rows (56 %)" in running
    assert 'hx-trigger="every 2s"' in running
    assert "hx-" not in render('{% progress "Read" done=739 total=739 %}')
    assert "value=" not in render('{% progress "Reading" done=3 total=None %}')


def test_a_page_reloads_itself_by_its_head() -> None:
    assert '<meta http-equiv="refresh" content="5">' in render("{% refresh seconds=5 %}")


def test_an_action_is_a_form_with_its_token() -> None:
    html = render(
        '{% action_button "Publish" url="/p/" kind="primary" %}{% endaction_button %}',
        csrf_token="abc",
    )
    assert '<input type="hidden" name="csrfmiddlewaretoken" value="abc">' in html
    assert 'method="post" action="/p/"' in html


def test_a_code_for_a_camera_says_what_it_is() -> None:
    html = render('{% qr_code "otpauth://totp/x" label="The secret" %}')
    assert 'role="img" aria-label="The secret"' in html
    assert "M0 0h1v1h-1z" in html  # the corner of a finder pattern is dark


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
                "HeadlessChrome/156.0 Safari/537.36"
            ),
            "Chrome on Linux",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/145.0", "Firefox on Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604",
            "Safari on an iPhone",
        ),
        ("Firefox/1", "Firefox"),
        ("curl/8.5", "curl/8.5"),
        ("", "A browser that does not say its name"),
    ],
)
def test_a_session_names_its_browser(header: str, words: str) -> None:
    assert browser(header) == words


@pytest.mark.parametrize(
    ("rows", "asked", "words"),
    [
        (1, 1, "1 blocker"),
        (3, 1, "3 blockers"),
        (7, 1, "1–5 of 7 blockers"),
        (6, 2, "6 of 6 blockers"),
    ],
)
def test_a_page_says_how_many_there_are(rows: int, asked: int, words: str) -> None:
    page = Paginator(range(rows), 5).page(asked)
    assert page_words(page, "blocker") == words


def test_only_what_has_other_pages_leads_to_them() -> None:
    template = "{% pagination page noun='person' %}"
    request = RequestFactory().get("/people/")
    html = [render(template, page=Paginator("abc", n).page(1), request=request) for n in (2, 3)]
    assert ['aria-label="Pages of people"' in each for each in html] == [True, False]
    assert '<p class="pagination">3 people</p>' in html[1]


@pytest.mark.parametrize(
    ("noun", "several"),
    [("item", "items"), ("criterion", "criteria"), ("entry", "entries"), ("status", "statuses")],
)
def test_several_have_their_own_word(noun: str, several: str) -> None:
    assert plural(noun) == several
