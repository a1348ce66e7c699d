"""What commands are told, and what they say when it cannot be."""

from django.core.management.base import CommandError

from engagements.models import Engagement


def engagement_of(ref: str) -> Engagement:
    """The engagement of a ref.

    Raises:
        CommandError: there is none.
    """
    engagement = Engagement.objects.select_related("customer").filter(ref=ref).first()
    if engagement is None:
        raise CommandError(f"There is no engagement with the ref {ref}: look at its URL.")
    return engagement
