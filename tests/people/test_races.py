"""Two who take one list at the same moment, and the worker besides: nobody is entered twice."""

from __future__ import annotations

from collections import Counter
from threading import Thread

from sqlalchemy import func, select

from tests import factories
from tests.concurrency.races import PATIENCE_S, all_together
from tests.factories import NOON
from tests.people.test_lists import row, text_of
from volunteer_hub.core import sheets
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.people import actions, working
from volunteer_hub.people.errors import NotReadyError
from volunteer_hub.people.models import PeopleList
from volunteer_hub.people.rules import entries
from volunteer_hub.volunteers.models import Volunteer

PEOPLE = 9


def read_list(unit, by):
    content = text_of(*(row("王示例", number) for number in range(1, PEOPLE + 1)))
    headings = entries.find_headings(sheets.first_rows(content, 9))
    with transaction():
        list_id = actions.receive(unit.id, content, headings, by=by.id, now=NOON).id
    working.read_list(list_id, now=NOON)
    return list_id


def test_a_list_is_taken_once_however_many_press_the_button(app):
    unit = factories.organisation()
    by = factories.organiser(unit).id
    list_id = read_list(unit, factories.organiser(unit))

    def press():
        actions.begin_taking(list_id, by=by, now=NOON)

    assert Counter(map(type, all_together(app, [press] * 4))) == {type(None): 1, NotReadyError: 3}


def test_two_workers_enter_each_person_once(app, monkeypatch):
    monkeypatch.setattr("volunteer_hub.people.actions.lists.TAKEN_AT_ONCE", 2)
    unit = factories.organisation()
    by = factories.organiser(unit)
    list_id = read_list(unit, by)
    with transaction():
        actions.begin_taking(list_id, by=by.id, now=NOON)

    def work():
        with app.app_context():
            working.take_list(list_id, now=NOON)
            db.session.remove()

    db.session.remove()
    workers = [Thread(target=work) for _ in range(3)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(PATIENCE_S)
    assert db.session.get(PeopleList, list_id).taken_count == PEOPLE
    assert db.session.scalar(select(func.count(Volunteer.id))) == PEOPLE
