"""The kinds of rule a science day can follow: each gives the spans that begin in a year. Pure."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Protocol

from borax.calendars.lunardate import InvalidLunarDateError, LunarDate, TermUtils

# Two independent calendars agree on every lunar day and solar term of these years, on no others.
FIRST_LUNAR_YEAR: Final = 1980
LAST_LUNAR_YEAR: Final = 2088
A_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Days from the first to the last, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Return how many days it has."""
        return (self.last - self.first).days + 1

    def touches(self, first: date, last: date) -> bool:
        """Tell whether it has a day in common with another stretch of days."""
        return self.first <= last and first <= self.last


Spans = tuple[Span, ...]


class DateRule(Protocol):
    """Anything that knows its dates in a year."""

    def spans(self, year: int) -> Spans:
        """Return the spans that begin in this year of the common calendar, by time."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """The same day every year; 02-29 only in leap years."""

    month: int
    day: int

    def spans(self, year: int) -> Spans:
        """Return the day."""
        if self.day > monthrange(year, self.month)[1]:
            return ()
        on = date(year, self.month, self.day)
        return (Span(on, on),)


@dataclass(frozen=True, slots=True)
class LastWeekday:
    """The last Monday (0) to Sunday (6) of a month."""

    month: int
    weekday: int

    def spans(self, year: int) -> Spans:
        """Return the day."""
        last = date(year, self.month, monthrange(year, self.month)[1])
        on = last - timedelta(days=(last.weekday() - self.weekday) % 7)
        return (Span(on, on),)


@dataclass(frozen=True, slots=True)
class WholeMonth:
    """A whole month."""

    month: int

    def spans(self, year: int) -> Spans:
        """Return the month's days."""
        last = monthrange(year, self.month)[1]
        return (Span(date(year, self.month, 1), date(year, self.month, last)),)


@dataclass(frozen=True, slots=True)
class WeekOf:
    """The week, Monday to Sunday, in which a day lies."""

    month: int
    day: int

    def spans(self, year: int) -> Spans:
        """Return the week, if it begins in the year; else it belongs to the one before."""
        weeks = (self._week(number) for number in (year, year + 1))
        return tuple(week for week in weeks if week.first.year == year)

    def _week(self, year: int) -> Span:
        on = date(year, self.month, self.day)
        monday = on - timedelta(days=on.weekday())
        return Span(monday, monday + timedelta(days=6))


@dataclass(frozen=True, slots=True)
class Window:
    """From one day to another, which may be in the next year."""

    from_month: int
    from_day: int
    to_month: int
    to_day: int

    def spans(self, year: int) -> Spans:
        """Return the window that begins in the year."""
        ends_later = (self.to_month, self.to_day) < (self.from_month, self.from_day)
        first = date(year, self.from_month, self.from_day)
        last_year = year + ends_later
        last_day = min(self.to_day, monthrange(last_year, self.to_month)[1])
        return (Span(first, date(last_year, self.to_month, last_day)),)


@dataclass(frozen=True, slots=True)
class OnOrAfter:
    """Some days from a day on, or from the first such weekday that is not before it."""

    month: int
    day: int
    more_days: int
    weekday: int | None = None

    def spans(self, year: int) -> Spans:
        """Return the stretch of days."""
        first = date(year, self.month, self.day)
        if self.weekday is not None:
            first += timedelta(days=(self.weekday - first.weekday()) % 7)
        return (Span(first, first + timedelta(days=self.more_days)),)


@dataclass(frozen=True, slots=True)
class Lunar:
    """A day of the Chinese calendar; leap months repeat nothing."""

    month: int
    day: int

    def spans(self, year: int) -> Spans:
        """Return the days in this year of the common calendar: usually one, rarely none or two."""
        found = (_solar_day(lunar, self.month, self.day) for lunar in (year - 1, year))
        return tuple(Span(on, on) for on in found if on is not None and on.year == year)


def _solar_day(lunar_year: int, month: int, day: int) -> date | None:
    if not FIRST_LUNAR_YEAR <= lunar_year <= LAST_LUNAR_YEAR:
        return None
    try:
        found: date = LunarDate(lunar_year, month, day).to_solar_date()
    except InvalidLunarDateError:  # a short month has no thirtieth day
        return None
    return found


@dataclass(frozen=True, slots=True)
class SolarTerm:
    """One of the twenty-four 节气, as 秋分."""

    name: str

    def spans(self, year: int) -> Spans:
        """Return the day on which the term begins."""
        if not FIRST_LUNAR_YEAR <= year <= LAST_LUNAR_YEAR:
            return ()
        on: date = TermUtils.nth_term_day(year, term_name=self.name)
        return (Span(on, on),)


def is_solar_term(name: str) -> bool:
    """Tell whether there is a 节气 of this name."""
    try:
        TermUtils.name2index(name)
    except ValueError:
        return False
    return True
