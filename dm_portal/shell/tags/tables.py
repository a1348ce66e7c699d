"""Tags for lists, tables and pictures."""

from django.template import Context
from django.utils.html import conditional_escape

from dm_portal.shell.lists import Cell, Listing
from dm_portal.shell.pictures import Bars, BurnUp, Law, Timeline
from dm_portal.shell.pictures.qr_code import modules_path
from dm_portal.shell.tags import inline, register, render_around

# Most cells are a few words and nothing else, of which their template would say no more.
WORDS = ("text", "number")


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
def cell(cell: Cell) -> str:
    """One cell of a ``Listing``, written as its column's kind asks."""
    value = cell.value
    if isinstance(value, str) and value and cell.kind in WORDS and not (cell.url or cell.note):
        return conditional_escape(value).strip()
    return inline("components/cell.html", {"cell": cell})


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
