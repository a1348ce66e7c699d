"""Who may write, publish and read what is said about an engagement."""

from typing import Any

from dm_portal.people import standing
from engagements import policies as engagement_policies


def can_write_report(user: Any, engagement: Any) -> bool:
    """The DM, or the deputy in the DM's place."""
    return engagement_policies.leads(user, engagement)


can_publish_report = can_write_report
can_retract_report = can_write_report


def can_read_drafts(user: Any, engagement: Any) -> bool:
    """DM, deputy and architect; directors and auditors read everything."""
    functions = engagement_policies.functions_in(user, engagement)
    return bool(functions & {"dm", "deputy", "architect"}) or standing.reads_the_portal(user)


def can_retry_parked(user: Any) -> bool:
    return standing.is_admin(user)


def leaves_receipt(user: Any) -> bool:
    """Only the customer's own people are 'seen by'; looking in from our side is not."""
    return standing.is_present(user) and user.is_customer


def can_change_note(user: Any, note: Any) -> bool:
    """Its writer alone, whoever may read it."""
    return bool(note.written_by_id == user.pk)


def can_ask_questions(user: Any) -> bool:
    """The customer's people, about whatever they may read."""
    return standing.is_present(user) and user.is_customer


can_answer_question = can_write_report
