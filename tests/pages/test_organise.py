from __future__ import annotations

from datetime import timedelta

import pytest

from tests import factories
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from volunteer_hub.core.database import db
from volunteer_hub.organisations.queries import scope_of


@pytest.fixture
def organiser(client, at):
    at(NOON)
    who = factories.organiser(factories.organisation("凤城市科协示例"))
    client.sign_in(who)
    return who


@pytest.fixture
def own(organiser):
    (organisation_id,) = scope_of(organiser.id).organisation_ids

    class Own:
        id = organisation_id

    def make(**more):
        return factories.event(of=Own, by=organiser, **more)

    return make


def section(page, heading):
    return page.text.split(heading, 1)[1].split("</section>")[0]


def test_the_desk_sorts_events_by_what_they_need(client, own):
    own(title="正在办的", starts_at=NOON - HOUR)
    own(title="办完没确认的", starts_at=NOON - 48 * HOUR)
    short = own(title="缺人的")
    factories.post(factories.shift(short), min_people=2)
    own(title="备好的")
    own(title="还是草稿", status="draft")

    page = client.get("/organise")

    assert "正在办的" in section(page, "<h2>正在进行</h2>")
    assert "办完没确认的" in section(page, "<h2>请确认服务时长</h2>")
    assert "缺人的" in section(page, "<h2>还缺志愿者</h2>")
    assert "备好的" in section(page, "<h2>接下来的活动</h2>")
    assert "还是草稿" in section(page, "<h2>草稿，还没有发布</h2>")


def test_a_surplus_in_one_post_does_not_hide_a_gap_in_another(client, own):
    shift = factories.shift(own())
    full = factories.post(shift, title="讲解", min_people=1, max_people=3)
    factories.post(shift, title="司机", min_people=1, max_people=1)
    for name in ("甲", "乙"):
        factories.assignment(full, factories.volunteer(name=name))

    assert "至少还缺 1 人" in client.get("/organise").text


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        # Friday 21 August: the tenth working day after it is Friday 4 September.
        (NOON - 15 * 24 * HOUR, "9月4日（周五） 到期，已超期"),
        (NOON - 14 * 24 * HOUR, "9月4日（周五） 到期，已超期"),
        (NOON - 12 * 24 * HOUR, "9月7日（周一） 到期"),
        (NOON - 200 * 24 * HOUR, "已超期"),
    ],
)
def test_the_desk_says_by_when_hours_must_be_confirmed(client, own, ended, said):
    own(title="办完没确认的", starts_at=ended - 3 * HOUR)

    page = client.get("/organise").text

    assert said in page
    is_late = "已超期" in said
    assert ("场待确认时长，1 场超期" in page) is is_late
    assert ("已超期" in page) is is_late


def test_an_empty_desk_says_how_to_begin(client, organiser):
    page = client.get("/organise")

    assert "今天没有要办的事" in page.text
    assert 'href="/organise/events/new"' in page.text


def test_the_desk_costs_the_same_queries_however_many_events(client, own):
    factories.post(factories.shift(own()))
    with counted_queries() as one:
        client.get("/organise")
    for _ in range(2):
        factories.post(factories.shift(own()))
    with counted_queries() as three:
        client.get("/organise")

    assert len(three) == len(one) <= 12


def test_a_draft_shows_what_it_still_needs_and_no_publish_button(client, own):
    draft = own(status="draft")

    page = client.get(f"/organise/events/{draft.id}")

    assert "至少安排一个班次" in page.text
    assert f"/organise/events/{draft.id}/publish" not in page.text


def test_a_complete_draft_can_be_published_from_its_page(client, own):
    draft = own(status="draft", contact_phone="04152123456", risk_notice="过马路请牵好孩子")
    factories.post(factories.shift(draft))

    page = client.get(f"/organise/events/{draft.id}")

    assert f'action="/organise/events/{draft.id}/publish"' in page.text


def test_an_event_page_stays_within_twelve_queries(client, own):
    event = own()
    for _ in range(3):
        shift = factories.shift(event)
        factories.post(shift, skills=[("guide", 1)])
        factories.assignment(factories.post(shift))

    address = f"/organise/events/{event.id}"
    client.get(address)  # what is read once per process is read now
    db.session.remove()
    with counted_queries() as statements:
        client.get(address)

    assert len(statements) <= 12


@pytest.mark.parametrize(
    ("start", "label"), [(24, "报名中"), (-1, "进行中"), (-48, "已结束待确认")]
)
def test_an_event_says_how_it_stands(client, own, start, label):
    event = own(starts_at=NOON + timedelta(hours=start))

    assert label in client.get(f"/organise/events/{event.id}").text


@pytest.mark.parametrize("phase", ["today", "upcoming", "unconfirmed", "draft", "past", "nonsense"])
def test_every_shelf_of_events_opens(client, own, phase):
    own(title="找得到")

    assert client.get(f"/organise/events?phase={phase}").status_code == 200


def test_events_are_found_by_name_and_place(client, own):
    own(title="大篷车一日")

    assert "大篷车一日" in client.get("/organise/events?q=大篷车").text
    assert "大篷车一日" in client.get("/organise/events?q=tongyuanpu").text
    assert "这里还没有活动" in client.get("/organise/events?q=没有的词🙂").text
