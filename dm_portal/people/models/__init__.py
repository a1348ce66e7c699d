"""Who uses the portal, what they may be, did and were written, and when they work."""

from dm_portal.people.models.mails import OutgoingMail, Preference
from dm_portal.people.models.people import (
    AuditEvent,
    DatedRow,
    Invitation,
    PortalFunction,
    Ref,
    User,
    UserManager,
    ends_after_start,
)
from dm_portal.people.models.working_time import WEEKDAYS, TimeOff, WorkCalendar, validate_time_zone

__all__ = [
    "WEEKDAYS",
    "AuditEvent",
    "DatedRow",
    "Invitation",
    "OutgoingMail",
    "PortalFunction",
    "Preference",
    "Ref",
    "TimeOff",
    "User",
    "UserManager",
    "WorkCalendar",
    "ends_after_start",
    "validate_time_zone",
]
