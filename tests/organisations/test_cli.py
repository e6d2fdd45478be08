from __future__ import annotations

import re

from sqlalchemy import func, select

from tests import factories
from volunteer_hub.accounts import actions as accounts
from volunteer_hub.accounts.models import Person
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations.models import Appointment


def create(app, *arguments):
    return app.test_cli_runner().invoke(args=["accounts", "create-office", *arguments])


def test_the_first_office_person_signs_in_with_the_printed_code(app):
    result = create(app, "吴办示", "138 0013 8000")
    assert result.exit_code == 0, result.output
    code = re.search(r"\b(\d{6})\b", result.output).group(1)
    client = app.test_client()
    response = client.post("/sign-in/code/enter", data={"contact": "13800138000", "code": code})
    assert response.location == "/organise"


def test_running_it_again_appoints_nobody_twice(app):
    create(app, "吴办示", "13800138000")
    assert create(app, "吴办示", "13800138000").exit_code == 0
    assert db.session.scalar(select(func.count(Person.id))) == 1
    assert db.session.scalar(select(func.count(Appointment.id))) == 1


def test_of_a_family_behind_one_phone_nobody_else_gets_the_office(app):
    factories.person("高粱", phone="13800138000")
    with transaction():
        accounts.create_person("高粱穗", "13800138000", now=factories.NOON, shares=True)

    assert create(app, "吴办示", "13800138000").exit_code == 1
    assert create(app, "高粱穗", "13800138000").exit_code == 0

    (office,) = db.session.scalars(select(Appointment))
    assert db.session.get(Person, office.person_id).name == "高粱穗"


def test_a_township_has_no_office_and_nobody_is_left_behind(app):
    for region in ("210682118", "999999", ""):
        assert create(app, "吴办示", "13800138000", "--region", region).exit_code == 1
    assert db.session.scalar(select(func.count(Person.id))) == 0


def test_odd_names_and_contacts_are_refused(app):
    assert create(app, "吴办示", "123").exit_code == 2
    assert create(app, "😀", "13800138000").exit_code == 2
