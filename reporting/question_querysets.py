"""Who reads which questions."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from dm_portal.people import standing
from engagements.models import Engagement

if TYPE_CHECKING:
    from reporting.models import Question


class QuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, user: Any) -> Self:
        """Whoever may read what was published of the engagement reads what was asked about it."""
        if standing.is_present(user) and user.is_customer:
            engagements = Engagement.objects.of_contact(user)
        else:
            engagements = Engagement.objects.visible_to(user)
        return self.filter(engagement__in=engagements)

    def open(self) -> Self:
        """Those without an answer."""
        return self.filter(answered_at__isnull=True)
