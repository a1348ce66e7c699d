"""The short version of `make faults`: statuses and their letters while everything dies."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = pytest.mark.no_cover

SHORT = ("--engagements", "12", "--kills", "2", "--restarts", "2", "--seed", "7", "--quick")


@pytest.mark.parametrize("mode", ["clock", "celery"])
def test_no_status_and_no_letter_is_lost(mode: str) -> None:
    command = [sys.executable, ".ci/faults.py", "--mode", mode, *SHORT]
    untraced = {name: value for name, value in os.environ.items() if "COVERAGE" not in name}
    ran = subprocess.run(
        command, cwd=settings.BASE_DIR, env=untraced, capture_output=True, text=True
    )
    assert "12 statuses published, 2 kills" in ran.stdout, ran.stdout + ran.stderr
    assert (ran.returncode, "none lost, none doubled" in ran.stdout) == (0, True), ran.stdout
