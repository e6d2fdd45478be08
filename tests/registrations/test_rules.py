from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import HOUR, NOON
from volunteer_hub.registrations import rules
from volunteer_hub.registrations.actions import ERRORS
from volunteer_hub.registrations.rules import Refusal, RegistrationDraft, Taken, Terms


def terms(**more):
    values = {
        "is_cancelled": False, "is_closed": False, "takes_registrations": True,
        "ends_at": NOON, "capacity": None, "max_companions": 2,
    }  # fmt: skip
    return Terms(**{**values, **more})


@pytest.mark.parametrize(
    ("seconds", "expected"), [(-1, None), (0, Refusal.ENDED), (1, Refusal.ENDED)]
)
def test_the_end_itself_is_too_late(seconds, expected):
    assert rules.closed(terms(), now=NOON + timedelta(seconds=seconds)) is expected


def test_the_first_reason_counts():
    gone = {"is_cancelled": True, "is_closed": True, "takes_registrations": False}

    assert rules.closed(terms(**gone), now=NOON) is Refusal.CANCELLED
    assert rules.closed(terms(takes_registrations=False), now=NOON) is Refusal.ENDED
    assert rules.closed(terms(takes_registrations=False), now=NOON - HOUR) is Refusal.NOT_NEEDED


@pytest.mark.parametrize(
    ("capacity", "taken", "companions", "expected"),
    [
        (None, 1000, 2, None),
        (3, 0, 2, None),
        (3, 1, 2, Refusal.FULL),
        (3, 3, 0, Refusal.FULL),
        (3, 9, 0, Refusal.FULL),
        (3, 0, 3, Refusal.TOO_MANY_COMPANIONS),
    ],
)
def test_companions_need_places_as_well(capacity, taken, companions, expected):
    verdict = rules.refusal(
        terms(capacity=capacity),
        taken=Taken(taken),
        draft=RegistrationDraft(companions=companions),
        now=NOON - HOUR,
    )

    assert verdict is expected


def test_who_comes_while_others_wait_comes_after_them():
    some = terms(capacity=9)
    asked = {"draft": RegistrationDraft(), "now": NOON - HOUR}

    assert rules.refusal(some, taken=Taken(1, waiting=1), **asked) is Refusal.FULL
    assert rules.refusal(some, taken=Taken(4, kept=5), **asked) is Refusal.FULL
    assert rules.refusal(some, taken=Taken(4, kept=4), **asked) is None
    assert rules.places_left(some, Taken(1, waiting=1)) == 0
    assert rules.free_places(some, Taken(4, kept=4, waiting=1)) == 1


def test_places_left_are_never_below_none():
    assert rules.places_left(terms(capacity=3), Taken(9)) == 0
    assert rules.places_left(terms(capacity=3), Taken(1)) == 2
    assert rules.places_left(terms(), Taken(9)) is None


def test_every_refusal_has_words():
    assert set(ERRORS) == set(Refusal)
