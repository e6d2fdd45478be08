from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import select

from tests import factories
from tests.assignments.test_standby import DAY, at_once, do
from tests.factories import NOON
from volunteer_hub.assignments import actions, queries
from volunteer_hub.assignments.errors import (
    NotComingError,
    ShiftsOverlapError,
    SkillMissingError,
    StandInGoneError,
    TooLateToWithdrawError,
)
from volunteer_hub.assignments.models import State
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.core.tokens import link_token


@pytest.fixture
def place(app, at):
    """Return somebody's place at a full post of next week."""
    at(NOON)
    event = factories.event(title="观鸟", starts_at=NOON + 7 * DAY)
    post = factories.post(factories.shift(event), max_people=1, skills=[("guide", 1)])
    return factories.assignment(post)


def able():
    return factories.volunteer(skills=[("guide", 2)])


def told():
    statement = select(OutboxMessage).where(OutboxMessage.kind == "stand_in_found")
    return {each.recipient_id for each in db.session.scalars(statement)}


def test_whoever_takes_it_over_has_the_place_and_everybody_is_told(place):
    stand_in = able()
    for _ in range(2):
        do(actions.look_for_stand_in, place.id)
    assert place.state is State.ACCEPTED, "responsible until somebody takes it over"

    taken = do(actions.take_over, place.id, stand_in.id)
    again = do(actions.take_over, place.id, stand_in.id)

    assert (taken.id, taken.state, taken.volunteer_id) == (again.id, State.ACCEPTED, stand_in.id)
    assert place.state is State.WITHDRAWN
    assert told() == {place.volunteer.person_id, place.post.shift.event.created_by_id}
    assert queries.find_refill(place.post_id) is None, "nothing is left to fill"


def test_nobody_takes_over_what_nobody_gives(place):
    do(actions.look_for_stand_in, place.id)
    for _ in range(2):
        do(lambda now: actions.stop_looking(place.id))

    with pytest.raises(StandInGoneError):
        do(actions.take_over, place.id, able().id)


def test_the_hard_rules_hold_for_a_stand_in(place):
    do(actions.look_for_stand_in, place.id)
    busy = able()
    factories.assignment(factories.post(factories.shift(factories.event(
        starts_at=NOON + 7 * DAY))), busy)  # fmt: skip

    with pytest.raises(SkillMissingError):
        do(actions.take_over, place.id, factories.volunteer().id)
    with pytest.raises(ShiftsOverlapError):
        do(actions.take_over, place.id, busy.id)


def test_who_may_look_for_one(place):
    with pytest.raises(TooLateToWithdrawError):
        do(actions.look_for_stand_in, place.id, now=place.post.shift.starts_at)
    do(actions.withdraw, place.id, "")
    with pytest.raises(NotComingError):
        do(actions.look_for_stand_in, place.id)


def test_of_ten_who_take_it_over_at_once_one_gets_it(app, place):
    do(actions.look_for_stand_in, place.id)
    people = [able().id for _ in range(10)]
    place_id, post_id = place.id, place.post_id
    db.session.remove()

    answers = at_once(
        app,
        *(partial(actions.take_over, place_id, each, now=NOON) for each in people),
        partial(actions.withdraw, place_id, "", now=NOON),
    )

    gone = answers.count("StandInGoneError")
    count = queries.counts_of_posts([post_id]).get(post_id, queries.PostCount())
    assert (gone, count.accepted) in ((9, 1), (10, 0)), "one took it over, or it was given back"


def test_the_link_is_passed_on_and_one_button_takes_it_over(client, place):
    client.sign_in(place.volunteer.person)
    search = f"/assignments/{place.id}/stand-in"
    address = f"/x/{link_token(actions.STAND_IN, place.id)}"
    assert "有人接替以前，这个岗位还是您的" in client.get(search).text
    assert "已经不用找人替了" in client.get(address).text
    assert address in client.post(search, data={"on": "1"}, follow_redirects=True).text

    stand_in = able()
    client.sign_in(stand_in.person)
    assert client.get(search).status_code == 404
    assert "我来替班" in client.get(address).text
    answer = client.post(f"{address}/take", follow_redirects=True)
    assert "谢谢您来替班" in answer.text
    assert client.post(f"{address}/take").status_code == 302

    client.sign_in(able().person)
    assert client.post(f"{address}/take").status_code == 409


def test_stopping_and_joining_first(client, place):
    client.sign_in(place.volunteer.person)
    search = f"/assignments/{place.id}/stand-in"
    client.post(search, data={"on": "1"})
    client.post(search, data={"on": "0"})
    assert queries.find_stand_in_search(place.id) is None

    client.sign_in(factories.person())
    address = f"/x/{link_token(actions.STAND_IN, place.id)}"
    assert client.post(f"{address}/take").location.startswith("/join")
    assert client.get("/x/nothing").status_code == 404
