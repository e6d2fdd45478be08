"""Reading the file of science days. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Final

from volunteer_hub.core.loading import Row, numbered
from volunteer_hub.observances.rules.calendar import Observance
from volunteer_hub.observances.rules.dates import (
    DateRule,
    Fixed,
    LastWeekday,
    Lunar,
    OnOrAfter,
    SolarTerm,
    WeekOf,
    WholeMonth,
    Window,
    is_solar_term,
)

_WEEKDAYS: Final = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_WEEKDAY: Final = "|".join(_WEEKDAYS)
_DAY: Final = r"(\d\d)-(\d\d)"
LEAP_YEAR: Final = 2000
LABEL: Final = "campaign:all-year"
ANNOUNCED: Final = "announced"
_SAME_AS: Final = re.compile(r"default:same window as (\w+)")


class UnknownRuleError(ValueError):
    """A rule of the file that nobody can follow."""


def _month_and_day(month: str, day: str, *, in_year: int = 2001) -> tuple[int, int]:
    """Return them as numbers; a day that not every year has goes only where a rule says so."""
    date(in_year, int(month), int(day))
    return int(month), int(day)


def _fixed(month: str, day: str) -> Fixed:
    return Fixed(*_month_and_day(month, day, in_year=LEAP_YEAR))


def _month(text: str) -> int:
    return _month_and_day(text, "01")[0]


def _window(*parts: str) -> Window:
    last = _month_and_day(*parts[2:], in_year=LEAP_YEAR)
    return Window(*_month_and_day(*parts[:2]), *last)


def _lunar(month: str, day: str) -> Lunar:
    found = Lunar(int(month), int(day))
    if not (1 <= found.month <= 12 and 1 <= found.day <= 30):
        raise ValueError(f"{month}-{day}")
    return found


def _term(name: str) -> SolarTerm:
    if not is_solar_term(name):
        raise ValueError(name)
    return SolarTerm(name)


def _on_or_after(weekday: str | None, month: str, day: str, more: str | None) -> OnOrAfter:
    number = _WEEKDAYS.index(weekday.upper()) if weekday else None
    return OnOrAfter(*_month_and_day(month, day), int(more or 0), number)


_KINDS: Final[Mapping[str, Callable[..., DateRule]]] = {
    rf"fixed:{_DAY}": _fixed,
    rf"last-weekday:(\d\d)-({_WEEKDAY})": lambda month, weekday: LastWeekday(
        _month(month), _WEEKDAYS.index(weekday)
    ),
    r"month:(\d\d)": lambda month: WholeMonth(_month(month)),
    rf"week-of:{_DAY}": lambda month, day: WeekOf(*_month_and_day(month, day)),
    rf"window:{_DAY}\.\.{_DAY}": _window,
    rf"lunar:{_DAY}": _lunar,
    r"solar-term:(\w+)": _term,
    rf"default:(?:({_WEEKDAY.lower()})-on-or-after:)?{_DAY}(?:\+(\d+)d)?": _on_or_after,
}


def read_rule(text: str) -> DateRule:
    """Return one rule from its words, as ``fixed:05-12``.

    Raises:
        UnknownRuleError: They say nothing known, or no day there is.
    """
    for pattern, make in _KINDS.items():
        match = re.fullmatch(pattern, text)
        if match is None:
            continue
        try:
            return make(*match.groups())
        except ValueError:
            break
    raise UnknownRuleError(text)


def read_observances(rows: Iterable[Row], *, audiences: Mapping[str, str]) -> dict[str, Observance]:
    """Return the science days of a file, by key, in its order.

    Args:
        rows: Cells by column: key, name_zh, name_en, rule, audience, seed.
        audiences: The catalogue's code of each word the file uses for people; may be empty.

    Raises:
        UnknownRuleError: A rule, or the key another one refers to, is not known.
    """
    found: dict[str, Observance] = {}
    for _line, cells in numbered(rows):
        found[cells["key"]] = _observance(cells, audiences, found)
    return found


def _observance(
    cells: Mapping[str, str], audiences: Mapping[str, str], earlier: Mapping[str, Observance]
) -> Observance:
    text = cells["rule"]
    same_as = _SAME_AS.search(text)
    if same_as and same_as[1] not in earlier:
        raise UnknownRuleError(text)
    words = [part for part in text.split(";") if part not in (LABEL, ANNOUNCED)]
    rules = () if same_as else tuple(read_rule(part) for part in words)
    people = [audiences[word] for word in cells["audience"].split(";") if word]
    return Observance(
        key=cells["key"],
        zh=cells["name_zh"],
        en=cells["name_en"],
        rules=earlier[same_as[1]].rules if same_as else rules,
        audience_codes=tuple(dict.fromkeys(code for code in people if code)),
        is_in_plan=cells["seed"] != "no" and not cells["seed"].startswith("no("),
        is_announced=text.startswith(ANNOUNCED),
        same_as=same_as[1] if same_as else None,
    )
