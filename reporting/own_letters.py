"""The letters of this app, each with an example for the admins' pages."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from dm_portal.people.letters import Group, Line
from dm_portal.people.own_letters import SOMEBODY, SOMEBODY_OF_US
from reporting import customer
from reporting.live import First, Needed, Since
from reporting.services.letters import letter_values
from reporting.since import SinceLine
from reporting.status_lines import Told

FRIDAY = customer.Moment(
    "Fri 20 Nov 2026, 15:00", datetime(2026, 11, 20, 14, tzinfo=UTC).isoformat(), ""
)
STATUS = customer.Status(
    engagement="Atlas",
    week="16–22 Nov 2026",
    number=2,
    shape="at_risk",
    word="At risk",
    previous_word="On track",
    headline="Release 2.1 will probably miss Mon 30 Nov: the bank’s test system is down.",
    paragraph="",
    next_name="2.1 Refunds",
    next_on=customer.Day("Mon 30 Nov", "2026-11-30"),
    next_past="",
    next_expected="2–8 Dec",
    rules=customer.Rules("off_track", "2.1 Refunds has 12 of 52 items open.", is_known=True),
    reason="The system is back on Monday.",
    our_move="We test against a stand-in from Monday.",
    own_words="Your new contact for refunds is **Sami Lund**.",
    speaks_for=SOMEBODY_OF_US.name,
    correction_reason="The date of 3.0 was wrong.",
    changed=(
        customer.Line("", ("11 items were finished, 3 were added.",)),
        customer.Line("3.0 Reporting", ("Moved from Fri 15 Jan to Fri 29 Jan: new rules of tax.",)),
    ),
    milestones=(
        customer.Line(
            "2.1 Refunds",
            ("Committed for Mon 30 Nov, in 10 days.", "40 of 52 items (76 %) are done."),
            "Customers get money back without a call",
        ),
        customer.Line("3.0 Reporting", ("Committed for Fri 29 Jan.", "None of 31 items is done.")),
        customer.Line("", ("18 further items are in no committed milestone.",)),
    ),
    done_earlier=(),
    timeline=None,
    burn_up=None,
    delivered=(customer.Line("2.1 Refunds", ("Refunds can be started and approved.",)),),
    our_word=customer.Kept("3 commitments were due: 3 kept.", ()),
    ahead=(customer.Line("2.1 Refunds", ("5 items are planned in the sprint to Fri 27 Nov.",)),),
    waiting=(),
    rests_on="Told by one file of the tracker, exported on Fri 20 Nov, 11:00.",
    zone="Europe/Berlin",
    as_of=FRIDAY,
    published=FRIDAY,
    published_by="Dana Reyes",
    published_for=SOMEBODY_OF_US.name,
    reconstructed_on=None,
)


FIRST = First(
    needed=(
        Needed(
            number=1,
            url="/status/example/asks/1/",
            version=1,
            text="2.1 without refunds on 30 Nov, or all of it about 4 Dec?",
            from_whom=SOMEBODY.name,
            by="Tue 24 Nov",
            by_iso="2026-11-24",
            late="",
            options=(),
            recommendation="2.1 without refunds on 30 Nov.",
            without_answer="30 Nov is lost on Wednesday.",
            may_answer=True,
        ),
    ),
    since=Since(
        "Since you read (Fri 13 Nov)",
        (
            SinceLine("", "On track → at risk"),
            SinceLine("2.1 Refunds", "2 criteria met (6 of 8); 3 items more"),
        ),
    ),
)


def _status() -> Mapping[str, Any]:
    url = f"{settings.BASE_URL}/status/example/"
    return {"person": SOMEBODY, **letter_values(STATUS, url=url, first=FIRST)}


def _update() -> Mapping[str, Any]:
    told = replace(
        STATUS,
        week="update",
        number=1,
        paragraph="The bank’s test system has been down since Tuesday. We test against a stand-in "
        "and say on Wednesday whether 2.1 still goes live on Mon 30 Nov.",
        correction_reason="",
    )
    url = f"{settings.BASE_URL}/status/example/"
    return {"person": SOMEBODY, **letter_values(told, url=url, first=First())}


def _retraction() -> Mapping[str, Any]:
    return {
        "person": SOMEBODY,
        "engagement": "Atlas",
        "what": "status",
        "week": "16–22 Nov 2026",
        "headline": STATUS.headline,
        "reason": "It spoke of the wrong test system. A corrected one follows on Monday.",
        "by": "Mara Manager",
        "url": f"{settings.BASE_URL}/status/example/",
    }


def _reminder() -> Mapping[str, Any]:
    return {
        "person": SOMEBODY_OF_US,
        "engagement": "Atlas",
        "week": "16–22 Nov 2026",
        "due": "Fri 20 Nov, 15:00 (Europe/Berlin)",
        "is_late": True,
        "stands": "The draft is there and waits for your headline and your colour.",
        "action": "Write the status",
        "url": f"{settings.BASE_URL}/engagements/example/",
        "why": "You are its delivery manager.",
    }


def _reminders() -> Mapping[str, Any]:
    url = f"{settings.BASE_URL}/engagements/example/"
    late = "It was due Fri 20 Nov, 15:00 (Europe/Berlin). You are its delivery manager."
    soon = "It is due Fri 27 Nov, 15:00 (Europe/Berlin). You are its delivery manager."
    lines = (
        Line("Atlas, status of 16–22 Nov 2026", late, "Write the status", url),
        Line("Harbour, status of 23–29 Nov 2026", soon, "Write the status", url),
    )
    return {
        "person": SOMEBODY_OF_US,
        "title": "1 status is overdue, 1 is due soon",
        "lead": "1 status is overdue, 1 is due soon.",
        "groups": [Group("Statuses", lines)],
    }


def _statuses() -> Mapping[str, Any]:
    url = f"{settings.BASE_URL}/status/example/"
    about = "Atlas, 16–22 Nov 2026"
    told = Told(
        about=about,
        shape=STATUS.shape,
        word=STATUS.word,
        headline=STATUS.headline,
        withdrawn="",
        corrected="",
        our_move=STATUS.our_move,
        first=FIRST,
        action="Read the status",
        url=url,
    )
    return {
        "person": SOMEBODY,
        "title": f"{about}: at risk",
        "lead": "1 status was published for you since the last of these mails.",
        "told": [told],
    }


def _digest() -> Mapping[str, Any]:
    url = f"{settings.BASE_URL}/engagements/example/"
    overdue = Line("Atlas", "The status of 16–22 Nov was due yesterday.", "Write it", url)
    blocker = Line("Atlas, blocker 4", "Open for 5 working days.", "Say who must act", url)
    soon = Line("Harbour", "2.1 is committed for Mon 30 Nov.", "See the milestone", url)
    return {
        "person": SOMEBODY_OF_US,
        "title": "What needs you: 2 overdue, 1 this week",
        "lead": "Two things are overdue. The oldest has waited since Monday.",
        "groups": [Group("Overdue", (overdue, blocker)), Group("This week", (soon,))],
    }


def _ahead() -> Mapping[str, Any]:
    url = f"{settings.BASE_URL}/engagements/example/"
    milestone = Line(
        "Atlas",
        "2.1 Refunds is committed for Mon 30 Nov, in 7 days; 12 of 52 items open.",
        "See the milestone",
        url,
    )
    away = Line("Atlas", "Sami Lund is away 25–27 Nov.", "See the engagement", url)
    alone = Line("Harbour", "Nobody leads it Thu 26 Nov.", "See who leads", url)
    return {
        "person": SOMEBODY_OF_US,
        "title": "The next ten days: 3 dates",
        "lead": "What the dates of your engagements say of 23 Nov – 2 Dec.",
        "groups": [
            Group("Milestones", (milestone,)),
            Group("Away from the pod", (away,)),
            Group("Days without delivery manager or deputy", (alone,)),
        ],
    }


def _answer() -> Mapping[str, Any]:
    return {
        "person": SOMEBODY,
        "engagement": "Atlas",
        "quote": "2.1 Refunds: Committed for Mon 30 Nov, in 10 days.",
        "question": "Does that hold without the bank’s test system?",
        "answer": "Yes, for everything but partial refunds.",
        "answered_by": SOMEBODY_OF_US.name,
        "url": f"{settings.BASE_URL}/status/example/",
    }


# kind: name, category, example
OWN = {
    "status": ("Published status", "status", _status),
    "update": ("Published update", "status", _update),
    "answer": ("An answer to a question", "status", _answer),
    "retraction": ("Withdrawn status or update", "status", _retraction),
    "reminder": ("Reminder of a status that is due", "reminder", _reminder),
    "reminders": ("Reminders of several statuses", "reminder", _reminders),
    "statuses": ("Published statuses, in one mail", "status", _statuses),
    "ahead": ("The next ten days", "ahead", _ahead),
    "digest": ("What needs you", "needs", _digest),
}
