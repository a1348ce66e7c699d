"""Reports of how long items stayed in each state, brought more than once: the latest counts."""

import csv
from collections import Counter
from io import BytesIO, StringIO
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dm_portal.people.models import User
from engagements.models import Engagement, Import
from engagements.services import imports
from engagements.services.rebuilding import rebuild_work
from engagements.sources.maps import parse_map
from engagements.tests.events import told
from engagements.tests.stays import HOUR, MAP, SEEN, START, Life, lives, report, taken

pytestmark = pytest.mark.django_db

DOCUMENTED = Path(__file__).resolve().parents[2] / "docs" / "maps" / "time_in_status.toml"
# How a report tells when it was taken: to the second, to the day, or not at all.
TELLS = {"%Y-%m-%dT%H:%M:%S": MAP + SEEN, "%Y-%m-%d": MAP + SEEN, "": MAP}


def bring(engagement: Engagement, by: User, content: bytes, by_map: bytes, **more: Any) -> Import:
    file = imports.import_file(
        engagement=engagement,
        file_name="stays.csv",
        content=BytesIO(content),
        by=by,
        by_map=parse_map(by_map),
        loses_much=True,
        **more,
    )
    assert (file.state, file.refused_count) == ("applied", 0), file.problem
    return file


def brought(
    files: list[bytes], by_map: bytes, engagement: Engagement, by: User
) -> dict[str, list[Any]]:
    """What is told after these came in, one after the other; then it is as before."""
    savepoint = transaction.savepoint()
    for content in files:
        bring(engagement, by, content, by_map)
    found = told(engagement)
    rebuild_work(engagement=engagement, by=by)
    assert told(engagement) == found
    transaction.savepoint_rollback(savepoint)
    return found


def reports(lives: dict[str, Life], taken: list[tuple[int, str]], seen: str) -> list[bytes]:
    found, at = [], START
    for hours, left_out in taken:
        at += hours * HOUR
        there = {key: life for key, life in lives.items() if key != left_out}
        found.append(report(there or lives, at, seen))
    return found


@pytest.mark.no_cover
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lives, taken, st.sampled_from(sorted(TELLS)), st.randoms(use_true_random=False))
def test_the_latest_report_of_an_item_counts_in_any_order(
    engagement: Engagement, manager: User, lives: Any, taken: Any, seen: str, chance: Any
) -> None:
    files = reports(lives, taken, seen)
    once = brought(files, TELLS[seen], engagement, manager)
    shuffled = [*files, chance.choice(files)]
    chance.shuffle(shuffled)
    assert brought(shuffled, TELLS[seen], engagement, manager) == once
    newest = {}
    for content in files:
        for key, rows in groupby(
            csv.DictReader(StringIO(content.decode())), lambda row: row["key"]
        ):
            newest[key] = [row["state"] for row in rows]
    blocked = Counter(key for key, _, _ in once["blockers"])
    assert all(count <= newest[key].count("Blocked") for key, count in blocked.items())
    assert {item[0]: item[3] for item in once["items"]} == {
        key: states[-1] for key, states in newest.items()
    }
