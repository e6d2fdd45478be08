"""A month as planners look at it: who works when, which science days, which events. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from volunteer_hub.observances.rules import Occurrence, Span
from volunteer_hub.pages.queries import PlannedEvent
from volunteer_hub.workdays.rules import WorkCalendar

FIRST_YEAR: Final = 2020
LAST_YEAR: Final = 2087
LONGEST_IN_A_DAY: Final = 14
SHOWN_A_DAY: Final = 6
SHOWN_IN_A_WEEK: Final = 40
LOOK_AHEAD: Final = timedelta(days=92)
A_DAY: Final = timedelta(days=1)


@dataclass(slots=True)
class DayCell:
    """One day of the month's weeks.

    Attributes:
        on: Which day.
        is_in_month: It is not of the month before or after.
        is_today: It is today.
        is_workday: People work.
        special: The name of the public holiday, or of the one this weekend is worked for.
        is_special: It is a holiday or a worked weekend, whether it has a name or not.
        observances: Science days and weeks that begin here.
        events: What takes place, with the time of day on the first; no more than fit.
        more: How many more do.
    """

    on: date
    is_in_month: bool
    is_today: bool
    is_workday: bool
    special: str
    is_special: bool
    observances: list[Occurrence] = field(default_factory=list)
    events: list[tuple[str, PlannedEvent]] = field(default_factory=list)
    more: int = 0

    @property
    def is_bare(self) -> bool:
        """Tell whether a short list may leave it out."""
        is_ordinary = not (self.is_special or self.is_today)
        return not self.is_in_month or (is_ordinary and not (self.observances or self.events))


@dataclass(frozen=True, slots=True)
class Month:
    """A month in whole weeks, Monday first.

    Attributes:
        first: Its first day.
        days: Of all its weeks.
        long: Months and seasons that go on meanwhile.
        unpublished: Years on the page whose public holidays nobody published yet.
    """

    first: date
    days: list[DayCell]
    long: list[Occurrence]
    unpublished: list[int]

    @property
    def before(self) -> date:
        """Return the first day of the month before."""
        return (self.first - A_DAY).replace(day=1)

    @property
    def after(self) -> date:
        """Return the first day of the month after."""
        return next_month(self.first)


def next_month(first: date) -> date:
    """Return the first day of the month after."""
    return (first + timedelta(days=31)).replace(day=1)


def read_month(text: str, *, today: date) -> date:
    """Return the first day of a month written 2026-12; of this month when it is none."""
    try:
        year, month = map(int, text.split("-"))
        wanted = date(year, month, 1)
    except ValueError:
        return today.replace(day=1)
    return wanted if FIRST_YEAR <= wanted.year <= LAST_YEAR else today.replace(day=1)


def weeks_of(first: date) -> Span:
    """Return the whole weeks, Monday to Sunday, in which a month lies."""
    last = next_month(first) - A_DAY
    monday = first - timedelta(days=first.weekday())
    return Span(monday, last + timedelta(days=6 - last.weekday()))


def month_of(
    first: date,
    occurrences: Iterable[Occurrence],
    events: Sequence[tuple[Span, str, PlannedEvent]],
    calendar: WorkCalendar,
    *,
    today: date,
) -> Month:
    """Return a month with everything on its days.

    Args:
        first: Its first day.
        occurrences: The science days of its weeks.
        events: Days and time of day of each event, by time.
        calendar: Which days are worked.
        today: Which day it is.
    """
    weeks, month = weeks_of(first), Span(first, next_month(first) - A_DAY)
    return _days_of(weeks, month, occurrences, events, calendar, today, SHOWN_A_DAY)


def week_of(
    monday: date,
    occurrences: Iterable[Occurrence],
    events: Sequence[tuple[Span, str, PlannedEvent]],
    calendar: WorkCalendar,
    *,
    today: date,
) -> Month:
    """Return seven days from a Monday as ``month_of`` does a month, with far more on each."""
    week = Span(monday, monday + 6 * A_DAY)
    return _days_of(week, week, occurrences, events, calendar, today, SHOWN_IN_A_WEEK)


def read_day(text: str, *, today: date) -> date:
    """Return a day written 2026-12-05; today when it is none that anybody plans."""
    try:
        on = date.fromisoformat(text)
    except ValueError:
        return today
    return on if FIRST_YEAR <= on.year <= LAST_YEAR else today


def read_monday(text: str, *, today: date) -> date:
    """Return the Monday of the week of a day written 2026-12-05; of this week when it is none."""
    on = read_day(text, today=today)
    return on - timedelta(days=on.weekday())


def _days_of(  # noqa: PLR0913 - all that stands on them
    weeks: Span,
    month: Span,
    occurrences: Iterable[Occurrence],
    events: Sequence[tuple[Span, str, PlannedEvent]],
    calendar: WorkCalendar,
    today: date,
    shown_a_day: int,
) -> Month:
    days = [weeks.first + timedelta(days=number) for number in range(weeks.days)]
    cells = {on: _cell(on, month, calendar, today) for on in days}
    long = []
    for each in occurrences:
        if each.span.days > LONGEST_IN_A_DAY:
            long.append(each)
        elif each.span.touches(weeks.first, weeks.last):
            cells[max(each.span.first, weeks.first)].observances.append(each)
    for span, time_of_day, event in events:
        _enter(cells, weeks, span, (time_of_day, event), shown_a_day)
    years = sorted({on.year for on in days})
    return Month(
        first=month.first,
        days=list(cells.values()),
        long=[each for each in long if each.span.touches(month.first, month.last)],
        unpublished=[year for year in years if not calendar.is_certain(date(year, 1, 1))],
    )


def _enter(
    cells: Mapping[date, DayCell],
    weeks: Span,
    span: Span,
    entry: tuple[str, PlannedEvent],
    shown_a_day: int,
) -> None:
    """Put an event on each of its days, or count it where the day is full."""
    time_of_day, event = entry
    on, last = max(span.first, weeks.first), min(span.last, weeks.last)
    while on <= last:
        cell = cells[on]
        if len(cell.events) < shown_a_day:
            cell.events.append((time_of_day if on == span.first else "", event))
        else:
            cell.more += 1
        on += A_DAY


def _cell(on: date, month: Span, calendar: WorkCalendar, today: date) -> DayCell:
    special = calendar.special(on)
    return DayCell(
        on=on,
        is_in_month=month.touches(on, on),
        is_today=on == today,
        is_workday=calendar.is_workday(on),
        special=special.name if special else "",
        is_special=special is not None,
    )
