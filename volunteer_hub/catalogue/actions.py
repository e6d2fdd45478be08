from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select

from volunteer_hub.catalogue import queries, rules
from volunteer_hub.catalogue.models import CatalogueEntry, Kind
from volunteer_hub.core import audit
from volunteer_hub.core.database import db
from volunteer_hub.core.loading import LoadReport, Row

SHIPPED: Final = Path(__file__).parent / "data" / "catalogue.csv"


def load_shipped_catalogue(*, now: datetime | None = None) -> LoadReport:
    """Bring the catalogue up to the file that comes with the project."""
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        return load_catalogue(csv.DictReader(file), now=now)


def load_catalogue(
    rows: Iterable[Row], *, now: datetime | None = None, by: int | None = None
) -> LoadReport:
    """Add or change the words in these rows. A word that no row names stays as it is.

    Loading the same rows again changes nothing.

    Args:
        rows: Cells by column name, as in the shipped file.
        now: When; a load with a moment is noted in the audit, so that running processes read
            the catalogue again. Shipped data in a new database needs none.
        by: Who loads; None for a command.
    """
    there = {(row.kind, row.code): row for row in db.session.scalars(select(CatalogueEntry))}
    top = {(str(kind), code) for (kind, code), row in there.items() if row.parent_id is None}
    good, problems = rules.read_rows(rows, kinds=[str(kind) for kind in Kind], known=top)
    report = LoadReport(problems=problems)
    for row in good:
        _keep(row, there, report)
    db.session.flush()
    queries.REMEMBERED.forget()
    if now is not None and good and report.added + report.changed:
        subject = there[Kind(good[0].kind), good[0].code]
        counts = {"added": report.added, "changed": report.changed}
        audit.record(queries.LOAD_ACTION, subject, by=by, now=now, details=counts)
    return report


def _keep(
    row: rules.EntryRow, there: dict[tuple[Kind, str], CatalogueEntry], report: LoadReport
) -> None:
    kind = Kind(row.kind)
    entry = there.get((kind, row.code))
    is_new = entry is None
    if entry is None:
        entry = there[kind, row.code] = CatalogueEntry(kind=kind, code=row.code)
    entry.zh, entry.en, entry.clause, entry.stat = row.zh, row.en, row.clause, row.stat
    entry.position, entry.pinyin, entry.initials = row.position, row.pinyin, row.initials
    entry.parent_id = there[kind, row.parent].id if row.parent else None
    report.count(is_new=is_new, is_changed=not is_new and db.session.is_modified(entry))
    if is_new:
        db.session.add(entry)
        if row.parent is None:
            db.session.flush()  # its children need its id
