"""Customers: who the work is for."""

from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell.errors import DomainError
from dm_portal.shell.versions import update_version
from engagements.models import Customer
from engagements.policies import can_begin_for


@transaction.atomic
def create_customer(*, name: str, by: User) -> Customer:
    """Take on a customer.

    Raises:
        DomainError: one that ``by`` can see has this name. Of others nothing is said.
    """
    known = Customer.objects.visible_to(by).filter(name__iexact=name).first()
    if known is not None:
        way = "choose it from the list" if can_begin_for(by, known) else "ask whoever plans for it"
        raise DomainError(
            f"There is a customer called {name} already: {way}.", field="new_customer"
        )
    customer = Customer.objects.create(name=name)
    record("customer.created", customer, by=by)
    return customer


@transaction.atomic
def rename_customer(*, customer: Customer, version: int, name: str, by: User) -> Customer:
    """Change what a customer is called, everywhere but in what was published."""
    if change := update_version(customer, version=version, name=name):
        record("customer.renamed", customer, by=by, before=change.before, after=change.after)
    return customer
