"""Every change of people, invitations, functions, letters and what people chose of these."""

from dm_portal.people.services.accounts import (
    EmailChangeGone,
    ask_email_change,
    ask_password_reset,
    change_email,
    change_password,
    new_address,
    note_two_step,
    second_steps,
)
from dm_portal.people.services.calendars import (
    change_calendar,
    choose_calendar,
    create_calendar,
    remove_calendar,
)
from dm_portal.people.services.functions import end_portal_function, grant_portal_function
from dm_portal.people.services.invitations import (
    InvitationGone,
    accept_invitation,
    invitation_url,
    invite_first_admin,
    invite_internal,
    invite_person,
    open_invitation,
    renew_invitation,
    revoke_invitation,
)
from dm_portal.people.services.mails import (
    WITH_PERSONAL_LINK,
    compose_letter,
    queue_letters,
    queue_mail,
    retry_mail,
    retry_mails,
    write_letter,
)
from dm_portal.people.services.people import (
    change_person,
    deactivate_person,
    has_two_step,
    reactivate_person,
    remove_two_step,
)
from dm_portal.people.services.preferences import (
    choose_mails,
    open_subscription,
    subscribe_again,
    unsubscribe,
    unsubscribe_url,
)
from dm_portal.people.services.sending import keep_waiting_mails, send_due_mails
from dm_portal.people.services.time_off import (
    add_time_off,
    change_time_off,
    import_time_off,
    withdraw_time_off,
)

__all__ = [
    "WITH_PERSONAL_LINK",
    "EmailChangeGone",
    "InvitationGone",
    "accept_invitation",
    "add_time_off",
    "ask_email_change",
    "ask_password_reset",
    "change_calendar",
    "change_email",
    "change_password",
    "change_person",
    "change_time_off",
    "choose_calendar",
    "choose_mails",
    "compose_letter",
    "create_calendar",
    "deactivate_person",
    "end_portal_function",
    "grant_portal_function",
    "has_two_step",
    "import_time_off",
    "invitation_url",
    "invite_first_admin",
    "invite_internal",
    "invite_person",
    "keep_waiting_mails",
    "new_address",
    "note_two_step",
    "open_invitation",
    "open_subscription",
    "queue_letters",
    "queue_mail",
    "reactivate_person",
    "remove_calendar",
    "remove_two_step",
    "renew_invitation",
    "retry_mail",
    "retry_mails",
    "revoke_invitation",
    "second_steps",
    "send_due_mails",
    "subscribe_again",
    "unsubscribe",
    "unsubscribe_url",
    "withdraw_time_off",
    "write_letter",
]
