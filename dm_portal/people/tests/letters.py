"""What tests read in letters."""

import re

from django.conf import settings

from dm_portal.people.models import OutgoingMail


def letter(kind: str, to: str) -> OutgoingMail:
    """The one letter of this kind to this address."""
    return OutgoingMail.objects.get(kind=kind, recipient=to)


def path_in(mail: OutgoingMail) -> str:
    """The path of the personal link in a letter: the one on a line of its own."""
    [url] = re.findall(rf"^{re.escape(settings.BASE_URL)}(/\S+)$", mail.text, re.MULTILINE)
    return str(url)
