from __future__ import annotations

from sqlalchemy import func, select

from tests.factories import NOON, person
from volunteer_hub.accounts import actions, passwords
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction


def run(app, *arguments, text=None):
    return app.test_cli_runner().invoke(args=["accounts", *arguments], input=text)


def test_a_password_is_set_from_the_command_line(app):
    who = person(phone="13800138000")
    result = run(app, "set-password", "138 0013 8000", text="七里香和葡萄架下\n七里香和葡萄架下\n")
    assert result.exit_code == 0, result.output
    db.session.refresh(who)
    assert passwords.is_right("七里香和葡萄架下", who.password_hash)


def test_a_guessable_password_or_an_unknown_person_is_refused(app):
    who = person(phone="13800138000")
    assert run(app, "set-password", "13800138000", "--password", "dandong2026").exit_code == 1
    assert run(app, "set-password", "13900139000", "--password", "七里香和葡萄架下").exit_code == 1
    assert run(app, "set-password", "kepu", "--password", "七里香和葡萄架下").exit_code == 2
    db.session.refresh(who)
    assert who.password_hash is None
    assert db.session.scalar(select(func.count()).select_from(type(who))) == 1


def test_of_a_family_behind_one_phone_the_one_is_named(app):
    first = person("高粱", phone="13800138000")
    with transaction():
        second = actions.create_person("高粱穗", "13800138000", now=NOON, shares=True)
    new = ("--password", "七里香和葡萄架下")

    assert run(app, "set-password", "13800138000", *new).exit_code == 1
    assert run(app, "set-password", "13800138000", "--name", "别人", *new).exit_code == 1
    assert run(app, "set-password", "13800138000", "--name", "高粱穗", *new).exit_code == 0
    for each in (first, second):
        db.session.refresh(each)
    assert first.password_hash is None
    assert second.password_hash is not None
