"""Who may do what with an engagement. Whoever cannot see it never gets as far as these."""

from typing import Any

from dm_portal.people import standing
from engagements.models import Customer, CustomerContact
from engagements.querysets import PLANNERS, held_by

LEADERS = frozenset({"dm", "deputy"})
# Kinds of contacts who answer for the customer.
ANSWERING = frozenset({CustomerContact.Kind.LEAD, CustomerContact.Kind.DELEGATE})


def functions_in(user: Any, engagement: Any) -> frozenset[str]:
    """The functions this person holds today in this engagement; see ``held_by``."""
    return frozenset(held for pk, held in held_by(user) if pk == engagement.pk and held)


def leads(user: Any, engagement: Any) -> bool:
    """DM or deputy today."""
    return bool(functions_in(user, engagement) & LEADERS)


def works_on(user: Any, engagement: Any) -> bool:
    """Holds any function in it today, or works in one of its pods."""
    return any(pk == engagement.pk for pk, _ in held_by(user))


def can_list_engagements(user: Any) -> bool:
    """Any of us; the list holds what each may see."""
    return standing.is_present(user) and user.is_internal


def can_create_engagement(user: Any) -> bool:
    """Whoever is on the ladder (any grade), and directors; an auditor writes nothing."""
    if not standing.is_present(user) or not user.is_internal:
        return False
    return standing.is_director(user) or (bool(user.grade) and not standing.is_auditor(user))


def can_begin_for(user: Any, customer: Any) -> bool:
    """Begin one more for a customer who is there: its DM has power over the customer's people."""
    return Customer.objects.planned_by(user).filter(pk=customer.pk).exists()


def can_edit_engagement(user: Any, engagement: Any) -> bool:
    """DM, deputy and architect; directors set what the portal needs too."""
    return bool(functions_in(user, engagement) & PLANNERS) or standing.is_director(user)


def can_set_colours(user: Any, engagement: Any) -> bool:
    """From where on it is at risk or off track: who answers for its colour, and directors."""
    return can_edit_engagement(user, engagement)


def can_edit_plan(user: Any, engagement: Any) -> bool:
    """Milestones, dates, criteria and sprints: who owns delivery."""
    return bool(functions_in(user, engagement) & PLANNERS)


def can_describe_blockers(user: Any, engagement: Any) -> bool:
    """What a blocker holds up and who must act: who owns delivery."""
    return can_edit_plan(user, engagement)


def can_keep_owed(user: Any, engagement: Any) -> bool:
    """Asks, risks, actions and commitments: who owns delivery."""
    return can_edit_plan(user, engagement)


def can_share_with_customer(user: Any, engagement: Any) -> bool:
    """What a customer reads is the DM's word."""
    return leads(user, engagement)


def can_change_shared(user: Any, row: Any) -> bool:
    """Who owns delivery, while it is ours; what the customer reads of it at once, who leads."""
    if row.is_shared:
        return can_share_with_customer(user, row.engagement)
    return can_keep_owed(user, row.engagement)


def can_answer_asks(user: Any, engagement: Any) -> bool:
    """The customer's lead, or whom they named to answer for them, today."""
    contacts = CustomerContact.objects.holding().filter(customer=engagement.customer_id)
    return standing.is_present(user) and contacts.filter(user=user, kind__in=ANSWERING).exists()


def can_name_delegates(user: Any, engagement: Any) -> bool:
    """The customer's lead today."""
    contacts = CustomerContact.objects.holding().filter(customer=engagement.customer_id)
    is_lead = contacts.filter(user=user, kind=CustomerContact.Kind.LEAD)
    return standing.is_present(user) and is_lead.exists()


def can_finish_action(user: Any, action: Any) -> bool:
    """Who owns delivery, and whose action it is while they work here."""
    engagement = action.engagement
    return can_keep_owed(user, engagement) or (
        works_on(user, engagement) and user.pk == action.owner_id
    )


def can_raise_escalation(user: Any, engagement: Any) -> bool:
    """Whoever works on it: one says the same day that one is stuck."""
    return works_on(user, engagement)


def can_settle_escalation(user: Any, escalation: Any) -> bool:
    """Who owns delivery, and whoever of us is to decide."""
    if can_keep_owed(user, escalation.engagement):
        return True
    is_decider: bool = user.pk == escalation.decider_id
    return is_decider and standing.is_present(user) and user.is_internal


def can_import_work(user: Any, engagement: Any) -> bool:
    return leads(user, engagement)


def can_retry_import(user: Any, engagement: Any) -> bool:
    """An import that failed needs an admin; its DM need not wait for one."""
    return leads(user, engagement) or standing.is_admin(user)


def can_invite_contacts(user: Any, engagement: Any) -> bool:
    """The DM is the single contact of the customer's leadership."""
    return leads(user, engagement)


def can_invite_again(user: Any, person: Any) -> bool:
    """Send a contact's letter again, or take it back: who leads work for the customer today."""
    led = [engagement for engagement, function in held_by(user) if function in LEADERS]
    contacts = CustomerContact.objects.not_over().filter(user=person)
    return contacts.filter(customer__engagements__in=led).exists()


def can_change_functions(user: Any, engagement: Any) -> bool:
    """Who is DM is decided above the DM: directors and admins."""
    return standing.is_director(user) or standing.is_admin(user)


def can_read_history(user: Any, engagement: Any) -> bool:
    """Who may read drafts, too: the record holds their words. Others read the work."""
    return bool(functions_in(user, engagement) & PLANNERS) or standing.reads_the_portal(user)
