"""What holds for every plan, over problems made to be tight and odd."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.matching.builders import post, problem, shift, volunteer
from volunteer_hub.matching import (
    Declined,
    Limits,
    Method,
    Pin,
    Priority,
    Taken,
    Window,
    bound,
    check,
    refusals,
    solve,
)
from volunteer_hub.matching.roster import Roster

SKILLS = ("a", "b")
STANDINGS = (
    {},
    {"adult_from": 700, "needs_consent": True},
    {"adult_from": 99999, "has_transport": True},
    {"is_in_reserve": True, "extra_hours": {0: ((480, 720),)}},
    {"rests_until": 600, "wished_campaigns": frozenset({"c"}), "wants_only_wishes": True},
    {"wants_suggestions": False},
)
NEEDS = ({}, {"is_for_adults": True}, {"is_for_reserve": True}, {"needs_transport": True})
WINDOWS = (Window(0, 480, 720), Window(0, 600, 1080), Window(1, 0, 1440))


@st.composite
def volunteers(draw, number):
    return volunteer(
        number,
        lat=draw(st.sampled_from((40.0, 40.1, None))),
        radius_km=draw(st.sampled_from((5.0, 50.0))),
        skills=draw(st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 3))),
        windows=draw(st.none() | st.lists(st.sampled_from(WINDOWS), max_size=3).map(tuple)),
        blackout_days=draw(st.frozensets(st.integers(0, 1), max_size=1)),
        max_minutes_week=draw(st.sampled_from((120, 240, 600))),
        total_minutes=draw(st.sampled_from((0, 1800))),
        reliability=draw(st.sampled_from((0.4, 0.9))),
        team=draw(st.sampled_from((None, "t"))),
        **draw(st.sampled_from(STANDINGS)),
    )


@st.composite
def shifts(draw, number):
    venue = draw(st.sampled_from((None, 1, 2)))
    return shift(
        number,
        start=draw(st.integers(0, 1)) * 1440 + draw(st.sampled_from((480, 540, 600, 720))),
        minutes=draw(st.sampled_from((60, 120))),
        lat=None if venue is None else 39.9 + venue / 10,
        venue_id=venue,
        priority=draw(st.sampled_from(Priority)),
        experienced_people=draw(st.integers(0, 1)),
        campaign=draw(st.sampled_from(("", "c"))),
    )


@st.composite
def posts(draw, number, shift_count):
    people = draw(st.integers(0, 2))
    return post(
        number,
        shift_id=draw(st.integers(1, shift_count)),
        min_people=people,
        max_people=people + draw(st.integers(0, 1)),
        skills=draw(st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 2), max_size=1)),
        **draw(st.sampled_from(NEEDS)),
    )


@st.composite
def problems(draw):
    people, stretches, works = (draw(st.integers(1, most)) for most in (5, 4, 5))
    pairs = st.tuples(st.integers(1, people), st.integers(1, works)).map(lambda each: Pin(*each))
    return problem(
        [draw(volunteers(number)) for number in range(1, people + 1)],
        [draw(shifts(number)) for number in range(1, stretches + 1)],
        [draw(posts(number, stretches)) for number in range(1, works + 1)],
        taken=tuple(
            Taken(volunteer_id=who, start=start, end=start + 60, venue_id=1)
            for who, start in draw(
                st.lists(st.tuples(st.integers(1, people), st.integers(400, 900)), max_size=2)
            )
        ),
        pins=tuple(draw(st.lists(pairs, max_size=2, unique=True))),
        previous=tuple(draw(st.lists(pairs, max_size=2, unique=True))),
        declined=tuple(
            Declined(who, stretch)
            for who, stretch in draw(
                st.lists(st.tuples(st.integers(1, people), st.integers(1, stretches)), max_size=2)
            )
        ),
        fill_to=draw(st.sampled_from(("min", "max"))),
    )


def can_join(given_problem, assignments, volunteer_id, post_id):
    """Whether the volunteer may take the post next to these assignments, asked one by one."""
    if (volunteer_id, post_id) in assignments:
        return False
    return not refusals(replace(given_problem, pins=tuple(assignments)), volunteer_id, post_id)


def single_moves(given_problem, assignments, post_id):
    """Yield every way to fill one seat of the post by one person joining, or moving over."""
    people = [each.id for each in given_problem.volunteers]
    minimum = {each.id: each.min_people for each in given_problem.posts}
    for who in people:
        if can_join(given_problem, assignments, who, post_id):
            yield who
    for pin in set(assignments) - set(given_problem.pins):
        rest = [each for each in assignments if each != pin]
        if pin.post_id == post_id or not can_join(given_problem, rest, pin.volunteer_id, post_id):
            continue
        if sum(each.post_id == pin.post_id for each in rest) >= minimum[pin.post_id]:
            yield pin
        moved = [*rest, Pin(pin.volunteer_id, post_id)]
        for who in people:
            if who != pin.volunteer_id and can_join(given_problem, moved, who, pin.post_id):
                yield pin, who


@given(problems())
@settings(max_examples=150, deadline=None)
def test_a_plan_breaks_no_rule_that_the_pins_do_not_break_already(given_problem):
    plan = solve(given_problem)

    assert check(given_problem, plan) == list(plan.violations)
    assert given_problem.pins or not plan.violations
    assert set(given_problem.pins) <= set(plan.assignments)


@given(problems())
@settings(max_examples=100, deadline=None)
def test_no_seat_stays_open_that_one_move_could_fill(given_problem):
    plan = solve(given_problem)

    for shortage in plan.unfilled:
        assert list(single_moves(given_problem, plan.assignments, shortage.post_id)) == []


@given(problems())
@settings(max_examples=100, deadline=None)
def test_searching_longer_never_makes_a_plan_worse(given_problem):
    search = Limits(method=Method.SEARCH)
    greedy = solve(given_problem, limits=replace(search, chain_depth=0, polish_rounds=0))
    chains = solve(given_problem, limits=replace(search, polish_rounds=0))
    polished = solve(given_problem, limits=search)
    best = solve(given_problem)

    assert greedy.score.total <= chains.score.total <= polished.score.total <= best.score.total
    assert best.score.total == best.bound == bound(given_problem)


@given(problems(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_changes_to_a_roster_add_up_and_can_be_taken_back(given_problem, chance):
    roster = Roster(given_problem)
    start, mark, pinned = roster.total, roster.mark(), roster.assignments()
    for post_id, worths in roster.worths.items():
        for volunteer_id in worths:
            if volunteer_id not in roster.people[post_id] and chance.random() < 0.5:
                gain, before = roster.gain(volunteer_id, post_id), roster.total
                roster.add(volunteer_id, post_id)
                assert roster.total == before + gain

    roster.undo(mark)

    assert (roster.total, roster.assignments()) == (start, pinned)


@given(problems())
@settings(max_examples=50, deadline=None)
def test_the_plan_is_the_same_in_whatever_order_the_parts_come(given_problem):
    turned = replace(
        given_problem,
        **{
            part: getattr(given_problem, part)[::-1]
            for part in ("volunteers", "shifts", "posts", "taken", "pins", "previous", "declined")
        },
    )

    assert solve(turned) == solve(given_problem)
