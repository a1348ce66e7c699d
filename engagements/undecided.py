"""States of which nobody has decided what they mean, where that shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from django.urls import reverse

from engagements.models import Engagement, Source

# So many are named in a line, the others are counted.
NAMED = 4


@dataclass(frozen=True, slots=True)
class Undecided:
    """States of one source, none if all are decided on; ``url`` is where that is done, for
    whoever may.
    """

    source: str
    states: Sequence[str]
    url: str

    @classmethod
    def of(
        cls, source: Source, states: Sequence[str], *, engagement: Engagement, may_import: bool
    ) -> Self:
        url = reverse("import_states", kwargs={"ref": engagement.ref}) if may_import else ""
        return cls(str(source), states, url)

    @property
    def title(self) -> str:
        """ "Nobody has decided yet what the state “Peer QA” of Jira export means"."""
        named = ", ".join(f"“{state}”" for state in self.states[:NAMED])
        if len(self.states) == 1:
            return f"Nobody has decided yet what the state {named} of {self.source} means"
        more = f" and {len(self.states) - NAMED} more" if len(self.states) > NAMED else ""
        return f"Nobody has decided yet what these states of {self.source} mean: {named}{more}"
