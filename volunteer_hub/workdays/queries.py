from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from volunteer_hub.core.database import db
from volunteer_hub.core.remembered import Remembered
from volunteer_hub.workdays.models import WorkYear
from volunteer_hub.workdays.rules import Day, WorkCalendar, Year, read_years

LOAD_ACTION = "workdays.load"
SHIPPED = Path(__file__).parent / "data" / "workdays.csv"


@cache
def shipped_years() -> tuple[Year, ...]:
    """Return the years that come with the project."""
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        return tuple(read_years(csv.DictReader(file))[0])


def _read() -> WorkCalendar:
    statement = select(WorkYear).options(selectinload(WorkYear.days)).order_by(WorkYear.year)
    years = {year.number: year for year in shipped_years()}
    for row in db.session.scalars(statement):
        days = tuple(Day(day.on, day.is_workday, day.name) for day in row.days)
        years[row.year] = Year(row.year, row.is_published, row.source, days)
    return WorkCalendar(dict(sorted(years.items())))


REMEMBERED = Remembered(_read, load_action=LOAD_ACTION)


def work_calendar() -> WorkCalendar:
    """Return which days are worked: the years entered here, else those of the project."""
    return REMEMBERED.get()
