"""The yearly list of who of the staff looked at the data of people under age."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from flask_babel import gettext as _

from volunteer_hub.core.formats import clock_time, day
from volunteer_hub.core.sheets import csv_bytes
from volunteer_hub.core.text import N_
from volunteer_hub.privacy.queries import Look

YEARS_BACK: Final = 3  # how long it must be possible to look back (网络数据安全管理条例第十二条)
ACTIONS: Final = {
    "volunteer.minor_seen": N_("打开了资料页"),
    "volunteer.show_contact": N_("看了完整电话"),
    "people.export": N_("导出了名册，或打印了电话单"),
    "credential.show_number": N_("看了证件编号"),
    "credential.show_scan": N_("看了证件照片"),
}


def csv_of(looks: Iterable[Look]) -> bytes:
    """Return the list as a file: who, when, what, whose by number; no name of a child."""
    header = [
        _("时间"),
        _("工作人员编号"),
        _("工作人员"),
        _("做了什么"),
        _("志愿者编号"),
        _("当时年龄"),
    ]
    return csv_bytes(header, [_row(look) for look in looks])


def _row(look: Look) -> list[object]:
    return [
        f"{day(look.at, with_year=True)} {clock_time(look.at)}",
        f"P{look.staff_id:06d}",
        look.staff_name,
        _(ACTIONS[look.action]),
        f"V{look.volunteer_id:06d}",
        look.age,
    ]


def by_person(looks: Iterable[Look]) -> list[tuple[str, int]]:
    """Return how often each member of staff looked, in the order of their names."""
    counts = Counter((look.staff_name, look.staff_id) for look in looks)
    return [(name, count) for (name, _id), count in sorted(counts.items())]
