from __future__ import annotations

import pytest
from sqlalchemy import true

from tests import factories
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from volunteer_hub.assignments import queries
from volunteer_hub.assignments.models import State
from volunteer_hub.assignments.queries import PostCount, Staffing
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError


def test_staffing_counts_people_and_places_of_each_event(app):
    event, empty = factories.event(), factories.event()
    shift = factories.shift(event)
    first = factories.post(shift, min_people=1, max_people=2)
    factories.post(factories.shift(event), min_people=2, max_people=3)
    for state in State:
        factories.assignment(first, state=state)

    ids = [event.id, empty.id]

    with counted_queries() as statements:
        found = queries.staffing(ids)

    assert found == {
        ids[0]: Staffing(accepted=1, min_people=3, max_people=5, invited=1),
        ids[1]: Staffing(),
    }
    assert len(statements) == 2
    assert queries.staffing([]) == {}


def test_post_counts_name_every_post_of_the_event(app):
    shift = factories.shift()
    first, second = factories.post(shift), factories.post(shift)
    factories.post()
    factories.assignment(first)
    factories.assignment(first, state=State.INVITED)

    assert queries.post_counts(shift.event_id) == {
        first.id: PostCount(accepted=1, invited=1),
        second.id: PostCount(),
    }


def test_those_who_agreed_come_by_shift_post_and_name_with_all_that_is_shown(app):
    event = factories.event()
    late = factories.post(factories.shift(event, starts_at=event.starts_at + HOUR))
    early = factories.post(factories.shift(event))
    rows = [factories.assignment(late), factories.assignment(early), factories.assignment(early)]
    rows[2].volunteer.person.pinyin = "aa"
    factories.assignment(early, state=State.INVITED)
    db.session.commit()
    expected, event_id = [rows[2].id, rows[1].id, rows[0].id], event.id
    db.session.expire_all()

    with counted_queries() as statements:
        found = queries.accepted_for_event(event_id)
        shown = [(row.id, row.volunteer.person.name, row.post.shift.title) for row in found]

    assert [row_id for row_id, *_ in shown] == expected
    assert len(statements) == 1


def test_a_pass_is_found_by_its_hash_alone(app):
    row = factories.assignment()

    assert queries.assignment_by_pass_hash(row.pass_hash).id == row.id
    with pytest.raises(NotFoundError):
        queries.assignment_by_pass_hash("0" * 24)


def test_a_persons_assignments_come_in_order_and_without_the_distant_past(app):
    volunteer = factories.volunteer()
    posts = [
        factories.post(factories.shift(factories.event(starts_at=NOON + days * 24 * HOUR)))
        for days in (3, 1, -10, -500)
    ]
    rows = [factories.assignment(post, volunteer) for post in posts]
    factories.assignment()

    found = queries.assignments_of_person(volunteer.person_id, now=NOON)

    assert [row.id for row in found] == [rows[2].id, rows[1].id, rows[0].id]


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("小禾", True),
        ("LinXiao", True),
        ("lin xiao he", True),
        ("lx", True),
        ("4321", True),
        ("654321", True),
        ("l", False),
        ("321", False),
        ("", False),
        ("%", False),
        ("__", False),
        ("王", False),
    ],
)
def test_volunteers_are_found_by_name_pinyin_and_the_end_of_their_number(app, text, is_found):
    factories.volunteer(who=factories.person("林小禾", "13987654321"))

    assert bool(queries.search_volunteers(text, true())) is is_found


def test_paused_and_erased_people_are_not_found(app):
    paused, erased = factories.volunteer(), factories.volunteer()
    paused.is_paused, erased.person.erased_at = True, NOON
    db.session.commit()

    assert queries.search_volunteers("林", true()) == []
