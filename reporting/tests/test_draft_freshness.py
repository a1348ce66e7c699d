"""A draft says what it rests on that is older than promised, or that nobody has decided."""

from datetime import timedelta

import pytest
from django.urls import reverse

from dm_portal.people.models import User
from engagements.models import Engagement, Import, Milestone
from reporting.models import Report
from reporting.tests.pages import SignIn, text_of, url
from reporting.tests.reports import FRIDAY, WEEK, draft, import_work, open_reports

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]


@pytest.mark.parametrize(("days", "late"), [(7, ""), (8, "as of Thu 12 Nov")])
def test_a_source_older_than_promised_is_told_above_the_draft_and_by_its_sentences(
    sign_in: SignIn, manager: User, checkout: Milestone, draft_47: Report, days: int, late: str
) -> None:
    Import.objects.update(as_of=FRIDAY - timedelta(days=days))
    answer = sign_in(manager).get(url(draft_47))
    lines = [line for section in answer.context["sections"] for line in section.lines]
    told = {line.key for line in lines if line.late}
    assert {line.key for line in lines} == {"date.1.1", "freshness", "finished", "milestone.1"}
    assert told == ({"finished", "milestone.1"} if late else set())
    assert {line.late for line in lines if line.key in told} == ({late} if late else set())
    title = f"Jira export has told nothing for {days} days"
    assert text_of(answer).count(title) == bool(late)


def test_a_reconstructed_draft_is_as_old_as_its_own_day(
    sign_in: SignIn, manager: User, engagement: Engagement
) -> None:
    import_work(engagement, manager, **{"A-1": (FRIDAY - 9 * WEEK, None)})
    first, *_ = open_reports(engagement, at=FRIDAY, weeks=6)
    answer = sign_in(manager).get(url(draft(first)))
    assert [source.age_days for source in answer.context["sources"]] == [0]


@pytest.mark.parametrize("states", [[], ["Parked"]])
def test_a_state_that_nobody_decided_on_is_a_warning_beside_the_draft_and_above_the_figures(
    sign_in: SignIn, manager: User, checkout: Milestone, draft_47: Report, states: list[str]
) -> None:
    Import.objects.update(undecided_states=states)
    desk = sign_in(manager)
    for address in (url(draft_47), reverse("figures_detail", args=[checkout.engagement.ref])):
        words = text_of(desk.get(address))
        assert words.count("Nobody has decided yet what the state “Parked”") == len(states)
