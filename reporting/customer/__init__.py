"""What a customer reads: frozen values of what was published, and the page made of them.

Nothing here reads the database but ``compose``, which puts the DM's words and the rules'
sentences together once, at the moment of publishing. What is rendered then is stored, and is
what every later reader gets; templates of ``templates/status/`` receive these dataclasses only.
"""

from reporting.customer.articles import Piece, article, article_of, pieces
from reporting.customer.statuses import (
    frozen_of,
    preview_of,
    reconstructed_on,
    status_of,
    week_words,
)
from reporting.customer.texts import Text, compose, headline_of
from reporting.customer.values import Day, Kept, Line, Moment, Rules, Saying, Status

__all__ = [
    "Day",
    "Kept",
    "Line",
    "Moment",
    "Piece",
    "Rules",
    "Saying",
    "Status",
    "Text",
    "article",
    "article_of",
    "compose",
    "frozen_of",
    "headline_of",
    "pieces",
    "preview_of",
    "reconstructed_on",
    "status_of",
    "week_words",
]
