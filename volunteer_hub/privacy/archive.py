"""Everything that is held about somebody, as one file to take away."""

from __future__ import annotations

import importlib.util
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from flask_babel import gettext as _

from volunteer_hub.core.sheets import csv_bytes, safe_cell
from volunteer_hub.privacy import queries, wording
from volunteer_hub.privacy.owners import Subject
from volunteer_hub.privacy.registry import HELD, Held

Found = Mapping[Held, list[dict[str, Any]]]
_ENDINGS: Final = {b"\x89P": "png", b"\xff\xd8": "jpg", b"%P": "pdf", b"RI": "webp"}
_LONGEST_TITLE: Final = 31  # of a sheet


def zip_of(subject: Subject, *, now: datetime) -> bytes:
    """Return a zip: all as JSON for programs, each table as CSV, one workbook, and the pictures.

    Args:
        subject: Whose.
        now: The moment, which stands in the file.
    """
    found = {held: queries.rows_of(held, subject) for held in HELD}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("data.json", _json(found, now))
        for held, rows in found.items():
            if rows:
                packed.writestr(f"csv/{held.table}.csv", _csv(held, rows))
        if has_workbooks():
            packed.writestr("data.xlsx", _workbook(found))
        for name, content in _pictures(found):
            packed.writestr(name, content)
    return buffer.getvalue()


def has_workbooks() -> bool:
    """Tell whether the library that writes workbooks is installed."""
    return importlib.util.find_spec("openpyxl") is not None


def _json(found: Found, now: datetime) -> str:
    content = {
        "made_at": now.isoformat(),
        "held": [
            {
                "table": held.table,
                "title": str(_(held.title)),
                "why": str(_(held.why)),
                "rows": [_plain(row) for row in rows],
            }
            for held, rows in found.items()
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as JSON can hold it: moments in ISO form, seals opened, pictures left out."""
    kept: dict[str, Any] = {}
    for column, value in row.items():
        if column == "sealed":
            kept[column] = wording.unsealed(row) or None
        elif isinstance(value, bytes):
            kept[column] = len(value)
        elif isinstance(value, (datetime, date)):
            kept[column] = value.isoformat()
        else:
            kept[column] = value
    return kept


def _table(held: Held, rows: Iterable[Mapping[str, Any]]) -> tuple[list[str], list[list[str]]]:
    header = [str(_(item.label)) for item in held.items]
    lines = [dict(pairs) for pairs in wording.in_words(held, rows)]
    return header, [[line.get(label, "") for label in header] for line in lines]


def _csv(held: Held, rows: Iterable[Mapping[str, Any]]) -> bytes:
    return csv_bytes(*_table(held, rows))


def _workbook(found: Found) -> bytes:
    openpyxl = importlib.import_module("openpyxl")
    book = openpyxl.Workbook(write_only=True)
    for held, rows in found.items():
        if not rows:
            continue
        sheet = book.create_sheet(str(_(held.title))[:_LONGEST_TITLE])
        header, lines = _table(held, rows)
        for line in (header, *lines):
            sheet.append([safe_cell(cell) for cell in line])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _pictures(found: Found) -> Iterable[tuple[str, bytes]]:
    for held, rows in found.items():
        for row in rows:
            for column, value in row.items():
                if isinstance(value, bytes):
                    yield f"files/{held.table}-{row['id']}-{column}.{_ending(value)}", value


def _ending(content: bytes) -> str:
    return _ENDINGS.get(content[:2], "bin")
