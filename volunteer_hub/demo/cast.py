"""Who and where: organisations, venues, staff and volunteers, all invented but for the places."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from volunteer_hub.accounts import passwords
from volunteer_hub.accounts.models import Person
from volunteer_hub.accounts.rules import DEMO_CONTACTS
from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core.database import db
from volunteer_hub.core.pinyin import of_name
from volunteer_hub.demo.shipped import shipped
from volunteer_hub.organisations.models import Appointment, Membership, Organisation
from volunteer_hub.organisations.rules import Function
from volunteer_hub.regions import queries as regions
from volunteer_hub.regions.models import Venue
from volunteer_hub.volunteers.models import (
    AvailabilityWindow,
    Volunteer,
    VolunteerSkill,
    VolunteerWish,
)
from volunteer_hub.volunteers.rules import WishKind

VOLUNTEERS: Final = 300
DEMO_PASSWORD: Final = "dandong-yanshi-2026"  # noqa: S105 - of invented people, on a laptop
# What people who help with one thing usually know besides; three to five of one line each.
TALENTS: Final = (
    ("guide", "reception", "order", "logistics", "exhibits"),
    ("robots", "scratch", "guide", "tutor", "physics"),
    ("smartphone", "mobile_services", "antifraud", "companion", "speaker"),
    ("clinic", "first_aid", "chronic_care", "nutrition", "speaker"),
    ("strawberry", "chestnut", "fruit_trees", "plant_protection", "speaker"),
    ("driving", "bus_driving", "logistics", "sound", "exhibits"),
    ("photography", "writing", "reception", "order", "statistics"),
    ("astronomy", "weather", "birds", "guide", "speaker"),
    ("emergency", "fire", "first_aid", "drowning", "speaker"),
    ("companion", "reception", "antifraud", "smartphone", "order"),
    ("judge", "robots", "models", "making", "tutor"),
    ("food_safety", "nutrition", "speaker", "reception", "environment"),
)
_TEAM_S_LINE: Final = 3
# Whom people would like to work for; most have no preference.
WISHES: Final = ((), ("elders",), (), ("youth", "parents"), (), (), ("farmers",), ())
_WEEKEND: Final = ((5, 480, 1080), (6, 480, 1080))
_WEEKDAYS: Final = tuple((day, 480, 1080) for day in range(5))
_MORNINGS: Final = tuple((day, 480, 750) for day in range(7))
_EVENINGS: Final = tuple((day, 1080, 1290) for day in range(5))
HABITS: Final = (
    _WEEKDAYS + _WEEKEND,
    _WEEKDAYS,
    _WEEKEND,
    _MORNINGS,
    _WEEKEND + _EVENINGS,
    _WEEKDAYS + _WEEKEND,
)


@dataclass(slots=True)
class Cast:
    """Everyone and every place of the demo data."""

    organisations: dict[str, Organisation] = field(default_factory=dict)
    venues: list[Venue] = field(default_factory=list)
    staff: dict[str, Person] = field(default_factory=dict)
    volunteers: list[Volunteer] = field(default_factory=list)


def people_names() -> list[str]:
    """Return invented names, none twice."""
    return [str(name) for name in shipped("people")]


def person(name: str, phone: str, *, now: datetime) -> Person:
    """Return an invented person, not yet saved."""
    pinyin, initials = of_name(name)
    return Person(
        name=name,
        pinyin=pinyin,
        initials=initials,
        phone=phone,
        created_at=now - timedelta(days=200),
        is_demo=True,
    )


def make_organisations(cast: Cast, *, now: datetime) -> None:
    """Add the organisations and teams, parents first."""
    for row in shipped("organisations"):
        parent = cast.organisations.get(row["parent"] or "")
        organisation = Organisation(
            name=row["name"],
            name_en=row["name_en"],
            kind_code=row["kind_code"],
            region_id=regions.region_by_code(row["region_code"]).id,
            parent_id=parent.id if parent else None,
            contact_phone="0415-0000000",
            created_at=now - timedelta(days=400),
            is_demo=True,
        )
        db.session.add(organisation)
        db.session.flush()
        cast.organisations[row["key"]] = organisation


def make_venues(cast: Cast, random: Random, *, now: datetime) -> None:
    """Add the venues; their contacts are invented."""
    names = people_names()
    for number, row in enumerate(shipped("venues")):
        pinyin, initials = of_name(row["name"])
        cast.venues.append(
            Venue(
                name=row["name"],
                pinyin=pinyin,
                initials=initials,
                type_code=row["type_code"],
                region_id=regions.region_by_code(row["region_code"]).id,
                directions="",
                contact_name=random.choice(names)[0] + "老师",
                contact_phone=f"1390000{8000 + number}",
                capacity=row["capacity"],
                created_at=now - timedelta(days=400),
                is_demo=True,
            )
        )
    db.session.add_all(cast.venues)
    db.session.flush()


def make_staff(cast: Cast, *, now: datetime) -> None:
    """Add the people one can sign in as, each with the password of the demo sign-ins."""
    names = {
        "city_office": "演示市办",
        "county_office": "演示县办",
        "organiser": "演示负责人",
        "team_leader": "演示队长",
        "volunteer": "演示志愿者",
    }
    kept = passwords.make_hash(DEMO_PASSWORD)
    for role, phone in DEMO_CONTACTS.items():
        who = person(names[role], phone, now=now)
        who.password_hash = kept
        db.session.add(who)
        cast.staff[role] = who
    db.session.flush()
    _appoint(cast, "city_office", "210600", now)
    _appoint(cast, "county_office", "210682", now)
    for role, key, function in (
        ("organiser", "county_210682", Function.ORGANISER),
        ("team_leader", team_key(cast), Function.TEAM_LEADER),
    ):
        db.session.add(
            Membership(
                person_id=cast.staff[role].id,
                organisation_id=cast.organisations[key].id,
                function=function,
                joined_at=now - timedelta(days=300),
            )
        )


def _appoint(cast: Cast, role: str, region_code: str, now: datetime) -> None:
    region_id = regions.region_by_code(region_code).id
    appointed_at = now - timedelta(days=300)
    row = Appointment(person_id=cast.staff[role].id, region_id=region_id, appointed_at=appointed_at)
    db.session.add(row)


def team_key(cast: Cast) -> str:
    """Return the key of the team whose leader one can sign in as."""
    return next(key for key in cast.organisations if not key.startswith(("city", "county")))


def make_teams(cast: Cast, *, now: datetime) -> None:
    """Put those who know medicine into the team of the leader one can sign in as."""
    team = cast.organisations[team_key(cast)]
    for number, volunteer in enumerate(cast.volunteers):
        if TALENTS[(number + 1) % len(TALENTS)] is TALENTS[_TEAM_S_LINE]:
            db.session.add(
                Membership(
                    person_id=volunteer.person_id,
                    organisation_id=team.id,
                    function=Function.MEMBER,
                    joined_at=max(volunteer.joined_at, now - timedelta(days=390)),
                )
            )
    db.session.flush()


def make_volunteers(cast: Cast, random: Random, *, now: datetime) -> None:
    """Add the volunteers with skills, free times and homes over all six counties."""
    townships = [node for nodes in regions.townships_by_county().values() for node in nodes]
    skills = {entry.code for entry in catalogue.entries("skill")}
    people = [cast.staff["volunteer"]]
    for number, name in enumerate(people_names()[: VOLUNTEERS - 1]):
        people.append(person(name, f"1390000{1000 + number}", now=now))
    db.session.add_all(people)
    db.session.flush()
    demo_home = regions.region_by_code("210682118").id
    for number, who in enumerate(people):
        home = demo_home if number == 0 else random.choice(townships).id
        cast.volunteers.append(_volunteer(who, home, number, skills, random, now))
    db.session.add_all(cast.volunteers)
    db.session.flush()


def _volunteer(
    who: Person, home: int, number: int, known: set[str], random: Random, now: datetime
) -> Volunteer:
    line = [code for code in TALENTS[(number + 1) % len(TALENTS)] if code in known]
    chosen = line if number == 0 else random.sample(line, random.randint(2, len(line)))
    habit: tuple[Any, ...] = HABITS[0] if number == 0 else random.choice(HABITS)
    joined_at = now - timedelta(days=random.randint(20, 900))
    return Volunteer(
        person_id=who.id,
        home_region_id=home,
        travel_radius_km=60 if number == 0 else random.choice((10, 30, 30, 60, 60, 120)),
        max_hours_week=random.choice((6, 8, 8, 10, 16)),
        birth_year=random.randint(1950, 2005),
        birth_month=random.randint(1, 12),
        has_car=number % 3 == 0,
        is_in_reserve=number % 9 == 0,
        joined_at=joined_at,
        wishes=[
            VolunteerWish(kind=WishKind.AUDIENCE, code=code)
            for code in WISHES[number % len(WISHES)]
        ],
        skills=[
            VolunteerSkill(skill_code=code, level=random.choice((1, 2, 2, 2, 3))) for code in chosen
        ],
        windows=[
            AvailabilityWindow(weekday=day, starts_minute=start, ends_minute=end)
            for day, start, end in habit
        ],
    )
