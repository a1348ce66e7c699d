"""The short version of `make periods`: every zone, some days around a change of its clocks."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = pytest.mark.no_cover


def test_what_is_due_is_what_the_wall_clock_says() -> None:
    command = [sys.executable, ".ci/periods.py", "--days", "16", "--seed", "7"]
    untraced = {name: value for name, value in os.environ.items() if "COVERAGE" not in name}
    ran = subprocess.run(
        command, cwd=settings.BASE_DIR, env=untraced, capture_output=True, text=True
    )
    assert (ran.returncode, "12 zones, 276,480 minutes" in ran.stdout) == (0, True), (
        ran.stdout + ran.stderr
    )
