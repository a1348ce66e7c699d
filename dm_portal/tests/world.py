"""Two customers who must never learn of each other, each with everything the portal can hold.

Every text of theirs is a canary (`canaries.py`), so a page that shows a word it should not says
whose word, of which field. The tests of the walls share one world per module.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import models

from dm_portal.people.models import (
    WEEKDAYS,
    AuditEvent,
    Invitation,
    OutgoingMail,
    PortalFunction,
    Preference,
    TimeOff,
    User,
    WorkCalendar,
)
from dm_portal.shell.clock import now, today
from dm_portal.shell.models import Lease
from dm_portal.tests.canaries import Canaries, Row, hostile
from dm_portal.tests.world_owed import owe
from engagements.models import (
    AcceptanceCriterion,
    Blocker,
    ColourThresholds,
    Customer,
    CustomerContact,
    Engagement,
    EngagementFunction,
    EngagementTemplate,
    Import,
    ImportChunk,
    ImportEvent,
    ImportRow,
    Milestone,
    MilestoneRevision,
    PersonMeaning,
    Source,
    Sprint,
    StateMeaning,
    TemplateMilestone,
    VersionMeaning,
    WorkEvent,
    WorkItem,
)
from engagements.sources.maps import FileMap
from engagements.tests.events import cells
from pods.models import Membership, Pod, PodFunction, Specialist
from reporting.models import (
    Forecast,
    Note,
    Question,
    Reminder,
    Report,
    ReportRevision,
    Retraction,
    UntoldRed,
    WaitingStatus,
)
from reporting.services.compiling import compile_report
from reporting.services.drafts import save_draft, save_update
from reporting.services.publishing import finish_publication, publish_report, start_correction
from reporting.services.receipts import record_receipts
from reporting.services.ticks import open_periods
from reporting.services.updates import begin_update

PASSWORD = "correct horse battery staple"
LONG_AGO = date(2000, 1, 1)
DAY = timedelta(days=1)


@dataclass
class Side:
    """One customer, its engagement, and everybody and everything around it."""

    name: str
    canaries: Canaries
    rows: list[models.Model] = field(default_factory=list)
    people: dict[str, User] = field(default_factory=dict)
    reports: dict[str, Report] = field(default_factory=dict)

    def add(self, row: Row, note: str = "", *, keep: tuple[str, ...] = ()) -> Row:
        """Fill the row's texts with canaries and write it."""
        self.canaries.fill(row, self.name, note, keep=keep).save(force_insert=True)
        self.rows.append(row)
        return row

    def typed(self, field: str, note: str = "") -> str:
        """What somebody of this side types into a field."""
        return hostile(self.canaries.new(self.name, field, note))

    def one(self, model: type[Row], **values: Any) -> Row:
        """The first row of a model that was made for this side, as it was made."""
        return next(
            row
            for row in self.rows
            if isinstance(row, model) and all(getattr(row, k) == v for k, v in values.items())
        )

    def person(self, role: str, **fields: Any) -> User:
        user = User(**{"kind": "internal", "is_active": True} | fields)
        user.set_password(PASSWORD)
        self.people[role] = self.add(user, role)
        return user

    def contact(self, role: str, kind: str) -> User:
        user = self.person(role, kind="customer")
        self.add(
            CustomerContact(customer=self.one(Customer), user=user, kind=kind, starts_on=LONG_AGO)
        )
        return user

    def function(self, role: str, function: str, **fields: Any) -> User:
        user = self.people.get(role) or self.person(role, **fields)
        self.add(
            EngagementFunction(
                engagement=self.engagement, user=user, function=function, starts_on=LONG_AGO
            )
        )
        return user

    @property
    def engagement(self) -> Engagement:
        return self.one(Engagement)


@dataclass
class World:
    """Both sides, and the people who belong to neither."""

    canaries: Canaries
    ours: Side
    theirs: Side
    nobody: Side
    actors: dict[str, User]
    crawled: dict[str, list[Any]] = field(default_factory=dict)  # pages, by actor, once read


def make_world() -> World:
    """Everything twice, and the portal's own people once."""
    canaries = Canaries()
    nobody = Side("nobody", canaries)
    actors = dict(_portal_people(nobody))
    _template(nobody)
    ours, theirs = (_side(Side(name, canaries), actors["admin"]) for name in ("ours", "theirs"))
    open_periods(at=now())
    for side in (ours, theirs):
        _reports(side, side.people["manager"])
    actors |= ours.people
    actors |= {f"other_{role}": user for role, user in theirs.people.items()}
    return World(canaries, ours, theirs, nobody, actors)


def _portal_people(nobody: Side) -> Iterator[tuple[str, User]]:
    for function in PortalFunction.Function.values:
        user = nobody.person(function, is_staff=function == "admin")
        nobody.add(PortalFunction(user=user, function=function, starts_on=LONG_AGO))
        yield function, user
    yield "stranger", nobody.person("stranger", grade="delivery_manager")


def _template(nobody: Side) -> None:
    template = nobody.add(EngagementTemplate())
    nobody.add(TemplateMilestone(template=template, number=1, day=30))
    for name in ("tick", "digests", "canary"):
        nobody.add(Lease(name=name, beaten_at=now()), keep=("name",))
    nobody.add(WorkCalendar(country="DE", region="BE"), keep=(*WEEKDAYS, "country", "region"))


def _side(side: Side, admin: User) -> Side:
    side.add(Customer())
    manager = side.person("manager", grade="delivery_manager")
    _supply(side, manager)
    _engagement(side, manager)
    _our_people(side, admin)
    for role in ("lead", "executive", "delegate"):
        side.contact(role, role)
    _plan(side, manager)
    owe(side, manager)
    _work(side, manager)
    _letters(side, manager)
    return side


def _supply(side: Side, manager: User) -> None:
    pod = side.add(Pod())
    side.add(PodFunction(pod=pod, user=manager, function="dm", starts_on=LONG_AGO))
    worker = side.add(Specialist(user=side.person("specialist")))
    unknown = side.add(Specialist())
    for specialist in (worker, unknown):
        side.add(Membership(pod=pod, specialist=specialist, trade="qa", starts_on=LONG_AGO))
    for whose in ({"user": worker.user}, {"specialist": unknown}):
        days = {"starts_on": today(), "ends_on": today() + 4 * DAY}
        side.add(TimeOff(added_at=now(), added_by=manager, **days, **whose))


def _engagement(side: Side, manager: User) -> None:
    start = today() - 42 * DAY
    engagement = side.add(
        Engagement(
            customer=side.one(Customer),
            starts_on=start,
            reporting_from=start,
            created_at=now() - 42 * DAY,
            created_by=manager,
        )
    )
    engagement.pods.add(side.one(Pod))


def _our_people(side: Side, admin: User) -> None:
    side.function("manager", "dm")
    side.function("deputy", "deputy", grade="senior_delivery_manager")
    side.function("architect", "architect", grade="engagement_architect")
    side.function("tech_lead", "tech_lead")
    side.function("engagement_specialist", "specialist")
    gone = {"is_active": False, "deactivated_at": now(), "deactivated_by": admin}
    side.function("deactivated", "deputy", **gone)


def _plan(side: Side, manager: User) -> None:
    engagement, soon = side.engagement, today() + 14 * DAY
    promised = side.add(Milestone(engagement=engagement, number=1, committed_on=soon), "promised")
    known = side.add(Milestone(engagement=engagement, number=2), "known")
    moves = [(None, soon - 7 * DAY), (soon - 7 * DAY, soon)]
    for number, (old, new) in enumerate(moves, start=1):
        side.add(
            MilestoneRevision(
                milestone=promised,
                number=number,
                old_on=old,
                new_on=new,
                changed_at=now(),
                changed_by=manager,
            )
        )
    met = {"met_at": now(), "met_by": manager}
    side.add(AcceptanceCriterion(milestone=promised, number=1, **met), "promised")
    side.add(AcceptanceCriterion(milestone=promised, number=2), "promised")
    side.add(AcceptanceCriterion(milestone=known, number=1), "known")
    side.add(ColourThresholds(engagement=engagement))
    side.add(Sprint(engagement=engagement, number=1, starts_on=today() - 7 * DAY, ends_on=today()))


def _work(side: Side, manager: User) -> None:
    engagement = side.engagement
    by = FileMap(name=side.typed("mapping")[:200], columns={"key": ["Nr"], "created_at": ["Begun"]})
    mapped = Source(engagement=engagement, number=1, kind="mapped", mapping=by.as_json())
    source = side.add(mapped, keep=("mapping",))
    decided = {"decided_at": now(), "decided_by": manager}
    side.add(StateMeaning(source=source, stage="done", **decided))
    side.add(VersionMeaning(engagement=engagement, milestone=side.one(Milestone), **decided))
    applied = _import(side, 1, source=source, state="applied", applied_at=now(), applied_by=manager)
    _import(side, 2, source=source, state="previewed")
    _import(side, 3, source=source, state="parked")
    for day, done in ((1, now() - 2 * DAY), (2, None)):
        item = side.add(
            WorkItem(
                engagement=engagement,
                source=source,
                created_at=now() - 20 * DAY + day * DAY,
                done_at=done,
                sprint=side.one(Sprint),
                last_import=applied,
            ),
            "done" if done else "open",
        )
        item.milestones.add(side.one(Milestone))
        _event(side, item, applied)
    side.add(PersonMeaning(source=source, kind="bot", **decided))
    ours = {"kind": "specialist", "specialist": side.one(Specialist), "name": item.assignee}
    side.add(PersonMeaning(source=source, **ours, **decided), keep=("name",))
    opened = {"opened_at": now() - 4 * DAY, "key": side.one(WorkItem, done_at=None).key}
    blocker = Blocker(engagement=engagement, number=1, source=source, **opened)
    side.add(blocker, keep=("key",))


def _event(side: Side, item: WorkItem, file: Import) -> None:
    """What the tracker said of an item: how it stood, and in canaries of their own a change."""
    said = {"source": item.source, "occurred_at": now(), "recorded_at": now(), "of": file}
    seen = {"key": item.key, "field": "seen", "became": json.dumps(cells(item))}
    WorkEvent.objects.create(**said, **seen)
    side.add(WorkEvent(**said, field="assignee"))


def _import(side: Side, number: int, **values: Any) -> Import:
    uploaded = {"uploaded_at": now(), "uploaded_by": side.people["manager"], "size": 1}
    made = side.add(Import(engagement=side.engagement, number=number, **uploaded | values))
    side.add(ImportChunk(of=made, number=1, content=b"key"))
    side.add(ImportEvent(of=made, part="work", line=2, field="assignee"))
    verdicts = [(2, "refused", ()), (3, "new", ("reason",)), (4, "changed", ("reason",))]
    for line, verdict, keep in verdicts:
        side.add(ImportRow(of=made, line=line, verdict=verdict), keep=keep)
    return made


def _letters(side: Side, manager: User) -> None:
    side.add(AuditEvent(occurred_at=now(), verb="engagement.created"))
    guest = side.person("invited", kind="customer", is_active=False)
    contact = CustomerContact(customer=side.one(Customer), user=guest, kind="lead")
    contact.starts_on = LONG_AGO
    side.add(contact)
    side.add(
        Invitation(
            user=guest,
            token_hash=side.name.ljust(64, "0"),
            expires_at=now() + 7 * DAY,
            invited_at=now(),
            invited_by=manager,
        )
    )
    side.add(Preference(user=manager, category="reminder", rhythm="daily"))
    # what a letter was composed into: markup of ours, in which every word is escaped
    word = side.canaries.new(side.name, "people.OutgoingMail.html")
    side.add(
        OutgoingMail(
            user=guest,
            reply_to=manager,
            dedup_key=f"invitation:{side.name}",
            message_id=f"<{side.name}@portal.example>",
            next_attempt_at=now(),
            state="kept",
            html=f"<p>{word}</p>",
        ),
        keep=("html",),
    )


def _reports(side: Side, manager: User) -> None:
    """A week in every state, by the services that lead there."""
    _forecasts(side)
    weeks = Report.objects.filter(engagement=side.engagement).order_by("period__starts_on")
    for report in weeks:
        compile_report(report_id=report.pk)
    states = ("corrected", "published", "leaving", "draft", "parked")
    side.reports = reports = dict(zip(states, weeks, strict=False))
    for state in ("corrected", "published"):
        _publish(side, reports[state], manager, state)
    _correct(side, reports["corrected"], manager, "corrected")
    _publish(side, reports["corrected"], manager, "corrected")
    _correct(side, reports["corrected"], manager, "correcting")
    _updates(side, manager)
    _publish(side, reports["leaving"], manager, "leaving", delay=3600)
    _write(side, reports["draft"], manager, "draft")
    stood = {"headline": side.typed("reporting.Report.unrecorded", "draft")}
    weeks.filter(pk=reports["draft"].pk).update(unrecorded=stood)
    first = ReportRevision.objects.get(report=reports["corrected"], number=1)
    side.add(Retraction(revision=first, retracted_at=now(), retracted_by=manager))
    error = side.typed("reporting.Report.last_error")
    weeks.filter(pk=reports["parked"].pk).update(state="parked", last_error=error)
    side.rows += ReportRevision.objects.filter(report__engagement=side.engagement)
    for revision in ReportRevision.objects.filter(report=reports["corrected"]):
        record_receipts(revisions=[revision], user=side.people["lead"])
    _digests(side, manager, reports["draft"])
    _notes(side, manager)
    _questions(side, manager)


def _questions(side: Side, manager: User) -> None:
    """One that waits and one that is answered, beside the headline of the published week."""
    revision = ReportRevision.objects.get(report=side.reports["published"])
    asked = {
        "engagement": side.engagement,
        "revision": revision,
        "place": "headline",
        "asked_at": now(),
        "asked_by": side.people["delegate"],
    }
    side.add(Question(number=1, **asked), "waits", keep=("answer",))
    answered = {"answered_at": now(), "answered_by": manager}
    side.add(Question(number=2, **asked, **answered), "answered")


def _forecasts(side: Side) -> None:
    """Of a milestone the one that stands and that of a week before, which was refused; and of a
    sprint. They are there before a status keeps its own of the same week.
    """
    monday, milestone, sprint = (
        today() - today().weekday() * DAY,
        side.one(Milestone),
        side.one(Sprint),
    )
    told = {"engagement": side.engagement, "method_version": 1, "has_low_evidence": False}
    weekly = told | {"milestone": milestone, "occasion": "week", "method": "pace"}
    rests_on = {"weeks": [2] * 12, "open": 4, "before": 1, "growth": 0}
    words = ("refusal", "refusal_words")
    stands = Forecast(**weekly, as_of=now(), starts_on=monday, is_winding_down=True)
    stands.inputs, stands.law = rests_on, [0.2, 0.6, 0.9, 0.97, 0.999]
    side.add(stands, keep=("inputs", "law", *words))
    before = Forecast(**weekly, as_of=now() - 7 * DAY, starts_on=monday - 7 * DAY)
    before.inputs, before.law, before.is_winding_down = rests_on, [], False
    side.add(before, keep=("inputs", "law"))
    share = Forecast(
        **told | {"sprint": sprint, "occasion": "share", "method": "ratio", "share": 30},
        as_of=now(),
        starts_on=sprint.starts_on,
        is_winding_down=False,
    )
    share.inputs = {"committed": 8, "done": 2, "earlier": [[8, 2, 6]]}
    share.law = {"point": 6, "amounts": {"0.05": 2, "0.15": 3, "0.5": 6, "0.85": 8, "0.95": 9}}
    side.add(share, keep=("inputs", "law", *words))


def _updates(side: Side, manager: User) -> None:
    """One that is out, one being corrected, and one that is being written."""
    for state in ("told", "retold", "begun"):
        words = {"colour": "amber", **_paragraph(side, state)}
        side.reports[state] = begin_update(engagement=side.engagement, by=manager, **words)
    for state in ("told", "retold"):
        publish_report(report=side.reports[state], by=manager, delay=0)
        finish_publication(report_id=side.reports[state].pk)
        side.reports[state].refresh_from_db()
    retold = side.reports["retold"]
    _correct(side, retold, manager, "correcting")
    words = _paragraph(side, "correcting")
    save_update(report=retold, colour="amber", version=retold.version, by=manager, **words)


def _paragraph(side: Side, note: str) -> dict[str, str]:
    names = ("paragraph", "colour_reason")
    return {name: side.typed(f"reporting.Report.{name}", note) for name in names}


def _notes(side: Side, manager: User) -> None:
    """Two of the DM's, one of the architect's, and what is not told at once."""
    kept = {"engagement": side.engagement, "written_at": now()}
    side.add(Note(written_by=manager, **kept), "friday")
    side.add(Note(written_by=manager, purpose="retro", **kept), "retro")
    side.add(Note(written_by=side.people["architect"], **kept), "friday")
    left = {"left_at": now(), "left_by": manager}
    side.add(UntoldRed(milestone=side.one(Milestone), turned_on=today(), **left))


def _digests(side: Side, manager: User, report: Report) -> None:
    """A reminder that was told, and a status that waits for a digest."""
    mail = side.one(OutgoingMail)
    told = Reminder(report=report, user=manager, step="overdue", mail=mail, created_at=now())
    side.add(told)
    revision = ReportRevision.objects.filter(report__engagement=side.engagement)[0]
    side.add(WaitingStatus(revision=revision, user=side.people["lead"]))


def _write(side: Side, report: Report, manager: User, note: str) -> Report:
    """What a DM types, each field with a canary of its own."""
    report.refresh_from_db()
    typed = ("headline", "our_move", "own_words", "colour_reason")
    words = {name: side.typed(f"reporting.Report.{name}", note) for name in typed}
    edited = {"text": side.typed("reporting.Report.edits", note), "left_out": ""}
    sentences = {"freshness": edited} if note == "draft" else {}
    save_draft(
        report=report,
        colour="amber",
        version=report.version,
        by=manager,
        sentences=sentences,
        **words,
    )
    return report


def _correct(side: Side, report: Report, manager: User, note: str) -> None:
    reason = side.typed("reporting.Report.correction_reason", note)
    start_correction(report=report, reason=reason, by=manager)


def _publish(side: Side, report: Report, manager: User, note: str, *, delay: int = 0) -> None:
    publish_report(report=_write(side, report, manager, note), by=manager, delay=delay)
    finish_publication(report_id=report.pk)
    report.refresh_from_db()
