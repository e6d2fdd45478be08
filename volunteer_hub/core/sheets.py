"""Tables that people send and take away as files: XLSX and CSV.

What is read was made by anybody: its size is known before it is unpacked, rows come one at a time,
and no cell is more than a line of text. What is written runs nothing in a spreadsheet: text that
looks like a formula stays text.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.text import N_

if TYPE_CHECKING:
    from openpyxl import Workbook

LARGEST_FILE: Final = 5 * 1024 * 1024
MOST_UNPACKED: Final = 32 * 1024 * 1024
MOST_PARTS: Final = 200
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 60
MOST_CELLS: Final = 1_000  # that one row states: all of them are in memory at once
MOST_MERGED: Final = 2_000  # parts of merged cells; a person merges a few
LONGEST_CELL: Final = 500
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE: Final = "text/csv; charset=utf-8"
_ZIP: Final = b"PK\x03\x04"
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0"
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_CONTROL: Final = re.compile(
    r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]+"
)
_LONE: Final = re.compile(r"[\ud800-\udfff]")
_MERGED: Final = re.compile(rb'mergeCell\s+ref="[A-Z]{1,3}(\d{1,7}):[A-Z]{1,3}(\d{1,7})"')
_CELL: Final = re.compile(rb"<(?:\w+:)?(row|c)[\s/>]")
_ELSEWISE: Final = re.compile(
    rb"\xff\xfe|\xfe\xff|<\x00|\x00<"
    rb"|(?:\xef\xbb\xbf)?<\?xml[^>]*encoding\s*=\s*[\"'](?!utf-8|us-ascii)",
    re.IGNORECASE,
)
_CHUNK: Final = 64 * 1024
_DELIMITERS: Final = (",", "\t", ";", "，")


class SheetError(DomainError):
    """A file that cannot be read as a table; see its subclasses."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class NoTableError(SheetError):
    """The file is something else."""

    code = "no_table"
    message = N_("这个文件不是能读的表格")
    next_step = N_("请选 .xlsx 或 .csv 文件，最好用这里下载的模板。")


class OldTableError(SheetError):
    """It was made by a spreadsheet of the last century, or is locked with a password."""

    code = "old_table"
    message = N_("这是旧版 .xls 表格，或者加了密码")
    next_step = N_("请用表格软件打开，去掉密码，另存为 .xlsx 再传。")


class TooLargeTableError(SheetError):
    """It is larger than anything that a person filled in."""

    code = "too_large_table"
    message = N_("表格太大了：最大 5 MB，最多 20,000 行")
    next_step = N_("请分成几个文件，一个一个传。")


def plain(value: object) -> str:
    """Return a cell as one line of text, as a person would have typed it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime):
        value = value.date() if value.time() == value.time().min else value
    if isinstance(value, date):
        return value.isoformat()
    text = _CONTROL.sub(" ", _LONE.sub("", str(value)))
    return " ".join(text.split())[:LONGEST_CELL]


def is_archive(content: bytes) -> bool:
    """Tell whether a file is an XLSX workbook, if it is a table at all."""
    return content.startswith(_ZIP)


def rows_of(content: bytes) -> Iterator[list[str]]:
    """Yield the rows of the first sheet as texts, one at a time.

    Raises:
        SheetError: It is no table, or too large a one.
    """
    require_sound(content)
    rows = _xlsx_rows(content) if is_archive(content) else _csv_rows(content)
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise TooLargeTableError
        yield row


def require_sound(content: bytes) -> None:
    """Let pass what may be unpacked: nothing here unpacks it yet.

    Raises:
        SheetError: It is too large, or no table of a kind that is read.
    """
    if len(content) > LARGEST_FILE:
        raise TooLargeTableError
    if content.startswith(_OLD_OFFICE):
        raise OldTableError
    if not is_archive(content):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise NoTableError from error
    # No part can unpack to more than it declares: zipfile stops reading there.
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise TooLargeTableError
    if _longest_row(content) > MOST_CELLS:
        raise TooLargeTableError


def _longest_row(content: bytes) -> int:
    """Return how many cells the longest row of any sheet states, without building one of them.

    Which part is a sheet the file itself says, so all of them are counted. No spreadsheet writes
    its parts in another spelling than UTF-8, in which nothing could be counted.

    Raises:
        NoTableError: A part is in another spelling, or cannot be unpacked.
    """
    longest = count = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                for kind in _tags_in(archive, name):
                    count = 0 if kind == b"row" else count + 1
                    longest = max(longest, count)
                    if longest > MOST_CELLS:
                        return longest
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, OSError) as error:
        raise NoTableError from error
    return longest


def _tags_in(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as part:
        left = b""
        while chunk := part.read(_CHUNK):
            if part.tell() <= _CHUNK and _ELSEWISE.match(chunk):
                raise NoTableError
            text = left + chunk
            cut = text.rfind(b"<")  # what may go on in the next chunk
            whole, left = (text, b"") if cut < 0 else (text[:cut], text[cut:])
            yield from (found[1] for found in _CELL.finditer(whole))
        yield from (found[1] for found in _CELL.finditer(left))


def unpacked_size(content: bytes) -> int:
    """Return how many bytes a sound file is when it is unpacked."""
    if not is_archive(content):
        return len(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return sum(part.file_size for part in archive.infolist())


def _xlsx_rows(content: bytes) -> Iterator[list[str]]:
    from openpyxl import load_workbook  # noqa: PLC0415 - 0.2 s at start-up, needed for files only

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its own size is not to be trusted
        rows = sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS, values_only=True)
        for row in rows:
            yield _without_empty_end([plain(value) for value in row])
        book.close()
    except SheetError:
        raise
    except Exception as error:  # a broken file makes openpyxl fail in any way there is
        raise NoTableError from error


def _without_empty_end(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row.pop()
    return row


def _csv_rows(content: bytes) -> Iterator[list[str]]:
    encoding = _encoding_of(content)
    file = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")
    first = file.readline()
    file.seek(0)
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        for row in csv.reader(file, delimiter=delimiter):
            yield [_unquoted(plain(value)) for value in row[:MOST_COLUMNS]]
    except csv.Error as error:
        raise NoTableError from error


def _encoding_of(content: bytes) -> str:
    """Return how a text file spells its characters: with a mark, as UTF-8, or as Chinese Excel."""
    marked = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    for encoding in (marked, "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise NoTableError


def _unquoted(text: str) -> str:
    """Take back the sign that ``safe_cell`` puts before what looks like a formula."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(_FORMULA_STARTS) else text


def merged_rows(content: bytes) -> frozenset[int]:
    """Return the rows of a workbook's first sheets that have a part in merged cells."""
    if not is_archive(content):
        return frozenset()
    found: set[int] = set()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        for name in sorted(names)[:1]:
            found |= _merged_in(archive, name)
    return frozenset(found)


def _merged_in(archive: zipfile.ZipFile, name: str) -> set[int]:
    spans: set[tuple[int, int]] = set()
    with archive.open(name) as part:
        before = b""
        while chunk := part.read(_CHUNK):
            for first, last in _MERGED.findall(before + chunk):
                spans.add((int(first), min(int(last), MOST_ROWS)))
            if len(spans) > MOST_MERGED:
                raise TooLargeTableError
            before = chunk[-80:]
    found: set[int] = set()
    for first_row, last_row in spans:
        if len(found) >= MOST_ROWS:
            break
        found.update(range(first_row, last_row + 1))
    return found


def safe_cell(value: object) -> str:
    """Return a cell's text for CSV; one that a spreadsheet would take for a formula is quoted."""
    text = "" if value is None else str(value)
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a CSV file, UTF-8 with the mark that makes Excel read Chinese."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def xlsx_bytes(
    title: str,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    notes: tuple[str, Sequence[Sequence[str]]] | None = None,
) -> bytes:
    """Return a workbook in which every cell is text.

    Args:
        title: Of the sheet.
        header: Of the columns; it stays in sight.
        rows: What stands below.
        notes: Title and rows of a second sheet.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - 0.2 s at start-up, needed for files only

    book = Workbook(write_only=True)
    _write(book, title, [header], rows)
    if notes is not None:
        _write(book, notes[0], [], notes[1])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _write(
    book: Workbook, title: str, heads: Sequence[Sequence[str]], rows: Iterable[Sequence[object]]
) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above

    sheet: Any = book.create_sheet(title[:31])
    width = max((len(head) for head in heads), default=4)
    for number in range(1, width + 1):
        column = sheet.column_dimensions[get_column_letter(number)]
        column.width, column.number_format = 18, "@"
    if heads:
        sheet.freeze_panes = "A2"
    for head in heads:
        sheet.append([_text_cell(sheet, value, is_bold=True) for value in head])
    for row in rows:
        sheet.append([_text_cell(sheet, value) for value in row])


def _text_cell(sheet: Any, value: object, *, is_bold: bool = False) -> Any:  # noqa: ANN401 - a sheet
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - as above
    from openpyxl.styles import Font  # noqa: PLC0415 - as above

    cell = WriteOnlyCell(sheet, value=plain(value))
    cell.data_type, cell.number_format = "s", "@"
    if is_bold:
        cell.font = Font(bold=True)
    return cell


def first_rows(content: bytes, number: int) -> list[list[str]]:
    """Return the first rows of a file.

    Raises:
        SheetError: It is no table.
    """
    return list(islice(rows_of(content), number))
