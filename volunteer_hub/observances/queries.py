from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import select

from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.observances import rules
from volunteer_hub.observances.models import AnnouncedDays
from volunteer_hub.observances.rules import Announced, Observance, Occurrence, Span

SHIPPED: Final = Path(__file__).parent / "data" / "science_days.csv"
# The file uses the plan's words for people; the catalogue has codes for them.
AUDIENCES: Final[Mapping[str, str]] = {
    "青少年": "youth",
    "产业工人": "workers",
    "农民": "farmers",
    "老年人": "elders",
    "干部": "officials",
    "公众": "public",
    "社区": "public",
    "志愿者": "",  # not whom outreach is for, but who does it
    "科技工作者": "sci_workers",
}


@cache
def science_days() -> Mapping[str, Observance]:
    """Return the science days that come with the project, by key."""
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        return rules.read_observances(csv.DictReader(file), audiences=AUDIENCES)


def observance_by_key(key: str) -> Observance:
    """Return the science day.

    Raises:
        NotFoundError: There is none with this key.
    """
    found = science_days().get(key)
    if found is None:
        raise NotFoundError
    return found


def occurrences_within(first: date, last: date) -> list[Occurrence]:
    """Return the science days between two days, both included, by time."""
    announced = _announced(first.year - 1, last.year)
    return rules.within(science_days().values(), first, last, announced)


def occurrences_of_year(year: int) -> list[Occurrence]:
    """Return the science days that begin in a year, by time."""
    return rules.of_year(science_days().values(), year, _announced(year, year))


def labels() -> list[Observance]:
    """Return those that go on all year and have no dates."""
    return [each for each in science_days().values() if not each.rules]


def find_announced(key: str, year: int) -> AnnouncedDays | None:
    """Return what was entered for this science day and year, or None."""
    statement = select(AnnouncedDays).where(
        AnnouncedDays.observance_key == key, AnnouncedDays.year == year
    )
    return db.session.scalar(statement)


def _announced(first_year: int, last_year: int) -> dict[tuple[str, int], Announced]:
    statement = select(AnnouncedDays).where(AnnouncedDays.year.between(first_year, last_year))
    return {
        (row.observance_key, row.year): Announced(Span(row.first_on, row.last_on), row.source)
        for row in db.session.scalars(statement)
    }
