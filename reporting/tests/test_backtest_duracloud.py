"""The past of a real project held against what would have been foretold of it."""

from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from dm_portal.people.models import User
from dm_portal.shell.clock import now
from engagements.models import Engagement
from engagements.services.imports import import_file
from reporting import facts
from reporting.backtests import dates
from reporting.figures.expected import Known, weekly

pytestmark = pytest.mark.django_db


def test_the_dates_of_a_real_project(
    real_data: Path, engagement: Engagement, manager: User
) -> None:
    export = real_data / "duracloud_jira_export.csv"
    import_file(
        engagement=engagement,
        file_name=export.name,
        content=BytesIO(export.read_bytes()),
        by=manager,
    )
    out = StringIO()
    call_command("backtest", "--engagement", engagement.ref, stdout=out)
    inputs = facts.read_inputs(engagement, since=None, as_of=now())
    weeks = weekly(Known.of(inputs))
    found = dates.score(dates.walk(weeks))

    # 556 items were resolved, some of them in the week in which work began
    assert 540 < sum(weeks) < 556
    assert out.getvalue().startswith(f"Atlas: {found.tried} forecasts, {found.refused} refused; ")
    # of plain resampling, 76 % of such dates hold at 85 %, and 83 % at 95 %
    assert found.tried > 600
    assert found.coverage[0.85] > 0.75
    assert found.coverage[0.95] > 0.85
    assert found.error < 5
