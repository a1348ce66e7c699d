"""What the record says of each act of this app: the words after the actor's name."""

from collections.abc import Callable

from engagements.stages import Stage

COMMON = {
    "engagements.import": "",
    "engagements.acceptancecriterion": "",
    "engagements.blocker": "",
    "engagements.ask": "",
    "engagements.risk": "",
    "engagements.action": "",
    "engagements.commitment": "",
    "engagements.escalation": "",
    "engagements.colourthresholds": "",
}

SENTENCES: dict[str, str] = {
    "customer.created": "took on the customer {target}",
    "customer.renamed": "renamed the customer {before[name]} to {after[name]}",
    "contact.added": "added {target}",
    "contact.ended": "ended {target} on {after[ends_on]}",
    "engagement.created": "began the engagement {target}",
    "engagement.changed": "changed the settings of {target}",
    "engagement.paused": "paused {target}: {after[reason]}",
    "engagement.resumed": "resumed {target}: {after[reason]}",
    "engagement.closed": "closed {target}: {after[reason]}",
    "function.given": "named {target} from {after[starts_on]}",
    "function.ended": "ended {target} on {after[ends_on]}",
    "milestone.created": "planned the milestone {target}",
    "milestone.changed": "changed the milestone {target}",
    "milestone.date_committed": "committed to {after[committed_on]} for {target}: {after[reason]}",
    "milestone.date_moved": (
        "moved the date of {target} from {before[committed_on]} to {after[committed_on]}: "
        "{after[reason]}"
    ),
    "milestone.date_withdrawn": (
        "withdrew the date {before[committed_on]} of {target}: {after[reason]}"
    ),
    "milestone.matched": (
        "made the milestone {target} the tracker's version {after[tracker_name]} "
        "by applying import {after[import]}; its items in that file: {after[items]}"
    ),
    "criterion.added": "added {target}: {after[statement]}",
    "criterion.changed": "reworded {target}",
    "criterion.met": "found {target} met",
    "criterion.not_met": "found {target} not met after all",
    "sprint.created": "planned the sprint {target}",
    "sprint.changed": "changed the sprint {target}",
    "blocker.described": "said what {target} holds up, and who must act",
    "ask.made": "wrote down {target}: {after[question]}",
    "ask.changed": "changed {target}",
    "ask.shared": "shared {target} with the customer: {after[customer_text]}",
    "ask.reworded": "reworded {target} for the customer: {after[customer_text]}",
    "ask.answered": "answered {target}: {after[answer]}",
    "ask.withdrawn": "withdrew {target}: {after[reason]}",
    "risk.seen": "saw {target}: {after[what]}",
    "risk.changed": "changed {target}",
    "risk.shared": "shared {target} with the customer: {after[customer_text]}",
    "risk.reworded": "reworded {target} for the customer: {after[customer_text]}",
    "risk.happened": "said that {target} happened: {after[reason]}",
    "risk.closed": "closed {target}: {after[reason]}",
    "action.planned": "planned {target}: {after[what]}",
    "action.changed": "changed {target}",
    "action.done": "did {target}",
    "action.not_done": "found {target} not done after all",
    "action.withdrawn": "withdrew {target}: {after[reason]}",
    "commitment.made": "wrote down {target}, due {after[due_on]}: {after[promise]}",
    "commitment.taken_back": "took back a promise by {target}: {before[promise]}",
    "commitment.fulfilled": "found {target} fulfilled on {after[fulfilled_on]}",
    "commitment.not_fulfilled": "found {target} not fulfilled after all",
    "escalation.raised": "raised {target}: {after[what]}",
    "escalation.changed": "changed {target}",
    "escalation.shared": "shared {target} with the customer: {after[customer_text]}",
    "escalation.reworded": "reworded {target} for the customer: {after[customer_text]}",
    "escalation.acknowledged": "acknowledged {target}",
    "escalation.resolved": "resolved {target}: {after[resolution]}",
    "thresholds.changed": "changed the {target}",
    "template.created": "made the template {target}",
    "template.changed": "changed the template {target}",
    "template.outlined": "changed the milestones of the template {target}",
    "template.removed": "removed the template {target}",
    "source.added": "brought in the first file of the kind {target}",
    "engagement.versions_decided": "decided whose milestone's the versions of {target} are",
    "source.mapped": "gave {target} another map",
    "source.promised": (
        "promised that {target} is at most {after[promised_days]} days old, "
        "not {before[promised_days]}"
    ),
    "source.people_decided": "decided who the people are that {target} names",
    "source.states_decided": "decided what states of {target} mean",
    "import.uploaded": "brought in {target}",
    "import.read": (
        "read {target}: {after[new_count]} new, {after[changed_count]} changed, "
        "{after[unchanged_count]} unchanged, {after[refused_count]} refused"
    ),
    "import.refused": "refused {target}: {after[reason]}",
    "import.requested": "asked for {target} to be applied",
    "import.applied": (
        "applied {target}: {after[new_count]} new, {after[changed_count]} changed, "
        "{after[unchanged_count]} unchanged, {after[refused_count]} refused; "
        "milestones added: {after[milestones_added]}, sprints added: {after[sprints_added]}"
    ),
    "import.reread": "sent {target} back to be read again: its preview no longer held",
    "import.parked": "could not finish {target} and needs an admin: {after[problem]}",
    "import.retried": "let {target} be read again",
    "import.discarded": "discarded {target}",
    "work.rebuilt": "had the work of {target} written anew from its events: {after[items]} items",
}

# What was decided of the words of trackers, as the record stores it.
DECISIONS: dict[str, Callable[[str], str]] = {
    "source.states_decided": lambda stage: str(dict(Stage.choices).get(stage, stage)),
    "source.people_decided": str,
    "engagement.versions_decided": lambda milestone: milestone or "no milestone",
}
