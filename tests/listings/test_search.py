"""The public list: found by index, exactly what looking at every text would find."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from tests import factories
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.models import Event, Status
from volunteer_hub.listings import actions, queries, rules
from volunteer_hub.listings.models import EventSearch
from volunteer_hub.listings.rules import Wanted
from volunteer_hub.regions import queries as regions

DAY = timedelta(days=1)


def titles(now=NOON, page=1, **wanted):
    return [event.title for event in queries.listing(Wanted(**wanted), now=now, page=page).events]


@pytest.fixture
def calendar(app):
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


def test_everybody_sees_what_has_not_ended_next_first(calendar):
    silver = factories.campaign("silver").id

    assert titles() == ["正在办", "明天", "下周"]
    assert titles(from_at=NOON + 3 * DAY) == ["下周"]
    assert titles(until_at=NOON + 3 * DAY) == ["正在办", "明天"]
    assert titles(campaign_id=silver) == ["下周"]
    assert titles(campaign_id=silver, until_at=NOON + 3 * DAY) == []


def test_each_filter_leaves_what_it_says(app):
    dongang = factories.venue(name="东港科技馆", region_code="210681")
    dongang.is_step_free = True
    db.session.commit()
    factories.event("在凤城", at_venue=factories.venue(region_code="210682118"))
    there = factories.event("在东港", at_venue=dongang)
    there.audience_codes, there.language_codes = ["elders", "sci_workers"], ["korean"]
    db.session.commit()

    assert titles(region_id=factories.region("210682").id) == ["在凤城"]
    assert titles(region_id=factories.region("210682118").id) == ["在凤城"]
    assert titles(region_id=factories.region("210682117").id) == []
    assert titles(is_step_free=True) == ["在东港"]
    assert titles(audience_code="sci_workers") == ["在东港"]
    assert titles(audience_code="youth") == ["在凤城"]
    assert titles(language_code="korean") == ["在东港"]
    assert titles(language_code="korean", audience_code="youth") == []


def test_only_what_has_places_left_is_free(app):
    full = factories.event("满了", capacity=2)
    factories.registration(of=full, companions=1)
    factories.event("不用报名", capacity=1, is_registration_open=False)
    factories.event("不限人数")
    factories.registration(of=factories.event("还有一个", capacity=2))

    assert titles(has_places=True) == ["不用报名", "不限人数", "还有一个"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("大篷车", ["大篷车 100% 好玩"]),
        ("", ["大篷车 100% 好玩", "银龄讲座"]),
        ("微信", ["银龄讲座"]),
        ("微", ["银龄讲座"]),
        ("示例讲师", ["银龄讲座"]),
        ("通远堡", ["大篷车 100% 好玩"]),
        ("TONGYUANPU", ["大篷车 100% 好玩"]),
        ("typ", ["大篷车 100% 好玩"]),
        ("dpc", ["大篷车 100% 好玩"]),
        ("dapeng", ["大篷车 100% 好玩"]),
        ("凤城市通远堡", ["大篷车 100% 好玩"]),
        ("凤城 大篷车", ["大篷车 100% 好玩"]),
        ("凤城 银龄", []),
        ("100%", ["大篷车 100% 好玩"]),
        ("%", ["大篷车 100% 好玩"]),
        ("_", []),
        ("没有的", []),
        ('" OR 1', []),
        ("!&|():*", []),
    ],
)
def test_events_are_found_by_words_pinyin_and_place(app, text, expected):
    dongang = factories.venue(name="东港老年大学", region_code="210681")
    dongang.pinyin, dongang.initials = "donggang", "dg"
    db.session.commit()
    factories.event("大篷车 100% 好玩", at_venue=factories.venue(region_code="210682118"))
    factories.event(
        "银龄讲座", at_venue=dongang, topic="微信视频", speaker_name="示例讲师",
        campaign_code="silver",
    )  # fmt: skip

    assert titles(text=text) == expected


SIGNS = "科普大篷车银龄ab1３Ａ 。%_'\"堡"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.text(SIGNS, min_size=1, max_size=8), min_size=1, max_size=4),
    asked=st.text(SIGNS, min_size=1, max_size=5),
)
def test_the_index_finds_what_a_look_at_every_text_finds(app, texts, asked):
    db.session.rollback()
    db.session.connection()
    rows = db.session.scalars(select(Event).order_by(Event.id)).all()
    if not rows:
        rows = [factories.event(starts_at=NOON + n * HOUR) for n in range(1, 5)]
    for event, title in zip(rows, [*texts, "x", "x", "x"], strict=False):
        event.title = title
    db.session.flush()

    wanted = Wanted(text=asked)
    oracle = select(EventSearch.event_id).order_by(EventSearch.id)
    for word in wanted.words:
        oracle = oracle.where(EventSearch.haystack.contains(word, autoescape=True))

    assert queries.event_ids(wanted, now=NOON, limit=50) == list(db.session.scalars(oracle))
    for event, title in zip(rows, texts, strict=False):
        held = event.id in queries.event_ids(Wanted(text=title[:5]), now=NOON, limit=50)
        assert held or not Wanted(text=title[:5]).words


def test_what_changes_is_found_as_it_is_now_in_the_same_transaction(app):
    event = factories.event("观星夜")
    with transaction():
        event = db.session.get(Event, event.id)
        event.title = "赏月会"
        db.session.flush()
        assert titles(text="赏月") == ["赏月会"]
        assert titles(text="观星") == []
        event.venue.name = "鸭绿江边"
        event.campaign.zh = "天文周"
        db.session.flush()
        assert titles(text="鸭绿江 天文") == ["赏月会"]
        event.starts_at, event.ends_at = NOON + 9 * DAY, NOON + 10 * DAY
        db.session.flush()
        assert titles(from_at=NOON + 9 * DAY, text="赏月") == ["赏月会"]
        event.status = Status.CANCELLED
        db.session.flush()
        assert titles() == []
        db.session.rollback()
    assert titles(text="观星") == ["观星夜"]


def test_a_region_that_is_called_otherwise_is_found_so(app):
    factories.event("在通远堡")
    region = factories.region()
    region.short_name = "新堡镇"
    db.session.flush()

    assert titles(text="新堡") == ["在通远堡"]
    db.session.rollback()


def test_what_was_deleted_is_not_found(app):
    event = factories.event("要删的")
    db.session.delete(event)
    db.session.commit()

    assert titles(text="要删") == []


def test_the_clock_drops_what_ended_and_finds_what_is_missing(app):
    factories.event("要来的", starts_at=NOON + HOUR)
    factories.event("结束的", starts_at=NOON - 9 * HOUR)
    later = factories.event("漏掉的", starts_at=NOON + 2 * HOUR)
    with transaction():
        db.session.delete(
            db.session.scalars(select(EventSearch).where(EventSearch.event_id == later.id)).one()
        )
    with transaction():
        assert actions.sweep(now=NOON) == 1
    assert titles() == ["要来的", "漏掉的"]
    assert titles(text="漏") == ["漏掉的"]
    assert db.session.scalar(select(func.count(EventSearch.id))) == 2
    with transaction():
        assert actions.rebuild(now=NOON) == 2
    assert titles(text="要来") == ["要来的"]


def test_a_start_after_an_upgrade_finds_events_that_were_there_before(app, at):
    at(NOON)
    factories.event("早就有的", starts_at=NOON + HOUR)
    with transaction():
        db.session.execute(delete(EventSearch))
    assert titles() == []

    said = app.test_cli_runner().invoke(args=["listings", "sweep"]).output

    assert said == "1 events can be found now\n"
    assert titles() == ["早就有的"]


def test_pages_hold_twenty_and_end_at_the_last(app):
    of = factories.organisation()
    by, where = factories.organiser(of=of), factories.venue()
    for number in range(21):
        factories.event(f"第 {number} 场", of=of, by=by, at_venue=where)

    first = queries.listing(Wanted(), now=NOON)
    beyond = queries.listing(Wanted(), now=NOON, page=99)

    assert (len(first.events), first.number, first.last, first.total) == (20, 1, 2, 21)
    assert (len(beyond.events), beyond.number) == (1, 2)
    assert queries.listing(Wanted(), now=NOON, page=-1).number == 1


def card(event):
    return (event.campaign_code, event.venue_name, event.region_name)


def test_lists_cost_the_same_however_many_events(app):
    regions.tree()  # read once per process
    costs = []
    for _ in range(2):
        factories.event()
        db.session.expire_all()
        with counted_queries() as statements:
            found = queries.listing(Wanted(text="凤城"), now=NOON)
            assert all(all(card(event)) for event in found.events)
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 4


def test_a_query_is_cut_into_the_fewest_words():
    assert rules.asked_grams("科普") == {"g79d1x666e"}
    assert rules.asked_grams("茶") == {"g8336"}
    assert rules.asked_grams("kepu") == {"g6bx65x70", "g65x70x75"}
    assert rules.asked_grams("ai科") == {"g61x69", "g69x79d1"}
    assert rules.asked_grams("%_") == set()
    assert len(Wanted(text="一 " * 40).words) == rules.MOST_WORDS
