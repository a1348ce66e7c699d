"""The cast: who takes part in the tests, by role, in two customers that know nothing of
each other. Loaded as a pytest plugin by the root conftest."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from dm_portal.people.models import PortalFunction, User
from dm_portal.shell.clock import now, today
from engagements.models import Customer, CustomerContact, Engagement, EngagementFunction
from pods.models import Membership, Pod, Specialist

PASSWORD = "correct horse battery staple"


def make_user(name: str, *, kind: str = "internal", **fields: Any) -> User:
    """An active person; ``name`` also gives the address."""
    address = name.lower().replace(" ", ".")
    user = User(name=name, email=f"{address}@{kind}.example", kind=kind, is_active=True, **fields)
    user.set_password(PASSWORD)
    user.save()
    return user


def make_engagement(name: str, *, customer: Customer, by: User, **fields: Any) -> Engagement:
    """An active engagement that began four weeks ago, led by ``by``."""
    start = today() - timedelta(weeks=4)
    values = {"starts_on": start, "reporting_from": start, "created_at": now()} | fields
    engagement = Engagement.objects.create(name=name, customer=customer, created_by=by, **values)
    give_function(by, engagement, "dm", starts_on=date(2000, 1, 1))
    return engagement


def give_function(
    user: User, engagement: Engagement, function: str, *, starts_on: date | None = None
) -> EngagementFunction:
    return EngagementFunction.objects.create(
        user=user, engagement=engagement, function=function, starts_on=starts_on or today()
    )


def make_contact(name: str, customer: Customer, kind: str = "lead") -> User:
    user = make_user(name, kind="customer")
    CustomerContact.objects.create(customer=customer, user=user, kind=kind, starts_on=today())
    return user


@pytest.fixture
def customer(db: None) -> Customer:
    return Customer.objects.create(name="Northwind Bank")


@pytest.fixture
def other_customer(db: None) -> Customer:
    return Customer.objects.create(name="Contoso Freight")


@pytest.fixture
def manager(db: None) -> User:
    return make_user("Mara Manager", grade=User.Grade.DELIVERY_MANAGER)


@pytest.fixture
def other_manager(db: None) -> User:
    return make_user("Otto Othermanager", grade=User.Grade.DELIVERY_MANAGER)


@pytest.fixture
def engagement(customer: Customer, manager: User, pod: Pod) -> Engagement:
    engagement = make_engagement("Atlas", customer=customer, by=manager)
    engagement.pods.add(pod)
    return engagement


@pytest.fixture
def other_engagement(other_customer: Customer, other_manager: User) -> Engagement:
    return make_engagement("Borealis", customer=other_customer, by=other_manager)


@pytest.fixture
def pod(db: None) -> Pod:
    return Pod.objects.create(name="Pod Larch")


@pytest.fixture
def other_pod(db: None) -> Pod:
    return Pod.objects.create(name="Pod Birch")


@pytest.fixture
def lead(customer: Customer) -> User:
    return make_contact("Lena Lead", customer)


@pytest.fixture
def other_lead(other_customer: Customer) -> User:
    return make_contact("Olga Otherlead", other_customer)


@pytest.fixture
def delegate(customer: Customer) -> User:
    return make_contact("Dora Delegate", customer, "delegate")


@pytest.fixture
def executive(customer: Customer) -> User:
    return make_contact("Edgar Executive", customer, "executive")


@pytest.fixture
def deputy(engagement: Engagement) -> User:
    user = make_user("Dario Deputy", grade=User.Grade.SENIOR_DELIVERY_MANAGER)
    give_function(user, engagement, "deputy")
    return user


@pytest.fixture
def architect(engagement: Engagement) -> User:
    user = make_user("Aria Architect", grade=User.Grade.ENGAGEMENT_ARCHITECT)
    give_function(user, engagement, "architect")
    return user


@pytest.fixture
def tech_lead(engagement: Engagement) -> User:
    user = make_user("Tilda Techlead")
    give_function(user, engagement, "tech_lead")
    return user


def _portal_wide(name: str, function: str, **fields: Any) -> User:
    user = make_user(name, **fields)
    PortalFunction.objects.create(user=user, function=function, starts_on=date(2000, 1, 1))
    return user


@pytest.fixture
def director(db: None) -> User:
    return _portal_wide("Dina Director", "director", grade=User.Grade.DIRECTOR_OF_DELIVERY)


@pytest.fixture
def admin(db: None) -> User:
    return _portal_wide("Adam Admin", "admin", is_staff=True)


@pytest.fixture
def auditor(db: None) -> User:
    return _portal_wide("Aude Auditor", "auditor")


def _in_pod(name: str, pod: Pod) -> User:
    user = make_user(name)
    specialist = Specialist.objects.create(name=name, user=user)
    Membership.objects.create(
        pod=pod, specialist=specialist, trade=Membership.Trade.DEVELOPER, starts_on=today()
    )
    return user


@pytest.fixture
def specialist(pod: Pod) -> User:
    """Works in the engagement's pod."""
    return _in_pod("Sami Specialist", pod)


@pytest.fixture
def other_specialist(other_pod: Pod) -> User:
    """Works in a pod that the engagement has nothing to do with."""
    return _in_pod("Ona Otherspecialist", other_pod)


@pytest.fixture
def deactivated(engagement: Engagement, admin: User) -> User:
    """Was deputy of the engagement, and still has the row."""
    user = make_user("Dora Deactivated")
    give_function(user, engagement, "deputy")
    User.objects.filter(pk=user.pk).update(
        is_active=False, deactivated_at=now(), deactivated_by=admin
    )
    user.refresh_from_db()
    return user


@pytest.fixture
def stranger(db: None) -> User:
    """One of us, with a grade and no function anywhere."""
    return make_user("Stig Stranger", grade=User.Grade.DELIVERY_MANAGER)


@pytest.fixture
def sign_in(client: Any) -> Callable[[User], Any]:
    """The test client, signed in as the given person."""

    def _sign_in(user: User) -> Any:
        client.force_login(user)
        return client

    return _sign_in
