"""Who can be named in what an engagement owes or is owed: of us, and of the customer."""

from django.db.models import Q, QuerySet

from dm_portal.people.models import User
from engagements.models import CustomerContact, Engagement, EngagementFunction
from pods.models import Membership


def owners_of(engagement: Engagement) -> QuerySet[User]:
    """Ours who hold a function in it today, or work in one of its pods."""
    functions = EngagementFunction.objects.holding().filter(engagement=engagement)
    members = Membership.objects.holding().filter(pod__engagements=engagement)
    ours = Q(pk__in=functions.values("user")) | Q(pk__in=members.values("specialist__user"))
    return _here(User.objects.filter(ours))


def contacts_of(engagement: Engagement) -> QuerySet[User]:
    """The customer's people of today."""
    contacts = CustomerContact.objects.holding().filter(customer=engagement.customer_id)
    return _here(User.objects.filter(pk__in=contacts.values("user")))


def deciders_of(engagement: Engagement) -> QuerySet[User]:
    """Whoever may have to decide on an escalation: of both sides, and the directors."""
    directors = User.objects.holding_portal_function("director")
    sides = (owners_of(engagement), contacts_of(engagement), directors)
    either = Q()
    for people in sides:
        either |= Q(pk__in=people.order_by().values("pk"))
    return _here(User.objects.filter(either))


def _here(people: QuerySet[User]) -> QuerySet[User]:
    return people.filter(deactivated_at__isnull=True).order_by("name", "pk")
