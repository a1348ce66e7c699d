"""What the tags of ``{% load portal %}`` share: their library and how they are rendered."""

from collections.abc import Callable, Iterable
from functools import wraps

from django import template
from django.template import Context
from django.utils.safestring import SafeString

register = template.Library()


def one_of(name: str, value: str, allowed: Iterable[str]) -> str:
    """``value``, or a TemplateSyntaxError naming what the component accepts."""
    if value not in allowed:
        choices = ", ".join(repr(choice) for choice in allowed)
        raise template.TemplateSyntaxError(f"{name} must be one of {choices}, not {value!r}")
    return value


def inline(template_name: str, arguments: dict[str, object]) -> SafeString:
    """A template without the white space around it.

    It was escaped as it was rendered; stripping it only loses the mark.
    """
    found = template.Engine.get_default().get_template(template_name)
    return SafeString(found.render(Context(arguments)).strip())


def inline_tag(template_name: str) -> Callable:
    """An inclusion tag for the middle of a sentence: no white space before or after it."""

    def decorate(func: Callable[..., dict]) -> Callable[..., dict]:
        @wraps(func)
        def tag(*args: object, **kwargs: object) -> SafeString:
            return inline(template_name, func(*args, **kwargs))

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
