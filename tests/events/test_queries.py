from __future__ import annotations

from datetime import timedelta

import pytest

from tests import factories
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from volunteer_hub.core.database import db
from volunteer_hub.events import queries
from volunteer_hub.events.models import Status
from volunteer_hub.events.queries import Shelf
from volunteer_hub.events.rules import Phase
from volunteer_hub.organisations.queries import scope_of
from volunteer_hub.regions import queries as regions

DAY = timedelta(days=1)


def titles(page):
    return [event.title for event in page.events]


@pytest.fixture
def calendar(app):
    """Return one organisation's events around NOON."""
    of = factories.organisation()
    by = factories.organiser(of=of)

    def add(title, starts_at, status=Status.PUBLISHED, **more):
        return factories.event(title, of=of, by=by, starts_at=starts_at, status=status, **more)

    add("草稿", NOON + DAY, Status.DRAFT)
    add("下周", NOON + 7 * DAY, campaign_code="silver")
    add("明天", NOON + DAY)
    add("正在办", NOON - HOUR)
    add("刚结束", NOON - 3 * HOUR)
    add("上周已确认", NOON - 7 * DAY, Status.CONFIRMED)
    add("下周取消", NOON + 7 * DAY, Status.CANCELLED)
    return of, by


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("大篷车", ["大篷车 100% 好玩"]),
        ("", ["大篷车 100% 好玩", "银龄讲座"]),
        ("微信", ["银龄讲座"]),
        ("示例讲师", ["银龄讲座"]),
        ("通远堡", ["大篷车 100% 好玩"]),
        ("TONGYUANPU", ["大篷车 100% 好玩"]),
        ("typ", ["大篷车 100% 好玩"]),
        ("凤城 大篷车", ["大篷车 100% 好玩"]),
        ("凤城 银龄", []),
        ("100%", ["大篷车 100% 好玩"]),
        ("%", ["大篷车 100% 好玩"]),
        ("_", []),
        ("没有的", []),
    ],
)
def test_events_are_found_by_words_pinyin_and_place(app, text, expected):
    dongang = factories.venue(name="东港老年大学", region_code="210681")
    dongang.pinyin, dongang.initials = "donggang", "dg"
    db.session.commit()
    factories.event("大篷车 100% 好玩", at_venue=factories.venue(region_code="210682118"))
    factories.event("银龄讲座", at_venue=dongang, topic="微信视频", speaker_name="示例讲师")

    scope = scope_of(factories.office().id)
    found = queries.events_in_scope(scope, Shelf.UPCOMING, now=NOON, text=text)

    assert titles(found) == expected


def test_a_campaign_shows_what_is_to_come_and_what_was(calendar):
    assert titles(queries.events_of_campaign("caravan", now=NOON)) == ["正在办", "明天"]
    past = queries.events_of_campaign("caravan", now=NOON, past=True)
    assert titles(past) == ["刚结束", "上周已确认"]


@pytest.mark.parametrize(
    ("shelf", "expected"),
    [
        (Shelf.TODAY, ["刚结束", "正在办"]),
        (Shelf.UPCOMING, ["正在办", "明天", "下周"]),
        (Shelf.UNCONFIRMED, ["刚结束"]),
        (Shelf.DRAFT, ["草稿"]),
        (Shelf.PAST, ["下周取消", "刚结束", "上周已确认"]),
    ],
)
def test_an_organisers_shelves(calendar, shelf, expected):
    _, by = calendar
    scope = scope_of(by.id)

    assert titles(queries.events_in_scope(scope, shelf, now=NOON)) == expected
    assert queries.counts_in_scope(scope, now=NOON)[shelf] == len(expected)


def test_today_is_the_local_day(calendar):
    _, by = calendar
    scope = scope_of(by.id)
    last_minute = NOON + 12 * HOUR - timedelta(minutes=1)  # 23:59 in Dandong

    assert titles(queries.events_in_scope(scope, Shelf.TODAY, now=last_minute)) == [
        "刚结束",
        "正在办",
    ]
    tomorrow = queries.events_in_scope(scope, Shelf.TODAY, now=NOON + 12 * HOUR)
    assert titles(tomorrow) == ["明天"]


def test_each_scope_sees_its_own_events(app):
    fengcheng = factories.organisation(region_code="210682")
    donggang = factories.organisation(region_code="210681")
    factories.event("凤城的", of=fengcheng)
    away = factories.venue(name="东港馆", region_code="210681")
    factories.event("东港的", of=donggang, at_venue=away)

    def seen(who):
        return titles(queries.events_in_scope(scope_of(who.id), now=NOON))

    assert seen(factories.organiser(of=fengcheng)) == ["凤城的"]
    assert seen(factories.organiser(of=donggang)) == ["东港的"]
    assert seen(factories.office("210682")) == ["凤城的"]
    assert sorted(seen(factories.office("210600"))) == ["东港的", "凤城的"]
    assert seen(factories.organiser(of=factories.organisation(region_code="210624"))) == []
    assert queries.counts_in_scope(scope_of(factories.person().id), now=NOON) == dict.fromkeys(
        Shelf, 0
    )


def card(event):
    return (event.organisation.name, event.campaign.zh, event.venue.name, event.venue.region.name)


def test_lists_cost_the_same_however_many_events(app):
    regions.tree()  # read once per process
    scope = scope_of(factories.office().id)
    costs = []
    for _ in range(2):
        factories.event()
        db.session.expire_all()
        with counted_queries() as statements:
            found = queries.events_in_scope(scope, now=NOON, text="凤城")
            assert all(card(event) for event in found.events)
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 4


def test_one_event_is_read_whole(app):
    event = factories.event()
    for _ in range(3):
        factories.post(factories.shift(event), skills=(("guide", 1),))
    event_id, who = event.id, factories.office()
    scope = scope_of(who.id)
    db.session.expunge_all()

    with counted_queries() as statements:
        found = queries.event_for_staff(event_id, scope)
        skills = [skill.level for s in found.shifts for p in s.posts for skill in p.skills]
        checks = queries.publish_checklist(found, now=NOON)

    assert skills == [1, 1, 1]
    assert "shifts" in {check.code for check in checks}
    assert len(statements) <= 5


def test_the_phase_follows_the_clock(app):
    event = factories.event(starts_at=NOON, hours=1)

    phases = [queries.phase_of(event, now=NOON + hours * HOUR) for hours in (-1, 0, 1)]

    assert phases == [Phase.OPEN, Phase.RUNNING, Phase.ENDED]
