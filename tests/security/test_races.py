"""Checks 25, 36: many at the same moment: limits hold, and one form does one thing.

On PostgreSQL it is also shown that without taking turns they would not. On SQLite one writer runs
at a time, so that there the race cannot be made to happen.
"""

from __future__ import annotations

from threading import Barrier, BrokenBarrierError

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from tests import factories
from tests.checkin.doors import all_at_once
from tests.client import CarefulClient
from tests.factories import NOON
from tests.security.requests import PHONE
from tests.security.world import KEPT_PASSWORD, PASSWORD, Visitor
from volunteer_hub.accounts import actions as accounts
from volunteer_hub.accounts import queries as people
from volunteer_hub.accounts.keyed import keyed
from volunteer_hub.accounts.models import SignInCode, SignInTry
from volunteer_hub.accounts.rules import Limit
from volunteer_hub.core import once
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.models import Event
from volunteer_hub.registrations.models import Registration

MANY = 8
FIVE = 5  # wrong passwords in a quarter of an hour


@pytest.fixture
def nobody_waits(database, monkeypatch):
    """Switch turns off; return whether that matters: writers on SQLite take turns anyway."""
    for module in (accounts, once):
        monkeypatch.setattr(module, "take_turns", lambda _name: None)
    return "postgresql" in database.url


def all_together(monkeypatch, module, name, number):
    """Let nobody go on after this read before everybody came to it."""
    read, barrier = getattr(module, name), Barrier(number, timeout=60)

    def read_and_wait(*args, **kwargs):
        found = read(*args, **kwargs)
        try:
            barrier.wait()
        except BrokenBarrierError:
            raise AssertionError("they took turns") from None
        return found

    monkeypatch.setattr(module, name, read_and_wait)


def in_transaction(app, act, number=MANY):
    def work(_index):
        try:
            with transaction():
                return act()
        except Exception as error:
            return error

    db.session.remove()
    return all_at_once(app, number, work)


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def try_password():
    return accounts.begin_password_try(PHONE, address="192.0.2.7", now=NOON)


def ask_for_code():
    return accounts.send_code(PHONE, address="192.0.2.7", now=NOON)


def test_of_many_passwords_at_once_five_are_checked(app):
    answers = in_transaction(app, try_password)

    assert answers.count(None) == FIVE
    assert answers.count(Limit.TOO_MANY) == MANY - FIVE
    assert count(SignInTry) == FIVE


def test_without_turns_more_passwords_would_be_checked(app, monkeypatch, nobody_waits):
    if nobody_waits:
        all_together(monkeypatch, people, "tries_from", MANY)

    answers = in_transaction(app, try_password)

    assert answers.count(None) == (MANY if nobody_waits else FIVE)


def test_of_many_who_ask_for_a_code_at_once_one_gets_it(app):
    answers = in_transaction(app, ask_for_code)

    assert answers.count(None) == 1
    assert answers.count(Limit.TOO_SOON) == MANY - 1
    assert count(SignInTry) == 1
    assert count(SignInCode) == 1


def test_without_turns_more_would_get_a_code(app, monkeypatch, nobody_waits):
    if nobody_waits:
        all_together(monkeypatch, people, "tries_from", MANY)

    answers = in_transaction(app, ask_for_code)

    assert answers.count(None) == (MANY if nobody_waits else 1)


def test_many_tries_from_one_address_are_counted_whoever_they_are_for(app):
    for _ in range(97):
        db.session.add(
            SignInTry(
                kind="code", contact_key="x", address_key=keyed("address", "192.0.2.7"),
                tried_at=NOON,
            )
        )  # fmt: skip
    db.session.commit()
    contacts = iter([f"1390000000{number}" for number in range(MANY)])

    def ask():
        return accounts.send_code(next(contacts), address="192.0.2.7", now=NOON)

    assert in_transaction(app, ask).count(None) == 3


def test_wrong_codes_typed_at_once_use_up_five_tries_and_then_the_code(app):
    factories.person(phone=PHONE, password_hash=KEPT_PASSWORD)
    with transaction():
        right = accounts.make_code(PHONE, now=NOON)
    wrong = "000000" if right != "000000" else "111111"

    answers = in_transaction(app, lambda: accounts.use_code(PHONE, wrong, now=NOON))

    assert all(answer.person_id is None for answer in answers)
    assert db.session.scalar(select(SignInCode.tries)) == FIVE
    with transaction():
        assert accounts.use_code(PHONE, right, now=NOON).person_id is None


def press_at_once(app, path, person=None):
    """Send one form many times at once; return where each led, or what went wrong."""
    browsers = [Visitor(app) for _ in range(MANY)]
    for browser in browsers if person else ():
        CarefulClient.sign_in(browser, person)

    def work(index):
        try:
            return browsers[index].press(path, {"request_key": "k" * 32}).location
        except Exception as error:
            return error

    db.session.remove()
    return all_at_once(app, MANY, work)


def copy_at_once(app):
    event = factories.event()
    person = db.session.get(factories.Person, event.created_by_id)
    return press_at_once(app, f"/organise/events/{event.id}/copy", person)


def test_one_form_sent_many_times_at_once_is_carried_out_once(app, at):
    at(NOON)

    answers = copy_at_once(app)

    assert len(set(answers)) == 1
    assert str(answers[0]).startswith("/organise/events/2")
    assert count(Event) == 2


def test_one_registration_sent_many_times_at_once_is_one(app, at):
    at(NOON)
    event_id = factories.event(capacity=100).id

    answers = press_at_once(app, f"/e/{event_id}/register")

    assert len(set(answers)) == 1
    assert str(answers[0]).startswith("/T/R")
    assert count(Registration) == 1


def test_without_turns_a_form_sent_twice_would_crash(app, at, monkeypatch, nobody_waits):
    at(NOON)
    if nobody_waits:
        all_together(monkeypatch, once, "first_answer", MANY)

    answers = copy_at_once(app)

    crashes = sum(isinstance(answer, IntegrityError) for answer in answers)
    assert crashes == (MANY - 1 if nobody_waits else 0)


def test_passwords_tried_on_many_phones_at_once_are_counted_before_they_are_checked(app, at):
    at(NOON)
    factories.person(phone=PHONE, password_hash=KEPT_PASSWORD)
    db.session.remove()

    def work(index):
        browser = Visitor(app)
        password = PASSWORD if index == MANY else f"{PASSWORD}{index}"
        return browser.press("/sign-in", {"contact": PHONE, "password": password}).status_code

    answers = all_at_once(app, MANY, work)

    assert sorted(answers) == [422] * FIVE + [429] * (MANY - FIVE)
