"""The model at the other end of a field, for querysets: they cannot import it, it imports them."""

from typing import Any

from django.db.models import Model


def related(model: type[Model], field: str) -> Any:
    """The model that a field or reverse relation of ``model`` leads to.

    Raises django.core.exceptions.FieldDoesNotExist for a name that is none. ``Any``, because its
    manager is our own queryset, which types know only where the model can be imported.
    """
    return model._meta.get_field(field).related_model
