"""The few places each role goes to most, for the bar at the bottom of a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from flask import request, url_for
from flask_babel import lazy_gettext as _l

from volunteer_hub.core import access
from volunteer_hub.core.access import STAFF, Role

Entries = tuple[tuple[str, Any, str, tuple[str, ...]], ...]


class Place(NamedTuple):
    """One entry of the bar."""

    address: str
    label: str
    icon: str
    is_current: bool


_EVENTS: Final = (
    "pages.organise_event", "pages.organise_trip", "pages.season",
    "events.", "trips.", "observances.", "resources.", "planning.",
)  # fmt: skip
STAFF_PLACES: Final[Entries] = (
    ("pages.organiser_home", _l("今天"), "today", ("pages.organiser_home",)),
    ("pages.organise_events", _l("活动"), "calendar", _EVENTS),
    (
        "people.desk",
        _l("志愿者"),
        "people",
        ("people.", "volunteers.", "credentials.", "guardians.", "teams.", "talks."),
    ),
    ("regions.organise_venues", _l("阵地"), "place", ("regions.",)),
)
OFFICE_PLACES: Final[Entries] = (
    *STAFF_PLACES[:4],
    ("statistics.overview", _l("总览"), "chart", ("statistics.overview",)),
)
VOLUNTEER_PLACES: Final[Entries] = (
    ("pages.front", _l("首页"), "home", ("pages.front",)),
    ("pages.events_list", _l("活动"), "calendar", ("pages.events_list", "pages.show_event")),
    ("assignments.my_events", _l("我的活动"), "list", ("assignments.my_events",)),
    ("recognition.my_record", _l("服务记录"), "heart", ("recognition.my_record",)),
)


def _places() -> list[Place]:
    roles = access.roles()
    if roles & {Role.CITY_OFFICE, Role.COUNTY_OFFICE}:
        entries = OFFICE_PLACES
    elif roles & STAFF:
        entries = STAFF_PLACES
    elif Role.VOLUNTEER in roles:
        entries = VOLUNTEER_PLACES
    else:
        return []
    here = request.endpoint or ""
    return [
        Place(url_for(endpoint), str(label), icon, endpoint == here or here.startswith(family))
        for endpoint, label, icon, family in entries
    ]


def context() -> dict[str, Callable[[], list[Place]]]:
    """Return what layouts use to draw the bar."""
    return {"nav_items": _places}
