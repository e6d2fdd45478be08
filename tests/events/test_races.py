"""Several organisers at the same moment."""

from __future__ import annotations

import threading
from dataclasses import replace

from tests import factories
from tests.factories import NOON
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import DomainError, NotFoundError
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import actions, queries
from volunteer_hub.events.errors import EventChangedError, PlanInUseError, TooManyPartsError
from volunteer_hub.events.models import Event, Post
from volunteer_hub.organisations.queries import scope_of

PLANNERS = 6


def at_once(app, *acts):
    """Return what each act returned or raised, all of them started together."""
    barrier = threading.Barrier(len(acts))
    results = [None] * len(acts)

    def run(place, act):
        with app.app_context():
            barrier.wait()
            try:
                with transaction():
                    results[place] = act()
            except DomainError as error:
                results[place] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_of_many_saves_of_the_same_version_one_is_kept(app):
    event = factories.event()
    event_id, scope = event.id, scope_of(event.created_by_id)
    draft = queries.draft_of(event)
    db.session.remove()

    def save(number):
        def act():
            actions.edit_event(
                event_id,
                replace(draft, title=f"第 {number} 位的名字"),
                scope=scope,
                expected_version=1,
                moves_shifts=True,
                now=NOON,
            )
            return number

        return act

    results = at_once(app, *(save(number) for number in range(PLANNERS)))

    winners = [result for result in results if isinstance(result, int)]
    assert len(winners) == 1
    assert sum(isinstance(result, EventChangedError) for result in results) == PLANNERS - 1
    saved = db.session.get(Event, event_id)
    assert (saved.title, saved.version) == (f"第 {winners[0]} 位的名字", 2)


def test_shifts_added_at_once_are_all_there_and_never_too_many(app):
    event = factories.event()
    for _ in range(18):
        factories.shift(event)
    event_id, scope = event.id, scope_of(event.created_by_id)
    draft = queries.draft_of_shift(event.shifts[0])
    db.session.remove()

    def add():
        try:
            return actions.create_shift(event_id, draft, scope=scope, now=NOON).id
        except TooManyPartsError:
            return None

    results = at_once(app, *[add] * PLANNERS)

    assert sum(result is not None for result in results) == 2
    assert len(db.session.get(Event, event_id).shifts) == 20


def test_a_post_is_deleted_or_taken_but_never_both(app):
    post = factories.post()
    volunteer_id, post_id = factories.volunteer().id, post.id
    scope = scope_of(post.shift.event.created_by_id)
    db.session.remove()

    def take():
        queries.lock_post(post_id)
        db.session.add(
            factories.Assignment(
                post_id=post_id,
                volunteer_id=volunteer_id,
                state=factories.State.ACCEPTED,
                source=factories.Source.SIGN_UP,
                reasons=[],
                created_at=NOON,
            )
        )
        db.session.flush()
        return "taken"

    def delete():
        return actions.delete_post(post_id, scope=scope, now=NOON)

    taken, deleted = at_once(app, take, delete)

    if taken == "taken":
        assert isinstance(deleted, PlanInUseError)
        assert db.session.get(Post, post_id) is not None
    else:
        assert isinstance(taken, NotFoundError)
        assert db.session.get(Post, post_id) is None
