"""Shifts and posts."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.factories import HOUR, NOON
from volunteer_hub.assignments.models import State
from volunteer_hub.core.database import db
from volunteer_hub.core.formats import local
from volunteer_hub.events.drafts import Risk
from volunteer_hub.events.models import Event, Post, PostSkill, Shift, Status


@pytest.fixture
def event(client, at):
    at(NOON)
    of = factories.organisation()
    who = factories.organiser(of=of)
    client.sign_in(who)
    return factories.event(of=of, by=who)


def count(table):
    return db.session.scalar(select(func.count(table.id)))


def again(row):
    return db.session.get(type(row), row.id, populate_existing=True)


def shift_values(event, **changes):
    values = {
        "title": "上午场",
        "starts_at": f"{local(event.starts_at):%Y-%m-%dT%H:%M}",
        "ends_at": f"{local(event.ends_at):%Y-%m-%dT%H:%M}",
    }
    return values | changes


def test_a_new_shift_starts_as_the_whole_event(client, event):
    page = client.get(f"/organise/events/{event.id}/shifts/new").text

    assert f'value="{local(event.starts_at):%Y-%m-%dT%H:%M}"' in page
    assert f'value="{local(event.ends_at):%Y-%m-%dT%H:%M}"' in page


def test_a_new_shift_leads_to_its_first_post(client, event):
    response = client.post(f"/organise/events/{event.id}/shifts/new", data=shift_values(event))

    shift = db.session.scalars(select(Shift)).one()
    assert response.location == f"/organise/shifts/{shift.id}/posts/new"
    assert (shift.event_id, shift.title) == (event.id, "上午场")
    assert (shift.starts_at, shift.ends_at) == (event.starts_at, event.ends_at)


def test_a_post_keeps_how_many_experienced_people_it_wants(client, event):
    shift = factories.shift(event)

    client.post(f"/organise/shifts/{shift.id}/posts/new", data=post_values(min_experienced="1"))

    post = db.session.scalars(select(Post)).one()
    assert post.min_experienced == 1
    assert 'name="min_experienced"' in client.get(f"/organise/posts/{post.id}/edit").text
    address = f"/organise/posts/{post.id}/edit"
    refused = client.post(address, data=post_values(min_experienced="1000"))
    assert refused.status_code == 422
    many = client.post(address, data=post_values(max_people="2", min_experienced="3"))
    assert "老手人数不能多于最多人数" in many.text
    client.post(address, data=post_values())
    assert again(post).min_experienced == 0


def test_a_post_keeps_whom_it_may_be_given_to(client, event):
    shift = factories.shift(event)
    values = post_values(risk="danger", needs_car="y")

    client.post(f"/organise/shifts/{shift.id}/posts/new", data=values)

    post = db.session.scalars(select(Post)).one()
    assert (post.risk, post.needs_car) == (Risk.DANGER, True)
    page = client.get(f"/organise/posts/{post.id}/edit").text
    assert page.count("checked") == 2
    client.post(f"/organise/posts/{post.id}/edit", data=post_values(risk="none"))
    assert (again(post).risk, again(post).needs_car) == (Risk.NONE, False)
    refused = client.post(f"/organise/posts/{post.id}/edit", data=post_values(risk="deadly"))
    assert refused.status_code == 422
    assert "请从列表里选择" in refused.text


def test_a_doubled_submit_adds_one_shift(client, event):
    for _ in range(2):
        client.post(
            f"/organise/events/{event.id}/shifts/new",
            data=shift_values(event, request_key="k1"),
        )

    assert count(Shift) == 1


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"title": ""}, "请填写班次名称"),
        ({"title": "长" * 81}, "最多 80 个字"),
        ({"starts_at": ""}, "请选择开始时间"),
        ({"ends_at": "soon"}, "请填写日期和时间"),
        ({"starts_at": "2026-09-07T12:00"}, "结束时间要晚于开始时间"),
        ({"starts_at": "2026-09-05T12:00"}, "最早在活动开始前 12 小时"),
        ({"ends_at": "2026-09-09T12:00"}, "最晚在活动结束后 12 小时"),
        ({"starts_at": "0001-01-01T00:00"}, "请填写日期和时间"),
    ],
)
def test_a_shift_that_cannot_be_is_explained(client, event, changes, complaint):
    values = shift_values(event, **changes)
    shift = factories.shift(event, title="原来")

    created = client.post(f"/organise/events/{event.id}/shifts/new", data=values)
    edited = client.post(f"/organise/shifts/{shift.id}/edit", data=values)

    for response in (created, edited):
        assert response.status_code == 422
        assert complaint in response.text
    assert count(Shift) == 1
    assert again(shift).title == "原来"


def test_stale_shift_pages_keep_what_was_typed(client, event):
    values = shift_values(event, title="我的班次")
    response = client.post(f"/organise/events/{event.id}/shifts/new", data=values, csrf=False)

    assert response.status_code == 422
    assert 'value="我的班次"' in response.text
    assert count(Shift) == 0


def test_a_shift_of_a_published_event_that_moves_is_to_be_told(client, event):
    shift = factories.shift(event)
    values = shift_values(event, title="改名")

    client.post(f"/organise/shifts/{shift.id}/edit", data=values)

    assert (again(shift).title, again(shift).ends_at) == ("改名", event.ends_at)
    assert (again(event).changed_at, again(event).changes) == (NOON, ["time"])


def test_renaming_a_shift_tells_nobody(client, event):
    shift = factories.shift(event, hours=3)

    client.post(f"/organise/shifts/{shift.id}/edit", data=shift_values(event, title="改名"))

    assert again(event).changed_at is None


def test_an_event_has_at_most_twenty_shifts(client, event):
    for number in range(20):
        factories.shift(event, title=f"第 {number} 班")

    response = client.post(f"/organise/events/{event.id}/shifts/new", data=shift_values(event))

    assert response.status_code == 409
    assert count(Shift) == 20


def test_deleting_a_shift_deletes_its_posts(client, event):
    post = factories.post(factories.shift(event), skills=(("guide", 1),))

    response = client.post(f"/organise/shifts/{post.shift_id}/delete")

    assert response.location == f"/organise/events/{event.id}"
    assert [count(table) for table in (Shift, Post, PostSkill)] == [0, 0, 0]


@pytest.mark.parametrize("state", [State.ACCEPTED, State.INVITED, State.WITHDRAWN])
@pytest.mark.parametrize("part", ["shift", "post"])
def test_what_volunteers_belong_to_is_not_deleted(client, event, state, part):
    post = factories.post(factories.shift(event), skills=(("guide", 1),))
    factories.assignment(post, state=state)
    address = {
        "shift": f"/organise/shifts/{post.shift_id}/delete",
        "post": f"/organise/posts/{post.id}/delete",
    }[part]

    response = client.post(address)

    assert response.status_code == 409
    assert "已经有志愿者报名或受邀" in response.text
    assert [count(table) for table in (Shift, Post, PostSkill)] == [1, 1, 1]


def post_values(**changes):
    values = {
        "title": "展品讲解",
        "min_people": "2",
        "max_people": "4",
        "duties": "讲清楚",
        "skills-0-code": "guide",
        "skills-0-level": "2",
        "skills-1-code": "",
        "skills-1-level": "1",
        "skills-2-code": "",
        "skills-2-level": "1",
        "skills-3-code": "",
        "skills-3-level": "1",
    }
    return values | changes


def skills_of(post):
    return sorted((skill.skill_code, skill.level) for skill in post.skills)


def test_a_new_post_is_added_with_its_skills(client, event):
    shift = factories.shift(event)

    response = client.post(
        f"/organise/shifts/{shift.id}/posts/new",
        data=post_values(**{"skills-3-code": "robots", "skills-3-level": "3"}),
    )

    post = db.session.scalars(select(Post)).one()
    assert response.location == f"/organise/events/{event.id}"
    assert (post.title, post.min_people, post.max_people, post.duties) == (
        "展品讲解",
        2,
        4,
        "讲清楚",
    )
    assert skills_of(post) == [("guide", 2), ("robots", 3)]


def test_one_more_post_can_follow_at_once(client, event):
    shift = factories.shift(event)
    address = f"/organise/shifts/{shift.id}/posts/new"

    assert client.post(address, data=post_values(then="another")).location == address


def test_a_doubled_submit_adds_one_post(client, event):
    shift = factories.shift(event)
    for _ in range(2):
        client.post(f"/organise/shifts/{shift.id}/posts/new", data=post_values(request_key="k1"))

    assert count(Post) == 1


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"title": ""}, "请填写岗位名称"),
        ({"title": "长" * 61}, "最多 60 个字"),
        ({"min_people": "５"}, "最少人数不能多于最多人数"),
        ({"min_people": ""}, "请填写最少需要几人"),
        ({"min_people": "-1"}, "请填写 0 到 200 之间的数"),
        ({"max_people": "0"}, "请填写 1 到 200 之间的数"),
        ({"max_people": "201"}, "请填写 1 到 200 之间的数"),
        ({"max_people": "两个"}, "请填写一个整数"),
        ({"max_people": "2.5"}, "请填写一个整数"),
        ({"duties": "长" * 301}, "最多 300 个字"),
        ({"skills-0-code": "flying"}, "请从列表里选择一项"),
        ({"skills-0-level": "9"}, "请从列表里选择一项"),
        ({"skills-0-level": "x"}, "请从列表里选择一项"),
        ({"skills-1-code": "guide"}, "同一项技能选了两次"),
    ],
)
def test_a_post_that_cannot_be_is_explained(client, event, changes, complaint):
    shift = factories.shift(event)
    post = factories.post(shift, title="原来")
    values = post_values(**changes)

    created = client.post(f"/organise/shifts/{shift.id}/posts/new", data=values)
    edited = client.post(f"/organise/posts/{post.id}/edit", data=values)

    for response in (created, edited):
        assert response.status_code == 422
        assert complaint in response.text
    assert count(Post) == 1
    assert again(post).title == "原来"


def test_stale_post_pages_keep_what_was_typed(client, event):
    shift = factories.shift(event)
    response = client.post(
        f"/organise/shifts/{shift.id}/posts/new", data=post_values(title="我的岗位"), csrf=False
    )

    assert response.status_code == 422
    assert 'value="我的岗位"' in response.text
    assert count(Post) == 0


def test_editing_a_post_shows_and_changes_its_skills(client, event):
    post = factories.post(factories.shift(event), skills=(("guide", 1), ("robots", 3)))
    page = client.get(f"/organise/posts/{post.id}/edit").text
    assert '<option selected value="robots">' in page

    client.post(
        f"/organise/posts/{post.id}/edit",
        data=post_values(
            **{
                "skills-0-level": "3",
                "skills-1-code": "logistics",
            }
        ),
    )

    assert skills_of(again(post)) == [("guide", 3), ("logistics", 1)]
    assert count(PostSkill) == 2


def test_full_width_numbers_are_taken(client, event):
    shift = factories.shift(event)
    client.post(
        f"/organise/shifts/{shift.id}/posts/new",
        data=post_values(min_people="１", max_people="１２"),
    )

    assert db.session.scalars(select(Post)).one().max_people == 12


def test_deleting_a_post_leaves_its_shift(client, event):
    post = factories.post(factories.shift(event))

    response = client.post(f"/organise/posts/{post.id}/delete")

    assert response.location == f"/organise/events/{event.id}"
    assert [count(table) for table in (Shift, Post)] == [1, 0]


def test_a_stale_delete_button_deletes_nothing(client, event):
    post = factories.post(factories.shift(event))

    assert client.post(f"/organise/posts/{post.id}/delete", csrf=False).status_code == 400
    assert count(Post) == 1


def test_the_parts_of_a_cancelled_event_are_history(client, event):
    post = factories.post(factories.shift(event))
    event.status = Status.CANCELLED
    db.session.commit()

    answers = [
        client.post(f"/organise/events/{event.id}/shifts/new", data=shift_values(event)),
        client.post(f"/organise/shifts/{post.shift_id}/edit", data=shift_values(event)),
        client.post(f"/organise/shifts/{post.shift_id}/delete"),
        client.post(f"/organise/shifts/{post.shift_id}/posts/new", data=post_values()),
        client.post(f"/organise/posts/{post.id}/edit", data=post_values()),
        client.post(f"/organise/posts/{post.id}/delete"),
    ]

    assert [answer.status_code for answer in answers] == [409] * 6
    assert (count(Event), count(Shift), count(Post)) == (1, 1, 1)


def test_unknown_parts_are_not_found(client, event):
    for address in ("/organise/shifts/999/edit", "/organise/posts/999/edit"):
        assert client.get(address).status_code == 404
    for address in ("/organise/shifts/999/delete", "/organise/posts/999/delete"):
        assert client.post(address).status_code == 404


def test_a_post_takes_whoever_fits_within_its_numbers_even_when_made_smaller(client, event):
    post = factories.post(factories.shift(event), max_people=3)
    for _ in range(3):
        factories.assignment(post)

    response = client.post(
        f"/organise/posts/{post.id}/edit", data=post_values(min_people="1", max_people="2")
    )

    assert response.status_code == 302
    assert again(post).max_people == 2


def test_hours_of_the_clock_are_local(client, event):
    client.post(
        f"/organise/events/{event.id}/shifts/new",
        data=shift_values(event, starts_at="2026-09-06T12:30"),
    )

    assert db.session.scalars(select(Shift)).one().starts_at == NOON + 24.5 * HOUR
