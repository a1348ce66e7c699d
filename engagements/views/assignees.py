"""An item's assignee as pages call them; items come from ``with_assignees``."""

from dm_portal.shell.lists import Column
from engagements.models import PersonMeaning, WorkItem

Kind = PersonMeaning.Kind


def name_of(item: WorkItem) -> str | None:
    """The specialist's name, or the tracker's; None where the item is nobody's."""
    if item.assignee_kind == Kind.IGNORED:
        return None
    return item.specialist_name or item.assignee or None


def note_on(item: WorkItem) -> str:
    """That it is a bot, or what the tracker calls a specialist of another name."""
    if item.assignee_kind == Kind.BOT:
        return "bot"
    return item.assignee if item.specialist_name and _is_called_otherwise(item) else ""


def note_in_full(item: WorkItem) -> str:
    """The same where there is room, and what was assigned to an ignored name."""
    if _is_called_otherwise(item):
        return f"“{item.assignee}” in the tracker"
    return note_on(item)


def _is_called_otherwise(item: WorkItem) -> bool:
    return bool(item.assignee) and item.assignee != name_of(item)


def plainly(item: WorkItem) -> str | None:
    """For a CSV, which has no notes: "ci-runner (bot)"."""
    return f"{item.assignee} (bot)" if item.assignee_kind == Kind.BOT else name_of(item)


ASSIGNEE = Column("Assignee", name_of, missing="nobody", note=note_on, plain=plainly)
