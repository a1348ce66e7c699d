"""The short versions of `make periods` and `make ticks`: what is due, asked of the wall clock."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = pytest.mark.no_cover


def said_by(script: str, *arguments: str) -> str:
    """What a script prints, which must find nothing wrong."""
    untraced = {name: value for name, value in os.environ.items() if "COVERAGE" not in name}
    command = [sys.executable, f".ci/{script}", *arguments, "--seed", "7"]
    ran = subprocess.run(
        command, cwd=settings.BASE_DIR, env=untraced, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_every_minute_around_changes_of_clocks() -> None:
    assert "12 zones, 276,480 minutes" in said_by("periods.py", "--days", "16")


def test_clocks_that_tick_at_random() -> None:
    zones = ("--zones", "Europe/Berlin", "Pacific/Apia")
    said = said_by("ticks.py", *zones, "--days", "150", "--ticks", "50")
    assert "2 zones, 100 ticks" in said
