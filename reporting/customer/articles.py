"""The article of a revision: rendered once, stored, and served as it was stored.

What is live stands beside it: the article has seams, comments that no browser shows, at each of
which a page may put something without changing a byte of what was said. What people typed cannot
make one, since it was escaped.
"""

import re
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from reporting.customer.values import Status
from reporting.models import ReportRevision

SEAM = re.compile(r"<!--beside ([a-z0-9_.-]*)-->")


class Piece(NamedTuple):
    """A stretch of an article up to and with a seam, and its name; the last one has none."""

    html: SafeString
    seam: str


def article_of(status: Status) -> str:
    """The HTML that is stored with a revision."""
    template = "status/update.html" if status.paragraph else "status/report.html"
    return render_to_string(template, {"status": status})


def article(revision: ReportRevision) -> SafeString:
    """The stored HTML of a revision: our own templates escaped it when it was published."""
    return SafeString(revision.html)


def pieces(article: SafeString) -> tuple[Piece, ...]:
    """An article cut after its seams: put together again it is what was stored, to the byte."""
    seams = [(found.end(), found[1]) for found in SEAM.finditer(article)]
    starts = [0, *(end for end, _ in seams)]
    ends = [*seams, (len(article), "")]
    return tuple(
        Piece(SafeString(article[start:end]), seam)
        for start, (end, seam) in zip(starts, ends, strict=True)
    )
