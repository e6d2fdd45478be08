"""What tests of assignments' pages share."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select

from tests import factories
from tests.factories import NOON
from volunteer_hub.assignments import actions
from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.core.tokens import link_token

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def words(page):
    """Return the text of a page without its tags and with single, ordinary spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.replace("\u2060", "")))


def fresh(row):
    """Return an assignment as the database has it."""
    db.session.expire_all()
    return db.session.get(Assignment, row.id)


def agreed(
    of=None, *, starts_at=NOON + 10 * DAY, agreed_at=NOON - 10 * DAY, confirmed_at=None, **more
):
    """Return an assignment of someone who agreed long ago, at an event of its own unless told."""
    of = of or factories.post(factories.shift(factories.event(starts_at=starts_at)))
    row = factories.assignment(of, state=State.ACCEPTED, **more)
    row.answered_at, row.confirmed_at = agreed_at, confirmed_at
    db.session.commit()
    return row


def reminder(row):
    """Return the address at which somebody says again that they come."""
    return f"/r/{link_token(actions.REMINDER, row.id)}"


def seen(client, row):
    """Return which plan the page shows, as its button carries it."""
    return re.search(r'name="seen" value="(\d+)"', client.get(reminder(row)).text)[1]


def change(event, at, what=("time",), **more):
    """Note a change of an event as ``events.actions`` would."""
    event.changed_at, event.changes = at, list(what)
    for name, value in more.items():
        setattr(event, name, value)
    db.session.commit()


def messages(kind=None):
    """Return what was queued, the first first."""
    rows = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    return [row for row in rows if kind is None or row.kind == kind]


def audited(action=None):
    """Return the audit's entries, perhaps of one action."""
    rows = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    return [row for row in rows if action is None or row.action == action]
