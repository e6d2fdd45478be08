"""The event at whose door people stand."""

from __future__ import annotations

from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select

from volunteer_hub.checkin.rules import Door
from volunteer_hub.core.database import db, run
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.events.models import Event, Shift, Status
from volunteer_hub.events.queries import in_scope
from volunteer_hub.organisations.queries import Scope

Statement = Select[*tuple[Any, ...]]


def event_at_door(event_id: int, scope: Scope) -> Event:
    """Return the event, without its shifts, for someone who may manage it.

    Raises:
        NotFoundError: There is no such event, or it is not this person's business.
    """
    found = db.session.scalar(select(Event).where(Event.id == event_id, in_scope(scope)))
    if found is None:
        raise NotFoundError
    return found


def event_of_device(event_id: int) -> Event:
    """Return the event that an enrolled phone belongs to."""
    return db.session.get_one(Event, event_id)


def door_of(event: Event) -> Door:
    """Return the event's door as it was when the event was read."""
    return _door(event.id, event.starts_at, event.status)


def earliest_door_of(event: Event) -> Door:
    """Return the event's door as whoever may come first finds it: volunteers may be due earlier."""
    statement = select(func.min(Shift.starts_at)).where(Shift.event_id == event.id)
    earliest = db.session.scalar(statement) or event.starts_at
    return _door(event.id, min(earliest, event.starts_at), event.status)


def hold_door_for_staff(event_id: int, scope: Scope) -> Door:
    """Return the door of an event that is this person's business, held as it is.

    Its hours cannot be confirmed meanwhile, nor can it be cancelled; other people are scanned at
    the same time.

    Raises:
        NotFoundError: There is no such event, or it is not this person's business.
    """
    return _found(run(_of_staff(scope), {"event_id": event_id}).first())


@lru_cache(maxsize=256)
def _of_staff(scope: Scope) -> Statement:
    """Return the statement for one member of staff; built once, for every scan asks it."""
    return _held().where(Event.id == bindparam("event_id"), in_scope(scope))


def hold_door_of_poster(poster_code: str) -> Door:
    """Return the door of the published event that a poster belongs to, held as it is.

    Raises:
        NotFoundError: No poster has this code.
    """
    is_it = (Event.poster_code == poster_code.upper(), Event.status != Status.DRAFT)
    return _found(run(_held().where(*is_it)).first())


def hold_door(event_id: int, *, alone: bool = False) -> Door:
    """Return the door of an event, held as it is.

    Args:
        event_id: The event.
        alone: Whether nobody else may be scanned meanwhile: the counter is one for all.

    Raises:
        NotFoundError: There is no such event.
    """
    statement = _row_of_door().with_for_update(of=Event) if alone else _held()
    return _found(run(statement.where(Event.id == event_id)).first())


@cache
def _row_of_door() -> Statement:
    return select(Event.id, Event.starts_at, Event.status)


def _held() -> Statement:
    return _row_of_door().with_for_update(of=Event, read=True, key_share=True)


def _found(row: Row[*tuple[Any, ...]] | None) -> Door:
    if row is None:
        raise NotFoundError
    return _door(*row)


def _door(event_id: int, starts_at: datetime, status: Status) -> Door:
    return Door(
        event_id=event_id,
        starts_at=starts_at,
        is_draft=status is Status.DRAFT,
        is_cancelled=status is Status.CANCELLED,
        is_confirmed=status is Status.CONFIRMED,
    )
