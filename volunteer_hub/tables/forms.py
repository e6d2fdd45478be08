from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FileField, TextAreaField, ValidationError

from volunteer_hub.core import sheets
from volunteer_hub.core.formats import listed
from volunteer_hub.core.forms import Form, OnceForm
from volunteer_hub.core.sheets import SheetError
from volunteer_hub.tables import rules
from volunteer_hub.tables.kinds import Kind
from volunteer_hub.tables.rules import Found, Line


class TableField(FileField):
    """A table that is sent in; ``lines`` is what it says."""

    kind: Kind
    lines: list[Line]

    def pre_validate(self, _form: object) -> None:
        """Read the file.

        Raises:
            ValidationError: It is no table, lacks headings, is too long, or says nothing.
        """
        chosen: Any = self.data
        if not getattr(chosen, "filename", ""):
            raise ValidationError(_("请选择文件"))
        content = chosen.stream.read(sheets.LARGEST_FILE + 1)
        chosen.close()
        try:
            found = found_in(content, self.kind)
        except SheetError as error:
            raise ValidationError(f"{_(error.message)}。{_(error.next_step)}") from error
        if found.missing:
            raise ValidationError(_("表里缺少这几列：%(names)s", names=listed(found.missing)))
        if found.is_cut:
            raise ValidationError(_("一次最多 %(most)s 行，请分成几个文件", most=rules.MOST_LINES))
        if not found.lines:
            raise ValidationError(_("表里只有标题，没有内容"))
        self.lines = found.lines


def found_in(content: bytes, kind: Kind) -> Found:
    """Return what a file says.

    Raises:
        SheetError: It is no table.
    """
    rows = list(sheets.rows_of(content))  # refuses what must not be unpacked
    merged = sheets.merged_rows(content) if sheets.is_archive(content) else frozenset()
    return rules.read_lines(rows, kind.columns, merged)


class SendForm(Form):
    """A table is sent in."""

    file = TableField(
        _l("表格文件"), description=_l("XLSX 或 CSV，最多 500 行。先看一遍，再导入。")
    )


class TakeForm(OnceForm):
    """A table that was looked at is taken; it comes along as text and is judged again."""

    content = TextAreaField()
