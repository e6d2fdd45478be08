from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from volunteer_hub.core import audit
from volunteer_hub.core.database import db
from volunteer_hub.core.loading import LoadReport, Row
from volunteer_hub.workdays import queries, rules
from volunteer_hub.workdays.models import SpecialDay, WorkYear


def load_workdays(rows: Iterable[Row], *, now: datetime, by: int | None = None) -> LoadReport:
    """Replace the years that a file names; all others stay as they are.

    Loading the same file again changes nothing.

    Args:
        rows: Cells by column; see ``rules.read_years``.
        now: When.
        by: Who loads; None for a command.
    """
    years, problems = rules.read_years(rows)
    report = LoadReport(problems=problems)
    there = {row.year: row for row in db.session.scalars(select(WorkYear).with_for_update())}
    for year in years:
        row = there.get(year.number)
        is_new = row is None
        is_changed = row is not None and _as_read(row) != year
        if row is None:
            row = WorkYear(year=year.number, is_published=year.is_published, source=year.source)
            db.session.add(row)
        if is_new or is_changed:
            _fill(row, year)
            details = {"year": year.number, "days": len(year.days), "published": year.is_published}
            audit.record(queries.LOAD_ACTION, row, by=by, now=now, details=details)
        report.count(is_new=is_new, is_changed=is_changed)
    queries.REMEMBERED.forget()
    return report


def _as_read(row: WorkYear) -> rules.Year:
    days = tuple(rules.Day(day.on, day.is_workday, day.name) for day in row.days)
    return rules.Year(row.year, row.is_published, row.source, days)


def _fill(row: WorkYear, year: rules.Year) -> None:
    row.is_published, row.source = year.is_published, year.source
    row.days.clear()
    db.session.flush()  # days are unique: the old ones go before the new ones come
    row.days.extend(
        SpecialDay(on=day.on, is_workday=day.is_workday, name=day.name) for day in year.days
    )
    db.session.flush()
