"""Tags for lists, tables and pictures."""

from collections.abc import Sequence
from typing import Any

from django.template import Context
from django.utils.formats import localize
from django.utils.html import conditional_escape, format_html, format_html_join

from dm_portal.shell.lists import Cell, Listing
from dm_portal.shell.pictures import Bars, BurnUp, Law, Timeline
from dm_portal.shell.pictures.qr_code import modules_path
from dm_portal.shell.tags import inline, register, render_around
from dm_portal.shell.tags.status import date, instant, shape


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
def list_table(context: Context, content: str, listing: Listing, *, noun: str = "row") -> str:
    """A ``Listing`` with its pages and its CSV; between the tags what to say when it is empty."""
    return render_around(
        context,
        "components/list_table.html",
        content=content,
        listing=listing,
        noun=noun,
    )


@register.simple_tag
def list_row(cells: Sequence[Cell]) -> str:
    """The cells of one row of a ``Listing``, the first as its header.

    Written here and not by a template: a page has hundreds of cells, and each would ask a dozen
    questions of it.
    """
    first, *others = cells
    head = '<th scope="row" role="rowheader" class="cell--{}">{}</th>{}'
    other = '<td role="cell" class="cell--{}" data-label="{}">{}</td>'
    rest = format_html_join("", other, ((each.kind, each.label, _said(each)) for each in others))
    return format_html(head, first.kind, _said(first), rest)


@register.simple_tag
def cell(cell: Cell) -> str:
    """What stands in one cell of a ``Listing``, written as its column's kind asks."""
    return _said(cell)


def _said(cell: Cell) -> str:
    """What stands in a cell: the value as its kind asks, a link where there is one, a note."""
    said = _value(cell)
    if cell.url:
        said = format_html('<a href="{}">{}</a>', cell.url, said)
    if cell.note:
        said = format_html('{}<span class="cell__note">{}</span>', said, cell.note)
    return said


def _value(cell: Cell) -> str:
    value: Any = cell.value
    if value is None or value == "":
        dash = " missing--dash" if cell.missing == "—" else ""
        return format_html('<span class="missing{}">{}</span>', dash, cell.missing)
    if cell.kind == "date":
        return inline("components/date.html", date(value))
    if cell.kind == "instant":
        return inline("components/instant.html", instant(value))
    if cell.kind == "shape":
        return inline("components/shape.html", shape(value))
    return conditional_escape(localize(value))


@register.inclusion_tag("components/filter_bar.html")
def filter_bar(listing: Listing, *, label: str = "Filter") -> dict:
    """The filter of a list as a GET form: what is chosen stands in the URL."""
    return {"listing": listing, "form": listing.filter_form, "label": label}


@register.inclusion_tag("components/timeline.html")
def timeline(picture: Timeline) -> dict:
    """Milestones on a line of time, with the table one click away."""
    return {"picture": picture}


@register.inclusion_tag("components/qr_code.html")
def qr_code(text: str, *, label: str) -> dict:
    """``text`` as a picture for a camera; ``label`` says what it is for."""
    side, path = modules_path(text)
    return {"side": side, "path": path, "label": label}


@register.inclusion_tag("components/burn_up.html")
def burn_up(picture: BurnUp) -> dict:
    """Scope and done, week by week, with the table one click away."""
    return {"picture": picture}


@register.inclusion_tag("components/bars.html")
def bars(picture: Bars) -> dict:
    """One number a week, with the table one click away."""
    return {"picture": picture}


@register.inclusion_tag("components/law.html")
def law(picture: Law) -> dict:
    """The chance to be done, week by week, with the table one click away."""
    return {"picture": picture}
