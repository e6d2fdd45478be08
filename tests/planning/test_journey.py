"""From publishing to a full post and beyond: a plan, three waves, a late withdrawal, no touch."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.factories import HOUR, NOON
from tests.planning.making import DAY
from volunteer_hub.assignments import actions, tasks
from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.core.database import db
from volunteer_hub.core.tokens import link_token
from volunteer_hub.events.models import Event, Status
from volunteer_hub.planning import working


@pytest.fixture
def clock_at(at):
    """Return a function that sets the clock and does what the worker would do by then."""

    def go_to(moment):
        at(moment)
        working.work_on_next(moment)
        tasks.follow_events(moment)
        tasks.fill_places(moment)
        db.session.rollback()

    return go_to


def rows(post_id, state):
    db.session.rollback()
    found = select(Assignment).where(Assignment.post_id == post_id, Assignment.state == state)
    return list(db.session.scalars(found.order_by(Assignment.id)))


def answer(client, row, what):
    return client.post(f"/i/{link_token(actions.INVITATION, row.id)}/{what}")


def published(client):
    """Publish an event with one post and return the post's id; its organiser is signed in."""
    of = factories.organisation()
    organiser = factories.organiser(of)
    event = factories.event(of=of, by=organiser, starts_at=NOON + 14 * DAY, status=Status.DRAFT,
                            risk_notice="慢行", contact_phone="04152123456")  # fmt: skip
    post_id = factories.post(factories.shift(event), min_people=1, max_people=1).id
    for _ in range(24):
        factories.volunteer()
    event_id = event.id
    client.sign_in(organiser)
    client.post(f"/organise/events/{event_id}/publish")
    db.session.rollback()
    assert db.session.get(Event, event_id).status is Status.PUBLISHED
    return post_id


def planned_and_confirmed(client, clock_at):
    key = re.search(r'name="request_key"[^>]*value="(\w+)"', client.get("/organise/plans").text)[1]
    plan = client.post("/organise/plans", data={"reach": "all", "request_key": key}).location
    clock_at(NOON)
    client.post(f"{plan}/confirm", data={"everything": "1", "goes_on": "y"})


def withdraw(client, row_id):
    key = link_token(actions.INVITATION, row_id)
    client.post(f"/assignments/{row_id}/withdraw", data={"key": key})


def decline(client, clock_at, post_id):
    """Let whoever was asked first decline; return everybody who was asked by then."""
    [first] = rows(post_id, State.INVITED)
    who = first.volunteer_id
    answer(client, first, "decline")
    clock_at(NOON + HOUR)
    second = rows(post_id, State.INVITED)
    assert second, "a decline brings the second wave"
    clock_at(max(row.expires_at for row in second) + timedelta(minutes=1))
    return {who, *(row.volunteer_id for row in second)}


def test_publish_propose_confirm_three_waves_filled_and_filled_again(client, clock_at):
    clock_at(NOON)
    post_id = published(client)
    planned_and_confirmed(client, clock_at)
    asked = decline(client, clock_at, post_id)
    clock_at(NOON + 6 * DAY)
    third = rows(post_id, State.INVITED)
    assert third, "nobody answered: the third"
    assert not {row.volunteer_id for row in third} & asked
    taken = third[0].id
    answer(client, third[0], "accept")
    clock_at(NOON + 6 * DAY + HOUR)
    assert [row.id for row in rows(post_id, State.ACCEPTED)] == [taken]

    late = NOON + 13 * DAY
    clock_at(late)
    withdraw(client, taken)
    clock_at(late + timedelta(minutes=1))
    cascade = rows(post_id, State.INVITED)
    assert cascade, "it begins by itself"
    answer(client, cascade[-1], "accept")
    clock_at(late + HOUR)
    assert len(rows(post_id, State.ACCEPTED)) == 1
