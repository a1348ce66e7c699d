"""How old each source of an engagement is, and what it leaves out of the figures.

A source is as old as its newest applied file: of those that name at least half of what was open,
the one that speaks of the latest instant. That is counted in days of the engagement's own calendar.
What a newer file tells of fewer items is said, and makes nothing younger.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from dm_portal.shell.components import Basis, Sentence
from dm_portal.shell.dates import day_words
from dm_portal.shell.kept import Kept
from dm_portal.shell.wording import count
from engagements.models import Engagement, Import
from engagements.querysets import ImportQuerySet
from engagements.stages import stage_of_word
from engagements.undecided import Undecided


@dataclass(frozen=True, slots=True)
class Freshness:
    """The newest file of a source, with the source and its engagement, as of ``at``."""

    file: Any
    at: datetime
    may_import: bool

    @property
    def engagement(self) -> Engagement:
        engagement: Engagement = self.file.engagement
        return engagement

    @property
    def name(self) -> str:
        return str(self.file.source)

    @property
    def number(self) -> int:
        """Of its source, within the engagement."""
        number: int = self.file.source.number
        return number

    @property
    def as_of(self) -> datetime:
        """The latest instant that the file names."""
        speaks_of: datetime = self.file.speaks_of
        return speaks_of

    @property
    def spoken_on(self) -> date:
        """The day of ``as_of``, by the engagement's clock."""
        return self.engagement.day_of(self.as_of)

    @property
    def promised_days(self) -> int:
        days: int = self.file.source.promised_days
        return days

    @property
    def age_days(self) -> int:
        """Days from the file's last instant; those after the engagement's last day do not count."""
        day, last = self.engagement.day_of(self.at), self.engagement.ends_on
        return max(((min(day, last) if last else day) - self.spoken_on).days, 0)

    @property
    def is_stale(self) -> bool:
        """Whether it is older than promised; of what is paused or closed nothing is promised."""
        is_active = self.engagement.state == Engagement.State.ACTIVE
        return is_active and self.age_days > self.promised_days

    @property
    def late_words(self) -> str:
        """ "11 days old, promised: at most 7"; empty as long as it is as fresh as promised."""
        if not self.is_stale:
            return ""
        return f"{self.age_words} old, promised: at most {self.promised_days}"

    @property
    def age_words(self) -> str:
        """ "11 days"."""
        return count(self.age_days, "day")

    @property
    def stale_title(self) -> str:
        """ "Jira export has told nothing for 11 days"."""
        return f"{self.name} has told nothing for {self.age_words}"

    @property
    def stale_words(self) -> str:
        """ "its newest file speaks of nothing after Mon 9 Nov; promised: at most 7 days old"."""
        promised = count(self.promised_days, "day")
        return (
            f"its newest {self._kind} speaks of nothing after {self.spoken_words}; "
            f"promised: at most {promised} old"
        )

    @property
    def _kind(self) -> str:
        """A newer file of a part of the items is a file, too."""
        return "file of most open items" if self.file.partly else "file"

    @property
    def spoken_words(self) -> str:
        """ "Fri 13 Nov"."""
        return day_words(self.spoken_on, today=self.engagement.day_of(self.at))

    @property
    def import_url(self) -> str:
        """Where a newer file is brought in."""
        return reverse("import_create", kwargs=self._place)

    @property
    def promise_url(self) -> str:
        """Where one says how old it may become."""
        return reverse("import_freshness", kwargs=self._place)

    @property
    def _place(self) -> dict[str, str]:
        return {"ref": self.engagement.ref}

    @property
    def undecided(self) -> Undecided:
        """States that its files ever named and of which nobody has said what they mean."""
        unclear = set(self.file.unclear) - set(self.file.decided)
        return Undecided.of(
            self.file.source,
            sorted(state for state in unclear if stage_of_word(state) is None),
            engagement=self.engagement,
            may_import=self.may_import,
        )

    @property
    def basis(self) -> Basis:
        """What stands under figures: the source, its file, as of when, what is left out."""
        return Basis(
            source=self.name,
            file=self.file.file_name,
            url=self.file.get_absolute_url(),
            as_of=self.as_of,
            zone=self.engagement.time_zone,
            late=self.late_words,
            left_out=tuple(self._left_out()),
            partly=self.partly,
        )

    @property
    def partly(self) -> Sentence | None:
        """ "14 of 60 open items are known as of Mon 23 Nov": by a newer file of a part of them."""
        told = self.file.partly
        if told is None:
            return None
        day = self.engagement.day_of(datetime.fromisoformat(told["at"]))
        today = self.engagement.day_of(self.at)
        known = f"{told['named']} of {count(told['open'], 'open item')}"
        verb = "is" if told["named"] == 1 else "are"
        url = reverse("import_detail", kwargs=self._place | {"number": told["number"]})
        return Sentence(f"{known} {verb} known as of {day_words(day, today=today)}", url=url)

    def _left_out(self) -> Iterator[Sentence]:
        """Each with the page that shows it, for whoever may open that."""
        file, place, undecided = self.file, self._place, self.undecided
        rows = reverse("import_row_list", kwargs=place | {"number": file.number})
        wrong = f"{reverse('work_list', kwargs=place)}?dates=impossible"
        found = (
            (file.refused_count, "{}", "refused row", f"{rows}?verdict=refused"),
            (file.rows_left_out, "{} of other teams", "row", file.get_absolute_url()),
            (len(undecided.states), "{} not decided yet", "state", undecided.url),
            (file.impossible, "the cycle time of {} with impossible dates", "item", wrong),
        )
        for number, words, noun, url in found:
            if number:
                yield Sentence(words.format(count(number, noun)), url=url)


def freshness_of(engagement: Engagement, *, at: datetime, may_import: bool) -> list[Freshness]:
    """Every source of an engagement of which a file was applied, in one statement.

    ``may_import`` tells whether the reader may open the pages of whoever imports.
    """
    files = FILES.rows(engagement=engagement.pk)
    return [Freshness(file, at, may_import) for file in files]


def oldest_words(sources: Sequence[Freshness]) -> str:
    """ "as of Mon 9 Nov": of the oldest that is older than promised; empty if none is."""
    stale = [source for source in sources if source.is_stale]
    oldest = max(stale, key=lambda source: source.age_days, default=None)
    return f"as of {oldest.spoken_words}" if oldest else ""


def stale_sources(engagements: Any, *, at: datetime) -> list[Freshness]:
    """Sources that are older than promised, of engagements whose work the reader may import.

    One statement, whatever their number.
    """
    return stale_among(newest_files(engagements), at=at)


def stale_among(files: Iterable[Import], *, at: datetime) -> list[Freshness]:
    """Those of these ``newest_files``; see ``stale_sources``."""
    found = (Freshness(file, at, may_import=True) for file in files)
    return [source for source in found if source.is_stale]


def newest_files(engagements: Any) -> ImportQuerySet:
    """The newest file of each source of these, with what a ``Freshness`` reads of it."""
    files: ImportQuerySet = Import.objects.filter(engagement__in=engagements)
    around = files.newest_of_each_source().select_related("source", "engagement__customer")
    return around.order_by("engagement_id", "source__number")


FILES = Kept(lambda engagement: newest_files([engagement]).with_left_out(), engagement=int)
