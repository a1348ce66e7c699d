"""The access table's part on the Django admin: there for admins, and for nobody else."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Model

from dm_portal.people.models import Invitation, User
from dm_portal.tests.access_matrix import ADMIN, Rule, theirs
from dm_portal.tests.world import Side
from engagements.models import (
    Customer,
    EngagementTemplate,
    PersonMeaning,
    StateMeaning,
    VersionMeaning,
)
from pods.models import Membership, Pod, PodFunction, Specialist

# What an admin gets by GET, POST, PUT, PATCH, DELETE. Django shows a form again with 200, and
# takes every method that is no POST for a GET.
READ = "200 200 200 200 200"
READ_ONLY = "200 403 200 200 200"
REMOVED = "200 302 200 200 200"
ONLY_GET = "200 405 405 405 405"
# no file was previewed: led back to where one is chosen
ONLY_POST = "405 302 405 405 405"
NOTHING_TO_COMPLETE = "403 405 405 405 405"


def administration(answers: str, **more: Any) -> Rule:
    return theirs("404 404 404 404 404", apart=(ADMIN, answers), **more)


def row(model: type[Model]) -> Callable[[Side], dict[str, Any]]:
    return lambda side: {"object_id": model.objects.filter(pk__in=of(side, model)).first().pk}


def of(side: Side, model: type[Model]) -> list[int]:
    """The keys of the side's rows of a model; templates belong to no side."""
    kept = [each.pk for each in side.rows if isinstance(each, model)]
    return kept or list(model.objects.values_list("pk", flat=True))


def pages(model: type[Model], **answers: str) -> Iterator[tuple[str, Rule]]:
    """The pages of one model, each with what it answers."""
    for name, answer in answers.items():
        at = {"at": row(model)} if name in ("change", "delete") else {}
        label = model._meta.label_lower.replace(".", "_")
        yield f"admin:{label}_{name}", administration(answer, **at)


def roster(model: type[Model], *, delete: str) -> dict[str, Rule]:
    """A model that admins keep, by hand or from a file."""
    files = {"import": READ, "process_import": ONLY_POST, "export": READ}
    return dict(pages(model, changelist=READ, add=READ, change=READ, delete=delete, **files))


ADMINISTRATION: dict[str, Rule] = {
    "admin:index": administration(READ),
    "admin:app_list": administration(READ, at=lambda side: {"app_label": "people"}),
    "admin:jsi18n": administration(ONLY_GET),
    "admin:autocomplete": administration(NOTHING_TO_COMPLETE),
    **dict(pages(User, changelist=READ, change=READ_ONLY)),
    **dict(pages(Invitation, changelist=READ, change=READ_ONLY)),
    **dict(pages(Customer, changelist=READ, change=READ)),
    **dict(pages(StateMeaning, changelist=READ, change=READ_ONLY)),
    **dict(pages(VersionMeaning, changelist=READ, change=READ_ONLY)),
    **dict(pages(PersonMeaning, changelist=READ, change=READ_ONLY)),
    **dict(
        pages(
            EngagementTemplate,
            changelist=READ,
            add=READ,
            change=READ,
            delete=REMOVED,
            defaults="405 302 405 405 405",
        )
    ),
    # in use: the page says why it stays
    **roster(Specialist, delete=READ),
    **roster(Pod, delete=READ),
    **roster(Membership, delete=REMOVED),
    **roster(PodFunction, delete=REMOVED),
}
