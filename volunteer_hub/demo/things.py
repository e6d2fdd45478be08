"""Vehicles, drivers, kits and halls of the demo data, and who has booked them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.demo.cast import Cast
from volunteer_hub.events.models import Event, Status
from volunteer_hub.resources import queries, rules
from volunteer_hub.resources.models import Booking, Requirement, Resource
from volunteer_hub.resources.rules import Busy, Kind, Purpose, Span

# Organisation, kind, name and what else there is to say; days count from today.
THINGS: Final[tuple[tuple[str, Kind, str, dict[str, Any]], ...]] = (
    (
        "city",
        Kind.VEHICLE,
        "科普大篷车 1 号（示例）",
        {
            "plate": "辽F·示例1",
            "seats": 14,
            "valid_days": 210,
            "contents": "球幕影院、机器狗、静电球、气流投篮、无弦琴等 26 件展品",
            "before_minutes": 60,
            "after_minutes": 60,
        },
    ),
    (
        "county_210682",
        Kind.VEHICLE,
        "科普大篷车 2 号（示例）",
        {
            "plate": "辽F·示例2",
            "seats": 12,
            "valid_days": 25,
            "contents": "流动科技馆展品 18 件，科普图书 300 册",
            "before_minutes": 45,
            "after_minutes": 45,
        },
    ),
    ("county_210624", Kind.VEHICLE, "面包车（示例）", {"plate": "辽F·示例3", "seats": 7}),
    ("city", Kind.DRIVER, "车向前（示例）", {"licence_class": "B1", "valid_days": 900}),
    ("city", Kind.DRIVER, "路安康（示例）", {"licence_class": "A1", "valid_days": 400}),
    ("county_210682", Kind.DRIVER, "方向盼（示例）", {"licence_class": "C1"}),
    (
        "city",
        Kind.KIT,
        "A 器材箱：机器人（示例）",
        {"contents": "机器人 6 台、平板 6 台、充电箱 1 个", "checked_days": -12},
    ),
    (
        "city",
        Kind.KIT,
        "B 器材箱：天文观测（示例）",
        {"contents": "天文望远镜 2 台、星图 40 张", "checked_days": -40},
    ),
    ("city", Kind.PROJECTOR, "便携投影仪（示例）", {"contents": "投影仪、幕布、接线板"}),
    ("city", Kind.HALL, "科技馆报告厅（示例）", {"seats": 180, "after_minutes": 30}),
)
_WANTED: Final = (
    (Kind.VEHICLE, 12),
    (Kind.DRIVER, 12),
    (Kind.KIT, None),
)


def make_things(cast: Cast, events: Iterable[Event], *, now: datetime) -> None:
    """Add what can be booked, and book it for the caravan's next events, but the last of them."""
    today = now.astimezone(LOCAL).date()
    things = [_thing(cast, row, today, now) for row in THINGS]
    db.session.add_all(things)
    db.session.flush()
    busy = [_maintain(things[1], cast, today, now)]
    coming = sorted(
        (each for each in events if each.campaign.code == "caravan" and _is_coming(each, now)),
        key=lambda each: each.starts_at,
    )
    for event in coming:
        _require(event)
    for event in coming[:-1]:
        _book(event, things, busy, now)
    db.session.flush()


def _is_coming(event: Event, now: datetime) -> bool:
    return event.ends_at > now and event.status in (Status.PUBLISHED, Status.DRAFT)


def _thing(
    cast: Cast, row: tuple[str, Kind, str, dict[str, Any]], today: date, now: datetime
) -> Resource:
    owner, kind, name, more = row
    more = dict(more)
    valid, checked = more.pop("valid_days", None), more.pop("checked_days", None)
    return Resource(
        organisation_id=cast.organisations[owner].id,
        kind=kind,
        name=name,
        valid_until=today + timedelta(days=valid) if valid else None,
        checked_on=today + timedelta(days=checked) if checked else None,
        created_at=now - timedelta(days=300),
        is_demo=True,
        **more,
    )


def _maintain(thing: Resource, cast: Cast, today: date, now: datetime) -> Busy:
    """Send a vehicle to its inspection in ten days."""
    start = datetime.combine(today + timedelta(days=10), time(8), LOCAL)
    use = Span(start, start + timedelta(hours=10))
    by = cast.staff["city_office"].id
    return keep(thing, use, _booking("年检和保养", Purpose.MAINTENANCE, by, now))


def _require(event: Event) -> None:
    for kind, seats in _WANTED:
        db.session.add(Requirement(event_id=event.id, kind=kind, number=1, min_seats=seats))


def _book(event: Event, things: list[Resource], busy: list[Busy], now: datetime) -> None:
    """Book the first of each kind that fits and is free."""
    use = Span(event.starts_at, event.ends_at)
    for number, (kind, seats) in enumerate(_WANTED):
        need = rules.Need(id=number, kind=kind, min_seats=seats)
        fitting = [each for each in things if rules.fits(queries.facts_of(each), need)]
        free = [each for each in fitting if _is_free(each, use, busy)]
        if free:
            booking = _booking(event.title, Purpose.EVENT, event.created_by_id, now)
            booking.event_id = event.id
            busy.append(keep(free[0], use, booking))


def _is_free(thing: Resource, use: Span, busy: list[Busy]) -> bool:
    return not rules.is_hindered(rules.standing(queries.facts_of(thing), use, busy)[0])


def _booking(title: str, purpose: Purpose, by: int, now: datetime) -> Booking:
    booked_at = now - timedelta(days=7)
    return Booking(title=title, purpose=purpose, booked_by_id=by, booked_at=booked_at)


def keep(thing: Resource, use: Span, booking: Booking) -> Busy:
    """Book a thing for some time, its time before and after counted."""
    busy = queries.facts_of(thing).busy_span(use)
    booking.resource_id = thing.id
    booking.starts_at, booking.ends_at = use.start, use.end
    booking.busy_from, booking.busy_until = busy.start, busy.end
    db.session.add(booking)
    return queries.busy_of(booking)
