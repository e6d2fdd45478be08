"""Tables sent in by anybody, and tables handed out."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook, load_workbook

from volunteer_hub.core import sheets
from volunteer_hub.core.sheets import NoTableError, OldTableError, TooLargeTableError

RARE = "𬭚㛃䶮"


def workbook(rows, merged=()):
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_cells_are_read_as_a_person_would_have_typed_them():
    content = workbook([["王示例", 13800000000, 13800000001.0, date(1985, 3, 1), None, True]])

    assert list(sheets.rows_of(content)) == [
        ["王示例", "13800000000", "13800000001", "1985-03-01", "", "True"]
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_files_are_read_however_they_are_spelled(encoding, delimiter):
    content = f"姓名{delimiter}手机号\r\n{RARE}{delimiter}１３８\r\n".encode(encoding)

    assert list(sheets.rows_of(content)) == [["姓名", "手机号"], [RARE, "１３８"]]


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_what_looks_like_a_formula_stays_text_and_comes_back_the_same(start):
    evil = f"{start}cmd|'/c calc'!A0"
    book = sheets.xlsx_bytes("表", ["姓名"], [[evil]])
    text = sheets.csv_bytes(["姓名"], [[evil]])

    cell = load_workbook(io.BytesIO(book)).active["A2"]
    assert (cell.data_type, cell.value) == ("s", evil)
    assert list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))[1] == [f"'{evil}"]
    assert list(sheets.rows_of(book))[1] == list(sheets.rows_of(text))[1] == [evil]


def test_rare_characters_survive_and_control_signs_do_not():
    book = sheets.xlsx_bytes("表", [RARE], [["a\x00\x1b\u202eb\nc"]])

    assert list(sheets.rows_of(book)) == [[RARE], ["a b c"]]


def test_rows_in_merged_cells_are_known():
    content = workbook([["a", "b"], ["c", "d"], [None, "e"], ["f", "g"]], merged=["A2:A3"])

    assert sheets.merged_rows(content) == {2, 3}
    assert sheets.merged_rows("姓名".encode()) == frozenset()


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, OldTableError),
        (b"PK\x03\x04" + b"\0" * 400, NoTableError),
        (b"\xff\xfe\x00\xd8" * 9, NoTableError),
        (b"a," * (sheets.LARGEST_FILE // 2 + 1), TooLargeTableError),
        (b"a\n" * (sheets.MOST_ROWS + 1), TooLargeTableError),
    ],
)
def test_what_is_no_table_is_refused(content, error):
    with pytest.raises(error):
        list(sheets.rows_of(content))


def archive(**parts):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return buffer.getvalue()


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    bomb = archive(sheet=b"\0" * (sheets.MOST_UNPACKED + 1))
    swarm = archive(**{f"p{n}": b"" for n in range(sheets.MOST_PARTS + 1)})
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_a, **_k: pytest.fail("unpacked"))

    assert len(bomb) < 100_000
    with pytest.raises(TooLargeTableError):
        list(sheets.rows_of(bomb))
    with pytest.raises(TooLargeTableError):
        list(sheets.rows_of(swarm))


def parts_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


@pytest.mark.parametrize("tag", [b"<c/>", b'<c r="A1"/>'])
def test_a_row_of_countless_cells_is_refused_before_one_is_made(monkeypatch, tag):
    parts = parts_of(workbook([["姓名"]]))
    page = "xl/worksheets/sheet1.xml"
    wide = parts[page].replace(b"</row>", tag * (sheets.MOST_CELLS + 1) + b"</row>")
    elsewhere = {name: text for name, text in parts.items() if name != page}
    monkeypatch.setattr("openpyxl.load_workbook", lambda *_a, **_k: pytest.fail("read"))

    for hidden in ({page: wide}, {page: b"", "xl/other.bin": wide}):
        with pytest.raises(TooLargeTableError):
            list(sheets.rows_of(archive(**elsewhere, **hidden)))


@pytest.mark.parametrize("spelling", ["utf-16", "utf-16-le", "utf-16-be", "cp037"])
def test_a_part_in_which_nothing_can_be_counted_is_refused(spelling):
    parts = parts_of(workbook([["姓名"]]))
    head = f'<?xml version="1.0" encoding="{spelling}"?>'
    body = "<worksheet><sheetData><row/></sheetData></worksheet>"
    is_ascii = spelling == "cp037"  # the declaration is read before its encoding is known
    page = head.encode() + body.encode(spelling) if is_ascii else (head + body).encode(spelling)

    with pytest.raises(NoTableError):
        list(sheets.rows_of(archive(**parts | {"xl/worksheets/sheet1.xml": page})))


def test_merged_cells_without_end_are_refused():
    parts = parts_of(workbook([["姓名"]]))
    page = "xl/worksheets/sheet1.xml"
    same, many = (b"".join(b'<mergeCell ref="A%d:A20000"/>' % (n * step + 1) for n in range(5000))
                  for step in (0, 1))  # fmt: skip
    with_same = archive(
        **parts | {page: parts[page].replace(b"</sheetData>", b"</sheetData>" + same)}
    )
    with_many = archive(
        **parts | {page: parts[page].replace(b"</sheetData>", b"</sheetData>" + many)}
    )

    assert len(sheets.merged_rows(with_same)) == sheets.MOST_ROWS
    with pytest.raises(TooLargeTableError):
        sheets.merged_rows(with_many)


def test_what_a_file_says_of_its_own_size_is_not_believed():
    honest = workbook([["姓名"], ["王示例"]])
    with zipfile.ZipFile(io.BytesIO(honest)) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    page = "xl/worksheets/sheet1.xml"
    lied = parts[page].replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"')
    far = lied.replace(b'<row r="2"', b'<row r="900000"').replace(b'r="A2"', b'r="A900000"')

    assert lied != parts[page]
    assert list(sheets.rows_of(archive(**parts | {page: lied}))) == [["姓名"], ["王示例"]]
    with pytest.raises(TooLargeTableError):
        list(sheets.rows_of(archive(**parts | {page: far})))


def test_entities_that_multiply_are_refused():
    honest = workbook([["姓名"]])
    with zipfile.ZipFile(io.BytesIO(honest)) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    lines = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 10))
    page = "xl/worksheets/sheet1.xml"
    _, _, body = parts[page].rpartition(b"?>")
    parts[page] = (
        b'<!DOCTYPE x [<!ENTITY e0 "lol">'
        + lines
        + b"]>"
        + body.replace(
            b"</sheetData>",
            b'<row r="2"><c r="A2" t="inlineStr"><is><t>&e9;</t></is></c></row></sheetData>',
        )
    )

    with pytest.raises(NoTableError):
        list(sheets.rows_of(archive(**parts)))
