"""A week that lacks people, and a plan for it made as the worker makes it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from tests import factories
from tests.factories import NOON
from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.assignments.rules import Limits
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations.queries import scope_of
from volunteer_hub.planning import actions, queries, working
from volunteer_hub.planning.queries import Wanted
from volunteer_hub.planning.rules import Reach

DAY = timedelta(days=1)
SATURDAY = NOON + 7 * DAY
LIMITS = Limits()


def everything():
    return Wanted(reach=Reach.ALL, from_at=NOON, until_at=NOON + 30 * DAY)


def post_of(of=None, *, by=None, title="观鸟", starts_at=SATURDAY, **more):
    """Return a post of an event of its own that wants one person."""
    event = factories.event(title=title, of=of, by=by, starts_at=starts_at)
    return factories.post(factories.shift(event), **{"max_people": 1, **more})


def ask(who, wanted=None, now=NOON):
    """Queue a plan for whoever asks; return its id."""
    with transaction():
        scope = scope_of(who.id)
        return actions.ask_for_plan(wanted or everything(), scope=scope, now=now).id


def make_all():
    """Do what the worker does until nothing waits."""
    while working.work_on_next(NOON) is not None:
        pass


def made(who, wanted=None):
    """Return a plan that is done."""
    run_id = ask(who, wanted)
    make_all()
    return fresh(run_id)


def again(run, who, **changes):
    """Return another plan made from one, with something changed."""
    with transaction():
        run_id = actions.ask_again(
            run.id, actions.Changes(**changes), scope=scope_of(who.id), now=NOON
        ).id
    make_all()
    return fresh(run_id)


def fresh(run_id):
    db.session.rollback()
    db.session.expire_all()
    return queries.run_by_id(run_id)


def pairs(run):
    return {(row.post_id, row.volunteer_id) for row in queries.rows_of(run.id)}


def confirm(run, who, now=NOON, rows=None):
    """Confirm proposals of a plan, all of them unless told."""
    ids = [row.id for row in queries.rows_of(run.id)] if rows is None else rows
    with transaction():
        return actions.decide(run.id, ids, scope=scope_of(who.id), limits=LIMITS, now=now)


def refusals(run):
    """Return by volunteer the codes of what stood against a row, those that could not be."""
    return {
        row.volunteer_id: [each["code"] for each in row.refusals]
        for row in queries.rows_of(run.id)
        if row.refusals
    }


def invited():
    """Return who was asked for what."""
    db.session.rollback()
    rows = db.session.scalars(select(Assignment).where(Assignment.state == State.INVITED))
    return {(row.post_id, row.volunteer_id) for row in rows}
