"""What stands in each column of a download, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from volunteer_hub.core.formats import clock_time, day, hours_of, mask_name, mask_phone
from volunteer_hub.core.sheets import csv_bytes
from volunteer_hub.core.text import N_
from volunteer_hub.recognition.models import HoursKind
from volunteer_hub.registrations.models import Channel, RegistrationState

_KIND_WORDS = {
    HoursKind.TIMED: N_("签到计时"),
    HoursKind.ADDED: N_("补录"),
    HoursKind.NO_SHOW: N_("未到"),
}
_CHANNELS = {
    Channel.WEB: N_("网上报名"),
    Channel.PHONE: N_("电话预约"),
    Channel.WALK_IN: N_("现场登记"),
    Channel.POSTER: N_("扫海报码"),
}
_STATES = {
    RegistrationState.CONFIRMED: N_("已报名"),
    RegistrationState.WAITING: N_("候补"),
    RegistrationState.CANCELLED: N_("已取消"),
}


def attendance(rows: Iterable[Any]) -> bytes:
    """Return the attendees of an event; names and phones are masked, numbers are whole."""
    header = [
        _("编号"), _("姓名"), _("电话"), _("人数（含陪同）"), _("登记方式"),
        _("状态"), _("签到时间"), _("到场人数"),
    ]  # fmt: skip
    return csv_bytes(header, [_attendance_row(*row) for row in rows])


def _attendance_row(registration: Any, in_at: Any, people: Any) -> list[object]:  # noqa: ANN401
    return [
        registration.id,
        mask_name(registration.name),
        mask_phone(registration.phone),
        1 + registration.companions,
        _(_CHANNELS[registration.channel]),
        _(_STATES[registration.state]),
        f"{day(in_at, with_year=True)} {clock_time(in_at)}" if in_at else "",
        people or 0,
    ]


def hours(rows: Iterable[Any]) -> bytes:
    """Return the volunteers of an event with the hours that were confirmed, if they were."""
    header = [
        _("志愿者编号"), _("姓名"), _("班次"), _("岗位"), _("计划开始"), _("计划结束"),
        _("签到"), _("签退"), _("服务时长（小时）"), _("怎样记的"),
    ]  # fmt: skip
    return csv_bytes(header, [_hours_row(*row) for row in rows])


def _hours_row(
    assignment: Any,  # noqa: ANN401
    record: Any,  # noqa: ANN401
    minutes: int | None,
    in_at: datetime | None,
    out_at: datetime | None,
) -> list[object]:
    shift = assignment.post.shift
    return [
        f"V{assignment.volunteer_id:06d}",
        assignment.volunteer.person.name,
        shift.title,
        assignment.post.title,
        f"{day(shift.starts_at, with_year=True)} {clock_time(shift.starts_at)}",
        f"{day(shift.ends_at, with_year=True)} {clock_time(shift.ends_at)}",
        clock_time(in_at) if in_at else "",
        clock_time(out_at) if out_at else "",
        hours_of(minutes or 0) if record else "",
        _(_KIND_WORDS[record.kind]) if record else _("待确认"),
    ]
