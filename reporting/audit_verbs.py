"""What the record says of each act of this app: the words after the actor's name."""

COMMON = {
    "reporting.report": "the ",
    "reporting.note": "a ",
    "reporting.question": "the customer’s ",
}

SENTENCES: dict[str, str] = {
    "report.opened": "opened {target}",
    "report.drafted": "drafted {target}",
    "report.parked": "could not finish {target} and needs an admin: {after[error]}",
    "report.retried": "had {target} drafted again",
    "report.saved": "edited {target}",
    "report.due_day_moved": (
        "moved the due day of {target} from {before[due_on]} to {after[due_on]}"
    ),
    "report.publication_started": "started the publication of {target}",
    "report.publication_stopped": "stopped the publication of {target}",
    "report.published": "published {target}, revision {after[revision]}",
    "report.correction_started": "opened {target} for a correction: {after[reason]}",
    "report.correction_dropped": "dropped the correction of {target}",
    "report.retracted": "withdrew {target}, revision {after[revision]}: {after[reason]}",
    "report.update_begun": "began {target}",
    "report.update_discarded": "threw away {target}",
    "report.seen": "read {target}, revision {after[revision]}",
    "question.asked": "asked about a status: {after[text]}",
    "question.answered": "answered {target}: {after[answer]}",
    "report.mention_inserted": "had {target} say: {after[what]}",
    "report.mention_left_out": "left out of {target}, as {after[why]}: {after[what]}",
    "note.written": "wrote {target}",
    "note.changed": "changed {target}",
    "note.taken_back": "took back {target}",
    "note.carried": "left {target} for a later status",
    "note.used": "took {target} into the draft of a status",
    "note.done": "called {target} done",
    "milestone.red_left_untold": (
        "decided not to tell the customer now that {target} turned red on {after[turned_on]}: "
        "{after[reason]}"
    ),
}
