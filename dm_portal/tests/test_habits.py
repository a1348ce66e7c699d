"""Habits of the house that a reader can check in the source and in the models."""

import ast
import re

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models

from dm_portal.tests.source import ROOT, Module, called, last_name, modules, receiver, templates

CLOCK = "dm_portal/shell/clock.py"
# Who may call a text safe, and why it is.
MARKS_SAFE = {
    "dm_portal/shell/tags/__init__.py": "what a template escaped, stripped of white space",
    "dm_portal/shell/marked.py": "what nh3 left of what people typed in Markdown",
    "reporting/customer/articles.py": "what our own templates escaped when it was published",
}


def product_models() -> list[type[models.Model]]:
    labels = ("shell", "people", "pods", "engagements", "reporting")
    return [model for label in labels for model in apps.get_app_config(label).get_models()]


def asks_the_time(call: ast.Call) -> bool:
    """``datetime.now()``, ``timezone.now()``, ``date.today()``: ways around the one clock."""
    on = last_name(receiver(call))
    return (called(call), on) in {
        *(("now", "datetime"), ("now", "timezone"), ("utcnow", "datetime")),
        *(("today", "date"), ("today", "datetime"), ("localdate", "timezone")),
        *(("localtime", "timezone"), ("time", "time")),
    } and not (called(call) == "localtime" and call.args)


def test_one_clock() -> None:
    places = {
        module.at(call)
        for module in modules()
        if module.name != CLOCK
        for call in module.calls()
        if asks_the_time(call)
    }
    assert places == set()


def is_broad(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(each is None or last_name(each) in {"Exception", "BaseException"} for each in caught)


def test_no_broad_except() -> None:
    places = {
        module.at(node)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler) and is_broad(node)
    }
    assert places == set()


DJANGOS_SIGNALS = re.compile(r"django\.(dispatch|.*signals)")


def test_no_signals() -> None:
    """Nothing listens: what a service does stands in the service. Celery's are about processes."""
    places = {
        module.name
        for module in modules()
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.ImportFrom) and DJANGOS_SIGNALS.match(node.module or ""))
        or (isinstance(node, ast.Call) and called(node) == "receiver")
    }
    assert places == set()


@pytest.mark.parametrize("model", product_models(), ids=lambda model: model.__name__)
def test_models_have_no_side_effects_and_no_permissions(model: type[models.Model]) -> None:
    assert not {"save", "delete"} & set(vars(model)), "effects live in services"
    assert list(model._meta.permissions) == []


# Instants that are no person's act: the portal's own, the tracker's, or a plan.
NOBODYS = {
    *("created_at", "due_at", "occurred_at", "opens_at", "expires_at", "beaten_at", "frozen_at"),
    *("finished_at", "next_attempt_at", "started_at", "done_at", "publish_at", "read_at"),
    *("blocked_at", "recorded_at", "opened_at", "closed_at", "gone_at", "exported_at"),
}


# Acts that nobody of the portal may have done: the first admin is invited by a command.
MAY_BE_THE_PORTALS = {("people.Invitation", "invited")}


def acts() -> list[tuple[type[models.Model], str]]:
    """Every instant that records what a person did."""
    return [
        (model, field.name.removesuffix("_at"))
        for model in product_models()
        for field in model._meta.concrete_fields
        if field.name.endswith("_at") and field.name not in NOBODYS
    ]


@pytest.mark.parametrize(("model", "act"), acts(), ids=str)
def test_an_act_has_its_person(model: type[models.Model], act: str) -> None:
    at, by = model._meta.get_field(f"{act}_at"), model._meta.get_field(f"{act}_by")
    assert by.remote_field is not None
    assert by.remote_field.model is get_user_model()
    if (model._meta.label, act) in MAY_BE_THE_PORTALS or not (at.null or by.null):
        return  # never one without the other, as both are always there
    checks = [rule for rule in model._meta.constraints if isinstance(rule, models.CheckConstraint)]
    names = {f"{act}_at", f"{act}_by"}
    assert any(names <= fields_of(rule.condition) for rule in checks), "a CHECK holds both"


def fields_of(condition: models.Q) -> set[str]:
    """The columns that a condition speaks of."""
    found = set()
    for child in condition.children:
        if isinstance(child, models.Q):
            found |= fields_of(child)
        else:
            found.add(str(child[0]).split("__")[0])
    return found


NOT_IN_TEMPLATES = {
    "a style attribute": re.compile(r"\sstyle\s*="),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "a handler attribute": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "an unescaped value": re.compile(r"\|\s*safe\b|autoescape\s+off|\|\s*safeseq\b"),
    "a place elsewhere": re.compile(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//"),
}
# Comments speak of such things without doing them.
COMMENT = re.compile(r"{#.*?#}|{%\s*comment\s*%}.*?{%\s*endcomment\s*%}|<!--.*?-->", re.DOTALL)


@pytest.mark.parametrize("what", NOT_IN_TEMPLATES)
def test_templates_hold_no(what: str) -> None:
    pattern = NOT_IN_TEMPLATES[what]
    # mails in plain text are no HTML: there is nothing to escape for
    pages = [(name, text) for name, text in templates() if not name.endswith(".txt")]
    assert [name for name, text in pages if pattern.search(COMMENT.sub("", text))] == []


def marks_safe(module: Module) -> bool:
    return any(called(call) in {"mark_safe", "SafeString", "SafeText"} for call in module.calls())


def test_few_modules_say_what_is_safe() -> None:
    assert {module.name for module in modules() if marks_safe(module)} == set(MARKS_SAFE)


def test_there_is_something_to_read() -> None:
    assert len(modules()) > 40
    assert len(list(templates())) > 20
    assert (ROOT / CLOCK).exists()
