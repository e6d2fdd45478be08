"""Short words for what happens at a door."""

from __future__ import annotations

import uuid
from threading import Barrier, Thread

from sqlalchemy import func, select

from tests import factories
from tests.factories import NOON
from volunteer_hub.checkin import actions, queries
from volunteer_hub.checkin.actions import ScanDraft
from volunteer_hub.checkin.models import Attendance, Scan
from volunteer_hub.checkin.rules import Direction, Method
from volunteer_hub.core.database import db
from volunteer_hub.core.tokens import ticket_code
from volunteer_hub.core.transaction import transaction


def event_now(**more):
    """Return an event at whose door people stand at noon."""
    return factories.event(**{"starts_at": NOON, **more})


def new_id():
    return str(uuid.uuid4())


def code_of(row):
    """Return the code on the ticket of a registration, or on the pass of an assignment."""
    kind = "R" if hasattr(row, "ticket_revision") else "V"
    return ticket_code(kind, row.id, row.ticket_revision if kind == "R" else row.pass_revision)


def scan(event, text, *, direction=Direction.IN, now=NOON, scan_id=None, **more):
    draft = ScanDraft(scan_id or new_id(), direction, Method.CAMERA, text=text, **more)
    with transaction():
        return actions.record_scan(queries.hold_door(event.id), draft, by=None, now=now)


def rows(model):
    return list(db.session.scalars(select(model).order_by(model.id)))


def scans():
    return rows(Scan)


def attendances():
    return rows(Attendance)


def number_of(model):
    return db.session.scalar(select(func.count()).select_from(model))


def all_at_once(app, number, work):
    """Run the work in that many threads that start together; return what each gave back."""
    start, answers = Barrier(number), []

    def run(index):
        with app.app_context():
            start.wait()
            try:
                answers.append(work(index))
            finally:
                db.session.remove()

    threads = [Thread(target=run, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
