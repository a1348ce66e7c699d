"""What lists of imports, and of an import's rows, can be narrowed by."""

import django_filters as filters

from engagements.filters import FilterForm
from engagements.models import Import, ImportRow


class ImportFilter(filters.FilterSet):
    """By state."""

    state = filters.ChoiceFilter(label="State", choices=Import.State.choices, empty_label="All")

    class Meta:
        model = Import
        fields: list[str] = []
        form = FilterForm


class ImportRowFilter(filters.FilterSet):
    """By verdict."""

    verdict = filters.ChoiceFilter(
        label="Rows", choices=ImportRow.Verdict.choices, empty_label="All"
    )

    class Meta:
        model = ImportRow
        fields: list[str] = []
        form = FilterForm
