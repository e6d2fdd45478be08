"""How often people were asked and how long they served, counted for the desk; no names."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from volunteer_hub.accounts.models import Person
from volunteer_hub.assignments.models import Assignment, Source, State
from volunteer_hub.core.database import db
from volunteer_hub.events.models import Event, Post, Shift, Status
from volunteer_hub.volunteers.models import Volunteer


class Counted(NamedTuple):
    """One volunteer, by no more than home and age, with what is counted of them."""

    home_region_id: int
    birth_year: int | None
    asked: int
    minutes: int


def shares_of(among: ColumnElement[bool], *, since: datetime, now: datetime) -> list[Counted]:
    """Return everybody who may be asked, with how often they were and how long they served.

    Args:
        among: The condition of volunteers who are counted.
        since: From when on.
        now: The moment.
    """
    people = (
        select(Volunteer.id, Volunteer.home_region_id, Volunteer.birth_year)
        .join(Volunteer.person)
        .where(
            among,
            Person.erased_at.is_(None),
            Volunteer.is_paused.is_(False),
            Volunteer.accepts_suggestions.is_(True),
        )
        .order_by(Volunteer.id)
    )
    counted = _counted(since, now)
    nothing = (0, 0)
    return [
        Counted(home, year, *counted.get(who, nothing))
        for who, home, year in db.session.execute(people)
    ]


def _counted(since: datetime, now: datetime) -> dict[int, tuple[int, int]]:
    """Return by volunteer how often they were asked, and the minutes they served."""
    is_asked = Assignment.source != Source.SIGN_UP
    asked = (
        select(Assignment.volunteer_id, func.count(Assignment.id))
        .where(is_asked, Assignment.created_at > since)
        .group_by(Assignment.volunteer_id)
    )
    served = (
        select(Assignment.volunteer_id, Shift.starts_at, Shift.ends_at)
        .join(Post, Assignment.post_id == Post.id)
        .join(Shift, Post.shift_id == Shift.id)
        .join(Event, Shift.event_id == Event.id)
        .where(
            Assignment.state == State.ACCEPTED,
            Event.status != Status.CANCELLED,
            Shift.ends_at > since,
            Shift.ends_at <= now,
        )
    )
    times = dict(db.session.execute(asked).all())
    minutes: dict[int, int] = {}
    for who, start, end in db.session.execute(served):
        minutes[who] = minutes.get(who, 0) + int((end - start).total_seconds()) // 60
    return {who: (times.get(who, 0), minutes.get(who, 0)) for who in times.keys() | minutes.keys()}
