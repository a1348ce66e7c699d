"""Who reads whose notes."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from engagements.models import Engagement
from engagements.policies import LEADERS
from engagements.querysets import held_by

if TYPE_CHECKING:
    from reporting.models import Note, Report, UntoldRed


def led_by(user: Any) -> list[int]:
    """The engagements of which this person writes the status today, by key."""
    return sorted({pk for pk, function in held_by(user) if function in LEADERS})


class NoteQuerySet(models.QuerySet["Note"]):
    def visible_to(self, user: Any) -> Self:
        """One's own; those for Friday also of the engagements of which one writes the status.

        Of engagements in which one has no part any more nothing, not even one's own.
        """
        return self.seen_by(user, led=led_by(user))

    def seen_by(self, user: Any, *, led: Any) -> Self:
        """The same, of somebody who writes the statuses of ``led``."""
        mine = Q(written_by=user.pk, engagement__in=Engagement.objects.of_person(user))
        for_my_status = Q(purpose="friday", engagement__in=led)
        return self.filter(mine | for_my_status)

    def written_by(self, user: Any) -> Self:
        return self.visible_to(user).filter(written_by=user.pk)

    def not_taken_back(self) -> Self:
        return self.exclude(outcome="taken_back")

    def for_draft(self, report: "Report") -> Self:
        """What waits to be sorted into a status, the oldest first.

        A correction tells of the week that it corrects: what was noted since is for the next.
        """
        if report.correction_reason or report.is_update:
            return self.none()
        waiting = self.waiting().filter(engagement=report.engagement_id)
        return waiting.exclude(carried_past=report).order_by("written_at", "pk")

    def waiting(self) -> Self:
        """Of which nobody said yet what becomes of them in a status."""
        return self.filter(purpose="friday", outcome="")


class UntoldRedQuerySet(models.QuerySet["UntoldRed"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(milestone__engagement__in=led_by(user))
