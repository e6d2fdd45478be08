"""What happens when: eighty events over half a year, one of them running now and one tomorrow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.core.text import CROCKFORD
from volunteer_hub.demo.cast import Cast
from volunteer_hub.demo.shipped import shipped
from volunteer_hub.events import rules
from volunteer_hub.events.models import Event, Post, PostSkill, Shift, Status
from volunteer_hub.programmes import queries as programmes
from volunteer_hub.programmes.rules import CampaignEntry
from volunteer_hub.regions import queries as regions
from volunteer_hub.regions.models import Venue

EVENTS: Final = 80
PAST: Final = 46
UNCONFIRMED: Final = 3
DRAFTS: Final = 4
CANCELLED: Final = 2
# The running event lets parents register, so that the door has someone to scan.
OPEN_DOOR: Final = {"is_registration_open": True, "capacity": 200, "max_companions": 2}
Title = dict[str, Any]  # one row of data/events.json
# The three kinds of events this city is built around come first, and most often.
_LEADING: Final = ("caravan", "silver", "sanxiaxiang")


@dataclass(frozen=True, slots=True)
class Slot:
    """When an event happens and how far it has come."""

    starts_at: datetime
    status: Status
    is_running: bool = False
    is_tomorrow: bool = False


def slots(random: Random, *, now: datetime) -> list[Slot]:
    """Return when the events happen, earliest first: past, running, tomorrow, future."""
    past = sorted(-random.randint(3, 120) for _ in range(PAST))
    future = sorted(random.randint(2, 60) for _ in range(EVENTS - PAST - 2))
    found = []
    for number, days in enumerate(past):
        is_fresh = number >= PAST - UNCONFIRMED
        status = Status.PUBLISHED if is_fresh else Status.CONFIRMED
        starts_at = _morning(now, min(days, -1), random)
        found.append(Slot(starts_at, Status.CANCELLED if number == 7 else status))
    found.append(Slot(_running_since(now), Status.PUBLISHED, is_running=True))
    tomorrow = _at(now, 1, 9)
    found.append(Slot(tomorrow, Status.PUBLISHED, is_tomorrow=True))
    for number, days in enumerate(future):
        status = Status.PUBLISHED
        if number >= len(future) - DRAFTS:
            status = Status.DRAFT
        elif number == 5:
            status = Status.CANCELLED
        found.append(Slot(_morning(now, days, random), status))
    return found


def _at(now: datetime, days: int, hour: int, minute: int = 0) -> datetime:
    day = now.astimezone(LOCAL) + timedelta(days=days)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


def _morning(now: datetime, days: int, random: Random) -> datetime:
    hour, minute = random.choice(((9, 0), (9, 0), (9, 30), (13, 30), (14, 0)))
    return _at(now, days, hour, minute)


def _running_since(now: datetime) -> datetime:
    """Return a start about an hour ago, on a quarter of an hour."""
    start = now - timedelta(hours=1)
    return start.replace(minute=start.minute // 15 * 15, second=0, microsecond=0)


def make_events(cast: Cast, random: Random, *, now: datetime) -> list[Event]:
    """Add the events with the shifts and posts of their campaign's template."""
    titles: dict[str, list[Any]] = {}
    for row in shipped("events"):
        titles.setdefault(row["campaign"], []).append(row)
    others = [code for code in titles if code not in _LEADING and programmes.find_campaign(code)]
    events = []
    for number, slot in enumerate(slots(random, now=now)):
        code = _campaign_code(number, slot, others, random)
        rows = titles[code]
        events.append(_event(cast, slot, code, rows[number % len(rows)], random, now))
    db.session.add_all(events)
    db.session.flush()
    return events


def _campaign_code(number: int, slot: Slot, others: list[str], random: Random) -> str:
    if slot.is_running:
        return "caravan"
    if slot.is_tomorrow:
        return "silver"
    if number % 2 == 0:
        return _LEADING[number // 2 % len(_LEADING)]
    return random.choice(others)


def _event(
    cast: Cast,
    slot: Slot,
    code: str,
    row: Title,
    random: Random,
    now: datetime,
) -> Event:
    campaign = programmes.campaign_by_code(code)
    template = campaign.template("zh")
    venue = _venue(cast, slot, row, random)
    starts_at = slot.starts_at
    minutes = max(template.minutes, 240) if slot.is_running else template.minutes
    event = Event(
        organisation_id=_organisation_id(cast, venue),
        campaign_id=campaign.id,
        venue_id=venue.id,
        region_id=venue.region_id,
        title=f"科普大篷车进校园 · {venue.name}" if slot.is_running else row["title_zh"],
        summary=campaign.summary_zh,
        form_code=campaign.form_code,
        theme_code=campaign.theme_code,
        audience_codes=list(campaign.audience_codes),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        status=slot.status,
        meeting_point="场地正门，提前 20 分钟",
        what_to_bring=template.what_to_bring,
        risk_notice=template.risk_notice,
        contact_name="演示负责人",
        contact_phone="13900000003",
        poster_code="".join(random.choice(CROCKFORD) for _ in range(10)),
        created_by_id=cast.staff["organiser"].id,
        created_at=min(now, starts_at) - timedelta(days=30),
        published_at=None if slot.status is Status.DRAFT else starts_at - timedelta(days=25),
        is_demo=True,
        **{**template.registration, **(OPEN_DOOR if slot.is_running else {})},
    )
    _end(event, slot, now)
    _talk(event, code, random)
    event.shifts = _shifts(campaign, event)
    return event


def _end(event: Event, slot: Slot, now: datetime) -> None:
    if slot.status is Status.CANCELLED:
        event.cancelled_at = min(now, slot.starts_at) - timedelta(days=2)
        event.cancel_reason = "道路结冰，改期另行通知"
    if slot.status is Status.CONFIRMED:
        event.confirmed_at = event.ends_at + timedelta(hours=3)


def _talk(event: Event, code: str, random: Random) -> None:
    talks = [talk for talk in shipped("talks") if code in talk["campaigns"]]
    if code == "silver" and talks:
        talk = random.choice(talks)
        event.topic = talk["topic_zh"]
        event.speaker_name, event.speaker_title = talk["speaker"], talk["speaker_title_zh"]


def _venue(cast: Cast, slot: Slot, row: Title, random: Random) -> Venue:
    fitting = [venue for venue in cast.venues if venue.type_code in row["venue_types"]]
    if slot.is_running:
        return next(venue for venue in cast.venues if venue.name == "通远堡镇中心小学")
    if slot.is_tomorrow:
        county = regions.region_by_code("210682").id
        inside = regions.tree().ids_within(county)
        near = [venue for venue in cast.venues if venue.region_id in inside]
        return random.choice([venue for venue in near if venue in fitting] or fitting or near)
    return random.choice(fitting or cast.venues)


def _organisation_id(cast: Cast, venue: Venue) -> int:
    tree = regions.tree()
    node = tree.find(venue.region_id)
    codes = {part.code for part in tree.line(node)} if node else set()
    for code in codes:
        if f"county_{code}" in cast.organisations:
            return cast.organisations[f"county_{code}"].id
    return cast.organisations["city"].id


def _shifts(campaign: CampaignEntry, event: Event) -> list[Shift]:
    planned = rules.planned_shifts(
        campaign.template("zh").shifts, starts_at=event.starts_at, ends_at=event.ends_at
    )
    return [
        Shift(
            title=shift.title,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            posts=[
                Post(
                    title=post.title,
                    duties=post.duties,
                    min_people=post.min_people,
                    max_people=post.max_people,
                    skills=[PostSkill(skill_code=code, level=level) for code, level in post.skills],
                )
                for post in posts
            ],
        )
        for shift, posts in planned
    ]
