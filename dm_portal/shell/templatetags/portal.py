"""The components every page is made of: ``{% load portal %}``.

Each tag is a Python function with keyword arguments, so a template that misspells one fails when
it is compiled, and a value outside a closed list fails when it is rendered. A tag whose function
takes ``content`` has an ``{% end… %}`` and wraps what stands between. `/gallery/` shows each in
every state, with its arguments.
"""

from dm_portal.shell.tags import forms, places, register, status, tables, words

__all__ = ["forms", "places", "register", "status", "tables", "words"]
