"""The cast of the demo world comes in: invited, accepted, given its functions and pods."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.contrib.auth.hashers import make_password

from dm_portal.people.models import User, WorkCalendar
from dm_portal.people.services import (
    accept_invitation,
    deactivate_person,
    invite_first_admin,
    invite_internal,
    renew_invitation,
)
from dm_portal.shell.clock import today
from engagements.assignees import BOT, Kind, Who
from engagements.models import Customer, Engagement, PersonMeaning
from engagements.services.meanings import decide_people
from engagements.services.people import invite_contact
from pods.models import Pod, PodFunction, Specialist
from pods.services import add_membership, add_specialist, create_pod, give_pod_function
from reporting.demo import plans
from reporting.demo.story import EngagementPlan

PORTAL_FUNCTIONS = {"director": ("director",), "auditor": ("auditor",)}


@dataclass
class Cast:
    """Who has come in so far, by the key of the plan; ``present`` is the day of the seeding.

    All share one password, which is hashed once.
    """

    password: str
    present: date
    people: dict[str, User] = field(default_factory=dict)
    # by the zones of the engagements that they are for
    calendars: dict[str, WorkCalendar] = field(default_factory=dict)

    @cached_property
    def encoded(self) -> str:
        return make_password(self.password)

    def __getitem__(self, key: str) -> User:
        return self.people[key]

    def come_in(self, person: plans.Person, token: str) -> User:
        user = accept_invitation(token=token, encoded=self.encoded)
        self.people[person.key] = user
        return user


def invite_everybody(password: str, present: date) -> Cast:
    """Our own people: the first admin invites the rest; one of them has left since."""
    cast = Cast(password, present)
    first, *others = plans.INTERNAL
    invitation = invite_first_admin(email=first.email, name=first.name)
    admin = cast.come_in(first, invitation.token)
    for person in others:
        invitation = invite_internal(
            email=person.email,
            name=person.name,
            by=admin,
            grade=person.grade,
            functions=PORTAL_FUNCTIONS.get(person.key, ()),
        )
        cast.come_in(person, invitation.token)
    return cast


def invite_contacts(cast: Cast, customer: Customer, *, by: User) -> None:
    """The customer's people, invited by their delivery manager."""
    for person in plans.CONTACTS[customer.name]:
        contact = invite_contact(
            customer=customer, email=person.email, name=person.name, kind=person.kind, by=by
        )
        # only the letter holds the first link's token: take a link of our own
        invitation = renew_invitation(invitation=contact.user.invitations.get(), by=by)
        cast.come_in(person, invitation.token)


def let_go(cast: Cast) -> None:
    """Somebody leaves: their name stays in the record, their access does not."""
    deactivate_person(person=cast["deactivated"], by=cast["admin"])


def keep_pod(
    cast: Cast, name: str, purpose: str, roster: tuple[plans.Place, ...], *, led_by: User
) -> Pod:
    """A pod, who leads it and who works in it from today; those of the cast can sign in."""
    admin = cast["admin"]
    pod = create_pod(name=name, purpose=purpose, by=admin)
    dm = PodFunction.Function.DM
    give_pod_function(pod=pod, user=led_by, function=dm, starts_on=today(), by=admin)
    by_name = {user.name: user for user in cast.people.values()}
    for place in roster:
        specialist = add_specialist(
            name=place.name,
            user=by_name.get(place.name),
            seniority=place.seniority,
            skills=place.skills,
            by=admin,
        )
        add_membership(
            pod=pod,
            specialist=specialist,
            trade=place.trade,
            allocation=place.allocation,
            starts_on=today(),
            ends_on=None,
            by=admin,
        )
    return pod


def say_who(engagement: Engagement, plan: EngagementPlan, *, by: User) -> None:
    """The DM says who the names in the tracker are, of specialists and of bots."""
    ours = Specialist.objects.filter(name__in=plan.assignees)
    accounts = {plan.names.accounts.get(each.name, each.name): each for each in ours}
    people = {account: Who(Kind.SPECIALIST, each) for account, each in accounts.items()}
    decide_people(
        engagement=engagement,
        decisions={engagement.sources.get(): people | dict.fromkeys(plan.names.bots, BOT)},
        version=PersonMeaning.objects.filter(source__engagement=engagement).version(),
        by=by,
    )
