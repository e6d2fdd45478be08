"""A lost number is changed by two people of an office, and never by one."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from tests import factories
from tests.factories import NOON
from volunteer_hub.accounts import actions as accounts
from volunteer_hub.accounts import second, totp
from volunteer_hub.accounts.errors import ContactTakenError
from volunteer_hub.accounts.models import Person, SecondFactor, SignInCode
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations.queries import scope_of
from volunteer_hub.privacy import recovery
from volunteer_hub.privacy.errors import AlreadyDecidedError, SecondPersonError
from volunteer_hub.privacy.models import ContactChange

OLD, NEW = "13811110001", "13811110002"


@pytest.fixture(autouse=True)
def _noon(at):
    at(NOON)


@pytest.fixture
def lost(app):
    who = factories.person(phone=OLD)
    factories.volunteer(who=who)  # at home in county 210682
    return who


def ask(by, old=OLD, new=NEW):
    with transaction():
        return recovery.ask(old, new, "当面看了身份证", scope=scope_of(by.id), now=NOON).id


def decide(change_id, by, is_good=True):
    with transaction():
        recovery.decide(change_id, is_good=is_good, scope=scope_of(by.id), now=NOON)


def phone(who):
    db.session.rollback()
    return db.session.scalar(select(Person.phone).where(Person.id == who.id))


def test_one_asks_another_decides_and_the_old_phone_is_out(client, app, lost):
    first, other = factories.office(name="甲办示"), factories.office(name="乙办示")
    with transaction():
        shared = second.begin(lost.id, now=NOON)
        second.confirm(lost.id, totp.code_at(shared, totp.step_of(NOON)), now=NOON)
    old_phone = app.test_client()
    old_phone.sign_in(lost)
    client.sign_in(first)
    form = {"old": OLD, "new": "138 1111 0002", "reason": "当面看了身份证"}
    assert client.post("/office/contact-changes", data=form).status_code == 302
    change_id = db.session.scalar(select(ContactChange.id))
    assert "等另一位工作人员核实" in client.get("/office/contact-changes").text
    assert client.post(f"/office/contact-changes/{change_id}/approve").status_code == 409
    assert phone(lost) == OLD

    client.sign_in(other)
    assert "核实无误，更换" in client.get("/office/contact-changes").text
    assert client.post(f"/office/contact-changes/{change_id}/approve").status_code == 302

    assert phone(lost) == NEW
    assert old_phone.get("/me/account").status_code == 302
    assert db.session.scalars(select(SecondFactor)).all() == []
    assert [each.kind for each in db.session.scalars(select(OutboxMessage))] == ["contact_changed"]
    assert client.post(f"/office/contact-changes/{change_id}/approve").status_code == 409


def test_a_lost_number_is_worth_nothing_also_when_an_address_comes_in_its_place(app, lost):
    lost.password_hash = "x"
    db.session.commit()
    with transaction():
        accounts.make_code(OLD, now=NOON)
    decide(ask(factories.office(), new="new@example.cn"), factories.office())

    person = db.session.get(Person, lost.id)
    assert (person.phone, person.email, person.password_hash) == (None, "new@example.cn", None)
    assert db.session.scalars(select(SignInCode)).all() == []


def test_what_was_not_lost_is_kept(app, lost):
    lost.email = "old@example.cn"
    db.session.commit()
    decide(ask(factories.office(), old="old@example.cn", new="new@example.cn"), factories.office())

    person = db.session.get(Person, lost.id)
    assert (person.phone, person.email) == (OLD, "new@example.cn")


def test_the_database_itself_wants_two_people(app, lost):
    who = {"who": db.session.get(ContactChange, ask(factories.office())).asked_by_id}
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(text("UPDATE contact_change SET decided_by_id = :who"), who)


def test_nobody_decides_about_themselves(app, lost):
    first, other = factories.office(), factories.office()
    with pytest.raises(SecondPersonError):
        ask(first, old=first.phone)
    change_id = ask(first, old=other.phone)
    with pytest.raises(SecondPersonError):
        decide(change_id, other)


def test_what_was_refused_changes_nothing_and_is_over(app, lost):
    first, other = factories.office(), factories.office()
    change_id = ask(first)
    decide(change_id, other, is_good=False)
    assert phone(lost) == OLD
    with pytest.raises(AlreadyDecidedError):
        decide(change_id, other)


def test_a_county_does_so_for_its_own_volunteers_alone(app, lost):
    own, far = factories.office("210682"), factories.office("210681")
    organiser = factories.organiser()
    with pytest.raises(NotFoundError):
        ask(far)
    with pytest.raises(NotFoundError):
        ask(own, old=organiser.phone)
    change_id = ask(own)
    with pytest.raises(NotFoundError):
        decide(change_id, far)
    decide(change_id, factories.office("210682"))
    assert phone(lost) == NEW


def test_a_number_that_somebody_has_is_not_given_away(app, lost):
    first, other = factories.office(), factories.office()
    taken = factories.person(phone=NEW)
    with pytest.raises(ContactTakenError):
        ask(first)
    taken.phone = "13811119999"
    db.session.commit()
    change_id = ask(first)
    taken.phone = NEW
    db.session.commit()
    with pytest.raises(ContactTakenError):
        decide(change_id, other)
    assert phone(lost) == OLD


def test_what_is_wrong_is_said(client, app, lost):
    client.sign_in(factories.office())
    factories.person(phone=NEW)
    usual = {"old": OLD, "new": "13811110003", "reason": "看了身份证"}
    for changes, says in (
        ({"old": "13800000009"}, "没有找到用这个登录"),
        ({"new": NEW}, "已经有账号了"),
        ({"new": "12"}, "11 位手机号"),
        ({"reason": ""}, "请写清楚怎样核实的"),
    ):
        answer = client.post("/office/contact-changes", data=usual | changes)
        assert (answer.status_code, says in answer.text) == (422, True), says
    assert db.session.scalar(select(func.count(ContactChange.id))) == 0


def test_of_a_family_behind_one_phone_the_one_who_is_named_gets_another(client, app, lost):
    with transaction():
        accounts.create_person("周小满", lost.phone, now=NOON, shares=True)
    client.sign_in(factories.office())
    data = {"old": lost.phone, "new": "13511112222", "reason": "当面来过"}
    assert client.post("/office/contact-changes", data=data).status_code == 422
    named = data | {"name": lost.name}
    assert client.post("/office/contact-changes", data=named).status_code == 302
    assert db.session.scalars(select(ContactChange)).one().person_id == lost.id
