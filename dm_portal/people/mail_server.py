"""Since when the mail server takes no letters: senders note it, admins and probes are told."""

from datetime import datetime

from django.conf import settings

from dm_portal.shell import leases

AWAY = "mail server away"


def away_since() -> datetime | None:
    """When it was first found away; None while it takes letters, for all that is known, or where
    there is none to send by.
    """
    return leases.since(AWAY) if settings.EMAIL_SENDS else None


def note_away() -> datetime:
    """It did not take a letter, whichever that was; since when that has been so."""
    return leases.begin(AWAY)


def note_back() -> None:
    """It took a letter, or said what is wrong with one."""
    leases.end(AWAY)
