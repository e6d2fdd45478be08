from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import HOUR, NOON
from volunteer_hub.resources.rules import (
    Busy,
    Candidate,
    Kind,
    Need,
    Purpose,
    ResourceFacts,
    Span,
    Standing,
    State,
    booking_problem,
    fits,
    free_spans,
    is_hindered,
    may_drive,
    standing,
    verdicts,
)

FAR = date(2030, 1, 1)
USE = Span(NOON, NOON + 3 * HOUR)


def caravan(number=1, **more):
    given = {"kind": Kind.VEHICLE, "seats": 12, "valid_until": FAR, **more}
    return ResourceFacts(id=number, **given)


def driver(number=1, **more):
    given = {"kind": Kind.DRIVER, "licence_class": "B1", "valid_until": FAR, **more}
    return ResourceFacts(id=number, **given)


def taken(start, end, of=1, purpose=Purpose.EVENT):
    return Busy(of, Span(NOON + start * HOUR, NOON + end * HOUR), purpose, "别的活动")


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (-3, 0, Standing.FREE),
        (-3, 0.5, Standing.TAKEN),
        (1, 2, Standing.TAKEN),
        (2.9, 9, Standing.TAKEN),
        (3, 9, Standing.FREE),
    ],
)
def test_one_use_may_begin_when_another_ends_and_not_before(start, end, expected):
    assert standing(caravan(), USE, [taken(start, end)])[0] is expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (-9, -1, Standing.FREE),
        (-9, -0.9, Standing.TAKEN),
        (5, 9, Standing.FREE),
        (4.9, 9, Standing.TAKEN),
    ],
)
def test_the_time_before_and_after_is_kept_free(start, end, expected):
    with_way = caravan(before=HOUR, after=2 * HOUR)
    assert standing(with_way, USE, [taken(start, end)])[0] is expected


def test_what_others_booked_of_another_resource_is_no_matter():
    assert standing(caravan(1), USE, [taken(0, 3, of=2)]) == (Standing.FREE, None)


def test_maintenance_is_named_before_a_booking():
    repair = taken(2, 4, purpose=Purpose.MAINTENANCE)
    assert standing(caravan(), USE, [taken(0, 1), repair]) == (Standing.MAINTENANCE, repair)


@pytest.mark.parametrize(
    ("valid_until", "use", "expected"),
    [
        (date(2026, 9, 4), USE, Standing.EXPIRED),
        (date(2026, 9, 5), USE, Standing.FREE),
        # Midnight in the city belongs to the day that ends there.
        (date(2026, 9, 5), Span(NOON, NOON + 12 * HOUR), Standing.FREE),
        (date(2026, 9, 5), Span(NOON, NOON + 13 * HOUR), Standing.EXPIRED),
        (None, USE, Standing.UNKNOWN),
    ],
)
def test_an_inspection_holds_for_its_last_day(valid_until, use, expected):
    assert standing(caravan(valid_until=valid_until), use, [])[0] is expected


def test_a_kit_has_no_date_and_what_is_retired_cannot_be_had():
    kit = ResourceFacts(id=1, kind=Kind.KIT)
    assert standing(kit, USE, [])[0] is Standing.FREE
    assert standing(caravan(is_active=False), USE, [taken(0, 1)])[0] is Standing.RETIRED


@pytest.mark.parametrize(
    ("licence", "seats", "expected"),
    [("C1", 9, True), ("C1", 10, False), ("B1", 19, True), ("B1", 20, False), ("A1", 45, True),
     ("C1", None, True), (None, None, False), ("Z9", 2, False)],
)  # fmt: skip
def test_a_licence_is_good_for_so_many_seats(licence, seats, expected):
    assert may_drive(licence, seats) is expected


def candidates(*resources, booked=(), busy=()):
    return [Candidate(each, standing(each, USE, busy)[0], each.id in booked) for each in resources]


def state(need, found):
    return verdicts([need], found)[0].state


BUS = Need(id=1, kind=Kind.VEHICLE, min_seats=12)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (candidates(caravan(), booked=[1]), State.MET),
        (candidates(caravan()), State.OPEN),
        (candidates(caravan(valid_until=None), booked=[1]), State.UNKNOWN),
        (candidates(caravan(valid_until=None)), State.UNKNOWN),
        (candidates(caravan(), busy=[taken(0, 1)]), State.CONFLICT),
        (candidates(caravan(valid_until=date(2026, 9, 1)), booked=[1]), State.UNAVAILABLE),
        (
            candidates(caravan(), busy=[taken(0, 1, purpose=Purpose.MAINTENANCE)]),
            State.UNAVAILABLE,
        ),
        (candidates(caravan(seats=11)), State.UNAVAILABLE),
        (candidates(caravan(seats=None)), State.UNAVAILABLE),
        (candidates(), State.UNAVAILABLE),
        # One that is taken does not matter while another is free.
        (candidates(caravan(1), caravan(2), busy=[taken(0, 1)]), State.OPEN),
    ],
)
def test_how_a_requirement_stands(found, expected):
    assert state(BUS, found) is expected


def test_two_are_needed_and_one_is_booked():
    two = Need(id=1, kind=Kind.VEHICLE, number=2)
    assert state(two, candidates(caravan(1), caravan(2), booked=[1])) is State.OPEN
    assert state(two, candidates(caravan(1), booked=[1])) is State.UNAVAILABLE
    assert state(two, candidates(caravan(1), caravan(2), booked=[1, 2])) is State.MET


def test_one_booking_meets_one_requirement():
    needs = [Need(id=1, kind=Kind.VEHICLE), BUS_TOO]
    found = candidates(caravan(1, seats=30), caravan(2, seats=5), booked=[1])

    assert [each.state for each in verdicts(needs, found)] == [State.OPEN, State.MET]


BUS_TOO = Need(id=2, kind=Kind.VEHICLE, min_seats=20)


def test_a_resource_that_is_asked_for_by_name_is_kept_for_that():
    needs = [Need(id=1, kind=Kind.KIT), Need(id=2, kind=Kind.KIT, resource_id=1)]
    kits = [ResourceFacts(id=number, kind=Kind.KIT) for number in (1, 2)]

    found = verdicts(needs, candidates(*kits, booked=[1]))

    assert [each.state for each in found] == [State.OPEN, State.MET]


def test_drivers_are_judged_by_what_they_may_drive():
    need = Need(id=1, kind=Kind.DRIVER, min_seats=12)
    assert fits(driver(), need)
    assert not fits(driver(licence_class="C1"), need)
    assert state(need, candidates(driver(licence_class="C1"), driver(2))) is State.OPEN


@given(
    st.lists(st.tuples(st.sampled_from([5, 12, 20]), st.booleans()), max_size=4),
    st.lists(st.sampled_from([None, 6, 13]), min_size=1, max_size=3),
)
def test_all_is_open_exactly_when_some_way_to_share_it_out_exists(vehicles, wanted):
    found = [
        Candidate(caravan(number, seats=seats), Standing.FREE if is_free else Standing.TAKEN)
        for number, (seats, is_free) in enumerate(vehicles)
    ]
    needs = [
        Need(id=number, kind=Kind.VEHICLE, min_seats=seats) for number, seats in enumerate(wanted)
    ]
    free = [each.resource for each in found if not is_hindered(each.standing)]
    exists = any(
        all(fits(resource, need) for resource, need in zip(chosen, needs, strict=True))
        for chosen in itertools.permutations(free, len(needs))
    )

    assert all(each.state is State.OPEN for each in verdicts(needs, found)) is exists


def test_free_spans_are_those_in_which_everything_is_free_and_known_to_be():
    spans = [Span(NOON + day * 24 * HOUR, NOON + (day * 24 + 3) * HOUR) for day in range(4)]
    needs = [BUS, Need(id=2, kind=Kind.DRIVER, min_seats=12)]
    resources = [caravan(1), driver(2), caravan(3, valid_until=None)]
    busy = [taken(24, 25, of=1), taken(49, 50, of=2)]

    assert free_spans(needs, resources, busy, spans) == [spans[0], spans[3]]


@pytest.mark.parametrize(
    ("start", "end", "is_fine"),
    [(1, 2, True), (-2, 1, True), (2, 2, False), (-2, 0, False), (1, 1 + 92 * 24, True),
     (1, 2 + 92 * 24, False)],
)  # fmt: skip
def test_for_when_something_can_be_booked(start, end, is_fine):
    problem = booking_problem(Span(NOON + start * HOUR, NOON + end * HOUR), now=NOON)
    assert (problem is None) is is_fine


@given(st.timedeltas(timedelta(0), timedelta(days=2)), st.timedeltas(timedelta(0), timedelta(1)))
def test_overlapping_is_mutual(shift, length):
    other = Span(NOON + shift, NOON + shift + length)
    assert USE.overlaps(other) is other.overlaps(USE)
