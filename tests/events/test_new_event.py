"""Planning an event on a phone: a kind, a place, save."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.factories import HOUR, NOON
from volunteer_hub.core.database import db
from volunteer_hub.events.models import Asks, Event, Status

SATURDAY_NINE = datetime(2026, 9, 12, 1, 0, tzinfo=UTC)  # the Saturday after NOON, 9:00


@pytest.fixture
def planner(client, at):
    at(NOON)
    of = factories.organisation(name="示例凤城科协")
    who = factories.organiser(of=of)
    client.sign_in(who)
    return who


def events():
    return db.session.scalars(select(Event).order_by(Event.id)).all()


def caravan(**changes):
    """Return what a phone sends for a caravan, after only the place was filled in."""
    values = {
        "title": "科普大篷车进校园",
        "starts_at": "2026-09-12T09:00",
        "ends_at": "2026-09-12T15:00",
        "offered_start": "2026-09-12T09:00",
        "offered_end": "2026-09-12T15:00",
        "venue_id": "",
        "audience_codes": ["youth", "teachers"],
        "theme_code": "basic_science",
        "form_code": "caravan",
        "contact_phone": "13900000000",
        "asks_name": "optional",
        "asks_phone": "optional",
        "max_companions": "0",
    }
    return {key: value for key, value in (values | changes).items() if value is not None}


def create(client, campaign="caravan", **changes):
    return client.post(f"/organise/events/new?campaign={campaign}", data=caravan(**changes))


def test_without_a_campaign_the_kinds_are_offered_caravan_first(client, planner):
    page = client.get("/organise/events/new").text

    caravan_at, sanxiaxiang_at, silver_at = (
        page.index(f"campaign={code}") for code in ("caravan", "sanxiaxiang", "silver")
    )
    assert caravan_at < sanxiaxiang_at < silver_at < page.index("campaign=winter")


def test_the_form_starts_from_the_template_next_saturday_at_nine(client, planner):
    page = client.get("/organise/events/new?campaign=caravan").text

    assert 'value="科普大篷车进校园"' in page
    assert 'value="2026-09-12T09:00"' in page
    assert 'value="2026-09-12T15:00"' in page
    assert f'value="{planner.phone}"' in page
    assert 'name="organisation_id"' not in page  # there is just one


def test_an_unknown_campaign_is_not_found(client, planner):
    assert client.get("/organise/events/new?campaign=moon").status_code == 404


def test_creating_makes_a_draft_with_the_shifts_and_posts_of_the_template(client, planner):
    venue = factories.venue()

    response = create(client, venue_id=f"#{venue.id}")

    (event,) = events()
    assert response.location == f"/organise/events/{event.id}"
    assert event.status is Status.DRAFT
    assert (event.venue_id, event.region_id) == (venue.id, venue.region_id)
    assert event.campaign.code == "caravan"
    assert (event.starts_at, event.ends_at) == (SATURDAY_NINE, SATURDAY_NINE + 6 * HOUR)
    assert event.created_by_id == planner.id
    assert len(event.poster_code) == 10
    morning, afternoon = event.shifts
    assert (morning.starts_at, morning.ends_at) == (SATURDAY_NINE, SATURDAY_NINE + 3 * HOUR)
    assert afternoon.starts_at == SATURDAY_NINE + 3.5 * HOUR
    assert [(post.title, post.min_people, post.max_people) for post in morning.posts] == [
        ("大篷车司机", 1, 1),
        ("展品讲解", 4, 8),
        ("机器人表演", 1, 2),
        ("布展搬运", 2, 4),
        ("秩序引导", 2, 4),
        ("摄影记录", 0, 1),
    ]
    assert [(need.skill_code, need.level) for need in morning.posts[0].skills] == [
        ("bus_driving", 2)
    ]


def test_a_new_event_redirects_to_itself_when_sent_twice(client, planner):
    first = create(client, request_key="abc")
    second = create(client, request_key="abc")

    assert second.location == first.location
    assert len(events()) == 1


def test_an_untouched_end_moves_along_with_the_start(client, planner):
    create(client, starts_at="2026-09-15T13:00")

    assert events()[0].ends_at == events()[0].starts_at + 6 * HOUR


def test_a_shorter_event_cuts_its_shifts(client, planner):
    create(client, ends_at="2026-09-12T11:00")

    (event,) = events()
    assert [(shift.starts_at, shift.ends_at) for shift in event.shifts] == [
        (SATURDAY_NINE, SATURDAY_NINE + 2 * HOUR)
    ]


def test_a_silver_talk_asks_for_topic_and_speaker_first_and_is_elder_friendly(client, planner):
    page = client.get("/organise/events/new?campaign=silver").text
    assert page.index('name="topic"') < page.index('name="title"')

    create(
        client,
        "silver",
        topic="微信怎么和孙子视频",
        speaker_name="示例讲师",
        is_registration_open="y",
        is_elder_friendly="y",
        capacity="４０",
        max_companions="1",
    )

    (event,) = events()
    assert (event.topic, event.speaker_name) == ("微信怎么和孙子视频", "示例讲师")
    assert (event.capacity, event.max_companions) == (40, 1)
    assert event.is_elder_friendly
    assert event.asks_name is Asks.OPTIONAL


def test_saving_can_lead_on_to_a_new_venue_and_back(client, planner):
    response = create(client, then="new_venue")

    (event,) = events()
    assert response.location == (
        f"/organise/venues/new?next=/organise/events/{event.id}/edit"
    ) or response.location.startswith("/organise/venues/new?next=%2Forganise%2Fevents%2F")


def test_a_venue_that_nobody_knows_yet_is_taken_along_to_be_added(client, planner):
    first, again = (
        create(client, then="new_venue", venue_id="石城镇中心小学", request_key="once")
        for _ in range(2)
    )

    (event,) = events()
    assert event.venue_id is None
    assert first.location == again.location
    assert 'value="石城镇中心小学"' in client.get(first.location).text


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"title": ""}, "请填写活动名称"),
        ({"title": "  "}, "请填写活动名称"),
        ({"title": "长" * 121}, "最多 120 个字"),
        ({"starts_at": ""}, "请选择开始时间"),
        ({"starts_at": "明天"}, "请填写日期和时间"),
        ({"starts_at": "2026-02-30T09:00"}, "请填写日期和时间"),
        ({"starts_at": "2026-09-01T09:00"}, "已经过去了"),
        ({"starts_at": "0001-01-01T00:00"}, "请填写日期和时间"),
        ({"starts_at": "9999-12-31T23:00", "ends_at": "9999-12-31T23:59"}, "请填写日期和时间"),
        ({"starts_at": "2029-12-31T22:00", "ends_at": "2029-12-31T23:59"}, "两年以内"),
        ({"ends_at": "2026-09-12T08:00"}, "结束时间要晚于开始时间"),
        ({"ends_at": "2026-09-12T09:00"}, "结束时间要晚于开始时间"),
        ({"ends_at": "2026-12-12T09:00"}, "最长 31 天"),
        ({"venue_id": "没有的地方"}, "没有找到"),
        ({"venue_id": "#99999"}, "没有找到"),
        ({"contact_phone": "12"}, "请填写手机号"),
        ({"contact_phone": "电话😀"}, "请填写手机号"),
        ({"capacity": "0"}, "请填写 1 到 100000 之间的数"),
        ({"capacity": "很多"}, "请填写一个整数"),
        ({"capacity": "99999999999999999999"}, "请填写 1 到 100000 之间的数"),
        ({"max_companions": "-1"}, "请填写 0 到 20 之间的数"),
        ({"max_companions": ""}, "请填写 0 到 20 之间的数"),
        ({"asks_name": "maybe"}, "请从列表里选择一项"),
        ({"audience_codes": ["martians"]}, "请从列表里选择"),
        ({"theme_code": "'; drop table event"}, "请从列表里选择一项"),
        ({"summary": "长" * 2001}, "最多 2000 个字"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_lost_or_written(client, planner, changes, complaint):
    response = create(client, **{"summary": "请同学们来玩", **changes})

    assert response.status_code == 422
    assert complaint in response.text
    assert "请同学们来玩" in response.text or "summary" in changes
    assert events() == []


def test_emoji_and_full_width_digits_are_taken(client, planner):
    create(client, title="大篷车🚐来了", contact_phone="０４１５－２１２３４５６")

    (event,) = events()
    assert (event.title, event.contact_phone) == ("大篷车🚐来了", "04152123456")


def test_a_page_open_too_long_keeps_what_was_typed_and_writes_nothing(client, planner):
    response = client.post(
        "/organise/events/new?campaign=caravan", data=caravan(title="我的篷车"), csrf=False
    )

    assert response.status_code == 422
    assert 'value="我的篷车"' in response.text
    assert events() == []


def test_an_organiser_cannot_plan_for_another_organisation(client, planner):
    other = factories.organisation()
    second = factories.organisation()
    factories._kept(
        factories.Membership(
            person_id=planner.id,
            organisation_id=second.id,
            function=factories.Function.ORGANISER,
            joined_at=NOON,
        )
    )

    refused = create(client, organisation_id=str(other.id))
    taken = create(client, organisation_id=str(second.id))

    assert refused.status_code == 422
    assert "请从列表里选择一项" in refused.text
    assert taken.status_code == 302
    assert [event.organisation_id for event in events()] == [second.id]


def test_with_several_organisations_the_last_one_is_chosen_again(client, planner):
    second = factories.organisation(name="示例第二单位")
    factories._kept(
        factories.Membership(
            person_id=planner.id,
            organisation_id=second.id,
            function=factories.Function.ORGANISER,
            joined_at=NOON,
        )
    )
    factories.event(of=second, by=planner)

    page = client.get("/organise/events/new?campaign=caravan").text

    assert f'<option selected value="{second.id}">示例第二单位</option>' in page


def test_volunteers_and_guests_cannot_plan(client, at):
    at(NOON)
    assert client.get("/organise/events/new").location.startswith("/sign-in")
    client.sign_in(factories.volunteer().person_id and factories.person())
    assert client.get("/organise/events/new").status_code == 403


def test_in_english_the_template_is_english(client, planner):
    client.set_cookie("vh_lang", "en")
    page = client.get("/organise/events/new?campaign=caravan").text
    assert 'value="Science caravan at school"' in page

    create(client, title="Science caravan at school")

    assert events()[0].shifts[0].title == "Morning: set-up and first groups"


def test_sunday_plans_for_the_coming_saturday_and_saturday_for_the_next(client, planner, at):
    at(datetime(2026, 9, 5, 0, 0, tzinfo=UTC))  # a Saturday
    on_saturday = client.get("/organise/events/new?campaign=caravan").text
    at(datetime(2026, 9, 6, 0, 0, tzinfo=UTC) + timedelta(hours=1))
    on_sunday = client.get("/organise/events/new?campaign=caravan").text

    assert 'value="2026-09-12T09:00"' in on_saturday
    assert 'value="2026-09-12T09:00"' in on_sunday


def test_a_place_that_may_be_two_is_asked_back_without_losing_anything(client, planner):
    school = factories.venue(name="通远堡镇中心小学")
    factories.venue(name="通远堡镇文化站")

    asked = create(client, venue_id="通远堡镇", what_to_bring="水杯")

    assert asked.status_code == 422
    assert "您是指哪一个" in asked.text
    assert 'value="水杯"' in asked.text
    assert events() == []

    create(client, venue_id=["通远堡镇", f"#{school.id}"])
    create(client, venue_id="通远堡镇文化站")

    assert [event.venue.name for event in events()] == ["通远堡镇中心小学", "通远堡镇文化站"]
