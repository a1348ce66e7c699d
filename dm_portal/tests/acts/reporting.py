"""The week: periods, drafts, publication."""

from datetime import timedelta
from typing import Any

from dm_portal.shell.clock import now
from dm_portal.tests.world import LONG_AGO, World
from engagements.models import Engagement, Escalation, Milestone
from reporting.models import Note, Period, Question, Report, ReportRevision
from reporting.services import (
    attempts,
    compiling,
    drafts,
    due_days,
    mentions,
    notes,
    publishing,
    questions,
    receipts,
    replays,
    retracting,
    sittings,
    ticks,
    updates,
)

HOUR = timedelta(hours=1)


def report(world: World, state: str) -> Report:
    weeks = Report.objects.filter(period__isnull=False)
    return weeks.filter(engagement=world.ours.engagement, state=state)[0]


def set_state(world: World, before: str, **values: Any) -> Report:
    """A report brought to where its service starts, as the test's own scene."""
    found = report(world, before)
    Report.objects.filter(pk=found.pk).update(**values)
    return Report.objects.get(pk=found.pk)


def waiting(world: World) -> Report:
    return set_state(world, "draft", state="due")


def parked(world: World) -> Report:
    return set_state(world, "draft", state="parked", last_error="boom\n")


def leaving(world: World) -> Report:
    return set_state(world, "publishing", publish_at=now() - timedelta(seconds=1))


def dying(world: World) -> Report:
    return set_state(world, "publishing", attempts=5)


def correcting(world: World) -> Report:
    return set_state(world, "published", state="draft", correction_reason="A wrong date")


def unread(world: World) -> ReportRevision:
    told = ReportRevision.objects.filter(report__period__isnull=False)
    return told.filter(report__engagement=world.ours.engagement).last()


def a_month_late(world: World) -> None:
    start = now() - timedelta(days=60)
    Engagement.objects.filter(pk=world.ours.engagement.pk).update(reporting_from=start.date())


def to_come(world: World) -> Report:
    """A draft of a week that is not over for a year."""
    found = world.ours.reports["draft"]
    monday = found.period.starts_on + timedelta(weeks=52)
    due_at = now() + timedelta(weeks=52)
    Period.objects.filter(pk=found.period_id).update(
        starts_on=monday, due_on=monday, due_at=due_at, is_reconstructed=False
    )
    return Report.objects.get(pk=found.pk)


def worded(world: World) -> Report:
    """A draft whose turn it is: the one before it is out."""
    publishing.finish_publication(report_id=leaving(world).pk)
    return Report.objects.get(pk=world.ours.reports["draft"].pk)


def raised(world: World) -> Report:
    """Such a draft, and something that it must mention."""
    manager, found = world.actors["manager"], worded(world)
    before = found.period.opens_at - timedelta(days=1)
    Escalation.objects.create(
        engagement=world.ours.engagement,
        number=99,
        level=2,
        what="Nobody decides",
        decider=manager,
        answer_by=LONG_AGO,
        raised_by=manager,
        raised_at=before,
        customer_text="Which bank?",
        shared_at=before,
        shared_by=manager,
    )
    return found


def begun(world: World) -> Report:
    """An update that is being written."""
    return Report.objects.get(pk=world.ours.reports["begun"].pk)


def noted(world: World) -> Note:
    return Note.objects.get(pk=world.ours.one(Note).pk)


ACTS: dict[Any, Any] = {
    replays.open_weeks: lambda w: replays.open_weeks(
        engagement=w.ours.engagement, first=LONG_AGO, last=LONG_AGO + timedelta(days=14)
    ),
    ticks.open_periods: lambda w, _: ticks.open_periods(at=now()),
    compiling.compile_report: lambda w, due: compiling.compile_report(report_id=due.pk),
    drafts.save_draft: lambda w, draft: drafts.save_draft(
        report=draft,
        headline="On the way",
        our_move="Go on",
        colour="red",
        colour_reason="",
        version=draft.version,
        by=w.actors["manager"],
    ),
    due_days.move_due_day: lambda w, draft: due_days.move_due_day(
        report=draft,
        due_on=due_days.days_left(draft, at=now())[-1],
        reason="A bridge day",
        version=draft.version,
        by=w.actors["manager"],
    ),
    publishing.publish_report: lambda w, draft: publishing.publish_report(
        report=draft, by=w.actors["manager"]
    ),
    publishing.stop_publication: lambda w, going: publishing.stop_publication(
        report=going, by=w.actors["manager"]
    ),
    publishing.finish_publication: lambda w, going: publishing.finish_publication(
        report_id=going.pk
    ),
    publishing.start_correction: lambda w: publishing.start_correction(
        report=report(w, "published"), reason="A wrong date", by=w.actors["manager"]
    ),
    # what the world's manager typed into the draft
    sittings.end_left_sittings: lambda w: sittings.end_left_sittings(at=now() + HOUR),
    retracting.retract_report: lambda w: retracting.retract_report(
        report=report(w, "published"), reason="A wrong week", by=w.actors["manager"]
    ),
    publishing.drop_correction: lambda w, opened: publishing.drop_correction(
        report=opened, version=opened.version, by=w.actors["manager"]
    ),
    drafts.save_update: lambda w, begun: drafts.save_update(
        report=begun,
        paragraph="On the way",
        colour="red",
        colour_reason="",
        version=begun.version,
        by=w.actors["manager"],
    ),
    updates.begin_update: lambda w: updates.begin_update(
        engagement=w.ours.engagement,
        paragraph="On the way",
        colour="red",
        colour_reason="",
        by=w.actors["manager"],
    ),
    updates.discard_update: lambda w, begun: updates.discard_update(
        report=begun, version=begun.version, by=w.actors["manager"]
    ),
    notes.write_note: lambda w: notes.write_note(
        engagement=w.ours.engagement, text="A word", purpose="retro", by=w.actors["manager"]
    ),
    notes.change_note: lambda w, note: notes.change_note(
        note=note, text="A word", purpose="retro", version=1, by=w.actors["manager"]
    ),
    notes.take_back_note: lambda w, note: notes.take_back_note(
        note=note, version=1, by=w.actors["manager"]
    ),
    notes.place_note: lambda w, found: notes.place_note(
        note=found[0],
        act="insert",
        report=found[1],
        headline="On the way",
        our_move="Go on",
        own_words="",
        colour="red",
        colour_reason="",
        version=found[1].version,
        by=w.actors["manager"],
    ),
    mentions.settle_mention: lambda w, found: mentions.settle_mention(
        report=found,
        key="escalation.99",
        act="insert",
        headline="On the way",
        our_move="Go on",
        own_words="",
        colour="red",
        colour_reason="",
        version=found.version,
        by=w.actors["manager"],
    ),
    notes.leave_red_untold: lambda w: notes.leave_red_untold(
        milestone=w.ours.one(Milestone),
        turned_on=LONG_AGO,
        reason="They know",
        by=w.actors["manager"],
    ),
    questions.ask_question: lambda w: questions.ask_question(
        revision=ReportRevision.objects.get(report=w.ours.reports["published"]),
        place="headline",
        quote="On the way",
        text="Does it hold?",
        by=w.actors["executive"],
    ),
    questions.answer_question: lambda w, asked: questions.answer_question(
        question=asked, version=1, answer="It does", by=w.actors["manager"]
    ),
    receipts.record_receipts: lambda w, revision: receipts.record_receipts(
        revisions=[revision], user=w.actors["executive"]
    ),
    attempts.retry_report: lambda w, failed: attempts.retry_report(
        report=failed, by=w.actors["admin"]
    ),
    attempts.note_death: lambda w, going: attempts.note_death(report_id=going.pk, error="Killed."),
}
READY: dict[Any, Any] = {
    ticks.open_periods: a_month_late,
    compiling.compile_report: waiting,
    drafts.save_draft: worded,
    due_days.move_due_day: to_come,
    drafts.save_update: begun,
    updates.discard_update: begun,
    questions.answer_question: lambda w: Question.objects.get(pk=w.ours.one(Question, number=1).pk),
    notes.change_note: noted,
    notes.take_back_note: noted,
    mentions.settle_mention: raised,
    notes.place_note: lambda w: (noted(w), worded(w)),
    publishing.publish_report: worded,
    publishing.stop_publication: lambda w: report(w, "publishing"),
    publishing.finish_publication: leaving,
    publishing.drop_correction: correcting,
    receipts.record_receipts: unread,
    attempts.retry_report: parked,
    attempts.note_death: dying,
}
