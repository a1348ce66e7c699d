"""Who may change rosters."""

from typing import Any

from dm_portal.people import standing


def can_edit_roster(user: Any) -> bool:
    """Admins keep the rosters; a DM decides, an admin enters it."""
    return standing.is_admin(user)


def can_list_pods(user: Any) -> bool:
    """Any of us; the list holds what each may see."""
    return standing.is_present(user) and user.is_internal
