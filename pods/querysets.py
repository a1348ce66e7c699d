"""Which specialists, pods and memberships a person may see."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from dm_portal.people import standing
from dm_portal.people.querysets import DatedQuerySet
from dm_portal.shell.clock import today
from dm_portal.shell.relations import related

if TYPE_CHECKING:
    from pods.models import Pod, Specialist


def _sees_every_pod(user: Any) -> bool:
    return standing.is_admin(user) or standing.reads_the_portal(user)


class PodQuerySet(models.QuerySet["Pod"]):
    def visible_to(self, user: Any) -> Self:
        """Admins, directors and auditors: all. Others: pods they lead or work in today."""
        if _sees_every_pod(user):
            return self.all()
        if not standing.is_present(user) or not user.is_internal:
            return self.none()
        day = today()
        holds = Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gt=day))
        functions = related(self.model, "functions")
        memberships = related(self.model, "memberships")
        return self.filter(
            Q(pk__in=functions.objects.filter(holds, user=user).values("pod"))
            | Q(pk__in=memberships.objects.filter(holds, specialist__user=user).values("pod"))
        )

    def with_heads(self, day: date | None = None) -> Self:
        """Annotate ``heads``: members today, or on a day; each once, whatever their allocation."""
        day = day or today()
        holds = Q(memberships__starts_on__lte=day) & (
            Q(memberships__ends_on__isnull=True) | Q(memberships__ends_on__gt=day)
        )
        return self.annotate(
            heads=models.Count("memberships__specialist", filter=holds, distinct=True)
        )


class SpecialistQuerySet(models.QuerySet["Specialist"]):
    def visible_to(self, user: Any) -> Self:
        """Admins, directors and auditors: all. Others: who shares a visible pod with them."""
        if _sees_every_pod(user):
            return self.all()
        pods = related(self.model, "memberships")
        return self.filter(pk__in=pods.objects.visible_to(user).values("specialist"))

    def ever_in(self, pods: "models.QuerySet[Pod]") -> Self:
        """Whoever has, had or will have a place in one of these pods."""
        places = related(self.model, "memberships").objects.filter(pod__in=pods)
        return self.filter(pk__in=places.values("specialist"))


class _OfPodQuerySet(DatedQuerySet):
    def visible_to(self, user: Any) -> Self:
        pod = related(self.model, "pod")
        return self.filter(pod__in=pod.objects.visible_to(user))


class PodFunctionQuerySet(_OfPodQuerySet):
    """Functions in pods that the person may see."""


class MembershipQuerySet(_OfPodQuerySet):
    """Memberships of pods that the person may see."""
