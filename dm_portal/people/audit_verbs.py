"""What the record says of each act of this app: the words after the actor's name."""

SENTENCES: dict[str, str] = {
    "person.invited": "invited {target}",
    "person.came_in": "accepted the invitation {target}",
    "person.renamed": "gave {target} another name: {after[name]} (was {before[name]})",
    "person.graded": "noted a step of {target} on the ladder: {after[grade]} (was {before[grade]})",
    "person.deactivated": "deactivated {target}",
    "person.reactivated": "let {target} in again",
    "person.password_changed": "chose a new password",
    "person.email_change_asked": "asked for the address {after[email]}",
    "person.email_changed": "changed their address from {before[email]} to {after[email]}",
    "person.two_step_added": "switched on two-step sign-in: {after[kind]}",
    "person.two_step_replaced": "made new ones for two-step sign-in: {after[kind]}",
    "person.two_step_removed": "switched off two-step sign-in of {target}: {before[kind]}",
    "invitation.revoked": "took back the invitation {target}",
    "invitation.renewed": "sent the invitation {target} again",
    "portal_function.granted": "appointed {target} from {after[starts_on]} until {after[ends_on]}",
    "portal_function.ended": "ended the time of {target} on {after[ends_on]}",
    "portal_function.called_off": "called off {target}, which would have begun on {after[ends_on]}",
    "mail.retried": "asked for the mail {target} to be sent again",
}
