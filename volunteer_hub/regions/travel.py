"""How long the road between two places takes. Pure: an estimate everybody can check by hand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from volunteer_hub.regions.geography import Place, distance

# A sum that should be a whole number of minutes may come out a hair above it.
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """What the estimate reckons with; the same as for volunteers (``matching.weights.Travel``).

    Attributes:
        speed_kmh: How fast one gets on, villages and waiting at lights counted.
        detour: Road distance over distance as the crow flies.
        buffer_minutes: Added to every way, for what always comes up.
        unknown_minutes: Assumed, before that, when either place is not known.
    """

    speed_kmh: float = 45
    detour: float = 1.35
    buffer_minutes: int = 15
    unknown_minutes: int = 45


@dataclass(frozen=True, slots=True)
class Way:
    """The road from one place to another.

    Attributes:
        minutes: How long it takes, the buffer counted.
        km: How far it is by road; None when either place is not known.
        is_rough: One end is only known by the township or county it lies in.
    """

    minutes: int
    km: float | None
    is_rough: bool = False


ROAD: Final = Road()
STAYING: Final = Way(0, 0.0)


def way(origin: Place | None, target: Place | None, *, road: Road = ROAD) -> Way:
    """Return the way between two places: crow's distance times detour, by speed, and the buffer."""
    if origin is None or target is None:
        return Way(road.unknown_minutes + road.buffer_minutes, None)
    apart = distance(origin, target)
    km = road.detour * apart.km
    minutes = math.ceil(60 * km / road.speed_kmh - _ROUNDING) + road.buffer_minutes
    return Way(minutes, km, apart.is_approximate)
