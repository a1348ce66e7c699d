"""What the figures mean: a table to read, and where a target is missed. Pure functions."""

from collections.abc import Iterator, Mapping, Sequence

from reporting.benchmark.pages import Cost

BARE, PUBLISHED = "a bare page", "a published week"
AT_MOST = {PUBLISHED: 3.0}
ELSE_AT_MOST = 6.0
FLAT, MEGABYTES = 1.3, 150.0
HEAD = f"{'page':<22}{'statements':>11}{'web ms':>8}{'db ms':>7}{'x bare':>8}{'KB':>6}"
HEAD += f"{'p50 ms':>8}{'p95 ms':>8}{'req/s':>7}{'MB':>6}"


def table(costs: Sequence[Cost]) -> Iterator[str]:
    """One line for each page; ``x bare`` is its CPU beside that of the bare page."""
    bare = costs[0].cpu_ms
    yield HEAD
    for cost in costs:
        database = "-" if cost.database_ms is None else f"{cost.database_ms:.1f}"
        yield (
            f"{cost.name:<22}{cost.statements:>11}{cost.web_ms:>8.1f}{database:>7}"
            f"{cost.cpu_ms / bare:>8.1f}{cost.size / 1024:>6.0f}{cost.p50_ms:>8.1f}"
            f"{cost.p95_ms:>8.1f}{cost.per_second:>7.1f}{cost.megabytes:>6.0f}"
        )


def missed(costs: Sequence[Cost]) -> Iterator[str]:
    """Pages that cost more than they may beside the bare one, and processes that are too large."""
    bare, *pages = costs
    for cost in pages:
        most = AT_MOST.get(cost.name, ELSE_AT_MOST)
        times = cost.cpu_ms / bare.cpu_ms
        if times > most:
            parts = f"{cost.web_ms:.1f} ms in Python"
            if cost.database_ms is not None:
                parts += f", {cost.database_ms:.1f} ms in the database"
            yield (
                f"{cost.name}: {times:.1f} times the bare page, may be {most:g}: {parts}, "
                f"{cost.statements} statements, {cost.size / 1024:.0f} KB"
            )
    largest = max(costs, key=lambda cost: cost.megabytes)
    if largest.megabytes > MEGABYTES:
        yield f"a worker took {largest.megabytes:.0f} MB, may take {MEGABYTES:g}: {largest.name}"


def not_flat(by_size: Mapping[int, Sequence[Cost]]) -> Iterator[str]:
    """Pages that cost more in the largest portal than in the smallest, beside its bare page."""
    small, large = min(by_size), max(by_size)
    few, many = ({each.name: each for each in by_size[size]} for size in (small, large))
    for name in few:
        ratio = many[name].cpu_ms / few[name].cpu_ms
        if name != BARE and ratio > FLAT:
            yield (
                f"{name}: {ratio:.2f} times as dear with {large:,} engagements as with {small}, "
                f"may be {FLAT}: {few[name].cpu_ms:.1f} ms, then {many[name].cpu_ms:.1f} ms"
            )
