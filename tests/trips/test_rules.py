"""The road: when the caravan can be where, and what the planner's buttons do to a form."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from volunteer_hub.matching import geometry
from volunteer_hub.matching.problem import Point as MatchPoint
from volunteer_hub.matching.weights import Travel
from volunteer_hub.regions import travel
from volunteer_hub.regions.geography import Place
from volunteer_hub.trips import arranging, rules
from volunteer_hub.trips.drafts import ReportDraft
from volunteer_hub.trips.rules import Caravan, From, Halt, Point

LOCAL = ZoneInfo("Asia/Shanghai")
DEPOT = Point(1, Place(40.1299, 124.3837, is_approximate=False))  # Dandong
FENGCHENG = Point(2, Place(40.4525, 124.0670, is_approximate=False))
TONGYUANPU = Point(3, Place(40.7620, 123.9120, is_approximate=False))
NOWHERE = Point(9)


def at(text):
    return datetime.strptime(text, "%d %H:%M").replace(year=2026, month=9, tzinfo=LOCAL)


def caravan(leaves="08 07:00", goes_home=True, depot=DEPOT):
    return Caravan(
        depot=depot,
        leaves_at=at(leaves),
        set_up=timedelta(minutes=30),
        pack_up=timedelta(minutes=20),
        day_starts=timedelta(hours=7),
        goes_home=goes_home,
    )


def halt(point, start, minutes=120):
    return Halt(point, at(start), at(start) + timedelta(minutes=minutes))


def ready(found):
    return [f"{each.ready_at:%d %H:%M}" for each in found]


def test_the_way_is_what_the_formula_says():
    found = travel.way(DEPOT.place, FENGCHENG.place)

    assert found.km == pytest.approx(1.35 * 44.8, abs=0.3)
    assert found.minutes == 96  # 60.5 km at 45 km/h are 80.6 minutes, and 15 more
    assert travel.way(DEPOT.place, None).minutes == 60
    assert travel.way(Place(40, 124, is_approximate=True), FENGCHENG.place).is_rough


coordinates = st.tuples(st.floats(39.7, 41.1), st.floats(123.4, 125.7))


@given(coordinates, coordinates)
def test_the_caravan_takes_as_long_as_matching_says_of_volunteers(one, other):
    way = travel.way(*(Place(*each, is_approximate=False) for each in (one, other)))
    stops = [
        geometry_stop(MatchPoint(*one), start=600, end=660),
        geometry_stop(MatchPoint(*other), start=900, end=960),
    ]
    assert way.minutes == geometry.travel_minutes(Travel(), *stops)


def geometry_stop(point, start, end):
    class Stop:
        venue_id = None

    Stop.point, Stop.start, Stop.end = point, start, end
    return Stop()


def test_stops_wait_for_the_road_packing_and_setting_up():
    found = rules.arrivals(
        caravan(),
        [halt(FENGCHENG, "08 09:10"), halt(TONGYUANPU, "08 14:00"), halt(TONGYUANPU, "08 17:00")],
    )

    assert [each.origin for each in found] == [From.DEPOT, From.PREVIOUS, From.PREVIOUS]
    # 7:00 + 96 + 30; 11:10 + 20 + 82 + 30 rounded up; 16:00 + 20 + 0 + 30
    assert ready(found) == ["08 09:10", "08 13:25", "08 16:50"]


@pytest.mark.parametrize(
    ("goes_home", "origin", "time"),
    [(True, From.HOME_OVERNIGHT, "09 09:10"), (False, From.OUT_OVERNIGHT, "09 08:55")],
)
def test_a_further_day_begins_where_the_night_was(goes_home, origin, time):
    halts = [halt(TONGYUANPU, "08 13:00"), halt(FENGCHENG, "09 10:00")]
    found = rules.arrivals(caravan(goes_home=goes_home), halts)

    assert found[1].origin is origin
    assert ready(found[1:]) == [time]


def test_nobody_drives_on_after_a_late_evening_without_a_night_s_rest():
    halts = [halt(TONGYUANPU, "08 21:00"), halt(FENGCHENG, "09 09:30")]
    found = rules.arrivals(caravan(goes_home=False), halts)

    assert ready(found[1:]) == ["09 09:15"]  # 23:20 and eight hours, not seven o'clock


def test_a_place_nobody_knows_is_an_hour_away():
    found = rules.arrivals(caravan(), [halt(NOWHERE, "08 09:00")])

    assert (found[0].way.minutes, found[0].way.km) == (60, None)
    assert ready(found) == ["08 08:30"]


def test_what_comes_too_early_is_named_with_the_earliest_time():
    halts = [halt(FENGCHENG, "08 08:00"), halt(TONGYUANPU, "08 10:00")]
    problems = rules.road_problems(caravan(), halts)

    assert [each.field for each in problems] == ["stops-0-starts_at", "stops-1-starts_at"]
    assert problems[0].message % problems[0].values == (
        "大篷车 09-08 07:00 从驻地出发，路上 96 分钟，布展以后最早 09-08 09:10 才能开始"
    )


def test_one_press_puts_off_a_stop_and_only_what_has_to_move_after_it():
    halts = [
        halt(FENGCHENG, "08 08:00"),
        halt(TONGYUANPU, "08 12:30"),
        halt(FENGCHENG, "09 10:00"),
    ]
    moved = rules.put_off(caravan(), halts, 0)

    assert [f"{each.starts_at:%d %H:%M}" for each in moved] == ["08 09:10", "08 13:25", "09 10:00"]
    assert {each.ends_at - each.starts_at for each in moved} == {timedelta(hours=2)}


def test_one_press_moves_a_stop_to_the_next_day():
    halts = [halt(FENGCHENG, "08 15:00"), halt(TONGYUANPU, "08 17:30")]
    moved = rules.to_next_day(caravan(), halts, 1)

    assert f"{moved[1].starts_at:%d %H:%M}" == "09 10:15"  # 7:00 + 161 + 30
    assert rules.late_stops(caravan(), moved) == []


def test_one_press_lets_the_caravan_leave_in_time():
    halts = [halt(FENGCHENG, "08 09:00")]
    leaves_at = rules.leave_in_time(caravan("08 08:30"), halts)

    assert f"{leaves_at:%d %H:%M}" == "08 06:50"
    assert rules.late_stops(caravan("08 06:50"), halts) == []
    assert rules.late_stops(caravan("08 06:55"), halts) != []


def test_it_is_back_when_the_last_stop_is_packed_and_the_road_is_driven():
    assert f"{rules.returns_at(caravan(), [halt(FENGCHENG, '08 09:10')]):%H:%M}" == "13:06"
    assert rules.returns_at(caravan(), []) > at("08 07:00")


starts = st.lists(
    st.tuples(
        st.sampled_from([DEPOT, FENGCHENG, TONGYUANPU, NOWHERE]),
        st.integers(0, 3 * 24 * 60),
        st.integers(15, 300),
    ),
    min_size=1,
    max_size=6,
)


@given(starts, st.booleans())
def test_putting_off_from_the_first_stop_always_makes_a_plan_that_can_be(stops, goes_home):
    base, there = at("08 06:00"), caravan("08 06:00", goes_home=goes_home)
    halts = [
        Halt(point, base + timedelta(minutes=m), base + timedelta(minutes=m + long))
        for point, m, long in stops
    ]
    moved = rules.put_off(there, halts, 0)

    assert rules.late_stops(there, moved) == []
    assert all(new.starts_at >= old.starts_at for new, old in zip(moved, halts, strict=True))


def test_an_odometer_does_not_run_backwards():
    reports = [ReportDraft(odometer_km=1080), ReportDraft(), ReportDraft(odometer_km=1070)]

    found = rules.report_problems(1000, reports, 1060)
    assert [(each.field, each.values) for each in found] == [
        ("stops-2-odometer_km", {"km": 1080}),
        ("odometer_end_km", {"km": 1080}),
    ]
    assert rules.report_problems(1000, reports[:2], 1090) == []
    assert rules.driven_km(1000, 1180) == 180
    assert rules.driven_km(None, 1180) is None


def form(*stops):
    raw = MultiDict([("title", "大篷车"), ("then", "add")])
    for number, stop in enumerate(stops):
        for name, value in stop.items():
            raw.add(f"stops-{number}-{name}", value)
    return raw


ONE = {"venue_id": "半个校名", "starts_at": "明天九点", "minutes": "90", "event_id": "7"}
TWO = {"venue_id": "通远堡", "starts_at": "2026-09-08T14:00", "minutes": "120"}


def test_stops_change_places_and_the_times_stay_in_order():
    swapped = arranging.swapped(form(ONE, TWO), 0, 1)

    assert swapped["stops-0-venue_id"] == "通远堡"
    assert swapped["stops-0-starts_at"] == "明天九点"  # typed half, kept as it is
    assert (swapped["stops-1-minutes"], swapped["stops-1-event_id"]) == ("90", "7")
    assert "stops-0-event_id" not in swapped
    assert swapped["title"] == "大篷车"


def test_a_stop_goes_and_the_others_move_up():
    raw = form(ONE, TWO)
    raw.add("stops-1-venue_id", "#12")  # what a choice below the field adds

    left = arranging.without(raw, 0)
    assert left.getlist("stops-0-venue_id") == ["通远堡", "#12"]
    assert arranging.numbers(left) == [0]


def test_a_stop_is_added_behind_gaps():
    raw = form(ONE)
    raw["stops-7-minutes"] = "60"

    longer = arranging.added(raw, {"minutes": "45"})
    assert arranging.numbers(longer) == [0, 1, 2]
    assert [longer[f"stops-{n}-minutes"] for n in range(3)] == ["90", "60", "45"]


@pytest.mark.parametrize(("place", "other"), [(0, -1), (1, 2), (9, 8)])
def test_there_is_nothing_beyond_the_ends(place, other):
    raw = form(ONE, TWO)
    assert arranging.swapped(raw, place, other) == raw
