"""What files about volunteers that go to others look like: columns as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

# What a column can hold; "" is filled in elsewhere.
SOURCES: Final = frozenset({
    "", "line", "name", "phone", "email", "home", "birth", "skills", "register_number", "teams",
    "joined_on",
})  # fmt: skip
# What of these says something about a person, in the order in which they are told of it.
TOLD: Final = ("name", "phone", "email", "home", "birth", "skills", "register_number", "teams",
               "joined_on")  # fmt: skip


class ShapeError(ValueError):
    """A file of shapes says something nobody understands."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What one kind of file looks like.

    Attributes:
        code: Its name.
        title: What it is called in the file and where nothing better is known.
        consent: To what people must have agreed to stand in it.
        columns: Heading and source of each column.
    """

    code: str
    title: str
    consent: str
    columns: tuple[tuple[str, str], ...]

    @property
    def headings(self) -> list[str]:
        """What the columns are called."""
        return [heading for heading, _ in self.columns]

    @property
    def gives(self) -> list[str]:
        """What of a person it gives away."""
        held = {source for _, source in self.columns}
        return [source for source in TOLD if source in held]


def read_shapes(content: Mapping[str, Any], consents: Sequence[str]) -> dict[str, Shape]:
    """Return the shapes of a file, by code.

    Args:
        content: What the file says.
        consents: Everything that people can agree to.

    Raises:
        ShapeError: A column or a consent is unknown, or two shapes have one name.
    """
    shapes: dict[str, Shape] = {}
    for each in content.get("shape", []):
        columns = tuple((str(heading), str(source)) for heading, source in each["columns"])
        shape = Shape(each["code"], each["title"], each["consent"], columns)
        unknown = {source for _, source in columns} - SOURCES
        if unknown or shape.consent not in consents or shape.code in shapes:
            raise ShapeError(f"{shape.code}: {sorted(unknown)} {shape.consent}")
        shapes[shape.code] = shape
    return shapes


def row_of(shape: Shape, known: Mapping[str, str]) -> list[str]:
    """Return what stands in a person's row."""
    return [known.get(source, "") for _, source in shape.columns]
