"""Whom to ask for one post, and in which order."""

from __future__ import annotations

from tests.matching.builders import post, problem, shift, volunteer
from volunteer_hub.matching import (
    Condition,
    Parts,
    Pin,
    Plan,
    ReasonCode,
    Verdict,
    explain,
    rank,
)


def ids(candidates):
    return [candidate.volunteer_id for candidate in candidates]


def codes(candidate):
    return [reason.code for reason in candidate.reasons]


def test_the_best_come_first_and_equals_by_id():
    given = problem([volunteer(3), volunteer(2), volunteer(1, reliability=0.5)])

    assert ids(rank(given, 1)) == [2, 3, 1]
    assert ids(rank(given, 1, limit=2)) == [2, 3]


def test_each_part_of_the_score_is_told():
    person = volunteer(
        skills={"host": 2},
        wishes=frozenset({"school"}),
        reliability=0.93,
        minutes_90d=900,
        total_minutes=900,
    )
    [candidate] = rank(problem([person], posts=[post(skills={"host": 1})]), 1)

    assert candidate.parts == Parts(
        fit=240, distance=250, wish=200, reliability=139, rotation=75, availability=0
    )
    assert candidate.score == 904
    assert codes(candidate) == [
        ReasonCode.SKILL,
        ReasonCode.DISTANCE,
        ReasonCode.AVAILABLE,
        ReasonCode.WISHED_AUDIENCE,
        ReasonCode.RELIABLE,
    ]


def test_what_is_not_known_has_to_be_asked():
    [nowhere] = rank(problem([volunteer(lat=None, lng=None)]), 1)
    [whenever] = rank(problem([volunteer(windows=None)]), 1)

    assert (nowhere.verdict, whenever.verdict) == (Verdict.TO_CONFIRM, Verdict.TO_CONFIRM)
    assert ReasonCode.DISTANCE_UNKNOWN in codes(nowhere)
    assert ReasonCode.AVAILABILITY_NOT_STATED in codes(whenever)
    assert (nowhere.parts.distance, whenever.parts.availability) == (0, -120)


def test_an_approximate_place_is_said_to_be_one():
    [candidate] = rank(problem([volunteer(is_location_approximate=True)], [shift(lat=40.05)]), 1)

    assert candidate.reasons[0].code is ReasonCode.DISTANCE_APPROXIMATE
    assert candidate.reasons[0].values == {"km": 5.6}


def test_people_who_fail_a_condition_are_ranked_only_when_asked_for_and_last():
    given = problem(
        [volunteer(1, windows=()), volunteer(2, reliability=0.1), volunteer(3, windows=(), lat=41)]
    )

    assert ids(rank(given, 1)) == [2]
    with_near_misses = rank(given, 1, with_near_misses=True)
    assert ids(with_near_misses) == [2, 1]
    assert with_near_misses[1].verdict is Verdict.NEAR_MISS
    assert with_near_misses[1].refusals == (Condition.WINDOW,)
    assert explain(given, Plan(), 3, 1).candidate.verdict is Verdict.UNSUITABLE
    assert codes(with_near_misses[1])[0] is ReasonCode.NOT_AVAILABLE


def test_whoever_holds_the_post_is_not_asked_again():
    given = problem([volunteer(1), volunteer(2)], pins=(Pin(1, 1),))

    assert ids(rank(given, 1)) == [2]


def test_other_accepted_work_lowers_the_score_and_team_mates_raise_it():
    given = problem(
        [volunteer(1, team="t"), volunteer(2, team="t"), volunteer(3)],
        [shift(1), shift(2, start=1440 + 540)],
        [post(1, people=2), post(2, shift_id=2)],
        pins=(Pin(1, 1), Pin(3, 2)),
    )

    mate, busy = rank(given, 1)

    assert (mate.volunteer_id, mate.parts.team, mate.parts.load) == (2, 60, 0)
    assert (busy.volunteer_id, busy.parts.team, busy.parts.load) == (3, 0, -60)
    assert mate.reasons[-1].code is ReasonCode.TEAM_MATES


def test_a_proposal_already_made_counts_for_them():
    [candidate] = rank(problem(previous=(Pin(1, 1),)), 1)

    assert candidate.parts.kept == 200
    assert candidate.reasons[-1].code is ReasonCode.KEPT


def test_newcomers_and_the_rested_are_pointed_out():
    given = problem([volunteer(1), volunteer(2, total_minutes=1800)])

    newcomer, old_hand = rank(given, 1)

    assert ReasonCode.FIRST_TIME in codes(newcomer)
    assert ReasonCode.RELIABLE not in codes(newcomer)
    assert codes(old_hand)[-3:] == [
        ReasonCode.EXPERIENCED,
        ReasonCode.RESTED,
        ReasonCode.RELIABLE,
    ]
