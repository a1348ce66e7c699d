"""Rosters as CSV: exported, corrected in a spreadsheet, imported through the services.

A row is found by what names it, never by a primary key. Importing its own export changes
nothing; a refused row names its line and the reason, and then nothing at all is imported.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import Model
from django.utils.html import format_html
from django.utils.safestring import SafeString
from import_export.fields import Field
from import_export.instance_loaders import ModelInstanceLoader
from import_export.resources import Diff, ModelResource
from import_export.widgets import DateWidget, ForeignKeyWidget, Widget

from dm_portal.people.models import User
from dm_portal.shell.csv_export import protect, unprotect
from dm_portal.shell.errors import DomainError
from pods import services
from pods.models import Membership, Pod, PodFunction, Specialist


class CellField(Field):
    """A column whose text a spreadsheet never runs as a formula."""

    def clean(self, row: Mapping[str, Any], **kwargs: Any) -> Any:
        text = unprotect(row[self.column_name]).strip()
        return super().clean({**row, self.column_name: text}, **kwargs)

    def export(self, instance: Model, **kwargs: Any) -> Any:
        value = super().export(instance, **kwargs)
        return protect(value) if isinstance(value, str) else value


class NamedWidget(ForeignKeyWidget):
    """A row of another table by a column that people know; says so when there is none."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        try:
            return super().clean(value, row, **kwargs)
        except ObjectDoesNotExist as missing:
            noun = self.model._meta.verbose_name
            raise ValidationError(f"There is no {noun} {value}.") from missing


class AddressWidget(ForeignKeyWidget):
    """A person by their address, whatever its case."""

    def __init__(self) -> None:
        super().__init__(User, field="email")

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> User | None:
        if not value:
            return None
        found = User.objects.by_address(value)
        if found is None:
            raise ValidationError(f"There is no user {value}.")
        return found


class PercentWidget(Widget):
    """A whole number. What it is not has no default: nobody works 100 % by an empty cell."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int:
        text = str(value).strip()
        if not (text.isascii() and text.isdigit()):
            raise ValidationError(f"“{text}” is no whole number of percent, as 80 is.")
        return int(text)


class DayWidget(DateWidget):
    """A day as the forms take it, the day before the month, or as the export writes it."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> date | None:
        try:
            day: date | None = forms.DateField(required=False).clean(value)
        except ValidationError as senseless:
            raise ValidationError(f"“{value}” is no day: write it as 2026-12-31.") from senseless
        return day


class PlainDiff(Diff):
    """Before and after in the preview, in markup alone: the library's own needs inline styles."""

    def as_html(self) -> list[SafeString]:
        return [
            self._cell("" if self.new else str(left), str(right))
            for left, right in zip(self.left, self.right, strict=True)
        ]

    def _cell(self, before: str, after: str) -> SafeString:
        if before == after:
            return format_html("<span>{}</span>", after)
        removed = format_html("<del>{}</del> ", before) if before else ""
        return format_html("{}<ins>{}</ins>", removed, after)


class ServiceResource(ModelResource):
    """Writes through the services, in the name of whoever imports."""

    # the services: they take the row and ``by``, and return what they saved
    add: Callable[..., Model]
    change: Callable[..., Model]
    # columns of the export that an import does without
    to_be_read: ClassVar[frozenset[str]] = frozenset()

    DEFAULT_RESOURCE_FIELD = CellField

    @classmethod
    def get_diff_class(cls) -> type[Diff]:
        return PlainDiff

    class Meta:
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True
        use_transactions = True

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        """Refuse a file whose columns are not these, or that speaks of one row twice."""
        headers = [str(header) for header in dataset.headers or ()]
        known = [field.column_name for field in self.fields.values()]
        missing = [name for name in known if name not in headers and name not in self.to_be_read]
        unknown = [header for header in headers if header not in known]
        if missing or unknown:
            raise ValidationError(_columns_words(missing, unknown))
        named = [f.column_name for n, f in self.fields.items() if n in self._meta.import_id_fields]
        named += [name for name in ("ends_on",) if name in known]
        lines: dict[tuple[str, ...], int] = {}
        for line, row in enumerate(dataset.dict, start=2):
            key = tuple(str(row[name]).strip() for name in named)
            if any(key) and (first := lines.setdefault(key, line)) != line:
                raise ValidationError(f"Lines {first} and {line} are about the same row.")

    def save_instance(self, instance: Any, is_create: bool, row: Any, **kwargs: Any) -> None:
        service = self.add if is_create else self.change
        try:
            saved = service(instance, by=kwargs["user"])
        except DomainError as refused:
            raise ValidationError(str(refused)) from refused
        instance.pk = saved.pk

    def after_init_instance(self, instance: Any, new: bool, row: Any, **kwargs: Any) -> None:
        if new and row.get("ref"):
            raise ValidationError(f"Nothing here has the reference {row['ref']}.")


class ReferencedResource(ServiceResource):
    """Rows that carry a reference; a row without one is new."""

    ref = CellField(attribute="ref", column_name="ref", readonly=True)


class SpecialistResource(ReferencedResource):
    """Specialists; ``user`` is the address that they sign in with."""

    user = CellField(attribute="user", column_name="user", widget=AddressWidget())

    class Meta(ServiceResource.Meta):
        model = Specialist
        import_id_fields = ("ref",)
        fields = ("ref", "name", "user", "seniority", "skills")

    def add(self, instance: Specialist, *, by: User) -> Specialist:
        return services.add_specialist(by=by, **_specialist(instance))

    def change(self, instance: Specialist, *, by: User) -> Specialist:
        return services.change_specialist(
            specialist=instance, version=instance.version, by=by, **_specialist(instance)
        )


class PodResource(ReferencedResource):
    """Pods."""

    class Meta(ServiceResource.Meta):
        model = Pod
        import_id_fields = ("ref",)
        fields = ("ref", "name", "purpose")

    def add(self, instance: Pod, *, by: User) -> Pod:
        return services.create_pod(by=by, name=instance.name, purpose=instance.purpose)

    def change(self, instance: Pod, *, by: User) -> Pod:
        return services.change_pod(
            pod=instance,
            version=instance.version,
            by=by,
            name=instance.name,
            purpose=instance.purpose,
        )


class DatedLoader(ModelInstanceLoader):
    """Finds a dated row by what names it; several may share a first day if all but one were
    called off before it, and then the last day tells which one is meant."""

    def get_instance(self, row: Mapping[str, Any]) -> Model | None:
        fields = self.resource.fields
        named = [fields[name] for name in self.resource.get_import_id_fields()]
        params = {field.attribute: field.clean(row) for field in named}
        found = list(self.get_queryset().filter(**params).order_by("pk"))
        if len(found) < 2:
            return found[0] if found else None
        ends_on = fields["ends_on"].clean(row) if "ends_on" in row else None
        same_end = [one for one in found if one.ends_on == ends_on]
        real = [one for one in found if one.ends_on != one.starts_on]
        return (same_end or real or found)[0]


class DatedResource(ServiceResource):
    """Rows with a first day, and with the day from which they no longer hold."""

    starts_on = CellField(attribute="starts_on", column_name="starts_on", widget=DayWidget())
    ends_on = CellField(attribute="ends_on", column_name="ends_on", widget=DayWidget())


class MembershipResource(DatedResource):
    """Places: a pod by its name, a specialist by reference (``name`` is there to be read)."""

    pod = CellField(attribute="pod", column_name="pod", widget=NamedWidget(Pod, field="name"))
    specialist = CellField(
        attribute="specialist",
        column_name="specialist",
        widget=NamedWidget(Specialist, field="ref"),
    )
    name = CellField(attribute="specialist__name", column_name="name", readonly=True)
    allocation = CellField(attribute="allocation", column_name="allocation", widget=PercentWidget())
    to_be_read = frozenset({"name"})

    class Meta(ServiceResource.Meta):
        model = Membership
        import_id_fields = ("pod", "specialist", "starts_on")
        instance_loader_class = DatedLoader
        fields = ("pod", "specialist", "name", "trade", "allocation", "starts_on", "ends_on")

    def add(self, instance: Membership, *, by: User) -> Membership:
        return services.add_membership(
            pod=instance.pod, specialist=instance.specialist, by=by, **_place(instance)
        )

    def change(self, instance: Membership, *, by: User) -> Membership:
        return services.change_membership(
            membership=instance, version=instance.version, by=by, **_place(instance)
        )


class PodFunctionResource(DatedResource):
    """Functions: a pod by its name, a person by their address."""

    pod = CellField(attribute="pod", column_name="pod", widget=NamedWidget(Pod, field="name"))
    user = CellField(attribute="user", column_name="user", widget=AddressWidget())

    class Meta(ServiceResource.Meta):
        model = PodFunction
        import_id_fields = ("pod", "user", "function", "starts_on")
        instance_loader_class = DatedLoader
        fields = ("pod", "user", "function", "starts_on", "ends_on")

    def add(self, instance: PodFunction, *, by: User) -> PodFunction:
        return services.give_pod_function(
            pod=instance.pod,
            user=instance.user,
            function=instance.function,
            starts_on=instance.starts_on,
            ends_on=instance.ends_on,
            by=by,
        )

    def change(self, instance: PodFunction, *, by: User) -> PodFunction:
        return services.change_pod_function(
            row=instance,
            version=instance.version,
            starts_on=instance.starts_on,
            ends_on=instance.ends_on,
            by=by,
        )


def _columns_words(missing: list[str], unknown: list[str]) -> str:
    lacks = f"The file has no column {', '.join(missing)}." if missing else ""
    knows = f"Nothing here is called {', '.join(unknown)}." if unknown else ""
    hint = "The first line must name the columns as the export does, separated by commas."
    return " ".join(filter(None, (lacks, knows, hint)))


def _specialist(row: Specialist) -> services.SpecialistFields:
    return {
        "name": row.name,
        "user": row.user,
        "seniority": row.seniority,
        "skills": row.skills,
    }


def _place(row: Membership) -> services.Place:
    return {
        "trade": row.trade,
        "allocation": row.allocation,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
    }
