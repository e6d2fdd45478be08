"""What happens when: eighty events over half a year, one of them running now and one tomorrow."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from typing import Any, Final

from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.core.text import CROCKFORD
from volunteer_hub.demo.cast import Cast, team_key
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
# What is running began at any hour: its shifts are counted instead of named after the time of day.
_COUNTED: Final = {"上午场": "第一场", "下午场": "第二场"}
# What the team of the leader one can sign in as puts on, wherever it is not the organiser's turn.
_TEAM_S_CAMPAIGNS: Final = ("silver", "health")
_LATEST_END: Final = time(17, 30)
_AFTER_SCHOOL: Final = time(15, 30)


@dataclass(frozen=True, slots=True)
class Slot:
    """When an event happens and how far it has come.

    Attributes:
        starts_at: On which day, and about when.
        status: How far it has come.
        is_running: It is the one that runs now.
        is_tomorrow: It is the one of tomorrow.
        is_home: It is for the organiser one can sign in as, who so has something to confirm.
    """

    starts_at: datetime
    status: Status
    is_running: bool = False
    is_tomorrow: bool = False
    is_home: bool = False


def slots(random: Random, *, now: datetime) -> list[Slot]:
    """Return when the events happen, earliest first: past, running, tomorrow, future."""
    past = sorted(-random.randint(3, 120) for _ in range(PAST))
    future = sorted(random.randint(2, 60) for _ in range(EVENTS - PAST - 2))
    found = []
    for number, days in enumerate(past):
        is_fresh = number >= PAST - UNCONFIRMED
        status = Status.PUBLISHED if is_fresh else Status.CONFIRMED
        starts_at = _morning(now, min(days, -1), random)
        status = Status.CANCELLED if number == 7 else status
        found.append(Slot(starts_at, status, is_home=is_fresh))
    found.append(Slot(_running_since(now), Status.PUBLISHED, is_running=True))
    tomorrow = _at(now, 1, 9)
    found.append(Slot(tomorrow, Status.PUBLISHED, is_tomorrow=True, is_home=True))
    for number, days in enumerate(future):
        status = Status.PUBLISHED
        if number >= len(future) - DRAFTS:
            status = Status.DRAFT
        elif number == 5:
            status = Status.CANCELLED
        is_home = status is Status.DRAFT
        found.append(Slot(_morning(now, days, random), status, is_home=is_home))
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


@dataclass(slots=True)
class Repertoire:
    """What can be put on and where, and how often each had its turn."""

    random: Random
    titles: dict[str, list[Title]] = field(default_factory=dict)  # by campaign
    turns: Counter[str] = field(default_factory=Counter)
    visits: Counter[int] = field(default_factory=Counter)  # by venue

    def __post_init__(self) -> None:
        """Read what is shipped, without campaigns that this city does not run."""
        for row in shipped("events"):
            if programmes.find_campaign(row["campaign"]):
                self.titles.setdefault(row["campaign"], []).append(row)

    def next(self, number: int, slot: Slot) -> Title:
        """Return what happens in a slot: the leading campaigns in turn, others in between."""
        suiting = {
            code: found
            for code, rows in self.titles.items()
            if (found := [row for row in rows if suits(row, slot.starts_at)])
        }
        if slot.is_running:
            return self.titles["caravan"][0]
        if slot.is_tomorrow:
            code = "silver"
        elif number % 2 == 0:
            code = _LEADING[number // 2 % len(_LEADING)]
        else:
            code = self.random.choice([code for code in suiting if code not in _LEADING])
        return self._in_turn(code, suiting[code])

    def talk(self, code: str, starts_at: datetime) -> Title:
        """Return the next talk of a campaign."""
        talks = [talk for talk in shipped("talks") if code in talk["campaigns"]]
        return self._in_turn(f"talk {code}", [talk for talk in talks if suits(talk, starts_at)])

    def place(self, venues: list[Venue]) -> Venue:
        """Return one of the venues that were visited least."""
        least = min(self.visits[venue.id] for venue in venues)
        venue = self.random.choice([each for each in venues if self.visits[each.id] == least])
        self.visits[venue.id] += 1
        return venue

    def _in_turn(self, what: str, rows: list[Title]) -> Title:
        """Return the row whose turn it is; while schools teach, those at a school come first."""
        rows = [row for row in rows if _is_at_school(row)] or rows
        self.turns[what] += 1
        return rows[self.turns[what] % len(rows)]


def suits(row: Title, starts_at: datetime) -> bool:
    """Tell whether such an event is believable on a day: in season, and when schools teach."""
    day = starts_at.astimezone(LOCAL)
    if day.month not in row.get("months", range(1, 13)):
        return False
    return not _is_at_school(row) or _is_school_day(day)


def _is_at_school(row: Title) -> bool:
    return "school" in row.get("venue_types", ())


def _is_school_day(day: datetime) -> bool:
    is_new_year_or_winter = day.month == 1 and not 1 < day.day <= 15
    is_national_holiday = day.month == 10 and day.day <= 7
    is_holiday = day.month in (2, 7, 8) or is_new_year_or_winter or is_national_holiday
    return day.weekday() < 5 and not is_holiday


def make_events(cast: Cast, random: Random, *, now: datetime) -> list[Event]:
    """Add the events with the shifts and posts of their campaign's template."""
    repertoire = Repertoire(random)
    events = [
        _event(cast, slot, repertoire, repertoire.next(number, slot), now)
        for number, slot in enumerate(slots(random, now=now))
    ]
    db.session.add_all(events)
    db.session.flush()
    return events


def _event(cast: Cast, slot: Slot, repertoire: Repertoire, row: Title, now: datetime) -> Event:
    campaign = programmes.campaign_by_code(row["campaign"])
    template = campaign.template("zh")
    venue = _venue(cast, slot, row, repertoire)
    minutes = max(template.minutes, 240) if slot.is_running else template.minutes
    starts_at = _begin(slot, campaign.code, minutes)
    event = Event(
        organisation_id=_organisation_id(cast, slot, campaign.code, venue),
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
        poster_code="".join(repertoire.random.choice(CROCKFORD) for _ in range(10)),
        created_by_id=cast.staff["organiser"].id,
        created_at=min(now, starts_at) - timedelta(days=30),
        published_at=(
            None if slot.status is Status.DRAFT else min(now, starts_at) - timedelta(days=25)
        ),
        is_demo=True,
        **{**template.registration, **(OPEN_DOOR if slot.is_running else {})},
    )
    _end(event, slot, now)
    if campaign.code == "silver":
        _talk(event, repertoire.talk(campaign.code, starts_at))
    event.shifts = shifts_of(campaign, event, _COUNTED if slot.is_running else {})
    return event


def _begin(slot: Slot, code: str, minutes: int) -> datetime:
    """Return when the event begins, so that nobody is kept until the evening."""
    start = slot.starts_at.astimezone(LOCAL)
    if slot.is_running:
        return slot.starts_at
    if code == "afterschool":
        return start.replace(hour=_AFTER_SCHOOL.hour, minute=_AFTER_SCHOOL.minute)
    is_late = (start + timedelta(minutes=minutes)).time() > _LATEST_END
    return start.replace(hour=9, minute=0) if is_late else slot.starts_at


def _end(event: Event, slot: Slot, now: datetime) -> None:
    if slot.status is Status.CANCELLED:
        event.cancelled_at = min(now, slot.starts_at) - timedelta(days=2)
        is_icy = event.cancelled_at.astimezone(LOCAL).month in (11, 12, 1, 2, 3)
        event.cancel_reason = "道路结冰，改期另行通知" if is_icy else "遇强降雨，改期另行通知"
    if slot.status is Status.CONFIRMED:
        event.confirmed_at = event.ends_at + timedelta(hours=3)


def _talk(event: Event, talk: Title) -> None:
    event.title = f"银龄讲座：{talk['topic_zh']}"
    event.topic = talk["topic_zh"]
    event.speaker_name, event.speaker_title = talk["speaker"], talk["speaker_title_zh"]


def _venue(cast: Cast, slot: Slot, row: Title, repertoire: Repertoire) -> Venue:
    fitting = [venue for venue in cast.venues if venue.type_code in row["venue_types"]]
    if slot.is_running:
        return next(venue for venue in cast.venues if venue.name == "通远堡镇中心小学")
    if slot.is_home:
        county = regions.region_by_code("210682").id
        inside = regions.tree().ids_within(county)
        near = [venue for venue in cast.venues if venue.region_id in inside]
        return repertoire.place([venue for venue in near if venue in fitting] or fitting or near)
    return repertoire.place(fitting or cast.venues)


def _organisation_id(cast: Cast, slot: Slot, code: str, venue: Venue) -> int:
    if code in _TEAM_S_CAMPAIGNS and not (slot.is_home or slot.is_running):
        return cast.organisations[team_key(cast)].id
    tree = regions.tree()
    node = tree.find(venue.region_id)
    codes = {part.code for part in tree.line(node)} if node else set()
    for code in codes:
        if f"county_{code}" in cast.organisations:
            return cast.organisations[f"county_{code}"].id
    return cast.organisations["city"].id


def shifts_of(campaign: CampaignEntry, event: Event, names: dict[str, str]) -> list[Shift]:
    """Return the shifts of the campaign's template, some under another name."""
    planned = rules.planned_shifts(
        campaign.template("zh").shifts, starts_at=event.starts_at, ends_at=event.ends_at
    )
    return [
        Shift(
            title=_renamed(shift.title, names),
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


def _renamed(title: str, names: dict[str, str]) -> str:
    for old, new in names.items():
        title = title.replace(old, new)
    return title
