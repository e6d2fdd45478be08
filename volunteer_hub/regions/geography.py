"""Where places are and how far apart. Pure: WGS-84 degrees in, kilometres out.

Map apps in the country show coordinates in their own datums, half a kilometre off here; a pin
copied from one is brought to WGS-84 before it is kept.
"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

EARTH_RADIUS_KM: Final = 6371.0088
# The ellipsoid (Krasovsky 1940) that the GCJ-02 shift is defined on.
_AXIS_M: Final = 6378245.0
_ECCENTRICITY_2: Final = 0.00669342162296594323
_BD_TURN: Final = math.pi * 3000.0 / 180.0


class Datum(enum.StrEnum):
    """Which map a pair of coordinates was copied from."""

    GCJ02 = "gcj02"  # Amap, Tencent, WeChat
    BD09 = "bd09"  # Baidu
    WGS84 = "wgs84"  # a phone's own GPS


@dataclass(frozen=True, slots=True)
class Place:
    """A point, and whether it only stands for a wider area."""

    lat: float
    lng: float
    is_approximate: bool


@dataclass(frozen=True, slots=True)
class Distance:
    """Kilometres as the crow flies, and whether either end was only approximate."""

    km: float
    is_approximate: bool


def haversine_km(lat: float, lng: float, to_lat: float, to_lng: float) -> float:
    """Return the kilometres between two points along the earth's surface."""
    half_lat, half_lng = math.radians(to_lat - lat) / 2, math.radians(to_lng - lng) / 2
    along = math.cos(math.radians(lat)) * math.cos(math.radians(to_lat))
    chord = math.sin(half_lat) ** 2 + along * math.sin(half_lng) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, chord)))


def distance(one: Place, other: Place) -> Distance:
    """Return how far two places are apart."""
    km = haversine_km(one.lat, one.lng, other.lat, other.lng)
    return Distance(km, one.is_approximate or other.is_approximate)


def to_wgs84(lat: float, lng: float, datum: Datum) -> tuple[float, float]:
    """Return a pair copied from a map as WGS-84, within a metre or two."""
    if datum is Datum.WGS84:
        return lat, lng
    if datum is Datum.BD09:
        lat, lng = _bd09_to_gcj02(lat, lng)
    wgs_lat, wgs_lng = lat, lng
    for _ in range(3):
        shown_lat, shown_lng = to_gcj02(wgs_lat, wgs_lng)
        wgs_lat, wgs_lng = wgs_lat + lat - shown_lat, wgs_lng + lng - shown_lng
    return wgs_lat, wgs_lng


def to_gcj02(lat: float, lng: float) -> tuple[float, float]:
    """Return a WGS-84 pair as the country's map apps expect it."""
    x, y = lng - 105.0, lat - 35.0
    phi = math.radians(lat)
    magic = 1 - _ECCENTRICITY_2 * math.sin(phi) ** 2
    meridian = _AXIS_M * (1 - _ECCENTRICITY_2) / magic**1.5
    parallel = _AXIS_M / math.sqrt(magic) * math.cos(phi)
    lat_shift, lng_shift = math.degrees(_north_m(x, y)), math.degrees(_east_m(x, y))
    return lat + lat_shift / meridian, lng + lng_shift / parallel


def map_address(name: str, lat: float, lng: float) -> str:
    """Return the address under which Amap shows a WGS-84 point."""
    gcj_lat, gcj_lng = to_gcj02(lat, lng)
    query = urlencode({"position": f"{gcj_lng:.6f},{gcj_lat:.6f}", "name": name})
    return f"https://uri.amap.com/marker?{query}"


def _bd09_to_gcj02(lat: float, lng: float) -> tuple[float, float]:
    x, y = lng - 0.0065, lat - 0.006
    radius = math.hypot(x, y) - 0.00002 * math.sin(y * _BD_TURN)
    angle = math.atan2(y, x) - 0.000003 * math.cos(x * _BD_TURN)
    return radius * math.sin(angle), radius * math.cos(angle)


def _waves(value: float, *parts: tuple[float, float]) -> float:
    return sum(height * math.sin(value * turn * math.pi) for height, turn in parts) * 2 / 3


def _north_m(x: float, y: float) -> float:
    plane = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    return (
        plane
        + _waves(x, (20, 6), (20, 2))
        + _waves(y, (20, 1), (40, 1 / 3), (160, 1 / 12), (320, 1 / 30))
    )


def _east_m(x: float, y: float) -> float:
    plane = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    return (
        plane
        + _waves(x, (20, 6), (20, 2))
        + _waves(x, (20, 1), (40, 1 / 3), (150, 1 / 12), (300, 1 / 30))
    )
