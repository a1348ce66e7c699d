"""The components every page is made of: ``{% load portal %}``.

Each tag is a Python function with keyword arguments, so a template that misspells one fails when
it is compiled, and a value outside a closed list fails when it is rendered. Tags that end in
``{% end… %}`` wrap what stands between. `/gallery/` shows each in every state.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date as Date
from datetime import datetime
from functools import wraps
from zoneinfo import ZoneInfo

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from dm_portal.shell import dates
from dm_portal.shell.clock import now, today
from dm_portal.shell.components import Crumb, Sentence, Shape, Tab
from dm_portal.shell.fields import field_kind, optional, summary_errors
from dm_portal.shell.lists import Listing, page_links
from dm_portal.shell.pictures import BurnUp, Timeline

register = template.Library()

NOTICES = ("info", "good", "warn", "bad")
STATES = ("empty", "loading", "failed", "forbidden")
RIBBONS = ("read_only", "view_as")
BUTTONS = ("normal", "primary", "quiet", "danger")
SIZES = ("", "large")


def one_of(name: str, value: str, allowed: Iterable[str]) -> str:
    """``value``, or a TemplateSyntaxError naming what the component accepts."""
    if value not in allowed:
        choices = ", ".join(repr(choice) for choice in allowed)
        raise template.TemplateSyntaxError(f"{name} must be one of {choices}, not {value!r}")
    return value


def inline_tag(template_name: str) -> Callable:
    """An inclusion tag for the middle of a sentence: no white space before or after it.

    What it returns was escaped by its template; stripping it only loses the mark.
    """

    def decorate(func: Callable[..., dict]) -> Callable[..., dict]:
        @wraps(func)
        def tag(*args: object, **kwargs: object) -> SafeString:
            return SafeString(render_to_string(template_name, func(*args, **kwargs)).strip())

        register.simple_tag(tag)
        return func

    return decorate


def shape_of(status: str) -> Shape:
    """The Shape of a shape's or a colour's name; anything else is a mistake in the page."""
    try:
        return Shape(status)
    except ValueError as error:
        raise template.TemplateSyntaxError(f"no shape is called {status!r}") from error


def render_around(context: Context, template_name: str, **arguments: object) -> SafeString:
    """Render a component that wraps other markup; it sees its arguments and nothing else."""
    found = context.template.engine.get_template(template_name)
    inner = context.new(arguments)
    if "csrf_token" in context:
        inner["csrf_token"] = context["csrf_token"]
    return found.render(inner)


def _zone(zone: ZoneInfo | str | None) -> ZoneInfo:
    if isinstance(zone, str):
        return ZoneInfo(zone)
    return zone or ZoneInfo(timezone.get_current_timezone_name())


# What is so: status, dates, figures


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
def date(value: Date | None, *, missing: str = "no date") -> dict:
    """A calendar date: "Fri 13 Nov", the year only when it is not this one."""
    day = today(_zone(None).key)
    return {
        "value": value,
        "words": dates.day_words(value, today=day) if value else "",
        "title": f"{value:%A} {value.isoformat()}" if value else "",
        "missing": missing,
    }


@inline_tag("components/date.html")
def date_range(first: Date, last: Date) -> dict:
    """An expected range of dates: "2–8 Dec"."""
    words = dates.range_words(first, last, today=today(_zone(None).key))
    return {"value": first, "words": words, "title": f"{first.isoformat()} to {last.isoformat()}"}


@inline_tag("components/instant.html")
def instant(
    value: datetime | None, *, zone: ZoneInfo | str | None = None, missing: str = "never"
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
def relative(value: Date | None, *, missing: str = "no date") -> dict:
    """How far a date is, in calendar days: "in 3 days", "tomorrow", "2 weeks ago"."""
    day = today(_zone(None).key)
    return {
        "value": value,
        "words": dates.relative_words(value, today=day) if value else "",
        "title": f"{value:%A} {value.isoformat()}" if value else "",
        "missing": missing,
    }


@inline_tag("components/instant.html")
def age(value: datetime | None, *, missing: str = "never") -> dict:
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
    as_of: datetime | None = None,
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


@register.inclusion_tag("components/sentence_list.html")
def sentence_list(items: Iterable[Sentence | str], *, label: str = "") -> dict:
    """Sentences, one per line, each with its shape, note and link, if any."""
    ready = [item if isinstance(item, Sentence) else Sentence(item) for item in items]
    return {"items": ready, "label": label}


# Where one is


@register.simple_block_tag(takes_context=True)
def page_header(
    context: Context,
    content: str,
    title: str,
    *,
    lead: str = "",
    status: str = "",
    crumbs: Sequence[Crumb] = (),
) -> str:
    """The head of a page: crumbs, title with shape, lead; between the tags meta and actions."""
    return render_around(
        context,
        "components/page_header.html",
        content=content,
        title=title,
        lead=lead,
        status=status,
        crumbs=crumbs,
    )


@register.simple_block_tag(takes_context=True)
def actions(context: Context, content: str) -> str:
    """Links and buttons in one row; inside a page header they go to its end."""
    return render_around(context, "components/actions.html", content=content)


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(crumbs: Sequence[Crumb]) -> dict:
    """The way to this page; the page itself is its heading, not a crumb."""
    return {"crumbs": crumbs}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Sequence[Tab], *, label: str) -> dict:
    """Sibling pages as links; ``label`` names the group for screen readers."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page, *, noun: str = "rows") -> dict:
    """Earlier and later pages, keeping the filter of the URL; ``noun`` is what is counted."""
    return {"page": page, "links": page_links(context["request"], page), "noun": noun}


# What is said to the reader


@register.simple_block_tag(takes_context=True)
def notice(context: Context, content: str, *, kind: str = "info", title: str = "") -> str:
    """Something to know: info, good, warn or bad."""
    one_of("kind", kind, NOTICES)
    return render_around(context, "components/notice.html", content=content, kind=kind, title=title)


@register.simple_block_tag(takes_context=True)
def empty_state(context: Context, content: str, *, title: str, kind: str = "empty") -> str:
    """In the place of what is not there: empty (teaches the first step), loading, failed, forbidden."""
    one_of("kind", kind, STATES)
    return render_around(
        context, "components/empty_state.html", content=content, kind=kind, title=title
    )


@register.simple_block_tag(takes_context=True)
def ribbon(context: Context, content: str, *, kind: str) -> str:
    """How the whole page is to be read: read_only, or view_as (as the customer sees it)."""
    one_of("kind", kind, RIBBONS)
    return render_around(context, "components/ribbon.html", content=content, kind=kind)


@register.simple_block_tag(takes_context=True)
def disclosure(context: Context, content: str, summary: str, *, opened: bool = False) -> str:
    """Something one click away (``<details>``)."""
    return render_around(
        context, "components/disclosure.html", content=content, summary=summary, opened=opened
    )


@register.inclusion_tag("components/progress.html")
def progress(
    label: str,
    *,
    done: int,
    total: int | None,
    unit: str = "rows",
    poll_url: str = "",
    note: str = "",
) -> dict:
    """Long work: a bar, "412 of 739 rows (56 %)"; polls ``poll_url`` until it is left out.

    ``total`` None means that the end is not known yet. Without JavaScript the page reloads
    itself when its ``refresh`` block holds ``{% refresh seconds=5 %}``.
    """
    return {
        "label": label,
        "done": done,
        "total": total,
        "words": progress_words(done, total, unit),
        "poll_url": poll_url,
        "note": note,
    }


def progress_words(done: int, total: int | None, unit: str) -> str:
    """ "412 of 739 rows (56 %)"; without a known end what is done so far, if anything."""
    if total:
        return share(done, total, unit=unit)
    return f"{done} {unit} so far" if done else "Working"


@register.inclusion_tag("components/refresh.html")
def refresh(*, seconds: int) -> dict:
    """Reload this page after ``seconds``; for the ``refresh`` block while work is running."""
    return {"seconds": seconds}


# Tables


@register.simple_block_tag(takes_context=True)
def table(context: Context, content: str, *, caption: str, hide_caption: bool = False) -> str:
    """A table of one's own ``<thead>`` and ``<tbody>`` (give every ``<th>`` a scope)."""
    return render_around(
        context,
        "components/table.html",
        content=content,
        caption=caption,
        hide_caption=hide_caption,
    )


@register.simple_block_tag(takes_context=True)
def list_table(context: Context, content: str, listing: Listing, *, noun: str = "rows") -> str:
    """A ``Listing`` with its pages and its CSV; between the tags what to say when it is empty."""
    return render_around(
        context,
        "components/list_table.html",
        content=content,
        listing=listing,
        noun=noun,
    )


@inline_tag("components/cell.html")
def cell(cell: object) -> dict:
    """One cell of a ``Listing``, written as its column's kind asks."""
    return {"cell": cell}


@register.inclusion_tag("components/filter_bar.html")
def filter_bar(listing: Listing, *, label: str = "Filter") -> dict:
    """The filter of a list as a GET form: what is chosen stands in the URL."""
    return {"listing": listing, "form": listing.filter_form, "label": label}


# Forms


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: BaseForm, *, takes_focus: bool = True) -> dict:
    """Everything wrong with a form, linked to its fields; takes focus. Nothing when all is well."""
    return {"errors": summary_errors(form), "takes_focus": takes_focus}


@register.inclusion_tag("components/conflict.html")
def conflict(form: BaseForm, *, takes_focus: bool = True) -> dict:
    """Theirs beside yours, when somebody else saved first; nothing otherwise."""
    return {"conflict": getattr(form, "conflict", None), "takes_focus": takes_focus}


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField,
    *,
    hint: str = "",
    label: str = "",
    hide_label: bool = False,
    mark_optional: bool = True,
    width: str = "",
) -> dict:
    """One field: label, hint, error, input. ``width`` is "", "short" or "full"."""
    one_of("width", width, ("", "short", "full"))
    if hint:
        bound.help_text = hint
    return {
        "field": bound,
        "kind": field_kind(bound),
        "label": label or bound.label,
        "optional": mark_optional and optional(bound),
        "hide_label": hide_label,
        "width": width,
    }


@register.inclusion_tag("components/form_fields.html")
def form_fields(form: BaseForm) -> dict:
    """Every field of a form, hidden ones included, in its own order."""
    return {"form": form}


@register.simple_block_tag(takes_context=True)
def form(
    context: Context,
    content: str,
    form: BaseForm,
    *,
    submit: str,
    action: str = "",
    cancel_url: str = "",
    warn_unsaved: bool = True,
    takes_focus: bool = True,
) -> str:
    """A whole POST form: error summary, conflict, fields, submit and cancel.

    What stands between the tags replaces the list of fields; the hidden ones come by themselves.
    """
    return render_around(
        context,
        "components/form.html",
        content=content if content.strip() else "",
        form=form,
        submit=submit,
        action=action,
        cancel_url=cancel_url,
        warn_unsaved=warn_unsaved,
        takes_focus=takes_focus,
    )


@register.simple_block_tag(takes_context=True)
def action_button(
    context: Context,
    content: str,
    label: str,
    *,
    url: str,
    kind: str = "normal",
    disabled: bool = False,
) -> str:
    """A button that does something: its own POST form. Hidden inputs may stand between the tags."""
    one_of("kind", kind, BUTTONS)
    return render_around(
        context,
        "components/action_button.html",
        content=content,
        label=label,
        url=url,
        kind=kind,
        disabled=disabled,
    )


# Pictures


@register.inclusion_tag("components/timeline.html")
def timeline(picture: Timeline) -> dict:
    """Milestones on a line of time, with the table one click away."""
    return {"picture": picture}


@register.inclusion_tag("components/burn_up.html")
def burn_up(picture: BurnUp) -> dict:
    """Scope and done, week by week, with the table one click away."""
    return {"picture": picture}
