"""A published event can be taken back, but only while it is nobody's business."""

from __future__ import annotations

import pytest

from tests import factories
from tests.factories import HOUR, NOON
from volunteer_hub.assignments.models import State
from volunteer_hub.core.database import db
from volunteer_hub.events.models import Event, Status
from volunteer_hub.registrations.models import RegistrationState
from volunteer_hub.waiting.models import EntryState, WaitingEntry


@pytest.fixture
def event(client, at):
    """Return a published event of tomorrow with a post, whose organiser is signed in."""
    at(NOON)
    made = factories.event()
    factories.post(factories.shift(made))
    client.sign_in(db.session.get(factories.Person, made.created_by_id))
    return made


def withdraw(client, event):
    client.post(f"/organise/events/{event.id}/withdraw")
    db.session.rollback()
    return db.session.get(Event, event.id).status


def test_what_nobody_signed_up_for_is_a_draft_again(client, event):
    assert "撤回成草稿" in client.get(f"/organise/events/{event.id}").text
    assert withdraw(client, event) is Status.DRAFT
    assert withdraw(client, event) is Status.DRAFT  # twice changes nothing
    assert client.get(f"/e/{event.id}").status_code == 404


def _asked(post):
    factories.assignment(post, state=State.INVITED)


def _standing_by(post):
    db.session.add(
        WaitingEntry(post_id=post.id, volunteer_id=factories.volunteer().id, people=1,
                     joined_at=NOON, state=EntryState.WAITING)
    )  # fmt: skip
    db.session.commit()


def _registered(post):
    factories.registration(post.shift.event)


def _in_line(post):
    factories.registration(post.shift.event, state=RegistrationState.WAITING)


@pytest.mark.parametrize(
    "somebody", [factories.assignment, _asked, _standing_by, _registered, _in_line]
)
def test_what_concerns_somebody_stays_public(client, event, somebody):
    somebody(event.shifts[0].posts[0])

    assert withdraw(client, event) is Status.PUBLISHED


def test_what_began_stays_public(client, event, at):
    at(NOON + 24 * HOUR)
    assert withdraw(client, event) is Status.PUBLISHED
