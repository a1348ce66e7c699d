"""What the tags of ``{% load portal %}`` share: their library and how they are rendered."""

from collections.abc import Callable, Iterable
from functools import wraps

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()


def one_of(name: str, value: str, allowed: Iterable[str]) -> str:
    """``value``, or a TemplateSyntaxError naming what the component accepts."""
    if value not in allowed:
        choices = ", ".join(repr(choice) for choice in allowed)
        raise template.TemplateSyntaxError(f"{name} must be one of {choices}, not {value!r}")
    return value


def inline_tag(template_name: str) -> Callable:
    """An inclusion tag for the middle of a sentence: no white space before or after it.

    What it returns was escaped by its template; stripping it only loses the mark.
    """

    def decorate(func: Callable[..., dict]) -> Callable[..., dict]:
        @wraps(func)
        def tag(*args: object, **kwargs: object) -> SafeString:
            return SafeString(render_to_string(template_name, func(*args, **kwargs)).strip())

        register.simple_tag(tag)
        return func

    return decorate


def render_around(context: Context, template_name: str, **arguments: object) -> SafeString:
    """Render a component that wraps other markup; it sees its arguments and nothing else."""
    found = template.Engine.get_default().get_template(template_name)
    inner = context.new(arguments)
    if "csrf_token" in context:
        inner["csrf_token"] = context["csrf_token"]
    return found.render(inner)
