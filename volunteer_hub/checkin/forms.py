from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from volunteer_hub.checkin.actions import ScanDraft
from volunteer_hub.checkin.errors import BadScanError
from volunteer_hub.checkin.queries import Key
from volunteer_hub.checkin.rules import MOST_BYTES, Direction, Method, Settlement
from volunteer_hub.checkin.wire import is_scan_id, storable
from volunteer_hub.core.forms import ActionForm, DigitsField, Filled, Form, WholeNumberField
from volunteer_hub.registrations.forms import LONGEST_NAME, age_bands, short_name
from volunteer_hub.registrations.rules import MOST_COMPANIONS, RegistrationDraft

LONGEST_DEVICE: Final = 40
_SCANNED: Final = {Method.CAMERA, Method.TYPED, Method.PHOTO}


def new_scan_id() -> str:
    """Return a name for a scan that is about to be made."""
    return str(uuid.uuid4())


def read_direction(text: object) -> Direction:
    """Return in or out.

    Raises:
        BadScanError: It is neither.
    """
    if text not in (Direction.IN, Direction.OUT):
        raise BadScanError
    return Direction(str(text))


def draft_of(body: object) -> ScanDraft:
    """Return the scan in a message of the scanner's page.

    Args:
        body: What came as JSON: scan_id, text, direction, method, happened_at, device.

    Raises:
        BadScanError: It is no such message.
    """
    if not isinstance(body, dict) or not is_scan_id(body.get("scan_id")):
        raise BadScanError
    text, method = body.get("text"), body.get("method")
    if not isinstance(text, str) or not isinstance(method, str) or method not in _SCANNED:
        raise BadScanError
    device = body.get("device")
    return ScanDraft(
        scan_id=body["scan_id"],
        direction=read_direction(body.get("direction")),
        method=Method(method),
        text=storable(text),
        happened_at=_moment(body.get("happened_at")),
        device=storable(device)[:LONGEST_DEVICE] if isinstance(device, str) else None,
    )


def _moment(text: object) -> datetime | None:
    """Return the moment a phone named; one that cannot be read is as good as none."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


class _NamedScanForm(ActionForm):
    """A button whose second press gets the first one's answer."""

    scan_id = HiddenField(default=new_scan_id)

    @property
    def kept_scan_id(self) -> str:
        """The name that came with the page, or a new one when it was tampered with."""
        return str(self.scan_id.data) if is_scan_id(self.scan_id.data) else new_scan_id()


class TypedCodeForm(_NamedScanForm):
    """A code typed at the door, where no script runs."""

    code = StringField(_l("输入签到码"))
    direction = HiddenField(default="in")

    def draft(self) -> ScanDraft:
        """Return the scan.

        Raises:
            BadScanError: Neither in nor out.
        """
        return ScanDraft(
            scan_id=self.kept_scan_id,
            direction=read_direction(self.direction.data),
            method=Method.TYPED,
            text=self.code.data or "",
        )


class TickForm(_NamedScanForm):
    """One tap beside a name."""

    key = HiddenField()
    direction = HiddenField()
    q = HiddenField()

    def draft(self, method: Method) -> ScanDraft:
        """Return the scan.

        Raises:
            BadScanError: Neither in nor out.
            NotFoundError: The key names nobody.
        """
        return ScanDraft(
            scan_id=self.kept_scan_id,
            direction=read_direction(self.direction.data),
            method=method,
            key=Key.read(self.key.data),
        )


class CountForm(_NamedScanForm):
    """One press of the counter."""

    people = WholeNumberField()


class UndoForm(_NamedScanForm):
    """Take back one scan."""

    scan = WholeNumberField()


def _companions(label: Any) -> WholeNumberField:  # noqa: ANN401 - lazy text
    return WholeNumberField(
        label,
        [
            Optional(),
            NumberRange(0, MOST_COMPANIONS, _l("请填写 0 到 9 之间的数")),
        ],
        default=0,
    )


class PosterWalkInForm(_NamedScanForm):
    """What somebody without a place says at the poster, perhaps nothing."""

    companions = _companions(_l("还有几位和您一起来？"))
    age_band = SelectField(
        _l("您的年龄段"), [Optional()], description=_l("只用于统计，不对应到个人。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as WTForms has it
        super().__init__(*args, **kwargs)
        self.age_band.choices = age_bands()

    def draft(self) -> RegistrationDraft:
        """Return what was filled in, as the plain value that actions take."""
        return RegistrationDraft(age_band=self.age_band.data, companions=self.companions.data or 0)


class WalkInForm(PosterWalkInForm):
    """What the staff note about somebody without a place, perhaps nothing."""

    name = StringField(_l("姓名"), [Optional(), short_name])

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as WTForms has it
        super().__init__(*args, **kwargs)
        self.companions.label.text = _("还有几位一起来？")
        self.age_band.label.text = _("年龄段")

    def draft(self) -> RegistrationDraft:
        """Return what was filled in, as the plain value that actions take."""
        return RegistrationDraft(
            name=self.name.data,
            age_band=self.age_band.data,
            companions=self.companions.data or 0,
        )


class PosterCodeForm(_NamedScanForm):
    """The code on somebody's ticket, typed at the poster."""

    code = StringField(
        _l("入场码"),
        [Filled(_l("请填写入场码")), Length(max=100, message=_l("入场码是 17 位字母和数字"))],
        description=_l("报名后得到的 17 位字母和数字，不分大小写。"),
    )


class PosterNameForm(_NamedScanForm):
    """Name and last digits, for those who registered and have no ticket at hand."""

    name = StringField(
        _l("报名时的姓名"),
        [
            Filled(_l("请填写报名时的姓名")),
            Length(max=LONGEST_NAME, message=_l("姓名最多 60 个字")),
        ],
    )
    tail = DigitsField(
        _l("电话最后四位"),
        [Filled(_l("请填写电话最后四位")), Regexp(r"[0-9]{4}$", message=_l("请填写 4 位数字"))],
    )


class CompanionsForm(_NamedScanForm):
    """People who came with somebody who is there already."""

    done = HiddenField()
    people = WholeNumberField(
        _l("还有几位？"),
        [
            InputRequired(_l("请填写人数")),
            NumberRange(1, MOST_COMPANIONS, _l("请填写 1 到 9 之间的数")),
        ],
        default=1,
    )


class SearchForm(Form):
    """Whom the staff look for; in the address, not in a body."""

    q = StringField(_l("姓名、拼音首字母或电话尾号"))


LONGEST_DOOR: Final = 20


class DeviceForm(Form):
    """One more phone that may scan, and the door at which it stands."""

    door = StringField(
        _l("在哪个门"),
        [Optional(), Length(max=LONGEST_DOOR, message=_l("门的名字最多 20 个字"))],
        description=_l("比如：东门、二楼展厅。只有一个门就不用填。"),
    )


class TailsForm(ActionForm):
    """Whether phones at the door may keep the last digits of phone numbers."""

    are_shown = BooleanField(_l("签到手机里保留电话后四位，断网时也能按尾号找人"))


# A phone that never gets a network gives out all it holds, which may be many messages' worth.
LARGEST_QUEUE: Final = 8 * MOST_BYTES


class QueueForm(Form):
    """The scans that a phone gave out by hand: as a file, or as the text of its codes."""

    file = FileField(_l("手机导出的文件"), description=_l("文件名类似 scans-3.json。"))

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - as WTForms has it
        """Tell whether a file came, and no larger than a phone makes one."""
        if not super().validate(extra_validators):
            return False
        self._raw = self._read()
        if self._raw:
            return True
        self.file.errors = [_("请选手机导出的文件，不超过 4 MB")]
        return False

    def _read(self) -> bytes:
        read = getattr(self.file.data, "read", None)
        raw = bytes(read(LARGEST_QUEUE + 1)) if read else b""
        return raw if len(raw) <= LARGEST_QUEUE else b""

    def raw(self) -> bytes:
        """Return what the file holds."""
        return self._raw


class SettleForm(_NamedScanForm):
    """One tap beside a conflict."""

    choice = HiddenField()

    def settlement(self) -> Settlement:
        """Return what was decided.

        Raises:
            BadScanError: There is no such button.
        """
        if self.choice.data not in {str(each) for each in Settlement}:
            raise BadScanError
        return Settlement(self.choice.data)
