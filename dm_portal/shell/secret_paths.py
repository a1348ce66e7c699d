"""No link that lets somebody in stands in the log: Django writes the path of every 4xx and 5xx."""

import re

MASK = "***"
# What follows these is a secret, if it is as long as one: references and "done" are shorter.
SLASH = r"(?:/|%2F)"
PLACES = rf"invitations|accounts{SLASH}(?:email|mails)|password{SLASH}reset{SLASH}key"
SECRET = re.compile(rf"((?:{PLACES}){SLASH})[^/\s\"']{{11,}}", re.IGNORECASE)


def masked(text: str) -> str:
    """``text`` without the secret part of any path in it, quoted or not."""
    return SECRET.sub(rf"\1{MASK}", text)
