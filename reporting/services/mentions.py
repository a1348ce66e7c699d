"""What must be mentioned: put into the text by one act, or left out for a reason that is kept."""

from typing import Any

from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell.errors import DomainError
from reporting.editing import LEAVE_OUT, with_inserted
from reporting.mentions import Choice, Matter, news
from reporting.models import Report
from reporting.sentences import is_under
from reporting.services.drafts import save_draft
from reporting.services.states import change

INSERT = "insert"
ACTS = (INSERT, *LEAVE_OUT)


@transaction.atomic
def settle_mention(
    *, report: Report, key: str, act: str, version: int, by: User, **words: Any
) -> Matter:
    """Save a draft, and with it mention something grave, or leave it out.

    ``key`` names the matter, ``act`` is "insert" or why it is left out, one of ``LEAVE_OUT``: the
    choice holds until it gets worse. ``words`` are those of ``save_draft``.

    Raises:
        DomainError: it is no draft, or there is no such matter any more.
        Conflict: somebody else saved the draft since ``version``.
    """
    draft = save_draft(report=report, version=version, by=by, **words)
    matter = next((each for each in news(draft.body) if each.key == key), None)
    if matter is None:
        raise DomainError("This need not be mentioned any more.")
    if act == INSERT:
        edits = report.edits
        for row in draft.sentences:
            if is_under(row["key"], matter.families):
                edits = with_inserted(row, edits)
        change(report, edits=edits)
        record("report.mention_inserted", report, by=by, after={"what": matter.what})
    else:
        choice = Choice(why=act, grade=matter.grade)
        change(report, choices=report.choices | {key: choice})
        said = {"what": matter.what, "why": LEAVE_OUT[act]}
        record("report.mention_left_out", report, by=by, after=said)
    return matter
