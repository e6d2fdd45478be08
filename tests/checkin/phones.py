"""Short words for phones that scan without a network, and tell later."""

from __future__ import annotations

from datetime import timedelta

from tests.checkin.doors import code_of, new_id
from tests.factories import NOON
from volunteer_hub.checkin import actions, queries
from volunteer_hub.checkin.actions import Batch, Sent
from volunteer_hub.checkin.models import ScanConflict
from volunteer_hub.checkin.rules import Direction, Method, Outcome
from volunteer_hub.core.database import db
from volunteer_hub.core.tokens import link_token
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.models import Event

MINUTE = timedelta(minutes=1)
GREEN = Outcome.ACCEPTED


def secret_of(device_id):
    return f"{device_id:032}"


def phone(event, door="", *, now=NOON):
    """Return an enrolled phone at a door of an event."""
    with transaction():
        row = db.session.get_one(Event, event.id)
        device = actions.add_device(row, door, by=row.created_by_id, now=now)
        token = link_token(actions.ENROLMENT, device.id)
        return actions.enrol(token, secret_of(device.id), now=now)


def sent(who, at=NOON, *, direction=Direction.IN, local=GREEN, **more):
    """Return a scan as a phone tells it; who is a row with a ticket, or a text."""
    text = who if isinstance(who, str) else code_of(who)
    values = {"scan_id": new_id(), "seq": 1, "method": Method.CAMERA, "text": text}
    return Sent(**values | {"direction": direction, "claimed_at": at, "local": local} | more)


def tell(device, *scans, now, **more):
    """Return the answers to what a phone tells, the newest clock being right."""
    batch = Batch(scans, device, sent_at=more.pop("sent_at", now), **more)
    with transaction():
        door = queries.hold_door(device.event_id, alone=True)
        return actions.record_batch(door, batch, by=None, now=now)


def noted(event):
    """Return what waits for a person, oldest first."""
    wanted = db.select(ScanConflict).where(
        ScanConflict.event_id == event.id, ScanConflict.settled_at.is_(None)
    )
    return [row.kind for row in db.session.scalars(wanted.order_by(ScanConflict.id))]
