"""From draft to public, called off, and planned again."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.factories import HOUR, NOON
from volunteer_hub.core.database import db
from volunteer_hub.events import actions
from volunteer_hub.events.drafts import Risk
from volunteer_hub.events.errors import EventClosedError, NotReadyError
from volunteer_hub.events.models import Event, Post, Shift, Status
from volunteer_hub.organisations.queries import scope_of


@pytest.fixture
def draft(client, at):
    at(NOON)
    of = factories.organisation()
    who = factories.organiser(of=of)
    event = factories.event(
        of=of, by=who, status=Status.DRAFT, contact_phone="13900000000", risk_notice="慢行"
    )
    factories.post(factories.shift(event), skills=(("guide", 2),))
    client.sign_in(who)
    return event


def saved(event):
    return db.session.get(Event, event.id, populate_existing=True)


def flashed(client):
    with client.session_transaction() as session:
        return session.get("_flashes", [])


def test_publishing_makes_the_event_public(client, draft):
    response = client.post(f"/organise/events/{draft.id}/publish")

    event = saved(draft)
    assert response.location == f"/organise/events/{draft.id}"
    assert (event.status, event.published_at) == (Status.PUBLISHED, NOON)


def test_publishing_twice_keeps_the_first_moment(client, draft, at):
    client.post(f"/organise/events/{draft.id}/publish")
    at(NOON + HOUR)
    client.post(f"/organise/events/{draft.id}/publish")

    assert saved(draft).published_at == NOON


def test_an_unready_event_stays_a_draft_and_the_page_says_so(client, draft):
    draft.contact_phone = ""
    db.session.commit()

    response = client.post(f"/organise/events/{draft.id}/publish")

    assert response.location == f"/organise/events/{draft.id}"
    ((kind, message),) = flashed(client)
    assert kind == "warn"
    assert message.startswith("还差几项，活动暂时不能发布")
    assert saved(draft).status is Status.DRAFT


def test_what_is_missing_comes_with_the_error(app, draft):
    draft.contact_phone, draft.venue_id = "", None
    db.session.commit()

    with pytest.raises(NotReadyError) as refused:
        actions.publish_event(draft.id, scope=scope_of(draft.created_by_id), now=draft.starts_at)

    assert [check.code for check in refused.value.checks] == ["time", "venue", "contact"]
    db.session.rollback()


def test_a_stale_button_publishes_nothing(client, draft):
    response = client.post(f"/organise/events/{draft.id}/publish", csrf=False)

    assert response.status_code == 400
    assert saved(draft).status is Status.DRAFT


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.CONFIRMED])
def test_what_is_over_is_not_published(client, draft, status):
    draft.status = status
    db.session.commit()

    assert client.post(f"/organise/events/{draft.id}/publish").status_code == 409


@pytest.fixture
def published(draft):
    draft.status = Status.PUBLISHED
    db.session.commit()
    return draft


def test_cancelling_asks_for_the_reason_first(client, published):
    page = client.get(f"/organise/events/{published.id}/cancel").text

    assert "为什么取消" in page
    assert saved(published).status is Status.PUBLISHED


@pytest.mark.parametrize(
    ("reason", "complaint"),
    [("", "请写明原因"), ("  \n ", "请写明原因"), ("长" * 201, "最多 200 个字")],
)
def test_without_a_sensible_reason_nothing_is_cancelled(client, published, reason, complaint):
    response = client.post(f"/organise/events/{published.id}/cancel", data={"reason": reason})

    assert response.status_code == 422
    assert complaint in response.text
    assert saved(published).status is Status.PUBLISHED


def test_a_stale_cancel_page_keeps_the_reason(client, published):
    response = client.post(
        f"/organise/events/{published.id}/cancel", data={"reason": "下大雨"}, csrf=False
    )

    assert response.status_code == 422
    assert "下大雨" in response.text
    assert saved(published).status is Status.PUBLISHED


def test_cancelling_keeps_reason_and_moment(client, published):
    response = client.post(
        f"/organise/events/{published.id}/cancel", data={"reason": "受台风影响🌀"}
    )

    event = saved(published)
    assert response.location == f"/organise/events/{event.id}"
    assert (event.status, event.cancelled_at, event.cancel_reason) == (
        Status.CANCELLED,
        NOON,
        "受台风影响🌀",
    )


def test_cancelling_twice_keeps_the_first_reason(client, published):
    client.post(f"/organise/events/{published.id}/cancel", data={"reason": "台风"})
    client.post(f"/organise/events/{published.id}/cancel", data={"reason": "别的"})

    assert saved(published).cancel_reason == "台风"


def test_confirmed_events_are_not_cancelled(client, published):
    published.status = Status.CONFIRMED
    db.session.commit()

    response = client.post(f"/organise/events/{published.id}/cancel", data={"reason": "台风"})

    assert response.status_code == 409
    assert saved(published).status is Status.CONFIRMED


def test_an_event_that_has_begun_is_cancelled_only_after_a_warning(client, published, at):
    at(published.starts_at)

    page = client.get(f"/organise/events/{published.id}/cancel").text

    assert "活动的开始时间已经过了" in page


def test_a_draft_is_thrown_away_after_asking(client, draft):
    page = client.get(f"/organise/events/{draft.id}/cancel").text
    assert "删除草稿" in page
    assert saved(draft) is not None

    response = client.post(f"/organise/events/{draft.id}/cancel")

    assert response.location == "/organise/events"
    counts = [db.session.scalar(select(func.count(table.id))) for table in (Event, Shift, Post)]
    assert counts == [0, 0, 0]


def test_a_published_event_is_never_thrown_away(app, published):
    with pytest.raises(EventClosedError):
        actions.discard_draft(published.id, scope=scope_of(published.created_by_id), now=NOON)
    db.session.rollback()


def test_a_copy_is_a_draft_a_week_later_with_all_its_parts(client, published):
    [asking] = published.shifts[0].posts
    asking.risk, asking.needs_car = Risk.DANGER, True
    db.session.commit()

    response = client.post(f"/organise/events/{published.id}/copy")

    copy = db.session.scalars(select(Event).where(Event.id != published.id)).one()
    assert response.location == f"/organise/events/{copy.id}"
    assert copy.status is Status.DRAFT
    assert copy.published_at is None
    assert copy.title == published.title
    assert copy.starts_at == published.starts_at + 168 * HOUR
    assert copy.poster_code != published.poster_code
    ((shift,), original) = (copy.shifts, published.shifts[0])
    assert shift.starts_at == original.starts_at + 168 * HOUR
    (post,) = shift.posts
    assert (post.title, post.max_people) == ("讲解员", 2)
    assert (post.risk, post.needs_car) == ("danger", True)
    assert [(skill.skill_code, skill.level) for skill in post.skills] == [("guide", 2)]


def test_a_doubled_copy_button_makes_one_copy(client, published):
    for _ in range(2):
        client.post(f"/organise/events/{published.id}/copy", data={"request_key": "k1"})

    assert db.session.scalar(select(func.count(Event.id))) == 2


def test_a_copy_of_an_old_event_lies_in_the_future(client, published, at):
    at(published.starts_at + 24 * 100 * HOUR)

    client.post(f"/organise/events/{published.id}/copy")

    copy = db.session.scalars(select(Event).where(Event.id != published.id)).one()
    assert copy.starts_at == published.starts_at + 15 * 168 * HOUR


def test_confirming_closes_the_event(app, published):
    actions.confirm_event(published, by=published.created_by_id, now=NOON + 30 * HOUR)
    db.session.commit()

    assert (saved(published).status, saved(published).confirmed_at) == (
        Status.CONFIRMED,
        NOON + 30 * HOUR,
    )
