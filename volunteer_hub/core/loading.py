"""What a loader of shipped or imported rows reports. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Row = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why one row of a file was left out; ``message`` is a msgid with the values it names."""

    line: int
    code: str
    message: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class LoadReport:
    """What loading a file did. Rows with problems are left out, all others are kept."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[RowProblem] = field(default_factory=list)

    def count(self, *, is_new: bool, is_changed: bool) -> None:
        """Count one row that was kept."""
        if is_new:
            self.added += 1
        elif is_changed:
            self.changed += 1
        else:
            self.unchanged += 1


def numbered(rows: Iterable[Row]) -> list[tuple[int, dict[str, str]]]:
    """Return rows with their line in the file, every cell trimmed text; the header is line 1."""
    return [
        (line, {name: (value or "").strip() for name, value in row.items() if name})
        for line, row in enumerate(rows, start=2)
    ]
