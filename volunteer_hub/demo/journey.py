"""A trip of the caravan in the demo data: two days, three real places, everything booked."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

from sqlalchemy import select

from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.core.text import CROCKFORD
from volunteer_hub.demo.cast import Cast
from volunteer_hub.demo.season import shifts_of
from volunteer_hub.demo.things import keep
from volunteer_hub.events.models import Event, Status
from volunteer_hub.programmes import queries as programmes
from volunteer_hub.programmes.rules import CampaignEntry
from volunteer_hub.regions.models import Venue
from volunteer_hub.resources import queries as resources
from volunteer_hub.resources.models import Booking, Resource
from volunteer_hub.resources.rules import Purpose, Span
from volunteer_hub.trips import queries
from volunteer_hub.trips import rules as roads
from volunteer_hub.trips.models import Trip

EARLIEST: Final = 6
LATEST: Final = 120  # days from today; on which day depends on when the caravan is free
# Day of the trip, begin, minutes, where and how many are expected.
STOPS: Final = (
    (0, time(9, 30), 120, "东方红小学（凤城）", 680),
    (0, time(14, 30), 120, "通远堡镇中心小学", 320),
    (1, time(9, 30), 150, "抗美援朝纪念馆", 400),
)
DEPOT: Final = "丹东市科技馆"


_CARRIED: Final = ("科普大篷车 1 号（示例）", "路安康（示例）", "A 器材箱：机器人（示例）")
_SCHOOL_DAYS: Final = 4  # Monday to Thursday, so that the day after is one as well


def make_trip(cast: Cast, *, now: datetime) -> list[Event]:
    """Add the trip with its stops as published events, and book what it carries."""
    by_name = {venue.name: venue for venue in cast.venues}
    campaign = programmes.find_campaign("caravan")
    if campaign is None or not by_name.keys() >= {DEPOT, *(stop[3] for stop in STOPS)}:
        return []
    things = list(db.session.scalars(select(Resource).where(Resource.name.in_(_CARRIED))))
    first = _first_day(things, now)
    trip = _trip(cast, campaign, by_name[DEPOT], first, now)
    db.session.add(trip)
    db.session.flush()
    events = []
    for days, begin, minutes, name, people in STOPS:
        starts_at = datetime.combine(first + timedelta(days=days), begin, LOCAL)
        ends_at = starts_at + timedelta(minutes=minutes)
        event = _stop(trip, campaign, by_name[name], (starts_at, ends_at), now)
        event.expected_people = people
        events.append(event)
    db.session.add_all(events)
    db.session.flush()
    halts = [queries.halt_of(each) for each in events]
    trip.returns_at = roads.returns_at(queries.caravan_of(trip), halts)
    for thing in things:
        booking = Booking(title=trip.title, purpose=Purpose.EVENT, trip_id=trip.id,
                          booked_by_id=trip.created_by_id, booked_at=trip.created_at)  # fmt: skip
        keep(thing, queries.span_of(trip), booking)
    db.session.flush()
    return events


def _first_day(things: list[Resource], now: datetime) -> date:
    """Return the first school day, with one after it, on which all that is carried is free."""
    today, ids = now.astimezone(LOCAL).date(), [each.id for each in things]
    for ahead in range(EARLIEST, LATEST):
        day = today + timedelta(days=ahead)
        start = datetime.combine(day, time.min, LOCAL)
        is_free = not resources.busy_around(ids, Span(start, start + timedelta(days=2)))
        if is_free and day.weekday() < _SCHOOL_DAYS:
            return day
    return today + timedelta(days=LATEST)


def _trip(cast: Cast, campaign: CampaignEntry, depot: Venue, first: date, now: datetime) -> Trip:
    leaves_at = datetime.combine(first, time(6, 30), LOCAL)
    return Trip(
        organisation_id=cast.organisations["county_210682"].id,
        campaign_id=campaign.id,
        depot=depot,
        title="大篷车凤城丹东两日行",
        leaves_at=leaves_at,
        returns_at=leaves_at + timedelta(days=2),
        set_up_minutes=40,
        pack_up_minutes=30,
        day_starts_minute=7 * 60,
        goes_home=True,
        contact_name="演示负责人",
        contact_phone="13900000003",
        notes="校门限高 3.2 米，走操场侧门；午饭在学校食堂，请自带水杯。",
        created_by_id=cast.staff["organiser"].id,
        created_at=now - timedelta(days=5),
        is_demo=True,
    )


def _stop(
    trip: Trip,
    campaign: CampaignEntry,
    venue: Venue,
    span: tuple[datetime, datetime],
    now: datetime,
) -> Event:
    template = campaign.template("zh")
    code = Random(f"{venue.name} {now.astimezone(LOCAL).date()}")  # noqa: S311 - no secret
    event = Event(
        organisation_id=trip.organisation_id,
        trip_id=trip.id,
        campaign_id=campaign.id,
        venue_id=venue.id,
        region_id=venue.region_id,
        title=f"{trip.title} · {venue.name}",
        summary=campaign.summary_zh,
        form_code=campaign.form_code,
        theme_code=campaign.theme_code,
        audience_codes=list(campaign.audience_codes),
        starts_at=span[0],
        ends_at=span[1],
        status=Status.PUBLISHED,
        meeting_point="丹东市科技馆门口，随大篷车出发",
        what_to_bring=template.what_to_bring,
        risk_notice=template.risk_notice,
        contact_name=trip.contact_name,
        contact_phone=trip.contact_phone,
        poster_code="".join(code.choice(CROCKFORD) for _ in range(10)),
        created_by_id=trip.created_by_id,
        created_at=trip.created_at,
        published_at=trip.created_at,
        is_demo=True,
        **template.registration,
    )
    event.shifts = shifts_of(campaign, event, {})
    return event
