"""The short version of `make kills`: the clock, and Celery with its broker, under SIGKILL."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = pytest.mark.no_cover

SHORT = ("--reports", "20", "--kills", "4", "--seed", "7", "--beat", "2")


@pytest.mark.parametrize("mode", ["clock", "celery"])
def test_no_report_is_lost_or_doubled(mode: str) -> None:
    command = [sys.executable, ".ci/kills.py", "--mode", mode, *SHORT]
    untraced = {name: value for name, value in os.environ.items() if "COVERAGE" not in name}
    ran = subprocess.run(
        command, cwd=settings.BASE_DIR, env=untraced, capture_output=True, text=True
    )
    assert "20 reports opened by 4 ticks at once" in ran.stdout, ran.stdout + ran.stderr
    assert "4 kills" in ran.stdout
    assert (ran.returncode, "none lost, none doubled" in ran.stdout) == (0, True), ran.stdout
