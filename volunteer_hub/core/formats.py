"""How moments, people and amounts are written on pages. Pure, except for the page's language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from flask import Flask
from flask_babel import gettext as _

from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.i18n import language

_WEEKDAYS_ZH: Final = "一二三四五六日"
_WEEKDAYS_EN: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip


JOINER: Final = "\u2060"
TO: Final = f"{JOINER}—{JOINER}"  # a line never breaks inside 09:00—11:00
NARROW: Final = "\u00a0"  # nor inside a number


def kept_dots(text: str) -> str:
    """Return a title whose middle dots stay on the line of what stands before them."""
    return text.replace(" · ", "\u00a0· ")


def local(moment: datetime) -> datetime:
    """Return the moment in the city's time zone."""
    return moment.astimezone(LOCAL)


def day(value: datetime | date, *, with_year: bool = False) -> str:
    """Return a day as people write it: 11月23日（周一）, or Mon 23 Nov."""
    on = local(value).date() if isinstance(value, datetime) else value
    if language() == "en":
        year = f" {on.year}" if with_year else ""
        return f"{_WEEKDAYS_EN[on.weekday()]} {on.day} {_MONTHS_EN[on.month - 1]}{year}"
    year = f"{on.year}年" if with_year else ""
    return f"{year}{on.month}月{on.day}日（周{_WEEKDAYS_ZH[on.weekday()]}）"


def month_name(first: date) -> str:
    """Return a month as people write it: 2026年11月, or Nov 2026."""
    if language() == "en":
        return f"{_MONTHS_EN[first.month - 1]} {first.year}"
    return f"{first.year}年{first.month}月"


def days_of(first: date, last: date) -> str:
    """Return a stretch of whole days, naming the day once when it is one."""
    return day(first) if first == last else f"{day(first)} — {day(last)}"


def clock_time(moment: datetime) -> str:
    """Return the time of day, 24 hours: 14:00."""
    return f"{local(moment):%H:%M}"


def when(moment: datetime) -> str:
    """Return day and time of a moment."""
    return f"{day(moment)} {clock_time(moment)}"


def clock_span(start: datetime, end: datetime) -> str:
    """Return a stretch of one day by the clock alone: 09:00—11:00."""
    return f"{clock_time(start)}{TO}{clock_time(end)}"


def span_of(start: datetime, end: datetime) -> str:
    """Return a stretch of time, naming the day once when it is one day."""
    if local(start).date() == local(end).date():
        return f"{day(start)} {clock_span(start, end)}"
    return f"{when(start)} — {when(end)}"


def hours_of(minutes: int) -> str:
    """Return minutes as hours with at most two decimals and no trailing zeros: 150 -> 2.5."""
    hours = (Decimal(minutes) / 60).quantize(Decimal("0.01")).normalize()
    return f"{hours:f}"


def mask_name(name: str | None) -> str:
    """Return a name that only those who know the person recognise: 王*东, 王*."""
    if not name:
        return str(_("未留姓名"))
    if len(name) < 3:
        return name[0] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def mask_phone(phone: str | None) -> str:
    """Return a phone number with its middle hidden: 138****5678."""
    if not phone:
        return str(_("未留电话"))
    return phone[:3] + "****" + phone[-4:] if len(phone) >= 11 else "****" + phone[-2:]


def phone344(phone: str | None) -> str:
    """Return a number grouped for reading aloud: 138 1234 5678, or 0415-2123456 with its area."""
    if not phone:
        return ""
    if len(phone) == 11 and phone.startswith("1"):
        return NARROW.join((phone[:3], phone[3:7], phone[7:]))
    area = 3 if phone.startswith(("010", "02")) else 4
    is_landline = phone.startswith("0") and "-" not in phone and len(phone) > 9
    return f"{phone[:area]}-{phone[area:]}" if is_landline else phone


def code4(code: str) -> str:
    """Return a ticket code in groups of four for reading aloud, its kind letter kept in front."""
    body = code[1:]
    return code[0] + " " + " ".join(body[i : i + 4] for i in range(0, len(body), 4))


def listed(parts: Iterable[str]) -> str:
    """Return names in a row, as the page's language separates them; empty ones are left out."""
    return (", " if language() == "en" else "、").join(part for part in parts if part)


def clauses(parts: Iterable[str]) -> str:
    """Return short statements as one sentence; empty ones are left out."""
    return ("; " if language() == "en" else "；").join(part for part in parts if part)


def bracketed(text: str, inside: str) -> str:
    """Return a text with something in brackets behind it, which may be nothing."""
    if not inside:
        return text
    return f"{text} ({inside})" if language() == "en" else f"{text}（{inside}）"


def init_app(app: Flask) -> None:
    """Give the templates these filters."""
    filters = {
        "when": when, "day": day, "clock": clock_time, "hours_of": hours_of,
        "mask_name": mask_name, "mask_phone": mask_phone, "phone344": phone344,
        "code4": code4, "listed": listed, "kept_dots": kept_dots,
    }  # fmt: skip
    app.jinja_env.filters.update(filters)
    spans = {"span_of": span_of, "days_of": days_of, "clock_span": clock_span}
    app.jinja_env.globals.update(spans, month_name=month_name, bracketed=bracketed)
