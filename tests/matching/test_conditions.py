"""The hard rules for one volunteer and one post, each at its edge."""

from __future__ import annotations

import pytest

from tests.matching.builders import NINE, post, problem, shift, volunteer
from volunteer_hub.matching import Condition, Declined, Pin, Taken, Window, refusals
from volunteer_hub.matching.geometry import distance_km
from volunteer_hub.matching.problem import Point

ELEVEN = NINE + 120
MONDAY, TUESDAY = 0, 1


def of(person=None, work=None, stretch=None, **changes):
    return refusals(
        problem([person or volunteer()], [stretch or shift()], [work or post()], **changes), 1, 1
    )


def test_someone_who_meets_everything_is_not_refused():
    assert of() == ()


@pytest.mark.parametrize(("level", "expected"), [(2, ()), (1, (Condition.SKILL,))])
def test_a_skill_at_the_required_level_is_enough(level, expected):
    assert of(volunteer(skills={"host": level}), post(skills={"host": 2})) == expected


def test_every_required_skill_is_needed():
    person = volunteer(skills={"host": 3})

    assert of(person, post(skills={"host": 1, "lecture": 1})) == (Condition.SKILL,)


@pytest.mark.parametrize(("expires", "expected"), [(0, ()), (-1, (Condition.CREDENTIAL,))])
def test_a_credential_may_expire_with_the_end_of_the_shift(expires, expected):
    person = volunteer(credentials={"first_aid": ELEVEN + expires})

    assert of(person, post(credential="first_aid")) == expected


def test_a_credential_that_is_not_held_is_refused():
    assert of(work=post(credential="first_aid")) == (Condition.CREDENTIAL,)


@pytest.mark.parametrize(
    ("spoken", "expected"), [({"zh", "ko"}, ()), ({"zh"}, (Condition.LANGUAGE,))]
)
def test_the_language_of_the_post_must_be_spoken(spoken, expected):
    assert of(volunteer(languages=frozenset(spoken)), post(language="ko")) == expected


@pytest.mark.parametrize(("minutes", "expected"), [(600, ()), (599, (Condition.EXPERIENCE,))])
def test_exactly_the_experience_asked_for_is_enough(minutes, expected):
    assert of(volunteer(total_minutes=minutes), post(min_experience_minutes=600)) == expected


def test_the_edge_of_the_radius_is_in_reach():
    far = shift(lat=40.2)
    away_km = distance_km(Point(40.0, 124.0), Point(40.2, 124.0))

    assert of(volunteer(radius_km=away_km), stretch=far) == ()
    assert of(volunteer(radius_km=away_km - 0.001), stretch=far) == (Condition.REACH,)


@pytest.mark.parametrize("unknown", [{"lat": None, "lng": None}, {"lat": None}])
def test_an_unknown_place_is_not_out_of_reach(unknown):
    assert of(volunteer(radius_km=0.0, **unknown)) == ()
    assert of(volunteer(radius_km=0.0), stretch=shift(**unknown)) == ()


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (Window(MONDAY, NINE, ELEVEN), ()),
        (Window(MONDAY, NINE + 1, ELEVEN), (Condition.WINDOW,)),
        (Window(MONDAY, NINE, ELEVEN - 1), (Condition.WINDOW,)),
        (Window(TUESDAY, NINE, ELEVEN), (Condition.WINDOW,)),
    ],
)
def test_the_shift_must_lie_within_a_window_of_its_weekday(window, expected):
    assert of(volunteer(windows=(window,))) == expected


def test_two_windows_that_touch_do_not_make_one():
    halves = (Window(MONDAY, NINE, NINE + 60), Window(MONDAY, NINE + 60, ELEVEN))

    assert of(volunteer(windows=halves)) == (Condition.WINDOW,)


def test_a_window_holds_in_every_week():
    next_monday = shift(start=7 * 1440 + NINE)

    assert of(volunteer(windows=(Window(MONDAY, NINE, ELEVEN),)), stretch=next_monday) == ()


def test_no_windows_means_never_and_windows_not_stated_means_perhaps():
    assert of(volunteer(windows=())) == (Condition.WINDOW,)
    assert of(volunteer(windows=None)) == ()


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ((NINE, ELEVEN), ()),
        ((NINE + 1, ELEVEN), (Condition.WINDOW,)),
        ((NINE, ELEVEN - 1), (Condition.WINDOW,)),
    ],
)
def test_hours_on_a_single_day_are_as_good_as_a_window(hours, expected):
    assert of(volunteer(windows=(), extra_hours={0: (hours,)})) == expected


def test_hours_on_a_single_day_are_not_of_every_week():
    next_monday = shift(start=7 * 1440 + NINE)

    assert of(volunteer(windows=(), extra_hours={0: ((0, 1440),)}), stretch=next_monday) == (
        Condition.WINDOW,
    )


def test_an_excluded_day_beats_hours_on_it():
    person = volunteer(extra_hours={0: ((0, 1440),)}, blackout_days=frozenset({0}))

    assert of(person) == (Condition.BLACKOUT,)


@pytest.mark.parametrize(("until", "expected"), [(NINE, ()), (NINE + 1, (Condition.REST,))])
def test_a_break_may_end_when_the_shift_starts(until, expected):
    assert of(volunteer(rests_until=until)) == expected


@pytest.mark.parametrize("kind", ["is_for_adults", "is_for_reserve"])
@pytest.mark.parametrize(("adult_from", "expected"), [(NINE, ()), (NINE + 1, (Condition.AGE,))])
def test_danger_is_for_those_who_are_of_age_when_the_shift_starts(kind, adult_from, expected):
    person = volunteer(adult_from=adult_from, is_in_reserve=True)

    assert of(person, post(**{kind: True})) == expected
    assert of(person) == ()


@pytest.mark.parametrize(("adult_from", "expected"), [(NINE, ()), (NINE + 1, (Condition.CONSENT,))])
def test_a_guardian_is_asked_until_one_is_of_age(adult_from, expected):
    assert of(volunteer(adult_from=adult_from, needs_consent=True)) == expected


def test_a_call_in_an_emergency_is_for_the_reserve():
    assert of(work=post(is_for_reserve=True)) == (Condition.RESERVE,)
    assert of(volunteer(is_in_reserve=True), post(is_for_reserve=True)) == ()


def test_a_post_may_need_a_car():
    assert of(work=post(needs_transport=True)) == (Condition.TRANSPORT,)
    assert of(volunteer(has_transport=True), post(needs_transport=True)) == ()


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, (Condition.WISH,)),
        ({"wishes": frozenset({"farmer"})}, (Condition.WISH,)),
        ({"wishes": frozenset({"school"})}, ()),
        ({"wishes": frozenset({"elderly"})}, ()),
        ({"wished_campaigns": frozenset({"caravan"})}, ()),
        ({"wished_campaigns": frozenset({""})}, (Condition.WISH,)),
    ],
)
def test_nothing_but_what_they_asked_for_when_they_say_so(wanted, expected):
    fair = shift(also_for=frozenset({"elderly"}), campaign="caravan")

    assert of(volunteer(wants_only_wishes=True, **wanted), stretch=fair) == expected
    assert of(volunteer(**wanted), stretch=fair) == ()


def test_who_wants_no_suggestions_is_never_proposed():
    assert of(volunteer(wants_suggestions=False)) == (Condition.SUGGESTIONS,)


@pytest.mark.parametrize(("day", "expected"), [(0, (Condition.BLACKOUT,)), (7, ())])
def test_an_excluded_day_is_a_date_and_not_a_weekday(day, expected):
    assert of(volunteer(blackout_days=frozenset({day}))) == expected


def test_a_declined_shift_is_not_offered_again():
    assert of(declined=(Declined(1, 1),)) == (Condition.DECLINED,)
    assert of(declined=(Declined(1, 2), Declined(2, 1))) == ()


@pytest.mark.parametrize(("most", "expected"), [(240, ()), (239, (Condition.WEEK_MINUTES,))])
def test_what_is_taken_elsewhere_counts_towards_the_week(most, expected):
    elsewhere = Taken(volunteer_id=1, start=1440, end=1440 + 120, venue_id=1)

    assert of(volunteer(max_minutes_week=most), taken=(elsewhere,)) == expected


def test_another_week_does_not_count():
    before = Taken(volunteer_id=1, start=-1440, end=-1440 + 120, venue_id=1)

    assert of(volunteer(max_minutes_week=120), taken=(before,)) == ()


@pytest.mark.parametrize(("free_from", "expected"), [(NINE, ()), (NINE + 1, (Condition.BUSY,))])
def test_at_the_same_venue_one_stretch_may_follow_another_at_once(free_from, expected):
    earlier = Taken(volunteer_id=1, start=NINE - 60, end=free_from, venue_id=1)

    assert of(taken=(earlier,)) == expected


# 20.015 km as the crow flies are 27.02 km of road, so 36.03 minutes: 37 and a buffer of 15.
@pytest.mark.parametrize(("gap", "expected"), [(52, ()), (51, (Condition.BUSY,))])
def test_between_venues_there_must_be_time_to_travel(gap, expected):
    elsewhere = Taken(
        volunteer_id=1, start=ELEVEN + gap, end=ELEVEN + 200, lat=40.18, lng=124.0, venue_id=2
    )

    assert of(taken=(elsewhere,)) == expected


@pytest.mark.parametrize(("gap", "expected"), [(60, ()), (59, (Condition.BUSY,))])
def test_an_unknown_way_takes_a_cautious_hour(gap, expected):
    elsewhere = Taken(volunteer_id=1, start=ELEVEN + gap, end=ELEVEN + 200)

    assert of(taken=(elsewhere,)) == expected


def test_two_stretches_without_a_venue_are_not_at_the_same_one():
    nowhere = shift(venue_id=None, lat=None)
    next_to_it = Taken(volunteer_id=1, start=ELEVEN + 59, end=ELEVEN + 200)

    assert of(stretch=nowhere, taken=(next_to_it,)) == (Condition.BUSY,)


def test_an_accepted_post_in_the_same_shift_is_in_the_way():
    both = problem(posts=[post(1), post(2)], pins=(Pin(1, 2),))

    assert refusals(both, 1, 1) == (Condition.BUSY,)
    assert refusals(both, 1, 2) == ()


def test_every_failed_condition_is_named_in_order():
    person = volunteer(windows=(), radius_km=0.0, blackout_days=frozenset({0}))

    assert of(person, post(skills={"host": 1}), shift(lat=40.1)) == (
        Condition.SKILL,
        Condition.WINDOW,
        Condition.BLACKOUT,
        Condition.REACH,
    )
