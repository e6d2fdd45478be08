from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, FileField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import Length, ValidationError

from volunteer_hub.accounts.forms import ContactField, contact
from volunteer_hub.core import sheets
from volunteer_hub.core.forms import Filled, Form, OnceForm, OneOfField
from volunteer_hub.core.sheets import SheetError
from volunteer_hub.people.errors import NoHeadingsError, NoRowsError
from volunteer_hub.people.rules import entries
from volunteer_hub.people.rules.cards import read_code
from volunteer_hub.people.rules.entries import EntryDraft, Headings
from volunteer_hub.people.rules.marks import LONGEST_TAG, LONGEST_TEXT, LONGEST_TITLE
from volunteer_hub.regions import queries as regions
from volunteer_hub.volunteers.forms import (
    ContactFields,
    NameFields,
    OfferFields,
    VolunteerFilterForm,
)


class ListField(FileField):
    """A table of people; ``content`` is what is in it, ``headings`` where it says what."""

    content: bytes = b""
    headings: Headings | None = None

    def pre_validate(self, _form: object) -> None:
        """Read the first rows of the file.

        Raises:
            ValidationError: It is no table, is too large, has no headings, or nobody in it.
        """
        chosen: Any = self.data
        if not getattr(chosen, "filename", ""):
            raise ValidationError(_("请选择文件"))
        content = chosen.stream.read(sheets.LARGEST_FILE + 1)
        chosen.close()
        try:
            self.headings = _headings_of(content)
        except SheetError as error:
            raise ValidationError(f"{_(error.message)}。{_(error.next_step)}") from error
        self.content = content


def _headings_of(content: bytes) -> Headings:
    """Return where a table says what.

    Raises:
        SheetError: It says nothing of anybody.
    """
    first = sheets.first_rows(content, entries.HEADING_ROWS + 50)
    headings = entries.find_headings(first)
    if headings is None:
        raise NoHeadingsError
    if not any(entries.cells_of(row, headings.places) for row in first[headings.line :]):
        raise NoRowsError
    return headings


def _offered(organisations: Iterable[tuple[int, str]]) -> list[SelectChoice]:
    offered = [SelectChoice(str(number), name) for number, name in organisations]
    return offered if len(offered) == 1 else [SelectChoice("", _("请选择")), *offered]


class ListForm(Form):
    """A list of volunteers is sent in."""

    organisation = OneOfField(
        _l("替哪个单位或服务队登记"), [Filled(_l("请选择单位或服务队"))], choices=[]
    )
    file = ListField(_l("名单文件"), description=_l("XLSX 或 CSV，最大 5 MB，最多 20,000 行。"))
    knows = BooleanField(_l("名单上的人都知道、也愿意由我们登记"))

    def offer(self, organisations: Iterable[tuple[int, str]]) -> None:
        """Fill the list to choose from; whoever has one organisation need not choose."""
        self.organisation.choices = _offered(organisations)

    def validate_knows(self, field: Field) -> None:
        """Require the tick.

        Raises:
            ValidationError: It is not there.
        """
        if not field.data:
            raise ValidationError(_("请先问过名单上的人，再在这里打勾"))


class EnterForm(NameFields, ContactFields, OfferFields, OnceForm):
    """One volunteer, whom the organiser has on the phone: the few things that are needed."""

    organisation = OneOfField(
        _l("替哪个单位或服务队登记"), [Filled(_l("请选择单位或服务队"))], choices=[]
    )
    is_other = BooleanField(_l("都不是，是另一位"))
    shares = BooleanField(_l("是家里的另一位，合用这个号码"))
    knows = BooleanField(_l("电话里问过本人，愿意由我们登记"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, today=today, **kwargs)
        del self.free, self.free_quick, self.radius
        self.name.label.text = _("姓名")
        self.contact.description = _("没有手机号的可以填邮箱；和家人合用的也可以。")

    def offer(self, organisations: Iterable[tuple[int, str]]) -> None:
        """Fill the list to choose from; whoever has one organisation need not choose."""
        self.organisation.choices = _offered(organisations)

    def validate_knows(self, field: Field) -> None:
        """Require the tick.

        Raises:
            ValidationError: It is not there.
        """
        if not field.data:
            raise ValidationError(_("请先问过本人，再在这里打勾"))

    def draft(self) -> EntryDraft:
        """Return what was said on the phone, as the plain value that actions take."""
        return EntryDraft(
            name=" ".join((self.name.data or "").split()),
            contact=self.contact.typed,
            home_region_id=regions.region_by_code(self.home.data or "").id,
            birth_year=self.birth_year.data,
            birth_month=self.month if self.birth_year.data is not None else None,
            skills=dict(self.skills.data),
        )


class ClaimForm(Form):
    """A code on paper, and the number of whoever holds it."""

    code = StringField(
        _l("卡上的编号"),
        [Filled(_l("请填写卡上的 12 位编号")), Length(max=30, message=_l("编号没有这么长"))],
        description=_l("12 位，不分大小写，空格可以不填"),
    )
    contact = ContactField(_l("您的手机号"), [Filled(_l("请填写登记时说的手机号")), contact])

    def validate_code(self, field: Field) -> None:
        """Accept what can stand on a card.

        Raises:
            ValidationError: It is no such code.
        """
        if read_code(field.data or "") is None:
            raise ValidationError(_("卡上的编号是 12 位字母和数字"))


class DeskForm(VolunteerFilterForm):
    """What narrows the people desk down."""

    tag = SelectField(_l("标签"), validate_choice=False)


class MarkForm(Form):
    """A tag or a note."""

    text = TextAreaField(_l("写什么"), [Filled(_l("请先写几个字"))])

    def limit(self, most: int) -> None:
        """Say how long it may be."""
        message = _("最多 %(most)s 个字", most=most)
        self.text.validators = [*self.text.validators, Length(max=most, message=message)]


class FilterNameForm(Form):
    """What a filter is kept as."""

    name = StringField(
        _l("存为常用筛选，叫什么"),
        [Filled(_l("请给它起个名字")), Length(max=LONGEST_TAG, message=_l("最多 20 个字"))],
    )


class MessageForm(OnceForm):
    """A message to everybody who was found."""

    title = StringField(
        _l("标题"),
        [Filled(_l("请写标题")), Length(max=LONGEST_TITLE, message=_l("标题最多 40 个字"))],
    )
    text = TextAreaField(
        _l("内容"),
        [Filled(_l("请写内容")), Length(max=LONGEST_TEXT, message=_l("内容最多 500 个字"))],
        description=_l("短信只放得下开头几十个字，要紧的写在前面。"),
    )
