"""Print the sizes that ask for a second look; fail where 5 % of functions are over 40 lines."""

import ast
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("dm_portal", "pods", "engagements", "reporting")
FUNCTION, VIEW, TEST, MODULE, TEMPLATE = 40, 25, 30, 400, 100
SHARE_OF_LONG_FUNCTIONS = 0.05

Node = ast.FunctionDef | ast.AsyncFunctionDef


class Function(NamedTuple):
    path: Path
    name: str
    lines: int
    is_view: bool


def modules() -> list[Path]:
    found = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


def is_test(path: Path) -> bool:
    return "tests" in path.parts


def functions(path: Path) -> Iterator[Function]:
    """Every function and method, from its decorators to its last line."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, Node):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            lines = (node.end_lineno or node.lineno) - first + 1
            yield Function(path, node.name, lines, is_view(path, node))


def is_view(path: Path, node: Node) -> bool:
    arguments = node.args.posonlyargs + node.args.args
    return (
        "views" in path.with_suffix("").parts and bool(arguments) and arguments[0].arg == "request"
    )


def code_lines(path: Path) -> int:
    """Lines with something on them that is no comment."""
    lines = (line.strip() for line in path.read_text().splitlines())
    return sum(1 for line in lines if line and not line.startswith("#"))


def over(title: str, sizes: dict[str, int], limit: int) -> None:
    long = sorted(((lines, name) for name, lines in sizes.items() if lines > limit), reverse=True)
    print(f"{title} over {limit} lines: {len(long)} of {len(sizes)}")
    for lines, name in long:
        print(f"    {lines:4} {name}")


def named(found: list[Function]) -> dict[str, int]:
    return {f"{each.path.relative_to(ROOT)}:{each.name}": each.lines for each in found}


def files(paths: list[Path]) -> dict[str, int]:
    return {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in paths}


def main() -> None:
    paths = modules()
    product = [each for path in paths if not is_test(path) for each in functions(path)]
    tests = [
        each
        for path in paths
        if is_test(path)
        for each in functions(path)
        if each.name.startswith("test_")
    ]
    over("Functions", named(product), FUNCTION)
    over("Views", named([each for each in product if each.is_view]), VIEW)
    over("Tests", named(tests), TEST)
    over("Modules", files(paths), MODULE)
    over("Templates", files(sorted((ROOT / "templates").rglob("*.html"))), TEMPLATE)
    written = sum(code_lines(path) for path in paths if not is_test(path))
    tested = sum(code_lines(path) for path in paths if is_test(path))
    share = sum(each.lines > FUNCTION for each in product) / len(product)
    print(f"Median function: {statistics.median(each.lines for each in product):.0f} lines")
    print(f"Lines of test per line of code: {tested / written:.2f} ({tested} / {written})")
    print(f"Share of functions over {FUNCTION} lines: {share:.1%}")
    if share >= SHARE_OF_LONG_FUNCTIONS:
        sys.exit(f"{SHARE_OF_LONG_FUNCTIONS:.0%} or more are too long.")


if __name__ == "__main__":
    main()
