"""What was measured, as the tables of docs/performance.md."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from statistics import median
from typing import Final

from bench.client import CONNECTIONS
from bench.figures import (
    CHECK_IN,
    GOAL_HEAD,
    LIST,
    PAGE,
    ROW_HEAD,
    Goal,
    Row,
    Sample,
    Spread,
    ratios,
    row_cells,
    spread,
    table,
)
from bench.running import Bench

OF_EMPTY: Final = Goal("check-in rate, of an empty view's", 8, 15, " %")
OF_RAW: Final = Goal("check-in CPU, of the same rows in sqlite3", 30, 15, "x")
OF_SINGLE: Final = Goal("a scan among 500 told at once, CPU of a single one", 5, 2, " %")
WATCHED: Final = Goal("check-in CPU with 50 live boards, of one without", 1.3, 1.3, "x")
STATEMENTS: Final = Goal("statements", 12, 12)
PAGE_KB: Final = Goal("first visit", 60, 60, " KB")
PACKAGES: Final = ("Flask", "SQLAlchemy", "waitress", "granian", "psycopg")


def report(bench: Bench, page_bytes: Mapping[str, int]) -> str:
    """Return everything that is said at the end, in Markdown."""
    rows = [_row(bench, *cell) for cell in sorted(bench.samples, key=_order)]
    parts = [
        _conditions(bench),
        table(ROW_HEAD, map(row_cells, rows)),
        _limits(bench),
        table(GOAL_HEAD, _goals(bench, rows, page_bytes)),
        *_wrong(bench),
        *(f"Left out: {each}." for each in bench.left_out),
    ]
    return "\n\n".join(parts)


def _order(cell: tuple[str, str, str]) -> tuple[int, str, str]:
    page, server, database = cell
    return (LIST, PAGE, CHECK_IN).index(page), database, server


def _row(bench: Bench, page: str, server: str, database: str) -> Row:
    samples, empties = bench.samples[page, server, database], bench.empty_samples[server]
    rates = [sample.rate for sample in samples]
    return Row(
        page,
        server,
        database,
        samples,
        of_empty=ratios(rates, [sample.rate for sample in empties]),
        of_insert=ratios(rates, bench.rows[database]),
        cpu_of_empty=ratios(
            [sample.cpu_ms for sample in samples], [sample.cpu_ms for sample in empties]
        ),
    )


def _conditions(bench: Bench) -> str:
    rounds, seconds = len(bench.inside), bench.plan.seconds
    versions = [f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}"]
    if bench.postgres is not None:
        versions.append(f"PostgreSQL {bench.postgres.version}")
    versions += [f"{name} {found}" for name in PACKAGES if (found := _version(name))]
    return (
        f"{rounds} round{'s' if rounds > 1 else ''} of {seconds:g} s a cell, "
        f"{CONNECTIONS} connections, {os.cpu_count()} cores; "
        f"load average {min(bench.loads):.1f} to {max(bench.loads):.1f}. {', '.join(versions)}."
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _limits(bench: Bench) -> str:
    rows = []
    for server, samples in bench.empty_samples.items():
        rate = spread(sample.rate for sample in samples)
        cpu_ms = median(sample.cpu_ms for sample in samples)
        rows.append((f"empty Flask view, {server}", _rate(rate), f"{cpu_ms:.2f}"))
    for database, rates in bench.rows.items():
        rows.append((f"one row inserted and committed, {database}", _rate(spread(rates)), ""))
    for name, key in (
        ("the same rows in sqlite3", "raw_us"),
        ("check-in in the process", "site_us"),
        ("one of 500 scans told at once", "batch_us"),
    ):
        cpu_us = median(found[key] for found in bench.inside)
        rows.append((f"{name}, SQLite, one at a time", "", f"{cpu_us / 1000:.3f}"))
    return table(("limit, same rounds", "a second (lowest)", "CPU ms"), rows)


def _rate(rate: Spread) -> str:
    return f"{rate.middle:.0f} ({rate.lowest:.0f})"


def _goals(
    bench: Bench, rows: list[Row], page_bytes: Mapping[str, int]
) -> Iterator[tuple[str, ...]]:
    for row in rows:
        if row.page == CHECK_IN:
            where = f"{row.server}, {row.database}"
            yield _named(OF_EMPTY, where).cells(_times(row.of_empty, 100))
    raw = [found["raw_us"] for found in bench.inside]
    yield OF_RAW.cells(ratios([found["site_us"] for found in bench.inside], raw))
    for row in rows:
        if row.page == CHECK_IN and row.database == "SQLite":
            used_us = [sample.cpu_ms * 1000 for sample in row.samples]
            yield _named(OF_RAW, f"whole server: {row.server}").cells(ratios(used_us, raw))
    single = [found["site_us"] for found in bench.inside]
    at_once = ratios([found["batch_us"] for found in bench.inside], single)
    yield OF_SINGLE.cells(_times(at_once, 100))
    yield WATCHED.cells(ratios([found["watched_us"] for found in bench.inside], single))
    for page, number in bench.inside[0]["statements"].items():
        yield _named(STATEMENTS, page).cells(spread([float(number)]))
    for path, size in page_bytes.items():
        yield _named(PAGE_KB, path).cells(spread([size / 1000]))


def _named(goal: Goal, where: str) -> Goal:
    return Goal(f"{goal.name}: {where}", goal.must, goal.better, goal.unit)


def _times(ratio: Spread, factor: float) -> Spread:
    return Spread(ratio.middle * factor, ratio.lowest * factor, ratio.highest * factor)


def _wrong(bench: Bench) -> Iterator[str]:
    """Say which cells got wrong answers; their other figures mean little then."""
    for cell, samples in bench.samples.items():
        number = sum(sample.wrong for sample in samples)
        if number:
            first = next(sample.first_wrong for sample in samples if sample.wrong)
            yield f"WRONG ANSWERS: {number} of {' / '.join(cell)}, such as {first}"


__all__ = ["Sample", "report"]
