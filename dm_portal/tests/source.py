"""The product's own source, read by the tests that hold its habits."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

PACKAGES = ("dm_portal", "pods", "engagements", "reporting")
ROOT = Path(settings.BASE_DIR)


@dataclass(frozen=True)
class Module:
    """One file of the product, parsed."""

    path: Path
    tree: ast.Module

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def is_services(self) -> bool:
        """``services.py``, or anything in a package ``services``."""
        return self.path.stem == "services" or "services" in self.path.parts

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))

    def at(self, node: ast.AST) -> str:
        return f"{self.name}:{getattr(node, 'lineno', 0)}"


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the product but its tests and migrations."""
    return tuple(
        Module(path, ast.parse(path.read_text(encoding="utf-8")))
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if not {"tests", "migrations"} & set(path.relative_to(ROOT).parts)
    )


def templates() -> Iterator[tuple[str, str]]:
    """Every template of a page: its name and its text. Letters are plain text, without markup."""
    folder = ROOT / "templates"
    for path in sorted(folder.rglob("*.html")):
        yield str(path.relative_to(folder)), path.read_text(encoding="utf-8")


def called(node: ast.Call) -> str:
    """The last name of what is called: ``save`` of ``row.save()``, ``cache`` of ``cache()``."""
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def receiver(node: ast.Call) -> ast.expr | None:
    """What a method is called on: ``row`` of ``row.save()``."""
    return node.func.value if isinstance(node.func, ast.Attribute) else None


def last_name(node: ast.expr | None) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
