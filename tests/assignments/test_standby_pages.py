from __future__ import annotations

import pytest

from tests import factories
from tests.assignments.test_standby import DAY, do
from tests.factories import HOUR, NOON
from volunteer_hub.assignments import actions, queries
from volunteer_hub.assignments.models import State
from volunteer_hub.core.database import db
from volunteer_hub.core.tokens import link_token
from volunteer_hub.events.models import Status


@pytest.fixture
def post(app, at):
    at(NOON)
    event = factories.event(title="观鸟", starts_at=NOON + 7 * DAY)
    post = factories.post(factories.shift(event), max_people=1)
    factories.assignment(post)
    return post


@pytest.fixture
def volunteer(client, post):
    volunteer = factories.volunteer()
    client.sign_in(volunteer.person)
    return volunteer


def choose(post):
    return f"/e/{post.shift.event_id}/volunteer"


def offered(post, volunteer):
    """Let somebody stand by and be offered the place; return the address of the offer."""
    do(actions.stand_by, post.id, volunteer.id)
    row = queries.accepted_for_event(post.shift.event_id)[0]
    do(actions.withdraw, row.id, "")
    offer_id = queries.standing_by([post.id])[post.id][0].offer_id
    return f"/s/{link_token(actions.STANDBY, offer_id)}"


def test_standing_by_and_down_at_a_full_post(client, volunteer, post):
    assert f'action="/posts/{post.id}/stand-by"' in client.get(choose(post)).text

    answer = client.post(f"/posts/{post.id}/stand-by", follow_redirects=True)
    assert "您在候补，排在第 1 位" in answer.text
    assert "候补中" in client.get("/me").text

    answer = client.post(f"/posts/{post.id}/stand-down", follow_redirects=True)
    assert "已退出候补" in answer.text
    assert queries.standing_by([post.id]) == {}


def test_standing_by_where_there_is_room_is_signing_up(client, volunteer, post):
    post.max_people = 2
    db.session.commit()

    answer = client.post(f"/posts/{post.id}/stand-by", follow_redirects=True)

    assert "已确认，我们等您来" in answer.text


def test_who_is_no_volunteer_is_sent_to_join(client, post):
    client.sign_in(factories.person())

    assert client.post(f"/posts/{post.id}/stand-by").location.startswith("/join")


def test_what_keeps_somebody_from_it_is_said(client, volunteer, post):
    factories.assignment(factories.post(post.shift), volunteer)

    answer = client.post(f"/posts/{post.id}/stand-by")

    assert answer.status_code == 409
    assert "这个班次" in answer.text


def test_an_offered_place_is_taken_by_one_button_without_signing_in(client, post):
    volunteer = factories.volunteer()
    address = offered(post, volunteer)

    shown = client.get(address).text
    assert f'action="{address}/accept"' in shown
    assert queries.find_assignment(post.id, volunteer.id) is None
    answer = client.post(f"{address}/accept", follow_redirects=True)

    assert "已确认，我们等您来" in answer.text
    assert queries.find_assignment(post.id, volunteer.id).state is State.ACCEPTED
    assert "名额是您的了" in client.get(address).text


def test_an_offered_place_stands_on_ones_own_pages(client, volunteer, post):
    address = offered(post, volunteer)

    assert f'href="{address}"' in client.get("/me").text
    assert f'href="{address}"' in client.get(choose(post)).text


def test_an_offered_place_is_declined_by_one_button(client, volunteer, post):
    address = offered(post, volunteer)

    answer = client.post(f"{address}/decline", follow_redirects=True)

    assert "您说不来了" in answer.text
    assert client.post(f"{address}/accept").status_code == 409


def test_what_speaks_against_it_now_is_said_on_the_page(client, volunteer, post):
    address = offered(post, volunteer)
    factories.assignment(factories.post(post.shift), volunteer)

    answer = client.post(f"{address}/accept")

    assert answer.status_code == 409
    assert "这个班次" in answer.text
    assert f'action="{address}/decline"' in answer.text


def test_offers_that_are_over(client, volunteer, post, at):
    address = offered(post, volunteer)
    post.shift.event.status = Status.CANCELLED
    db.session.commit()
    assert "活动取消了" in client.get(address).text
    post.shift.event.status = Status.PUBLISHED
    db.session.commit()
    at(NOON + 3 * DAY)

    assert client.post(f"{address}/accept").status_code == 409
    assert "答复的时间已经过了" in client.get(address).text


@pytest.mark.parametrize("purpose", ["waiting-place", "invitation"])
def test_links_for_something_else_are_no_offers(client, volunteer, post, purpose):
    offered(post, volunteer)

    for token in (link_token(purpose, 1), link_token(actions.STANDBY, 99), "x"):
        assert client.get(f"/s/{token}").status_code == 404
        assert client.post(f"/s/{token}/accept").status_code == 404


def test_the_organiser_sees_who_stands_by_and_what_was_done(client, post):
    other = factories.volunteer(name="孙候补")
    offered(post, factories.volunteer(name="李留位"))
    do(actions.stand_by, post.id, other.id)
    client.sign_in(db.session.get_one(factories.Person, post.shift.event.created_by_id))
    address = f"/organise/events/{post.shift.event_id}/refill"

    shown = client.get(address).text
    for said in ("李留位", "等答复，到", "孙候补", "第 1 位", "有人退出", "名额留给候补的 1 人"):
        assert said in shown
    assert address in client.get(f"/organise/events/{post.shift.event_id}/roster").text

    assert "已关掉自动补位" in client.post(address, data={"on": "0"}, follow_redirects=True).text
    assert (
        "系统会自动找人补上" in client.post(address, data={"on": "1"}, follow_redirects=True).text
    )


def test_strangers_see_nothing_of_it(client, post):
    client.sign_in(factories.organiser(factories.organisation(region_code="210681")))
    address = f"/organise/events/{post.shift.event_id}/refill"

    assert client.get(address).status_code == 404
    assert client.post(address, data={"on": "0"}).status_code == 404


def test_an_event_where_nothing_happened(client, app, at):
    at(NOON)
    event = factories.event(starts_at=NOON + 24 * HOUR)
    client.sign_in(db.session.get_one(factories.Person, event.created_by_id))

    assert "没有人候补，也没有人退出" in client.get(f"/organise/events/{event.id}/refill").text
