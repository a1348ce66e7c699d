"""Require every branch of the rules: querysets, policies, services, periods, forecasts, and so on.

Reads .coverage.json of the last `make test`; exits 1 naming each line and branch not taken.
"""

import json
import sys
from pathlib import Path

RULES = {
    *("querysets", "policies", "services", "periods"),
    *("working_time", "schedules", "leave_files", "recurrence"),
    *("reminding", "rounds", "ahead", "truth", "editing", "note_querysets", "reds"),
    *("forecasts", "forecasting", "expected", "backtests", "querysets_forecasts"),
    *("rag", "calls", "thresholds"),
    *("since", "live", "shared", "questions", "question_querysets", "mentions"),
}
# Mail: what is said to whom, when, and how it leaves.
RULES |= {"categories", "composing", "letters", "mail_words", "preferences", "recipients", "smtp"}


def is_rule(path: str) -> bool:
    """A module of that name, or any module of a package of that name."""
    return not RULES.isdisjoint(Path(path).with_suffix("").parts)


def gaps(figures: dict) -> list[str]:
    lines = [f"line {line}" for line in figures["missing_lines"]]
    return lines + [f"branch {start} -> {end}" for start, end in figures["missing_branches"]]


def main() -> None:
    report = json.loads(Path(".coverage.json").read_text())
    files = {path: gaps(figures) for path, figures in report["files"].items() if is_rule(path)}
    for path, missing in sorted(files.items()):
        if missing:
            print(f"{path}: {', '.join(missing)}")
    if any(files.values()):
        sys.exit("Not every branch of the rules is tested.")
    print(f"Every branch of {len(files)} modules of rules is tested.")


if __name__ == "__main__":
    main()
