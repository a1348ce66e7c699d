"""Who may do what with people, letters and the portal's own pages."""

from collections.abc import Callable
from typing import Any

from dm_portal.people import standing

MayInvite = Callable[[Any, Any], bool]

_may_invite: list[MayInvite] = [lambda user, person: False]


def contacts_are_invited_by(may_invite: MayInvite) -> None:
    """Register who may invite one of a customer's people: ``may_invite(user, person)``.

    Whose contact somebody is, and who leads the work there, is known further up in the order of
    imports. Before anybody says so, nobody but admins may.
    """
    _may_invite[0] = may_invite


def can_use_admin_site(user: Any) -> bool:
    return standing.is_admin(user)


def can_see_gallery(user: Any) -> bool:
    return standing.is_admin(user)


def can_list_people(user: Any) -> bool:
    return standing.is_admin(user) or standing.reads_the_portal(user)


def can_invite_internal(user: Any) -> bool:
    return standing.is_admin(user)


def can_change_invitation(user: Any, invitation: Any) -> bool:
    """Take it back or send it again: admins, and whoever invited while they still may."""
    if standing.is_admin(user):
        return True
    if not standing.is_present(user) or invitation.invited_by_id != user.pk:
        return False
    return invitation.user.is_customer and _may_invite[0](user, invitation.user)


def can_change_person(user: Any) -> bool:
    return standing.is_admin(user)


def can_deactivate(user: Any, person: Any) -> bool:
    """An admin, and never oneself: nobody locks the last door from inside."""
    return standing.is_admin(user) and person.pk != user.pk


def can_list_calendars(user: Any) -> bool:
    """Any of us."""
    return standing.is_present(user) and user.is_internal


def can_keep_calendars(user: Any) -> bool:
    return standing.is_admin(user)


def can_choose_calendar(user: Any, person: Any) -> bool:
    """One of us their own; an admin anybody's of us."""
    if not standing.is_present(user) or not person.is_internal:
        return False
    return person.pk == user.pk or standing.is_admin(user)


def can_enter_time_off(user: Any) -> bool:
    """Any of us: their own leave."""
    return standing.is_present(user) and user.is_internal


def can_enter_time_off_of_others(user: Any) -> bool:
    return standing.is_admin(user)


def can_read_all_time_off(user: Any) -> bool:
    """Others read their own, and that of people in their pods."""
    return standing.is_admin(user) or standing.reads_the_portal(user)


def can_change_time_off(user: Any, row: Any) -> bool:
    """Whoever is away, and admins."""
    if standing.is_admin(user):
        return True
    whose = row.user_id or row.specialist.user_id
    return standing.is_present(user) and whose == user.pk


def can_change_portal_functions(user: Any) -> bool:
    return standing.is_admin(user)


def can_read_outbox(user: Any) -> bool:
    return standing.is_admin(user)


def can_see_health(user: Any) -> bool:
    return standing.is_admin(user)


def can_read_audit(user: Any) -> bool:
    return standing.is_auditor(user) or standing.is_director(user)
