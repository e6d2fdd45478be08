"""One phone behind which several people are, and another number of one's own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.factories import NOON
from tests.volunteers import joining
from tests.volunteers.test_views import filled
from volunteer_hub.accounts import actions, contacts, moving, queries
from volunteer_hub.accounts.errors import ContactTakenError, PhoneFullError, SameNameError
from volunteer_hub.accounts.models import Person
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage, RecipientKind
from volunteer_hub.core.sealing import unseal
from volunteer_hub.core.transaction import transaction
from volunteer_hub.notifications import packing
from volunteer_hub.notifications import queries as messages
from volunteer_hub.notifications.models import Delivery

PHONE, NEW = "13800138000", "13900139000"


@pytest.fixture(autouse=True)
def _noon(at):
    at(NOON)


@pytest.fixture
def family(app):
    """Return two people behind one phone, the first one first."""
    first = factories.person("周望星", phone=PHONE)
    return first.id, share("周小满")


def share(name, phone=PHONE):
    with transaction():
        return actions.create_person(name, phone, now=NOON, shares=True).id


def code_for(contact):
    """Return the code that was sent last to somebody with an account."""
    row = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert contact in (person.phone for person in queries.people_behind(contact))
    return unseal(row.recipient_id, row.params["sealed"])["code"]


def signed_in_as(client):
    return client.get("/me/account").text


def enter(client, contact=PHONE):
    client.post("/sign-in/code", data={"contact": contact})
    return client.post("/sign-in/code/enter", data={"code": code_for(contact)})


def test_who_sits_there_is_chosen_after_the_code(client, family):
    assert client.get("/sign-in/who").location == "/sign-in"
    assert enter(client).location == "/sign-in/who"
    text = client.get("/sign-in/who").text
    assert "周望星" in text
    assert "周小满" in text
    assert client.get("/me/account").status_code == 302
    client.post("/sign-in/who", data={"person": str(family[1])})
    assert "周小满" in signed_in_as(client)


@pytest.mark.parametrize("who", ["0", "999999", "x", ""])
def test_nobody_else_is_chosen(client, family, who):
    other = factories.person("别人", phone=NEW)
    enter(client)
    for asked in (who, str(other.id)):
        client.post("/sign-in/who", data={"person": asked})
        assert client.get("/me/account").status_code == 302


def test_what_was_proved_is_worth_nothing_after_a_quarter_of_an_hour(client, family, at):
    enter(client)
    at(NOON + timedelta(minutes=15))
    assert client.post("/sign-in/who", data={"person": str(family[0])}).location == "/sign-in"


def test_another_of_the_family_joins_once_the_number_is_proved(client, app):
    first = factories.volunteer("周望星")
    first.person.phone = PHONE
    db.session.commit()
    answer = joining.join(client, filled(name="周小满", contact=PHONE))
    assert "我就是周望星" in answer.text
    added = client.post("/join", data=filled(name="周小满", contact=PHONE, who="another"))
    assert added.location == "/me"
    assert [each.name for each in queries.people_behind(PHONE)] == ["周望星", "周小满"]
    assert "周小满" in signed_in_as(client)


def test_a_stranger_adds_nobody(client, app):
    factories.person("周望星", phone=PHONE)
    answer = client.post("/join", data=filled(name="周小满", contact=PHONE, who="another"))
    assert 'name="code"' in answer.text
    assert "周望星" not in answer.text
    assert len(queries.people_behind(PHONE)) == 1


def test_the_same_name_twice_is_the_same_person(client, app):
    factories.person("周小满", phone=PHONE)
    joining.join(client, filled(name="周 小满", contact=PHONE))
    again = client.post("/join", data=filled(name="周 小满", contact=PHONE, who="another"))
    assert again.status_code == 422
    assert "已经有一位同名的" in again.text


def test_whoever_is_signed_in_adds_another_with_a_code(client, app):
    first = factories.person("周望星", phone=PHONE)
    client.sign_in(first)
    client.post("/me/account/family")
    code = code_for(PHONE)
    assert client.post("/sign-in/code/enter", data={"code": code}).location == "/sign-in/who"
    assert PHONE in client.get("/join?who=another").text
    client.post("/join", data=filled(name="周小满", contact=PHONE, who="another"))
    assert "周小满" in signed_in_as(client)


def test_a_phone_has_a_limit_and_an_address_one_owner(app):
    factories.person("一号", phone=PHONE)
    for number in "二三四五六七八":
        share(f"{number}号")
    with pytest.raises(PhoneFullError), transaction():
        actions.create_person("九号", PHONE, now=NOON, shares=True)
    factories.person("甲", email="li@example.cn")
    with pytest.raises(ContactTakenError), transaction():
        actions.create_person("乙", "li@example.cn", now=NOON, shares=True)
    with pytest.raises(SameNameError), transaction():
        contacts.free_seat(PHONE, "一 号", shares=True)


def test_texts_say_whom_they_are_for_where_a_phone_is_shared(family):
    alone = factories.person("独居", phone=NEW)
    found = messages.people_to_write_to([*family, alone.id])
    assert [found[each].shares_phone for each in (*family, alone.id)] == [True, True, False]
    row = OutboxMessage(kind="welcome", recipient_kind=RecipientKind.PERSON,
                        recipient_id=family[1], params={"path": "/me"})  # fmt: skip
    sent = [packing.pack(Delivery(id=1, round=0, channel="sms", message=row), found[each], now=NOON)
            for each in (family[1], alone.id)]  # fmt: skip
    assert [parcel.message.short[:4] for parcel in sent] == ["周小满：", "欢迎您成"]
    db.session.rollback()


def test_whoever_moves_to_a_phone_with_a_password_has_none_of_their_own(family):
    mover = factories.person("周远", phone=NEW)
    with transaction():
        for person_id in (family[0], mover.id):
            actions.set_password(person_id, "hash", by=None, keep=None, now=NOON)
        moving.move(mover.id, PHONE, shares=True, keep="", now=NOON)
    kept = [each.password_hash for each in queries.people_behind(PHONE)]
    assert kept == ["hash", None, None]


def test_one_of_a_family_has_a_password(client, family):
    client.post("/sign-in/code", data={"contact": PHONE})
    enter_as(client, family[1])
    client.post("/me/account", data={"password": "七里香和葡萄架下"})
    client.post("/sign-out")
    signed = {"contact": PHONE, "password": "七里香和葡萄架下"}
    assert client.post("/sign-in?way=password", data=signed).status_code == 302
    assert "周小满" in signed_in_as(client)
    client.sign_in(db.session.get(Person, family[0]))
    refused = client.post("/me/account", data={"password": "石榴花开在五月里"})
    assert "已经有一位设了密码" in refused.text


def enter_as(client, person_id):
    client.post("/sign-in/code/enter", data={"code": code_for(PHONE)})
    client.post("/sign-in/who", data={"person": str(person_id)})


def newest_code(contact):
    """Return the code that was sent to a number to prove it."""
    for row in db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())):
        found = messages.contacts_to_write_to([row.recipient_id]).get(row.recipient_id)
        if row.recipient_kind is RecipientKind.CONTACT and found and contact in (
            found.phone, found.email
        ):  # fmt: skip
            return contacts.code_of(row.params["nonce"])
    raise AssertionError(contact)


NUMBER = "/me/account/number"


def test_a_number_is_changed_with_codes_to_the_new_and_the_old(client, app):
    who = factories.person("周望星", phone=PHONE)
    client.sign_in(who)
    assert "138****8000" in client.get(NUMBER).text
    client.post(NUMBER, data={"contact": NEW})
    codes = {"code": newest_code(NEW), "old_code": newest_code(PHONE)}
    assert client.post(NUMBER, data={"contact": NEW, **codes}).location == "/me/account"
    db.session.refresh(who)
    assert who.phone == NEW
    told = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "contact_moved"))
    (message,) = told.all()
    reached = messages.contacts_to_write_to([message.recipient_id])[message.recipient_id]
    assert (reached.phone, message.params["new"]) == (PHONE, "139****9000")
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "account.move_contact")
    ).one()
    assert unseal(who.id, entry.sealed) == {"phone": PHONE, "email": None}
    assert "周望星" in signed_in_as(client)


def test_each_code_alone_changes_nothing_and_is_typed_once(client, app):
    who = factories.person("周望星", phone=PHONE)
    client.sign_in(who)
    client.post(NUMBER, data={"contact": NEW})
    new, old = newest_code(NEW), newest_code(PHONE)
    half = client.post(NUMBER, data={"contact": NEW, "code": new, "old_code": wrong(old)})
    assert half.status_code == 422
    assert "还可以再试" in half.text
    assert 'name="code"' not in half.text
    db.session.refresh(who)
    assert who.phone == PHONE
    client.post(NUMBER, data={"contact": NEW, "old_code": old})
    db.session.refresh(who)
    assert who.phone == NEW


def wrong(code):
    return f"{(int(code) + 1) % 1000000:06}"


def test_who_has_the_new_number_is_told_after_it_was_proved(client, app):
    factories.person("何对岸", phone=NEW)
    who = factories.person("周望星", phone=PHONE)
    client.sign_in(who)
    assert "何对岸" not in client.post(NUMBER, data={"contact": NEW}).text
    codes = {"code": newest_code(NEW), "old_code": newest_code(PHONE)}
    asked = client.post(NUMBER, data={"contact": NEW, **codes})
    assert asked.status_code == 422
    assert "何对岸" in asked.text
    client.post(NUMBER, data={"contact": NEW, "shares": "y"})
    assert [each.name for each in queries.people_behind(NEW)] == ["何对岸", "周望星"]


def test_an_address_that_somebody_has_is_not_taken(client, app):
    factories.person("何对岸", email="he@example.cn")
    who = factories.person("周望星", phone=PHONE)
    client.sign_in(who)
    client.post(NUMBER, data={"contact": "he@example.cn"})
    codes = {"code": newest_code("he@example.cn"), "old_code": newest_code(PHONE)}
    answer = client.post(NUMBER, data={"contact": "he@example.cn", **codes, "shares": "y"})
    assert "已经有账号" in answer.text
    db.session.refresh(who)
    assert who.email is None


def test_a_demo_person_keeps_their_number(client, app):
    who = factories.person("演示", phone=PHONE)
    who.is_demo = True
    db.session.commit()
    client.sign_in(who)
    client.post(NUMBER, data={"contact": NEW})
    codes = {"code": newest_code(NEW), "old_code": newest_code(PHONE)}
    assert client.post(NUMBER, data={"contact": NEW, **codes}).status_code == 409


@pytest.mark.parametrize("contact", ["", "123", PHONE, "1" * 300, "😀"])
def test_what_is_no_other_number_is_refused(client, app, contact):
    client.sign_in(factories.person("周望星", phone=PHONE))
    assert client.post(NUMBER, data={"contact": contact}).status_code == 422
    assert not db.session.scalars(select(OutboxMessage)).all()
