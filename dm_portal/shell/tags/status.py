"""Tags for what is so: how something stands, dates, figures."""

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django import template
from django.template import Context
from django.utils import timezone

from dm_portal.shell import dates
from dm_portal.shell.clock import now, today
from dm_portal.shell.components import Basis, Sentence, Shape
from dm_portal.shell.tags import inline_tag, one_of, register, render_around

SIZES = ("", "large")


def shape_of(status: str) -> Shape:
    """The Shape of a shape's or a colour's name; anything else is a mistake in the page."""
    try:
        return Shape(status)
    except ValueError as error:
        raise template.TemplateSyntaxError(f"no shape is called {status!r}") from error


def _zone(zone: ZoneInfo | str | None) -> ZoneInfo:
    if isinstance(zone, str):
        return ZoneInfo(zone)
    return zone or ZoneInfo(timezone.get_current_timezone_name())


@inline_tag("components/shape.html")
def shape(status: str, *, word: str = "", size: str = "", hide_word: bool = False) -> dict:
    """How something stands: a Shape (on_track, at_risk, off_track, not_known) or a Colour.

    ``word`` replaces the standard word; ``hide_word`` leaves it to screen readers and the
    tooltip (rail only); ``size`` is "" or "large".
    """
    known = shape_of(status)
    one_of("size", size, SIZES)
    return {
        "status": known.value,
        "word": word or known.word,
        "size": size,
        "hide_word": hide_word,
    }


@inline_tag("components/date.html")
def date(value: dt.date | None, *, missing: str = "no date") -> dict:
    """A calendar date: "Fri 13 Nov", the year only when it is not this one."""
    day = today(_zone(None).key)
    return {
        "value": value,
        "words": dates.day_words(value, today=day) if value else "",
        "title": f"{value:%A} {value.isoformat()}" if value else "",
        "missing": missing,
    }


@inline_tag("components/date.html")
def date_range(first: dt.date, last: dt.date) -> dict:
    """An expected range of dates: "2–8 Dec"."""
    words = dates.range_words(first, last, today=today(_zone(None).key))
    return {"value": first, "words": words, "title": f"{first.isoformat()} to {last.isoformat()}"}


@inline_tag("components/instant.html")
def instant(
    value: dt.datetime | None, *, zone: ZoneInfo | str | None = None, missing: str = "never"
) -> dict:
    """An instant on the wall clock of ``zone`` (default: the reader's): "Fri 13 Nov, 15:00"."""
    local = _zone(zone)
    if value is None:
        return {"value": None, "missing": missing}
    return {
        "value": value,
        "words": dates.instant_words(value, zone=local, today=today(local.key)),
        "title": dates.instant_title(value, zone=local),
    }


@inline_tag("components/date.html")
def relative(value: dt.date | None, *, missing: str = "no date") -> dict:
    """How far a date is, in calendar days: "in 3 days", "tomorrow", "2 weeks ago"."""
    day = today(_zone(None).key)
    return {
        "value": value,
        "words": dates.relative_words(value, today=day) if value else "",
        "title": f"{value:%A} {value.isoformat()}" if value else "",
        "missing": missing,
    }


@inline_tag("components/instant.html")
def age(value: dt.datetime | None, *, missing: str = "never") -> dict:
    """How fresh something is: "4 minutes ago"."""
    if value is None:
        return {"value": None, "missing": missing}
    title = dates.instant_title(value, zone=_zone(None))
    return {"value": value, "words": dates.age_words(value, now=now()), "title": title}


@inline_tag("components/not_known.html")
def not_known(missing: str) -> dict:
    """A figure that cannot be told yet, and what it lacks: "need 8 weeks, have 3"."""
    return {"missing": missing}


@register.simple_tag
def share(part: int, whole: int, *, unit: str = "") -> str:
    """A share never stands alone: "41 of 52 items (79 %)"; of nothing there is no percentage."""
    counted = f"{part} of {whole}{f' {unit}' if unit else ''}"
    return f"{counted} ({round(100 * part / whole)} %)" if whole else counted


@register.simple_block_tag(takes_context=True)
def facts(context: Context, content: str) -> str:
    """A row of ``{% fact %}``."""
    return render_around(context, "components/facts.html", content=content)


@register.inclusion_tag("components/fact.html")
def fact(
    label: str,
    value: object = None,
    *,
    source: str = "",
    source_url: str = "",
    as_of: dt.datetime | None = None,
    missing: str = "",
) -> dict:
    """A figure with where it comes from and how fresh it is; None is "not known: <missing>"."""
    return {
        "label": label,
        "value": value,
        "known": value is not None and value != "",
        "source": source,
        "source_url": source_url,
        "as_of": as_of,
        "missing": missing,
    }


@register.inclusion_tag("components/basis.html")
def basis(sources: Iterable[Basis]) -> dict:
    """Under a group of figures: from which source, as of when, and what was left out."""
    return {"sources": list(sources)}


@register.inclusion_tag("components/sentence_list.html")
def sentence_list(items: Iterable[Sentence | str], *, label: str = "") -> dict:
    """Sentences, one per line, each with its shape, note and link, if any."""
    ready = [item if isinstance(item, Sentence) else Sentence(item) for item in items]
    return {"items": ready, "label": label}
