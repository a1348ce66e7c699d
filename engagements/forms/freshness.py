"""How old the newest file of each source may become."""

from typing import Any

from django import forms

from dm_portal.shell.forms import VersionedForm
from engagements.models import MOST_DAYS, Engagement, Source


class FreshnessForm(VersionedForm):
    """One number of days for each source."""

    def __init__(self, *args: Any, engagement: Engagement, **kwargs: Any) -> None:
        version = engagement.sources.promises_version()
        super().__init__(*args, initial={"version": version}, **kwargs)
        self.engagement = engagement
        self.sources: dict[str, Source] = {
            f"days_{row.number}": row for row in engagement.sources.order_by("number")
        }
        for name, source in self.sources.items():
            self.fields[name] = forms.IntegerField(
                label=str(source),
                initial=source.promised_days,
                min_value=1,
                max_value=MOST_DAYS,
                help_text="Days",
                error_messages={"required": f"Say how many days old “{source}” may become."},
            )

    def changes(self) -> dict[str, Any]:
        """What is promised, in the words of ``promise_freshness``."""
        promises = {source: self.cleaned_data[name] for name, source in self.sources.items()}
        return {"promises": promises, "version": self.cleaned_data["version"]}

    def stored(self) -> dict[str, Any]:
        """What is promised now, for whoever wrote over something else."""
        now = {name: source.promised_days for name, source in self.sources.items()}
        return now | {
            "version": self.initial["version"],
            "engagement": self.engagement,
            "verb": "source.promised",
        }
