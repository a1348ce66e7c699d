"""Change the product's rules one at a time and see whether a test notices.

A seeded sample of mutants is drawn from policies, querysets, services, histories, figures and what
else is law. Each is run against the tests that execute its line (found by one run with coverage
contexts), in copies of the tree, so that the checkout is never touched. Exits 1 when fewer than
90 % are killed.

    python .ci/mutants.py [--seed 1] [--count 100] [--jobs 2] [--only PATH-PART]

mutmut and cosmic-ray were not used: neither draws a seeded sample across packages, and both run
the whole suite, or need its processes forked after the database connection is open.
"""

import argparse
import ast
import concurrent.futures
import copy
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("dm_portal/people", "dm_portal/shell", "pods", "engagements", "reporting")
# The modules whose rules are law: a slip here is a leak, a lost status or a wrong figure.
TARGETS = (
    *("policies", "querysets", "services", "standing", "facts", "figures", "rag", "periods"),
    "calls",
    *("histories", "counting", "freshness", "leftovers", "stored_items", "last_status", "drafting"),
    *("sentences", "sources", "working_time", "schedules", "recurrence", "leave_files"),
    *("composing", "preferences", "recipients", "forecasts", "forecasting"),
    *("truth", "mentions", "denials", "editing", "since", "shared", "live", "reds", "needs"),
    "customer",
)
TESTS_PER_MUTANT = 60
TIMEOUT_SECONDS = 120

SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
RENAMED = {"filter": "exclude", "exclude": "filter", "all": "none", "none": "all"}


@dataclass(frozen=True)
class Mutant:
    """One change: which file, which line, what it was, and the whole changed source."""

    path: str
    line: int
    what: str
    source: str


@dataclass(frozen=True)
class Verdict:
    mutant: Mutant
    killed: bool
    seconds: float
    tests: int


def target_files() -> list[Path]:
    found = []
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            parts = path.relative_to(ROOT / app).with_suffix("").parts
            if "tests" not in parts and "migrations" not in parts and set(parts) & set(TARGETS):
                found.append(path)
    return found


def _type_only(tree: ast.Module) -> set[int]:
    """Ids of nodes no run can reach: annotations, TYPE_CHECKING blocks and docstrings."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        parts: list[ast.AST | None] = []
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            parts.append(node)
        elif isinstance(node, ast.FunctionDef):
            parts += [node.returns, *(arg.annotation for arg in node.args.kwonlyargs)]
            parts += [arg.annotation for arg in node.args.args]
        elif isinstance(node, ast.AnnAssign):
            parts.append(node.annotation)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            parts.append(node)
        skipped |= {id(inner) for part in parts if part for inner in ast.walk(part)}
    return skipped


def changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Every single change to one node, as (words, new node)."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPPED:
        new = copy.deepcopy(node)
        new.ops[0] = SWAPPED[type(node.ops[0])]()  # type: ignore[assignment]
        yield "comparison", new
    if isinstance(node, ast.BoolOp | ast.BinOp) and type(node.op) in SWAPPED:
        new = copy.deepcopy(node)
        new.op = SWAPPED[type(node.op)]()  # type: ignore[assignment]
        yield "operator", new
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
        yield "negation dropped", node.operand
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield "constant", ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield "constant", ast.Constant(node.value + 1)
    if isinstance(node, ast.If | ast.IfExp):
        new = copy.deepcopy(node)
        new.test = ast.UnaryOp(ast.Not(), new.test)
        yield "condition", new
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield "call dropped", ast.Pass()
    if isinstance(node, ast.Call):
        yield from _call_changes(node)


def _call_changes(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node.func, ast.Attribute):
        if node.func.attr in RENAMED:
            new = copy.deepcopy(node)
            new.func.attr = RENAMED[node.func.attr]  # type: ignore[attr-defined]
            yield f"{node.func.attr} became {RENAMED[node.func.attr]}", new
        if node.func.attr in {"filter", "exclude", "update"} and len(node.keywords) > 1:
            for index, keyword in enumerate(node.keywords):
                new = copy.deepcopy(node)
                del new.keywords[index]
                yield f"{keyword.arg} dropped", new


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else super().visit(node)


def mutants_of(path: Path) -> list[Mutant]:
    tree = ast.parse(path.read_text())
    skipped = _type_only(tree)
    lines = {id(node): getattr(node, "lineno", 0) for node in ast.walk(tree)}
    found = []
    for node in list(ast.walk(tree)):
        if id(node) in skipped or not lines[id(node)]:
            continue
        for what, new in changes(node):
            changed = ast.unparse(ast.fix_missing_locations(_swap(tree, node, new)))
            name = str(path.relative_to(ROOT))
            found.append(Mutant(name, lines[id(node)], what, changed))
    return found


def _swap(tree: ast.Module, old: ast.AST, new: ast.AST) -> ast.Module:
    """A copy of the tree with one node replaced; positions are matched by walking both."""
    memo: dict[int, object] = {}
    twin = copy.deepcopy(tree, memo)
    return _Replace(memo[id(old)], new).visit(twin)  # type: ignore[no-any-return,arg-type]


def copy_of_tree(where: Path) -> Path:
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    for name in names:
        if (ROOT / name).is_file():
            (where / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, where / name)
    return where


def pytest(where: Path, *arguments: str, timeout: float | None = None) -> int:
    """Run pytest in a copy of the tree; 0 passed, 1 failed, 124 took too long."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=where, env=environment, timeout=timeout, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return 124
    if done.returncode not in (0, 1, 2):
        print(done.stdout[-3000:])
    return done.returncode


def tests_by_line(where: Path) -> dict[tuple[str, int], list[str]]:
    """(file, line) -> the tests that ran it, from coverage's dynamic contexts."""
    targets = sorted({str(path.relative_to(ROOT)) for path in target_files()})
    (where / ".mutants.coveragerc").write_text(
        "[run]\nrelative_files = true\nbranch = false\ninclude =\n"
        + "".join(f"    {name}\n" for name in targets)
    )
    code = pytest(
        where, "-n", "2", "-m", "not browser", "--cov", "--cov-context=test", "--cov-report=",
        "--cov-fail-under=0", "--cov-config=.mutants.coveragerc",
    )  # fmt: skip
    if code != 0:
        sys.exit("The tests must pass before mutants are made.")
    return _read_contexts(where / ".coverage")


def _read_contexts(database: Path) -> dict[tuple[str, int], list[str]]:
    from coverage.numbits import numbits_to_nums

    found: dict[tuple[str, int], list[str]] = defaultdict(list)
    with sqlite3.connect(database) as rows:
        for path, context, bits in rows.execute(
            "SELECT file.path, context.context, numbits FROM line_bits"
            " JOIN file ON file.id = file_id JOIN context ON context.id = context_id"
            " WHERE context.context != ''"
        ):
            for line in numbits_to_nums(bits):
                found[path, line].append(context.split("|")[0])
    return found


def judge(mutant: Mutant, tests: list[str], where: Path) -> Verdict:
    """Run the mutant's tests in one copy of the tree; the file is put back afterwards."""
    started = time.monotonic()
    target = where / mutant.path
    original = target.read_text()
    target.write_text(mutant.source)
    try:
        code = pytest(where, "-x", "-n", "0", "--no-cov", *tests, timeout=TIMEOUT_SECONDS)
    finally:
        target.write_text(original)
    return Verdict(mutant, code != 0, time.monotonic() - started, len(tests))


def choose(lines: dict[tuple[str, int], list[str]], seed: int, count: int, only: str) -> list:
    """A sample among the mutants whose line some test runs, and those that none does."""
    pool = [m for path in target_files() if only in str(path) for m in mutants_of(path)]
    picked = random.Random(seed).sample(pool, min(count, len(pool)))
    print(f"seed {seed}: {len(picked)} of {len(pool)} mutants in {len(target_files())} modules")
    by_file: dict[str, set[str]] = defaultdict(set)
    for (path, _), tests in lines.items():
        by_file[path].update(tests)
    chosen = []
    for mutant in picked:
        # What runs at import (tables, constants) has no test of its own: any of the file's will do.
        tests = sorted(set(lines.get((mutant.path, mutant.line), [])) or by_file[mutant.path])
        random.Random(mutant.line).shuffle(tests)
        tests.sort(key=lambda test: not is_about(test, mutant.path))  # the others stay shuffled
        chosen.append((mutant, tests[:TESTS_PER_MUTANT]))
    return chosen


def is_about(test: str, path: str) -> bool:
    """Whether a test lives in the app of a module, in a file that is named after it or after its
    package.
    """
    app, *parts = Path(path).with_suffix("").parts
    names = {part for part in parts if part in TARGETS} | {parts[-1]}
    stem = Path(test.split("::")[0]).stem
    return test.startswith(f"{app}/") and any(name in stem for name in names)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mutants-") as scratch:
        copies = [copy_of_tree(Path(scratch) / str(n)) for n in range(options.jobs)]
        chosen = choose(tests_by_line(copies[0]), options.seed, options.count, options.only)
        verdicts = run_all(chosen, copies)
    return report(verdicts)


def run_all(chosen: list[tuple[Mutant, list[str]]], copies: list[Path]) -> list[Verdict]:
    """Each copy of the tree takes every n-th mutant; one that no test reaches survives at once."""

    def share(number: int) -> list[Verdict]:
        verdicts = []
        for mutant, tests in chosen[number :: len(copies)]:
            reached = judge(mutant, tests, copies[number]) if tests else None
            verdict = reached or Verdict(mutant, False, 0.0, 0)
            word = "killed  " if verdict.killed else "SURVIVED"
            where = f"{mutant.path}:{mutant.line}"
            print(f"{word} {where} {mutant.what} ({verdict.tests} tests, {verdict.seconds:.0f} s)",
                  flush=True)  # fmt: skip
            verdicts.append(verdict)
        return verdicts

    with concurrent.futures.ThreadPoolExecutor(len(copies)) as pool:
        return [verdict for done in pool.map(share, range(len(copies))) for verdict in done]


def report(verdicts: list[Verdict]) -> int:
    killed = sum(verdict.killed for verdict in verdicts)
    print(f"mutants: {killed} of {len(verdicts)} killed")
    return 0 if killed >= 0.9 * len(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
