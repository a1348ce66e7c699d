"""What the forms of everything that is owed share: whom one can choose, and a few words."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from dm_portal.people.models import User
from dm_portal.shell.forms import VersionedForm
from engagements.models import Engagement

Choose = Callable[[Engagement], QuerySet[User]]


class PeopleMixin(forms.BaseForm):
    """People of an engagement to choose from, named by their references.

    Whoever is there already stays to be chosen, though they may have left.
    """

    people: ClassVar[Mapping[str, Choose]] = {}

    def __init__(self, *args: Any, engagement: Engagement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choose in self.people.items():
            there = getattr(self.instance, name) if self.instance.pk else None  # type: ignore[attr-defined]
            field = self.fields[name]
            field.to_field_name, field.empty_label = "ref", "Choose a person"
            field.queryset = choose(engagement)
            if there is not None:
                self.initial[name] = there
                field.queryset = with_one(field.queryset, there)


class NumberedField(forms.ChoiceField):
    """Rows of an engagement to choose from, by their numbers within it; cleans to the row or None.

    ``says`` is what stands for a row, ``nothing`` for none of them.
    """

    def __init__(
        self, rows: Iterable[Any], *, says: Callable[[Any], str], nothing: str, **kwargs: Any
    ) -> None:
        self.rows = {str(row.number): row for row in rows}
        each = [(number, says(row)) for number, row in self.rows.items()]
        super().__init__(choices=[("", nothing), *each], required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return getattr(value, "number", value)

    def clean(self, value: Any) -> Any:
        return self.rows.get(super().clean(value))


def with_one(people: QuerySet[User], there: User) -> QuerySet[User]:
    """These people, and one more."""
    either = User.objects.filter(pk__in=people.order_by().values("pk"))
    return (either | User.objects.filter(pk=there.pk)).order_by("name", "pk")


class WordsForm(VersionedForm):
    """A few words that a row comes to its end with, or is shared in."""

    def __init__(
        self, *args: Any, row: Any, name: str, label: str, words: str = "", **kwargs: Any
    ) -> None:
        help_text = kwargs.pop("help_text", "")
        super().__init__(*args, initial={"version": row.version, name: words}, **kwargs)
        self.fields[name] = forms.CharField(
            label=label,
            help_text=help_text,
            widget=forms.Textarea(attrs={"rows": 3}),
            error_messages={"required": f"Fill in “{label}”."},
        )


class ShareForm(WordsForm):
    """What the customer reads of a row; at first what is said of it among us."""

    def __init__(self, *args: Any, row: Any, said: str, **kwargs: Any) -> None:
        super().__init__(
            *args,
            row=row,
            name="customer_text",
            label="What the customer reads",
            words=row.customer_text or said,
            help_text="It is on their page at once, and stays there.",
            **kwargs,
        )
