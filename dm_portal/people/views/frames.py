"""The HTML of a letter inside a page of ours: on its own, with no rights at all."""

from collections.abc import Callable
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.http import HttpResponse
from django.views.decorators.clickjacking import xframe_options_sameorigin

# A letter has its style in its elements. It loads nothing, runs nothing, sends nothing, and
# counts as a page of nobody's.
POLICY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": [""],
}

View = Callable[..., HttpResponse]


def framed(view: View) -> View:
    """A view that answers with the HTML of a letter, for a frame of our own pages."""
    return xframe_options_sameorigin(_with_policy(view))


_with_policy: Callable[[Any], Any] = csp(POLICY)
