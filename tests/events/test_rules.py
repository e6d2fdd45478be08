from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.factories import HOUR, NOON
from volunteer_hub.events import rules
from volunteer_hub.events.drafts import EventDraft, PostDraft, ShiftDraft
from volunteer_hub.events.rules import EventFacts, Phase, Severity, ShiftFacts
from volunteer_hub.programmes.rules import PostTemplate, ShiftTemplate, SkillNeed

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
START, END = NOON + 24 * HOUR, NOON + 27 * HOUR


def plan(**changes):
    return EventDraft(organisation_id=1, title="大篷车", starts_at=START, ends_at=END, **changes)


def fields_of(problems):
    return [problem.field for problem in problems]


@pytest.mark.parametrize(
    ("status", "moment", "expected"),
    [
        ("draft", START, Phase.DRAFT),
        ("draft", END + HOUR, Phase.DRAFT),
        ("published", START - SECOND, Phase.OPEN),
        ("published", START, Phase.RUNNING),
        ("published", END - SECOND, Phase.RUNNING),
        ("published", END, Phase.ENDED),
        ("cancelled", START, Phase.CANCELLED),
        ("confirmed", END, Phase.CONFIRMED),
    ],
)
def test_an_event_runs_from_its_first_moment_and_has_ended_at_its_last(status, moment, expected):
    assert rules.phase(status, START, END, moment) is expected


def test_every_phase_has_a_word():
    assert set(rules.PHASE_WORDS) == set(Phase)


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "blamed"),
    [
        (START, START + MINUTE, []),
        (START, START, ["ends_at"]),
        (START, START - MINUTE, ["ends_at"]),
        (NOON, NOON + HOUR, []),
        (NOON - SECOND, NOON + HOUR, ["starts_at"]),
        (START, START + timedelta(days=31), []),
        (START, START + timedelta(days=31, seconds=1), ["ends_at"]),
        (NOON + timedelta(days=732), NOON + timedelta(days=732, hours=1), []),
        (NOON + timedelta(days=732, seconds=1), NOON + timedelta(days=733), ["starts_at"]),
    ],
)
def test_an_event_lies_in_the_future_and_is_of_sensible_length(starts_at, ends_at, blamed):
    draft = replace(plan(), starts_at=starts_at, ends_at=ends_at)

    assert fields_of(rules.event_problems(draft, now=NOON)) == blamed


def test_a_past_start_may_stay_but_not_be_chosen_anew():
    draft = replace(plan(), starts_at=NOON - HOUR, ends_at=NOON + HOUR)

    assert rules.event_problems(draft, now=NOON, started_at=NOON - HOUR) == []
    assert fields_of(rules.event_problems(draft, now=NOON, started_at=NOON - 2 * HOUR)) == [
        "starts_at"
    ]


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "blamed"),
    [
        (START, END, []),
        (START, START, ["ends_at"]),
        (START - 12 * HOUR, END + 12 * HOUR, []),
        (START - 12 * HOUR - SECOND, END, ["starts_at"]),
        (START, END + 12 * HOUR + SECOND, ["ends_at"]),
        (START - 13 * HOUR, END + 13 * HOUR, ["starts_at", "ends_at"]),
    ],
)
def test_a_shift_lies_within_twelve_hours_of_its_event(starts_at, ends_at, blamed):
    draft = ShiftDraft(title="上午场", starts_at=starts_at, ends_at=ends_at)
    problems = rules.shift_problems(draft, event_starts_at=START, event_ends_at=END)

    assert fields_of(problems) == blamed


@pytest.mark.parametrize(
    ("least", "most", "blamed"),
    [
        (0, 1, []),
        (2, 2, []),
        (3, 2, ["min_people"]),
        (-1, 2, ["min_people"]),
        (0, 0, ["max_people"]),
        (1, 200, []),
        (1, 201, ["max_people"]),
    ],
)
def test_a_post_needs_no_more_people_than_it_takes(least, most, blamed):
    draft = PostDraft(title="讲解", min_people=least, max_people=most)

    assert fields_of(rules.post_problems(draft)) == blamed


@pytest.mark.parametrize(
    ("skills", "blamed"),
    [
        ((), []),
        ((("guide", 1), ("robots", 3)), []),
        ((("guide", 1), ("guide", 2)), ["skills"]),
        ((("guide", 0),), ["skills"]),
        ((("guide", 4),), ["skills"]),
    ],
)
def test_a_post_asks_for_each_skill_once_at_a_level_that_exists(skills, blamed):
    draft = PostDraft(title="讲解", min_people=1, max_people=2, skills=skills)

    assert fields_of(rules.post_problems(draft)) == blamed


def end(starts_at, ends_at, offered_start=START, offered_end=END):
    return rules.end_that_goes_along(
        starts_at=starts_at, ends_at=ends_at, offered_start=offered_start, offered_end=offered_end
    )


def test_an_untouched_end_keeps_its_distance_and_a_touched_one_stays():
    assert end(START + HOUR, END) == END + HOUR
    assert end(START - 48 * HOUR, END) == END - 48 * HOUR
    assert end(START, END) == END
    assert end(START + HOUR, END + MINUTE) == END + MINUTE
    assert end(START + HOUR, END, offered_start=None, offered_end=None) == END


def test_people_are_told_of_a_new_time_or_place_and_nothing_else():
    before = plan(venue_id=1)

    assert rules.changes(before, replace(before, title="新名字", capacity=3)) == []
    assert rules.changes(before, replace(before, ends_at=END + HOUR)) == ["time"]
    assert rules.changes(before, replace(before, venue_id=2)) == ["place"]
    assert rules.changes(before, replace(before, starts_at=START + HOUR, venue_id=None)) == [
        "time",
        "place",
    ]


@pytest.mark.parametrize(("minutes", "expected"), [(10, ["place", "time"]), (11, ["time"])])
def test_changes_of_the_last_minutes_are_told_together(minutes, expected):
    told = rules.changes_to_tell(
        ["time"], earlier=["place"], earlier_at=NOON - minutes * MINUTE, now=NOON
    )

    assert told == expected
    assert rules.changes_to_tell(["time"], earlier=[], earlier_at=None, now=NOON) == ["time"]


@pytest.mark.parametrize(
    ("days_ago", "weeks"), [(-30, 1), (0, 1), (6.9, 1), (7, 2), (13.9, 2), (14, 3), (365, 53)]
)
def test_a_copy_lies_whole_weeks_later_and_in_the_future(days_ago, weeks):
    starts_at = NOON - timedelta(days=days_ago)
    later = rules.next_occasion(starts_at, now=NOON)

    assert later == weeks * timedelta(days=7)
    assert starts_at + later > NOON


def template(*shifts):
    post = PostTemplate("讲解", "讲清楚", 1, 2, (SkillNeed("guide", 2),))
    return [ShiftTemplate(title, offset, minutes, (post,)) for title, offset, minutes in shifts]


def spans(ends_at):
    shifts = template(("上午", 0, 120), ("下午", 120, 60))
    planned = rules.planned_shifts(shifts, starts_at=START, ends_at=ends_at)
    return [(shift.title, shift.starts_at - START, shift.ends_at - START) for shift, _ in planned]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (4, [("上午", 0, 120), ("下午", 120, 180)]),
        (3, [("上午", 0, 120), ("下午", 120, 180)]),
        (2.25, [("上午", 0, 120), ("下午", 120, 135)]),
        (2.2, [("上午", 0, 120)]),
        (1, [("上午", 0, 60)]),
        (0.1, [("上午", 0, 6)]),
    ],
)
def test_template_shifts_are_cut_at_the_end_and_slivers_dropped(hours, expected):
    assert spans(START + hours * HOUR) == [
        (title, first * MINUTE, last * MINUTE) for title, first, last in expected
    ]


def test_a_template_post_comes_with_its_duties_and_skills():
    ((_, posts),) = rules.planned_shifts(template(("上午", 0, 60)), starts_at=START, ends_at=END)

    assert posts == [
        PostDraft(title="讲解", duties="讲清楚", min_people=1, max_people=2, skills=(("guide", 2),))
    ]


READY = plan(
    venue_id=1,
    contact_phone="13900000000",
    summary="来玩",
    audience_codes=("public",),
    meeting_point="校门口",
    risk_notice="慢行",
)


ONE_SHIFT = (ShiftFacts(7, "上午", True),)


def facts(draft=READY, campaign_code="caravan", shifts=ONE_SHIFT, **more):
    return EventFacts(
        plan=draft,
        campaign_code=campaign_code,
        shifts=shifts,
        venue_id=draft.venue_id,
        **more,
    )


def missing(given, now=NOON):
    return [
        (check.code, str(check.severity))
        for check in rules.problems_before_publishing(given, now=now)
    ]


def test_a_ready_event_misses_nothing():
    assert missing(facts()) == []
    assert all(check.is_done for check in rules.checks(facts(), now=NOON))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"venue_id": None}, [("venue", "must")]),
        ({"contact_phone": ""}, [("contact", "must")]),
        ({"summary": ""}, [("summary", "should")]),
        ({"meeting_point": ""}, [("meeting_point", "should")]),
        ({"audience_codes": ()}, [("audience", "should")]),
        ({"risk_notice": ""}, [("risk", "should")]),
        ({"risk_notice": "", "audience_codes": ("youth",)}, [("risk", "must")]),
        ({"audience_codes": ("elders",)}, [("elder_friendly", "should")]),
        ({"audience_codes": ("elders",), "is_elder_friendly": True}, []),
    ],
)
def test_each_thing_that_is_missing_is_named(changes, expected):
    assert missing(facts(replace(READY, **changes))) == expected


def test_an_event_must_start_in_the_future_to_be_published():
    assert missing(facts(), now=START - SECOND) == []
    assert missing(facts(), now=START) == [("time", "must")]


def test_an_event_needs_a_shift_and_each_shift_a_post():
    empty = (
        ShiftFacts(7, "上午", False),
        ShiftFacts(8, "下午", True),
        ShiftFacts(9, "晚上", False),
    )

    assert missing(facts(shifts=())) == [("shifts", "must")]
    found = rules.problems_before_publishing(facts(shifts=tuple(empty)), now=NOON)
    assert [(check.place, check.subject_id, check.values) for check in found] == [
        ("shift", 7, {"shift": "上午"}),
        ("shift", 9, {"shift": "晚上"}),
    ]


def test_an_elder_talk_needs_topic_speaker_and_someone_at_the_venue():
    assert missing(facts(campaign_code="silver")) == [
        ("topic", "must"),
        ("speaker", "must"),
        ("venue_contact", "should"),
    ]
    talk = replace(READY, topic="微信视频", speaker_name="示例讲师")
    assert missing(facts(talk, campaign_code="silver", venue_has_contact=True)) == []


@pytest.mark.parametrize(
    ("capacity", "is_open", "room", "expected"),
    [
        (40, True, 40, []),
        (41, True, 40, [("capacity", "should")]),
        (None, True, 40, [("capacity", "should")]),
        (None, False, 40, []),
        (None, True, None, []),
    ],
)
def test_registration_should_stay_within_the_room(capacity, is_open, room, expected):
    draft = replace(READY, capacity=capacity, is_registration_open=is_open)

    assert missing(facts(draft, venue_capacity=room)) == expected


def test_what_must_be_there_stands_before_what_should():
    severities = [severity for _, severity in missing(facts(plan(), shifts=()))]

    assert severities == sorted(severities)
    assert severities[0] == Severity.MUST


def test_a_change_may_not_take_what_publishing_needed():
    before = facts()
    without_venue = replace(before, plan=replace(READY, venue_id=None), venue_id=None)
    without_summary = replace(before, plan=replace(READY, summary=""))

    assert [c.code for c in rules.lost_by(before, without_venue, now=NOON)] == ["venue"]
    assert rules.lost_by(before, without_summary, now=NOON) == []
    assert rules.lost_by(without_venue, without_venue, now=NOON) == []
