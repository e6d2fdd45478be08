from __future__ import annotations

import pytest

from volunteer_hub.assignments import wording
from volunteer_hub.matching import Condition, ReasonCode, Shortfall

SKILL = {"code": "skill", "skill": "robots", "level": 3, "required": 2}
SCRATCH = {"code": "skill", "skill": "scratch", "level": 2, "required": 1}
FAR = {"code": "distance_approximate", "km": 12.4}
SATURDAY_MORNING = {"code": "available", "weekday": 5, "start": 480, "end": 720}


@pytest.fixture(autouse=True)
def request_context(app):
    with app.test_request_context():
        yield


def test_a_volunteer_is_told_why_in_one_sentence():
    parts = wording.to_volunteer([SKILL, SCRATCH, FAR, SATURDAY_MORNING])

    assert wording.sentence(parts) == (
        "您会机器人、图形化编程 Scratch，离您家约 12 公里，周六上午您有空"
    )


def test_an_organiser_is_told_the_same_about_someone():
    parts = wording.to_organiser([SKILL, FAR, SATURDAY_MORNING, {"code": "first_time"}])

    assert wording.sentence(parts) == (
        "会机器人，约 12 公里，周六上午有空，还没参加过活动，给新人一次机会"
    )


@pytest.mark.parametrize(
    ("km", "expected"), [(0, "就在您家附近"), (2.9, "就在您家附近"), (3, "离您家约 3 公里")]
)
def test_a_few_kilometres_are_nearby(km, expected):
    assert wording.to_volunteer([{"code": "distance", "km": km}]) == [expected]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 1440, "周日您有空"),
        (480, 720, "周日上午您有空"),
        (480, 780, "周日上午您有空"),
        (720, 1080, "周日下午您有空"),
        (780, 1020, "周日下午您有空"),
        (1080, 1320, "周日晚上您有空"),
        (600, 960, "周日您有空"),
    ],
)
def test_a_free_stretch_is_named_by_its_part_of_the_day(start, end, expected):
    reason = {"code": "available", "weekday": 6, "start": start, "end": end}

    assert wording.to_volunteer([reason]) == [expected]


def test_what_is_not_for_the_volunteer_is_left_out():
    hidden = [{"code": "first_time"}, {"code": "rested"}, {"code": "reliable"}, {"code": "new"}, {}]

    assert wording.to_volunteer(hidden) == []
    assert wording.to_organiser([{"code": "reliable"}, {"code": "kept"}]) == []


def test_what_stands_against_someone_is_said_with_what_is_needed():
    lacking = {"code": "lacks_skill", "skill": "robots", "level": 1, "required": 2}
    out_of_reach = {"code": "out_of_reach", "km": 41.6, "radius_km": 30}
    full = {"code": "week_full", "max_hours": 8.0}

    assert wording.to_organiser([lacking, out_of_reach, full]) == [
        "还差技能：机器人（熟练）",
        "约 42 公里，比愿意走的 30 公里远",
        "这一周会超过自己定的 8 小时",
    ]


VALUES = {
    "skill": "robots", "level": 1, "required": 2, "km": 12.4, "radius_km": 30, "weekday": 6,
    "start": 480, "end": 720, "max_hours": 8.0, "hours": 3.0, "credential": "x", "language": "x",
    "audience": "youth", "campaign": "caravan", "count": 2,
}  # fmt: skip


@pytest.mark.parametrize("code", list(ReasonCode))
def test_every_reason_of_the_matcher_can_be_said_or_left_out(code):
    for told in (wording.to_volunteer, wording.to_organiser):
        for text in told([{"code": str(code), **VALUES}]):
            assert "%(" not in text
    if code.startswith(("lacks", "not_", "day_", "out_", "has_", "week", "busy", "under", "no_")):
        assert wording.to_organiser([{"code": str(code), **VALUES}])


def shortfall(binding, failing_only, considered=9):
    return Shortfall(
        post_id=1,
        missing=2,
        considered=considered,
        steps=(),
        binding=binding,
        failing_only=failing_only,
        near_misses=(),
    )


def test_a_shortage_names_its_cause_and_who_comes_near():
    why = shortfall(
        Condition.REACH, {Condition.REACH: 3, Condition.SKILL: 1, Condition.DECLINED: 5}
    )

    assert wording.shortage(why) == [
        "住得够近的人不够",
        "有 3 人只差一点：路远了一些",
        "有 1 人只差一点：技能还不够",
    ]


@pytest.mark.parametrize("binding", list(Condition))
def test_every_cause_of_a_shortage_has_words(binding):
    assert len(wording.shortage(shortfall(binding, {}))) == 1


def test_a_shortage_without_anybody_says_so():
    assert wording.shortage(shortfall(Condition.SKILL, {}, considered=0)) == [
        "还没有可以邀请的志愿者。"
    ]
