"""What a person is, portal-wide, today.

Read once per request and kept on the user object, which lives no longer than the request:
a function that ends is gone at the next one.
"""

from typing import Any

from dm_portal.shell.clock import today


def is_present(user: Any) -> bool:
    """Signed in and not deactivated."""
    return bool(user is not None and user.is_authenticated and user.is_active)


def functions_of(user: Any) -> frozenset[str]:
    """The portal functions that this person holds today; none for a customer's people."""
    if not is_present(user) or not user.is_internal:
        return frozenset()
    if (kept := getattr(user, "_portal_functions", None)) is not None:
        return kept
    day = today()
    held = frozenset(row.function for row in user.portal_functions.all() if row.holds_on(day))
    user._portal_functions = held
    return held


def is_admin(user: Any) -> bool:
    return "admin" in functions_of(user)


def is_director(user: Any) -> bool:
    return "director" in functions_of(user)


def is_auditor(user: Any) -> bool:
    return "auditor" in functions_of(user)


def reads_the_portal(user: Any) -> bool:
    """Directors and auditors read every engagement."""
    return bool(functions_of(user) & {"director", "auditor"})
