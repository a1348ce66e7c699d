"""What the things that are owed share: who did which act when, and what a customer reads of it."""

from django.db import models
from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.expressions import OrderBy

from dm_portal.people.models import User


class Shared(models.Model):
    """A row that a customer reads once it is shared with them, in words written for them.

    Nothing is shared by default. What was shared stays so: they may have read it.
    """

    customer_text = models.TextField("what the customer reads", blank=True)
    shared_at = models.DateTimeField(null=True, blank=True)
    shared_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True

    @property
    def is_shared(self) -> bool:
        return self.shared_at is not None


def at_by(model: str, act: str) -> models.CheckConstraint:
    """An act has its instant and its person, or neither."""
    both = Q(**{f"{act}_at__isnull": False, f"{act}_by__isnull": False})
    neither = Q(**{f"{act}_at__isnull": True, f"{act}_by__isnull": True})
    return models.CheckConstraint(condition=both | neither, name=f"{model}_{act}_at_by")


def shared_in_words(model: str) -> models.CheckConstraint:
    """Nothing is shared without words for the customer."""
    return models.CheckConstraint(
        condition=Q(shared_at__isnull=True) | ~Q(customer_text=""),
        name=f"{model}_shared_in_words",
        violation_error_message="Write what the customer reads.",
    )


def open_first() -> OrderBy:
    """What is open before what is over."""
    return Case(
        When(state="open", then=Value(0)), default=Value(1), output_field=IntegerField()
    ).asc()
