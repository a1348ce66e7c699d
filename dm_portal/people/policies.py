"""Who may do what with people, letters and the portal's own pages."""

from typing import Any

from dm_portal.people import standing


def can_use_admin_site(user: Any) -> bool:
    return standing.is_admin(user)


def can_see_gallery(user: Any) -> bool:
    return standing.is_admin(user)


def can_list_people(user: Any) -> bool:
    return standing.is_admin(user) or standing.reads_the_portal(user)


def can_invite_internal(user: Any) -> bool:
    return standing.is_admin(user)


def can_change_invitation(user: Any, invitation: Any) -> bool:
    """Take it back or send it again: admins, and whoever invited."""
    return standing.is_admin(user) or (
        standing.is_present(user) and invitation.invited_by_id == user.pk
    )


def can_change_person(user: Any) -> bool:
    return standing.is_admin(user)


def can_deactivate(user: Any, person: Any) -> bool:
    """An admin, and never oneself: nobody locks the last door from inside."""
    return standing.is_admin(user) and person.pk != user.pk


def can_change_portal_functions(user: Any) -> bool:
    return standing.is_admin(user)


def can_read_outbox(user: Any) -> bool:
    return standing.is_admin(user)


def can_read_audit(user: Any) -> bool:
    return standing.is_auditor(user) or standing.is_director(user)
