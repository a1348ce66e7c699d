"""Every leaf of the URL configuration, and how to reach one in a world."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern


@dataclass(frozen=True, slots=True)
class Route:
    """One leaf: its name with its namespace, its pattern as written, what it needs to know."""

    name: str
    pattern: str
    arguments: tuple[str, ...]


def leaves(
    resolver: URLResolver | None = None, prefix: str = "", names: str = ""
) -> Iterator[Route]:
    """Every route of the portal. One without a name cannot be ruled on, so it has its pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            space = f"{names}{entry.namespace}:" if entry.namespace else names
            yield from leaves(entry, pattern, space)
        else:
            yield Route(_name(entry, pattern, names), pattern, _arguments(entry, prefix))


def _name(entry: URLPattern, pattern: str, names: str) -> str:
    return f"{names}{entry.name}" if entry.name else f"unnamed: {pattern}"


def _arguments(entry: URLPattern, prefix: str) -> tuple[str, ...]:
    named = RoutePattern(prefix.lstrip("/")).converters if "<" in prefix else {}
    if isinstance(entry.pattern, RoutePattern):
        return (*named, *entry.pattern.converters)
    return (*named, *entry.pattern.regex.groupindex)


def is_list(name: str) -> bool:
    """Whether a route of this name shows rows of one kind."""
    return name.endswith(("_list", "_archive", "_index", "_history", "_changelist"))
