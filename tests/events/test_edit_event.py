from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.formats import local
from volunteer_hub.events.models import Event, Status


@pytest.fixture
def planned(client, at):
    """Return a published event with one shift, its organiser signed in."""
    at(NOON)
    of = factories.organisation()
    who = factories.organiser(of=of)
    event = factories.event(of=of, by=who, contact_phone="13900000000", risk_notice="慢行")
    factories.post(factories.shift(event))
    client.sign_in(who)
    return event


def typed(event, **changes):
    values = {
        "version": event.version,
        "title": event.title,
        "starts_at": f"{local(event.starts_at):%Y-%m-%dT%H:%M}",
        "ends_at": f"{local(event.ends_at):%Y-%m-%dT%H:%M}",
        "venue_id": f"#{event.venue_id}",
        "audience_codes": event.audience_codes,
        "contact_phone": event.contact_phone,
        "risk_notice": event.risk_notice,
        "is_registration_open": "y",
        "asks_name": "optional",
        "asks_phone": "optional",
        "max_companions": "0",
        "moves_shifts": "y",
    }
    return {key: value for key, value in (values | changes).items() if value is not None}


def edit(client, event, *, data=None, **changes):
    address = f"/organise/events/{event.id}/edit"
    return client.post(address, data=data or typed(event, **changes))


def saved(event):
    return db.session.get(Event, event.id, populate_existing=True)


def test_the_form_shows_what_is_saved(client, planned):
    page = client.get(f"/organise/events/{planned.id}/edit").text

    assert f'value="{planned.title}"' in page
    assert f'value="{local(planned.starts_at):%Y-%m-%dT%H:%M}"' in page
    assert 'name="moves_shifts"' in page
    assert "通远堡镇中心小学" in page


def test_an_edit_is_saved_and_noted(client, planned):
    response = edit(client, planned, title="新的名字")

    event = saved(planned)
    assert response.location == f"/organise/events/{event.id}"
    assert (event.title, event.version) == ("新的名字", 2)
    assert (event.changed_at, event.changes) == (None, [])
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject_id, entry.details["fields"]) == (
        "event.edit",
        event.id,
        ["title"],
    )


def test_a_new_time_moves_the_shifts_and_is_to_be_told(client, planned):
    edit(
        client,
        planned,
        starts_at=f"{local(planned.starts_at + 2 * HOUR):%Y-%m-%dT%H:%M}",
        ends_at=f"{local(planned.ends_at + 2 * HOUR):%Y-%m-%dT%H:%M}",
    )

    event = saved(planned)
    assert event.starts_at == NOON + 26 * HOUR
    assert event.shifts[0].starts_at == NOON + 26 * HOUR
    assert (event.changed_at, event.changes) == (NOON, ["time"])


def test_shifts_stay_when_the_tick_is_taken_away(client, planned):
    edit(
        client,
        planned,
        starts_at=f"{local(planned.starts_at - HOUR):%Y-%m-%dT%H:%M}",
        moves_shifts=None,
    )

    assert saved(planned).shifts[0].starts_at == NOON + 24 * HOUR


def test_a_shift_may_not_be_left_far_behind(client, planned):
    later = planned.starts_at + timedelta(days=7)
    response = edit(
        client,
        planned,
        starts_at=f"{local(later):%Y-%m-%dT%H:%M}",
        ends_at=f"{local(later + 3 * HOUR):%Y-%m-%dT%H:%M}",
        moves_shifts=None,
    )

    assert response.status_code == 422
    assert "班次“上午场”离新的时间太远了" in response.text
    assert saved(planned).starts_at == NOON + 24 * HOUR


@pytest.mark.parametrize(
    ("starts", "ends", "moves", "complaint"),
    [
        (HOUR, 3 * HOUR, None, "班次“上午场”会比活动先开始。请勾选“班次一起移动”"),
        (5 * HOUR, 8 * HOUR, None, "班次“上午场”会比活动先开始。请勾选“班次一起移动”"),
        (0 * HOUR, HOUR, "y", "班次“上午场”会比活动晚结束。请把活动的结束时间也往后改"),
        (2 * HOUR, 3 * HOUR, "y", "班次“上午场”会比活动晚结束。请把活动的结束时间也往后改"),
    ],
)
def test_a_shift_may_not_be_left_outside_the_event(client, planned, starts, ends, moves, complaint):
    new_start = f"{local(planned.starts_at + starts):%Y-%m-%dT%H:%M}"
    new_end = f"{local(planned.starts_at + ends):%Y-%m-%dT%H:%M}"
    response = edit(
        client, planned, title="新名字", starts_at=new_start, ends_at=new_end, moves_shifts=moves
    )

    assert response.status_code == 422
    assert complaint in response.text
    assert f"/organise/shifts/{saved(planned).shifts[0].id}/edit" in response.text
    assert all(f'value="{text}"' in response.text for text in ("新名字", new_start, new_end))
    assert saved(planned).starts_at == NOON + 24 * HOUR


def test_a_shift_that_sets_up_before_the_event_may_go_on_doing_so(client, planned):
    factories.shift(planned, "布展", starts_at=planned.starts_at - 2 * HOUR, hours=1)
    later = planned.starts_at + HOUR
    edit(
        client,
        planned,
        starts_at=f"{local(later):%Y-%m-%dT%H:%M}",
        ends_at=f"{local(later + 3 * HOUR):%Y-%m-%dT%H:%M}",
    )

    assert saved(planned).starts_at == later
    assert min(shift.starts_at for shift in saved(planned).shifts) == later - 2 * HOUR


def test_a_new_place_is_to_be_told(client, planned):
    elsewhere = factories.venue(name="东港文化广场", region_code="210681")

    edit(client, planned, venue_id=f"#{elsewhere.id}")

    event = saved(planned)
    assert (event.venue_id, event.region_id) == (elsewhere.id, elsewhere.region_id)
    assert event.changes == ["place"]


def test_a_draft_has_nobody_to_tell(client, planned):
    planned.status = Status.DRAFT
    db.session.commit()

    edit(client, planned, starts_at=f"{local(planned.starts_at + HOUR):%Y-%m-%dT%H:%M}")

    assert saved(planned).changed_at is None


def test_a_stale_page_keeps_what_was_typed_and_the_second_press_wins(client, planned):
    stale = typed(planned, title="我的名字")
    edit(client, planned, title="别人的名字")

    refused = edit(client, planned, data=stale)

    assert refused.status_code == 409
    assert 'value="我的名字"' in refused.text
    assert "别人的名字" in refused.text
    assert saved(planned).title == "别人的名字"
    assert 'name="version" type="hidden" value="2"' in refused.text

    accepted = edit(client, planned, data=stale | {"version": 2})
    assert accepted.status_code == 302
    assert saved(planned).title == "我的名字"


@pytest.mark.parametrize("version", [None, "", "0", "abc", "９"])
def test_a_page_without_its_version_is_stale(client, planned, version):
    response = edit(client, planned, version=version, title="别的名字")

    assert response.status_code in (409, 422)
    assert saved(planned).title == planned.title


def test_a_published_event_keeps_what_publishing_needed(client, planned):
    response = edit(client, planned, venue_id="", contact_phone="")

    assert response.status_code == 422
    assert "志愿者和群众要知道去哪里" in response.text
    assert "有人找不到地方时会打这个电话" in response.text
    assert saved(planned).venue_id is not None


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"title": ""}, "请填写活动名称"),
        ({"title": "长" * 121}, "最多 120 个字"),
        ({"starts_at": "2026-09-01T09:00"}, "已经过去了"),
        ({"ends_at": "2026-09-01T09:00"}, "结束时间要晚于开始时间"),
        ({"starts_at": "x"}, "请填写日期和时间"),
        ({"capacity": "-3"}, "请填写 1 到 100000 之间的数"),
    ],
)
def test_what_cannot_be_is_said_and_not_saved(client, planned, changes, complaint):
    response = edit(client, planned, what_to_bring="水杯", **changes)

    assert response.status_code == 422
    assert complaint in response.text
    assert 'value="水杯"' in response.text
    assert saved(planned).version == 1


def test_a_page_open_too_long_keeps_what_was_typed(client, planned):
    address = f"/organise/events/{planned.id}/edit"
    response = client.post(address, data=typed(planned, title="我的名字"), csrf=False)

    assert response.status_code == 422
    assert 'value="我的名字"' in response.text
    assert saved(planned).version == 1


def test_an_event_that_started_can_still_be_corrected(client, planned, at):
    at(planned.starts_at + HOUR)

    assert edit(client, planned, title="更正名字").status_code == 302


def test_cancelled_events_are_history(client, planned):
    planned.status = Status.CANCELLED
    db.session.commit()

    assert client.get(f"/organise/events/{planned.id}/edit").status_code == 409
    assert edit(client, planned, title="新").status_code == 409


def test_another_organisation_does_not_find_the_event(client, planned):
    client.sign_in(factories.organiser(of=factories.organisation(region_code="210681")))
    shift = planned.shifts[0]
    post = shift.posts[0]

    for address in (
        f"/organise/events/{planned.id}/edit",
        f"/organise/events/{planned.id}/cancel",
        f"/organise/events/{planned.id}/poster",
        f"/organise/events/{planned.id}/shifts/new",
        f"/organise/shifts/{shift.id}/edit",
        f"/organise/shifts/{shift.id}/posts/new",
        f"/organise/posts/{post.id}/edit",
    ):
        assert client.get(address).status_code == 404, address
    for address in (
        f"/organise/events/{planned.id}/edit",
        f"/organise/events/{planned.id}/publish",
        f"/organise/events/{planned.id}/cancel",
        f"/organise/events/{planned.id}/copy",
        f"/organise/events/{planned.id}/shifts/new",
        f"/organise/shifts/{shift.id}/edit",
        f"/organise/shifts/{shift.id}/delete",
        f"/organise/shifts/{shift.id}/posts/new",
        f"/organise/posts/{post.id}/edit",
        f"/organise/posts/{post.id}/delete",
    ):
        assert client.post(address, data=typed(planned)).status_code == 404, address
    assert saved(planned).version == 1


def test_the_county_office_may_edit_for_its_organisations(client, planned):
    client.sign_in(factories.office("210682"))

    assert edit(client, planned, organisation_id=planned.organisation_id).status_code == 302


def test_looking_for_a_venue_nobody_knows_keeps_the_old_one_until_it_is_added(client, planned):
    response = edit(client, planned, venue_id="还没有的地方", then="new_venue")

    assert response.location.startswith("/organise/venues/new?")
    assert 'value="还没有的地方"' in client.get(response.location).text
    assert saved(planned).venue_id == planned.venue_id


def test_adding_a_venue_comes_back_with_it_chosen(client, planned):
    elsewhere = factories.venue(name="大梨树村文化广场")

    page = client.get(f"/organise/events/{planned.id}/edit?venue={elsewhere.id}").text

    assert "大梨树村文化广场" in page


def test_the_page_costs_the_same_however_many_shifts(client, planned):
    costs = []
    for _ in range(2):
        with counted_queries() as statements:
            client.get(f"/organise/events/{planned.id}/edit")
        costs.append(len(statements))
        for _more in range(2):
            factories.post(factories.shift(planned))
        db.session.expire_all()

    assert costs[0] == costs[1] <= 12
