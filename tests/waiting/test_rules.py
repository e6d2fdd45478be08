from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from volunteer_hub.core.clock import LOCAL
from volunteer_hub.waiting import rules
from volunteer_hub.waiting.rules import OfferState, Party, Refusal

HOUR = timedelta(hours=1)


def parties(*sizes, passed=0):
    return [Party(number, people, passed) for number, people in enumerate(sizes)]


def local(day, hour, minute=0):
    return datetime(2026, 9, day, hour, minute, tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("sizes", "free", "offered"),
    [
        ([], 3, ()),
        ([1, 1, 1], 2, (0, 1)),
        ([1], 0, ()),
        ([1], -4, ()),
        ([3, 1], 3, (0,)),
        ([2, 3, 1], 4, (0, 2)),
        ([3, 3], 2, ()),
    ],
)
def test_places_go_in_order_to_parties_that_fit(sizes, free, offered):
    assert rules.next_turn(parties(*sizes), free=free, saves=True).offered == offered


def test_a_large_party_is_passed_three_times_and_then_saved_for():
    queue = parties(3, 1, 1, 1, 1, 1)

    turn = rules.next_turn(queue, free=2, saves=True)
    assert (turn.offered, turn.passed) == ((1, 2), ((0, 2),))

    left = [Party(0, 3, 2), *queue[3:]]
    turn = rules.next_turn(left, free=2, saves=True)
    assert (turn.offered, turn.passed) == ((3,), ((0, 3),))

    left = [Party(0, 3, 3), *queue[4:]]
    assert rules.next_turn(left, free=2, saves=True) == rules.Turn()
    assert rules.next_turn(left, free=3, saves=True).offered == (0,)
    assert rules.next_turn(left, free=2, saves=False).offered == (4, 5)


@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(0, 4)), max_size=12),
    st.integers(-2, 20),
    st.booleans(),
)
def test_never_more_places_than_there_are_and_nobody_is_passed_too_often(queue, free, saves):
    waiting = [Party(number, *each) for number, each in enumerate(queue)]

    turn = rules.next_turn(waiting, free=free, saves=saves)

    assert sum(waiting[each].people for each in turn.offered) <= max(0, free)
    assert list(turn.offered) == sorted(turn.offered)
    for entry_id, times in turn.passed:
        behind = [each for each in turn.offered if each > entry_id]
        assert times == waiting[entry_id].passed + len(behind)
        assert not saves or waiting[entry_id].passed < rules.MOST_PASSED >= times
    for party in waiting:
        if saves and party.passed >= rules.MOST_PASSED and party.entry_id not in turn.offered:
            assert all(each < party.entry_id for each in turn.offered)


@pytest.mark.parametrize(
    ("now", "starts_at", "until"),
    [
        (local(5, 12), local(12, 12), local(6, 12)),  # a day at most
        (local(5, 12), local(5, 20), local(5, 14)),  # a quarter of the time left
        (local(5, 12), local(5, 13), local(5, 12, 30)),  # half an hour at least
        (local(5, 12, 50), local(5, 13), local(5, 13)),  # never beyond the start
        (local(5, 23), local(6, 15), local(6, 9)),  # told at seven, a quarter from then on
        (local(5, 18), local(6, 14), local(5, 23) + 9 * HOUR),  # no end in the night
        (local(5, 23), local(12, 12), local(7, 8)),  # nor at the moment of waking
        (local(5, 23), local(6, 7, 15), local(6, 7, 15)),  # a night that cannot be waited for
    ],
)  # fmt: skip
def test_how_long_an_offer_stands(now, starts_at, until):
    found = rules.stands_until(now, starts_at=starts_at.astimezone(UTC))

    assert found == min(until, starts_at)
    assert now < found <= starts_at


def test_an_offer_made_at_night_is_told_in_the_morning_when_that_is_soon_enough():
    night = local(5, 23)

    assert rules.heard_at(night, starts_at=local(6, 9)) == local(6, 7)
    assert rules.heard_at(night, starts_at=local(6, 7, 15)) == night
    assert rules.heard_at(local(5, 12), starts_at=local(6, 9)) == local(5, 12)


@pytest.mark.parametrize(
    ("state", "late", "why_not"),
    [
        (OfferState.OPEN, -1, None),
        (OfferState.OPEN, 0, Refusal.EXPIRED),
        (OfferState.EXPIRED, -1, Refusal.EXPIRED),
        (OfferState.DECLINED, -1, Refusal.GONE),
        (OfferState.TAKEN_BACK, -1, Refusal.GONE),
    ],
)
def test_when_an_offer_can_be_accepted(state, late, why_not):
    expires_at = local(5, 12)
    now = expires_at + timedelta(seconds=late)

    assert rules.refusal(state, expires_at=expires_at, now=now) is why_not
