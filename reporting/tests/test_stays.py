"""What statuses tell of items whose stays a later report counts back from another day."""

import json
from io import BytesIO

import pytest
import time_machine

from dm_portal.people.models import User
from engagements.models import Engagement
from engagements.services import imports
from engagements.sources.maps import parse_map
from engagements.tests.stays import MAP
from reporting.tests.reports import FRIDAY, WEEK, open_reports, publish

pytestmark = pytest.mark.django_db

# On Thursday the item was done since Wednesday; five days later, at 22:00, it was opened again.
THURSDAY = b"key,state,days,until\nA,Open,3,2026-11-18\nA,Blocked,0.5,2026-11-18\n"
THURSDAY += b"A,Done,0,2026-11-18\n"
MONDAY = THURSDAY.replace(b"2026-11-18", b"2026-11-23").replace(b"Done,0,", b"Done,5.2,")
MONDAY += b"A,Open,0,2026-11-23\n"


def bring(engagement: Engagement, by: User, content: bytes) -> None:
    file = imports.import_file(
        engagement=engagement,
        file_name="stays.csv",
        content=BytesIO(content),
        by=by,
        by_map=parse_map(MAP),
    )
    assert file.state == "applied"


def test_moves_that_are_dated_anew_are_told_neither_again_nor_late(
    friday: time_machine.Traveller, engagement: Engagement, manager: User
) -> None:
    bring(engagement, manager, THURSDAY)
    first, second = open_reports(engagement, at=FRIDAY + WEEK, weeks=2)
    before = publish(first, manager)
    friday.move_to(FRIDAY + WEEK, tick=False)
    bring(engagement, manager, MONDAY)
    told, now = (json.loads(each.facts.body) for each in (before, publish(second, manager)))
    assert told["figures"]["total"]["finished"] == ["A"]
    total = now["figures"]["total"]
    assert total["reopened"] == ["A"]
    late = [name for name in total if name.endswith("_late") and total[name]]
    assert (late, total["finished"]) == ([], [])
    [item] = now["inputs"]["items"]
    assert [state for _, _, state in item["steps"]] == ["Open", "Blocked", "Done", "Open"]
