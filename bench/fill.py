"""Fill an empty database: fifty events with posts and volunteers, and tickets for their doors.

``python -m bench.fill FILE TICKETS`` in the environment of the site; says in FILE what it made.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from flask import Flask, current_app
from sqlalchemy import insert, select, update

from tools import site
from volunteer_hub.accounts import passwords
from volunteer_hub.accounts.models import Person
from volunteer_hub.assignments.models import Assignment, Source, State
from volunteer_hub.core import clock
from volunteer_hub.core.database import Model, db
from volunteer_hub.core.text import random_code
from volunteer_hub.core.tokens import code_hash, ticket_code
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.models import Event, Post, PostSkill, Shift, Status
from volunteer_hub.organisations.models import Function, Membership, Organisation
from volunteer_hub.programmes.models import Campaign
from volunteer_hub.regions.models import Region, Venue
from volunteer_hub.registrations.models import Channel, Registration, RegistrationState
from volunteer_hub.volunteers.models import Volunteer

EVENTS: Final = 50
VOLUNTEERS: Final = 40
TAKEN: Final = 3  # volunteers in each post
PHONE: Final = "13900000001"
PASSWORD: Final = "bench-bench-bench"  # noqa: S105 - of nobody
TOWNSHIP: Final = "210682118"


@dataclass(frozen=True, slots=True)
class Filled:
    """What the benchmark may ask for: events, who manages them, and tickets of their doors."""

    event_ids: list[int]
    tickets: list[tuple[int, str]]  # event, what the QR code says
    phone: str = PHONE
    password: str = PASSWORD


def fill(app: Flask, tickets: int) -> Filled:
    """Fill the database with that many tickets, as many for each event."""
    with app.app_context(), transaction():
        now = clock.now()
        organisation = _organisation(now)
        events = [_event(number, organisation, now) for number in range(EVENTS)]
        db.session.add_all(events)
        db.session.flush()
        _staff(events, now)
        ids = [event.id for event in events]
        return Filled(ids, tickets_for(ids, -(-tickets // EVENTS), now))


def _added(row: Model) -> int:
    db.session.add(row)
    db.session.flush()
    return row.id


def _region_id(code: str) -> int:
    return db.session.execute(select(Region.id).where(Region.code == code)).scalar_one()


def _organisation(now: datetime) -> int:
    person_id = _added(
        Person(name="周望星", phone=PHONE, password_hash=passwords.make_hash(PASSWORD),
               created_at=now)
    )  # fmt: skip
    organisation_id = _added(
        Organisation(name="测速科协", kind_code="science_association",
                     region_id=_region_id("210682"), created_at=now)
    )  # fmt: skip
    return _added(
        Membership(person_id=person_id, organisation_id=organisation_id,
                   function=Function.ORGANISER, joined_at=now)
    )  # fmt: skip


def _event(number: int, membership_id: int, now: datetime) -> Event:
    """Return one event that begins about now, with two shifts of two posts."""
    membership = db.session.get_one(Membership, membership_id)
    campaigns = db.session.scalars(select(Campaign.id).order_by(Campaign.id)).all()
    region_id = _region_id(TOWNSHIP)
    starts_at = now + timedelta(minutes=number - EVENTS // 2)
    venue_id = _added(
        Venue(name=f"测速第{number + 1}小学", pinyin="cesu", initials="cs", type_code="school",
              region_id=region_id, address="中心街 1 号", created_at=now)
    )  # fmt: skip
    return Event(
        organisation_id=membership.organisation_id,
        campaign_id=campaigns[number % len(campaigns)],
        venue_id=venue_id,
        region_id=region_id,
        title=f"科普大篷车进校园 第 {number + 1} 场",
        summary="带着望远镜、机器人和小实验到学校，学生和家长都可以来。" * 3,
        audience_codes=["youth"],
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=4),
        status=Status.PUBLISHED,
        capacity=1000,
        poster_code=random_code(10),
        created_by_id=membership.person_id,
        created_at=now,
        published_at=now,
        shifts=[_shift(title, starts_at) for title in ("第一班", "第二班")],
    )


def _shift(title: str, starts_at: datetime) -> Shift:
    return Shift(
        title=title,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        posts=[
            Post(title=post, min_people=2, max_people=4,
                 skills=[PostSkill(skill_code="astronomy", level=1)])
            for post in ("讲解员", "引导员")
        ],
    )  # fmt: skip


def _staff(events: list[Event], now: datetime) -> None:
    """Put three volunteers in each post."""
    region_id = _region_id(TOWNSHIP)
    volunteers = [
        Volunteer(
            person=Person(name="林小禾", phone=f"138{number:08d}", created_at=now),
            home_region_id=region_id,
            joined_at=now,
        )
        for number in range(VOLUNTEERS)
    ]
    db.session.add_all(volunteers)
    db.session.flush()
    posts = [post for event in events for shift in event.shifts for post in shift.posts]
    db.session.execute(
        insert(Assignment),
        [
            {"post_id": post.id, "volunteer_id": volunteers[(number + step) % VOLUNTEERS].id,
             "state": State.ACCEPTED, "source": Source.SIGN_UP, "reasons": [],
             "created_at": now, "answered_at": now}
            for number, post in enumerate(posts)
            for step in range(TAKEN)
        ],
    )  # fmt: skip


def tickets_for(event_ids: list[int], each: int, now: datetime) -> list[tuple[int, str]]:
    """Register that many people for each event; return what their QR codes say, mixed."""
    rows = [
        {"event_id": event_id, "name": "赵麦芽", "companions": number % 3,
         "state": RegistrationState.CONFIRMED, "channel": Channel.WEB, "created_at": now}
        for number in range(each)
        for event_id in event_ids
    ]  # fmt: skip
    made = insert(Registration).returning(Registration.id, sort_by_parameter_order=True)
    ids = db.session.scalars(made, rows).all()
    codes = [ticket_code("R", row_id, 1) for row_id in ids]
    db.session.execute(
        update(Registration),
        [
            {"id": row_id, "ticket_hash": code_hash(code)}
            for row_id, code in zip(ids, codes, strict=True)
        ],
    )
    address = current_app.config["PUBLIC_URL"]
    return [
        (int(str(row["event_id"])), f"{address}/T/{code}")
        for row, code in zip(rows, codes, strict=True)
    ]


if __name__ == "__main__":
    made_by_environment = site.build()
    site.prepare(made_by_environment)
    made = fill(made_by_environment, int(sys.argv[2]))
    Path(sys.argv[1]).write_text(json.dumps(asdict(made)))
