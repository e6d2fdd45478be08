"""Free times, ages, skills and wishes of volunteers."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

YOUNGEST: Final = 14  # 未满 14 周岁: only with a guardian (中国注册志愿者管理办法; PIPL art. 31)
ADULT: Final = 18
OLDEST: Final = 110
RADII_KM: Final = (10, 30, 60, 120)
USUAL_RADIUS_KM: Final = 30
USUAL_HOURS_WEEK: Final = 8
MOST_HOURS_WEEK: Final = 60
MOST_DAYS_AWAY: Final = 92

# What most people can offer, asked first; everything else is one tap away, by group.
COMMON_SKILLS: Final = (
    "reception", "order", "logistics", "companion", "smartphone", "guide", "photography", "driving",
)  # fmt: skip

# The group of skills that is asked for as languages and dialects.
LANGUAGES: Final = "languages"


class WishKind(enum.StrEnum):
    """What someone would like to do: for whom, or as part of what."""

    AUDIENCE = "audience"
    CAMPAIGN = "campaign"


class Period(enum.StrEnum):
    """A part of the day in which someone is usually free."""

    MORNING = "am"
    AFTERNOON = "pm"
    EVENING = "eve"


MINUTES: Final[Mapping[Period, tuple[int, int]]] = {
    Period.MORNING: (7 * 60, 12 * 60),
    Period.AFTERNOON: (12 * 60, 18 * 60),
    Period.EVENING: (18 * 60, 22 * 60),
}
WORKING_DAYS: Final = range(5)
WEEKEND: Final = range(5, 7)

Cell = tuple[int, Period]  # weekday 0 (Monday) to 6, and a part of that day

QUICK: Final[Mapping[str, frozenset[Cell]]] = {
    "weekend": frozenset(
        (day, period) for day in WEEKEND for period in (Period.MORNING, Period.AFTERNOON)
    ),
    "evenings": frozenset((day, Period.EVENING) for day in WORKING_DAYS),
    "days": frozenset(
        (day, period) for day in WORKING_DAYS for period in (Period.MORNING, Period.AFTERNOON)
    ),
}


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A weekly stretch in which someone is free; minutes of the local day."""

    weekday: int
    starts_minute: int
    ends_minute: int


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """A stretch of one single day in which someone is free; minutes of that local day."""

    day: date
    starts_minute: int
    ends_minute: int


def hours_of(day: date, periods: Iterable[Period]) -> tuple[Hours, ...]:
    """Return parts of one day as stretches; parts that touch become one."""
    return merged_hours(Hours(day, *MINUTES[period]) for period in periods)


def merged_hours(stretches: Iterable[Hours]) -> tuple[Hours, ...]:
    """Return stretches of days in order, those of one day that touch or overlap made one."""
    kept: list[Hours] = []
    for each in sorted(stretches):
        last = kept[-1] if kept else None
        if last and last.day == each.day and each.starts_minute <= last.ends_minute:
            kept[-1] = Hours(last.day, last.starts_minute, max(last.ends_minute, each.ends_minute))
        else:
            kept.append(each)
    return tuple(kept)


def hours_code(hours: Hours) -> str:
    """Return a stretch of a day as forms name it: 2026-12-05_420_720."""
    return f"{hours.day:%Y-%m-%d}_{hours.starts_minute}_{hours.ends_minute}"


def cell_code(cell: Cell) -> str:
    """Return a cell as forms name it: 5-am."""
    return f"{cell[0]}-{cell[1]}"


def read_cell(code: str) -> Cell | None:
    """Return the cell a form names, or None when there is no such cell."""
    day, _, period = code.partition("-")
    if day not in {"0", "1", "2", "3", "4", "5", "6"} or period not in set(Period):
        return None
    return int(day), Period(period)


def all_cells() -> list[Cell]:
    """Return every part of every day, in the order of the week."""
    return [(day, period) for day in range(7) for period in Period]


def windows_of(cells: Iterable[Cell]) -> tuple[Window, ...]:
    """Return free parts of days as windows; parts that touch become one, so that a long event fits.

    Args:
        cells: In any order, also twice.
    """
    return merged(Window(day, *MINUTES[period]) for day, period in cells)


def merged(windows: Iterable[Window]) -> tuple[Window, ...]:
    """Return windows in order, those of one day that touch or overlap made one."""
    kept: list[Window] = []
    for window in sorted(windows):
        last = kept[-1] if kept else None
        if last and last.weekday == window.weekday and window.starts_minute <= last.ends_minute:
            longest = max(last.ends_minute, window.ends_minute)
            kept[-1] = Window(last.weekday, last.starts_minute, longest)
        else:
            kept.append(window)
    return tuple(kept)


def cells_of(windows: Iterable[Window]) -> frozenset[Cell]:
    """Return the parts of days that lie wholly in a window."""
    whole = merged(windows)
    return frozenset(
        (day, period)
        for day, period in all_cells()
        if any(_covers(window, day, MINUTES[period]) for window in whole)
    )


def _covers(window: Window, day: int, minutes: tuple[int, int]) -> bool:
    starts, ends = minutes
    return window.weekday == day and window.starts_minute <= starts and ends <= window.ends_minute


def new_windows(old: Iterable[Window], cells: Iterable[Cell]) -> tuple[Window, ...]:
    """Return the windows after someone ticked parts of days.

    The old ones stay as they are, finer than the form can show, when what was ticked is what the
    form showed.

    Args:
        old: The windows before.
        cells: What is ticked now.
    """
    before = merged(old)
    return before if frozenset(cells) == cells_of(before) else windows_of(cells)


def age_on(day: date, year: int, month: int | None) -> int:
    """Return how many years someone born then has surely completed on a day.

    The day of birth is never asked for, so the birthday counts as not reached before the month is
    over; without a month, before the year is over.

    Args:
        day: The day that matters.
        year: Year of birth.
        month: Month of birth, if known.
    """
    is_past_birthday = month is not None and day.month > month
    return day.year - year - (0 if is_past_birthday else 1)


def adult_from(year: int | None, month: int | None) -> date | None:
    """Return the first day on which someone surely is of age; None when they declared to be.

    The first day of the month after the one in which they turn eighteen; without a month, of the
    year after.
    """
    if year is None:
        return None
    if month is None or month == 12:
        return date(year + ADULT + 1, 1, 1)
    return date(year + ADULT, month + 1, 1)


class AgeGroup(enum.Enum):
    """What may be offered to someone, by age."""

    CHILD = enum.auto()
    MINOR = enum.auto()
    ADULT = enum.auto()


def age_group(day: date, year: int | None, month: int | None) -> AgeGroup:
    """Return how to treat someone on a day; who leaves out their birth declares to be an adult."""
    if year is None:
        return AgeGroup.ADULT
    age = age_on(day, year, month)
    if age < YOUNGEST:
        return AgeGroup.CHILD
    return AgeGroup.MINOR if age < ADULT else AgeGroup.ADULT


def is_birth_possible(day: date, year: int, month: int | None) -> bool:
    """Tell whether someone alive can be born then: not in the future, not 110 years ago."""
    is_future = (year, month or 1) > (day.year, day.month)
    return not is_future and day.year - year <= OLDEST


def radius_choice(radius_km: int) -> int:
    """Return the distance people can choose that goes at least as far as this one."""
    return next((choice for choice in RADII_KM if choice >= radius_km), RADII_KM[-1])


def days_away(first: date | None, last: date | None) -> list[date]:
    """Return each day from the first to the last; one of them alone is one day."""
    start, end = first or last, last or first
    if start is None or end is None:
        return []
    return [start + timedelta(days=count) for count in range((end - start).days + 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class VolunteerDraft:
    """What someone offers, as they filled it in.

    Attributes:
        home_region_id: The township they live in.
        cells: When they are usually free.
        skills: Level by skill code: 1 learning, 2 able, 3 can lead.
        travel_radius_km: How far they go from home.
        birth_year: None when they would not say, which declares them an adult.
        birth_month: None when they would not say.
        max_hours_week: How much they want to do at most.
        is_paused: Whether they take a break.
        accepts_suggestions: Whether the system may propose them and propose to them.
        days_off: Single days on which they cannot come.
        extra_hours: Stretches of single days in which they can, whatever their week is like.
        paused_until: The last day of the break; None when it has no end yet.
        audiences: Whom they would like to work for, by code.
        campaigns: What they would like to take part in, by code.
        wants_only_wishes: They want to be proposed nothing else.
        has_car: They come by a car of their own.
        is_in_reserve: They may be called in an emergency.
    """

    home_region_id: int
    cells: Collection[Cell]
    skills: Mapping[str, int]
    travel_radius_km: int = USUAL_RADIUS_KM
    birth_year: int | None = None
    birth_month: int | None = None
    max_hours_week: int = USUAL_HOURS_WEEK
    is_paused: bool = False
    accepts_suggestions: bool = True
    days_off: Collection[date] = field(default_factory=tuple)
    extra_hours: Collection[Hours] = field(default_factory=tuple)
    paused_until: date | None = None
    audiences: Collection[str] = field(default_factory=tuple)
    campaigns: Collection[str] = field(default_factory=tuple)
    wants_only_wishes: bool = False
    has_car: bool = False
    is_in_reserve: bool = False


def clock_span(starts_minute: int, ends_minute: int) -> str:
    """Return a stretch of the day as people read it: 07:00—12:00."""
    starts, ends = divmod(starts_minute, 60), divmod(ends_minute, 60)
    return f"{starts[0]:02}:{starts[1]:02}—{ends[0]:02}:{ends[1]:02}"
