"""Rows that let several processes agree on who does what."""

from django.db import models


class Lease(models.Model):
    """A name that one process at a time may hold, until it expires or is beaten again.

    ``clock`` is held by the running clock (a second one stands by); ``tick``, ``digests``
    and ``canary`` are never held, their ``beaten_at`` says when the last one finished.
    Of what lasts, such as a mail server that is away, it says when it began; the row goes with it.
    """

    name = models.CharField(max_length=40, unique=True)
    holder = models.CharField(max_length=120, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    beaten_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
