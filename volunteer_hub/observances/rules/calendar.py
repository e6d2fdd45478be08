"""The science days of some days or of a year. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from volunteer_hub.core.text import N_
from volunteer_hub.observances.rules.dates import DateRule, Span

LONGEST: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Observance:
    """A science day, week, month or season.

    Attributes:
        key: Never changes.
        zh: Its name.
        en: Its name in English.
        rules: What gives its dates; none for a label that has no dates.
        audience_codes: Whom it is for, as the catalogue calls them.
        is_in_plan: The city's plan names it.
        is_announced: A notice says each year when it is; the rules give the usual time.
        same_as: The key of another whose notice holds for it too.
    """

    key: str
    zh: str
    en: str
    rules: tuple[DateRule, ...]
    audience_codes: tuple[str, ...] = ()
    is_in_plan: bool = False
    is_announced: bool = False
    same_as: str | None = None

    @property
    def can_be_announced(self) -> bool:
        """Tell whether one stretch of days can stand for its year."""
        return len(self.rules) == 1

    def name(self, language: str) -> str:
        """Return the name in a language."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Announced:
    """When a notice says that it is in one year."""

    span: Span
    source: str = ""


Announcements = Mapping[tuple[str, int], Announced]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A science day in one year.

    Attributes:
        observance: Which.
        span: When.
        is_expected: Nobody announced it yet, so this is only its usual time.
        source: The notice, if there is one.
    """

    observance: Observance
    span: Span
    is_expected: bool = False
    source: str = ""


def of_year(
    observances: Iterable[Observance], year: int, announced: Announcements
) -> list[Occurrence]:
    """Return what begins in a year, by time; what is announced stands instead of the usual time."""
    found = [each for it in observances for each in _occurrences(it, year, announced)]
    return sorted(found, key=lambda each: (each.span, each.observance.key))


def within(
    observances: Iterable[Observance], first: date, last: date, announced: Announcements
) -> list[Occurrence]:
    """Return what has a day between two days, both included, by time."""
    known = tuple(observances)
    years = range(first.year - 1, last.year + 1)
    found = [each for year in years for each in of_year(known, year, announced)]
    return [each for each in found if each.span.touches(first, last)]


def _occurrences(
    observance: Observance, year: int, announced: Announcements
) -> Iterable[Occurrence]:
    for key in (observance.key, observance.same_as):
        notice = announced.get((key, year)) if key else None
        if notice is not None:
            yield Occurrence(observance, notice.span, source=notice.source)
            return
    for rule in observance.rules:
        for span in rule.spans(year):
            yield Occurrence(observance, span, is_expected=observance.is_announced)


def announcement_problem(observance: Observance, year: int, span: Span) -> str | None:
    """Return why it cannot be announced like this, or None."""
    if not observance.can_be_announced:
        return N_("这一项不是每年一段日子，由主办单位自己定")
    if span.first.year != year:
        return N_("开始日期要在 %(year)s 年")
    if span.last < span.first:
        return N_("结束日期不能早于开始日期")
    if span.days > LONGEST:
        return N_("最长 %(days)s 天，请看看日期写对了没有")
    return None
