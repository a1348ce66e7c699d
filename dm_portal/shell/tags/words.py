"""Tags for what is said to the reader: notices, states, progress."""

from django.template import Context

from dm_portal.shell import marked
from dm_portal.shell.tags import one_of, register, render_around
from dm_portal.shell.tags.status import share
from dm_portal.shell.wording import abridged

NOTICES = ("info", "good", "warn", "bad")
STATES = ("empty", "loading", "failed", "forbidden")
RIBBONS = ("read_only", "view_as")

# How browsers and systems call themselves; most claim to be others, too: the first that fits.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "Chrome/": "Chrome",
    "CriOS/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "iPhone": "an iPhone",
    "iPad": "an iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


@register.filter(name="abridged")
def abridged_filter(text: object) -> str:
    """A text of any length as a list shows it; nothing of what is not there."""
    return abridged(str(text or ""))


@register.filter(name="marked")
def marked_filter(text: object) -> str:
    """Paragraphs that somebody wrote in Markdown, on a page."""
    return marked.to_html(str(text or ""))


@register.filter
def marked_line(text: object) -> str:
    """The same within a paragraph of ours."""
    return marked.to_html(str(text or ""), in_line=True)


@register.filter
def marked_letter(text: object) -> str:
    """Paragraphs in a letter, whose links lead to the portal alone."""
    return marked.to_html(str(text or ""), links=False)


@register.filter
def marked_letter_line(text: object) -> str:
    """The same within a paragraph of a letter."""
    return marked.to_html(str(text or ""), in_line=True, links=False)


@register.filter
def marked_text(text: object) -> str:
    """The same in a letter of text."""
    return marked.to_text(str(text or ""))


@register.filter
def browser(user_agent: str) -> str:
    """ "Firefox on Windows": what a session's header says of itself, as people say it."""
    name = next((said for mark, said in BROWSERS.items() if mark in user_agent), "")
    system = next((said for mark, said in SYSTEMS.items() if mark in user_agent), "")
    if not name:
        return user_agent[:60] or "A browser that does not say its name"
    return f"{name} on {system}" if system else name


@register.simple_block_tag(takes_context=True)
def notice(context: Context, content: str, *, kind: str = "info", title: str = "") -> str:
    """Something to know: info, good, warn or bad."""
    one_of("kind", kind, NOTICES)
    return render_around(context, "components/notice.html", content=content, kind=kind, title=title)


@register.simple_block_tag(takes_context=True)
def empty_state(context: Context, content: str, *, title: str, kind: str = "empty") -> str:
    """In the place of what is not there: empty (teaches), loading, failed or forbidden."""
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
    """ "412 of 739 rows (56 %)"; without a known end only "412 rows"."""
    return share(done, total, unit=unit) if total else f"{done} {unit}"


@register.inclusion_tag("components/refresh.html")
def refresh(*, seconds: int) -> dict:
    """Reload this page after ``seconds``; for the ``refresh`` block while work is running."""
    return {"seconds": seconds}
