"""Tags for where one is: headers, crumbs, tabs, pages of a list."""

from collections.abc import Sequence

from django.core.paginator import Page
from django.template import Context

from dm_portal.shell.components import Crumb, Tab, Turn
from dm_portal.shell.lists import page_links
from dm_portal.shell.tags import register, render_around
from dm_portal.shell.wording import count, plural


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


@register.inclusion_tag("components/weeks.html")
def weeks(earlier: Turn | None, later: Turn | None) -> dict:
    """The weeks before and after as links, which the arrow keys follow too."""
    return {"earlier": earlier, "later": later}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page, *, noun: str = "row") -> dict:
    """Earlier and later pages, keeping the filter of the URL; ``noun`` is one of them."""
    return {"page": page, "links": page_links(context["request"], page), "noun": noun}


@register.filter
def page_words(page: Page, noun: str) -> str:
    """ "26–50 of 156 items", "26 of 26 items"; where one page holds them all only "1 item"."""
    all_of_them = count(page.paginator.count, noun)
    if not page.has_other_pages():
        return all_of_them
    first, last = page.start_index(), page.end_index()
    return f"{first}{f'–{last}' if last > first else ''} of {all_of_them}"


@register.filter(name="plural")
def plural_of(noun: str) -> str:
    """What several of them are called."""
    return plural(noun)
