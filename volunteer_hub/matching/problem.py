"""What the matcher is given: people, shifts, posts, and what is already settled.

Moments are whole minutes since the start of the horizon, a local Monday at 00:00; a weekday is
0 for Monday to 6 for Sunday. Earlier moments are negative, so commitments that began before the
horizon can be stated too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from volunteer_hub.matching.weights import Priority, Travel, Weights

DAY_MINUTES: Final = 24 * 60
WEEK_MINUTES: Final = 7 * DAY_MINUTES


class Window(NamedTuple):
    """A weekly stretch in which someone is free; both minutes are of that day."""

    weekday: int
    from_minute: int
    to_minute: int


class Point(NamedTuple):
    """A place on the map, in degrees."""

    lat: float
    lng: float


def _point(lat: float | None, lng: float | None) -> Point | None:
    return None if lat is None or lng is None else Point(lat, lng)


@dataclass(frozen=True, slots=True, kw_only=True)
class Volunteer:
    """Someone who may be asked.

    Attributes:
        lat, lng: Where they set out from; None when not known, and then reach cannot refuse them.
        is_location_approximate: The place is, for instance, the middle of their township.
        skills: Level 1 to 3 by skill code.
        windows: When they are free each week; empty means never, None means they have not said.
        blackout_days: Days of the horizon, from 0, on which they cannot come.
        extra_hours: Stretches, from and to minute, in which they are free on single days besides.
        rests_until: The minute up to which they take a break; None when they do not.
        max_minutes_week: The most they want to do in one week.
        minutes_90d: Service in the last 90 days, so that the work goes round.
        reliability: From 0 to 1; newcomers get what the caller thinks fair.
        wishes: Audience codes they asked for; empty means no preference.
        wished_campaigns: Campaign codes they asked for.
        wants_only_wishes: They want to be thought of for nothing else.
        wants_suggestions: They may be proposed at all (PIPL art. 24).
        adult_from: The minute from which they are of age; None when they are.
        needs_consent: They are under age, and no guardian has agreed for the time being.
        is_in_reserve: They belong to the emergency reserve.
        has_transport: They come by a car of their own.
        credentials: The minute at which each one expires.
    """

    id: int
    lat: float | None
    lng: float | None
    radius_km: float
    skills: Mapping[str, int] = field(default_factory=dict)
    windows: tuple[Window, ...] | None = None
    blackout_days: frozenset[int] = frozenset()
    max_minutes_week: int
    total_minutes: float = 0
    minutes_90d: float = 0
    reliability: float = 1.0
    wishes: frozenset[str] = frozenset()
    wished_campaigns: frozenset[str] = frozenset()
    wants_only_wishes: bool = False
    wants_suggestions: bool = True
    extra_hours: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    rests_until: int | None = None
    adult_from: int | None = None
    needs_consent: bool = False
    is_in_reserve: bool = False
    has_transport: bool = False
    team: str | None = None
    credentials: Mapping[str, int] = field(default_factory=dict)
    languages: frozenset[str] = frozenset()
    is_location_approximate: bool = False

    @property
    def point(self) -> Point | None:
        """Where they set out from, if known."""
        return _point(self.lat, self.lng)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A stretch of one event at one place.

    Attributes:
        venue_id: Shifts at the same venue need no travel between them.
        experienced_people: How many experienced people the shift should have among its posts.
        also_for: Further audiences beside the first.
        campaign: The code of the campaign it belongs to; empty for none.
    """

    id: int
    event_id: int
    start: int
    end: int
    lat: float | None
    lng: float | None
    venue_id: int | None
    audience: str
    priority: Priority = Priority.GENERAL
    experienced_people: int = 0
    also_for: frozenset[str] = frozenset()
    campaign: str = ""

    @property
    def point(self) -> Point | None:
        """Where it takes place, if known."""
        return _point(self.lat, self.lng)

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return self.end - self.start

    @property
    def day(self) -> int:
        """The day of the horizon it starts on."""
        return self.start // DAY_MINUTES

    @property
    def week(self) -> int:
        """The week of the horizon it starts in."""
        return self.start // WEEK_MINUTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One kind of work within a shift, for ``min_people`` to ``max_people`` volunteers.

    Attributes:
        is_for_adults: There is some danger in it.
        is_for_reserve: It is a call in an emergency.
        needs_transport: One must come by a car of one's own.
    """

    id: int
    shift_id: int
    name: str
    min_people: int
    max_people: int
    skills: Mapping[str, int] = field(default_factory=dict)
    credential: str | None = None
    language: str | None = None
    min_experience_minutes: float = 0
    is_for_adults: bool = False
    is_for_reserve: bool = False
    needs_transport: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A stretch a volunteer already gives elsewhere, outside the shifts of this problem."""

    volunteer_id: int
    start: int
    end: int
    lat: float | None = None
    lng: float | None = None
    venue_id: int | None = None

    @property
    def point(self) -> Point | None:
        """Where it takes place, if known."""
        return _point(self.lat, self.lng)


class Pin(NamedTuple):
    """A volunteer in a post: accepted when in ``Problem.pins``, else only proposed."""

    volunteer_id: int
    post_id: int


class Declined(NamedTuple):
    """A volunteer who said no to a shift, or was refused it."""

    volunteer_id: int
    shift_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Everything one run decides on; the order of the parts never matters.

    Attributes:
        pins: Accepted assignments; a plan keeps them all.
        previous: Proposals already made; a plan keeps them when that costs little.
        fill_to: Stop at the minimum of each post, or go on to its maximum where it is worth it.
    """

    volunteers: tuple[Volunteer, ...]
    shifts: tuple[Shift, ...]
    posts: tuple[Post, ...]
    taken: tuple[Taken, ...] = ()
    pins: tuple[Pin, ...] = ()
    declined: tuple[Declined, ...] = ()
    previous: tuple[Pin, ...] = ()
    fill_to: Literal["min", "max"] = "min"
    weights: Weights = field(default_factory=Weights)
    travel: Travel = field(default_factory=Travel)
