from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from tests.factories import NOON, person
from volunteer_hub.accounts import actions, passwords, queries
from volunteer_hub.accounts.errors import ContactTakenError, DemoOverError
from volunteer_hub.accounts.models import Consent, Person, Purpose, SignInCode, SignInTry
from volunteer_hub.accounts.rules import CodeVerdict, Limit
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.core.sealing import unseal
from volunteer_hub.core.transaction import transaction

PHONE = "13800138000"
MINUTE = timedelta(minutes=1)


def send(contact=PHONE, now=NOON, address="10.0.0.1"):
    with transaction():
        return actions.send_code(contact, address=address, now=now)


def sent_code(who):
    message = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert (message.kind, message.recipient_id) == ("sign_in_code", who.id)
    return unseal(who.id, message.params["sealed"])["code"]


def use(code, contact=PHONE, now=NOON):
    with transaction():
        return actions.use_code(contact, code, now=now)


def wrong(code):
    return f"{(int(code) + 1) % 1000000:06}"


def test_a_person_is_found_by_spelling_and_initials(app):
    with transaction():
        actions.create_person("单雪梅", PHONE, now=NOON)
    found = queries.find_person(PHONE)
    assert (found.pinyin, found.initials, found.phone, found.email) == (
        "shanxuemei",
        "sxm",
        PHONE,
        None,
    )


def test_a_contact_belongs_to_one_person(app):
    with transaction():
        actions.create_person("林小禾", "li@example.cn", now=NOON)
    with pytest.raises(ContactTakenError), transaction():
        actions.create_person("周望星", "li@example.cn", now=NOON)
    assert db.session.scalar(select(func.count(Person.id))) == 1


def test_a_renamed_person_is_found_by_the_new_spelling(app):
    who = person()
    with transaction():
        actions.rename_person(who.id, "曾望星")
    assert (who.name, who.pinyin, who.initials) == ("曾望星", "zengwangxing", "zwx")


def test_agreeing_twice_to_one_wording_is_written_once(app):
    who = person()
    for _ in range(2):
        with transaction():
            actions.give_consent(who.id, [Purpose.PRIVACY_NOTICE], channel="web", now=NOON)
    assert [c.purpose for c in db.session.scalars(select(Consent))] == [Purpose.PRIVACY_NOTICE]


def test_a_code_lets_its_owner_in_once(app):
    who = person(phone=PHONE)
    assert send() is None
    code = sent_code(who)
    assert use(code).person_id == who.id
    assert use(code) == actions.CodeResult(CodeVerdict.SPENT)


def test_the_code_is_nowhere_in_clear(app):
    who = person(phone=PHONE)
    send()
    code = sent_code(who)
    row = db.session.scalars(select(SignInCode)).one()
    message = db.session.scalars(select(OutboxMessage)).one()
    assert code not in row.code_hash
    assert code not in str(message.params)
    assert PHONE not in str(message.params)


def test_a_code_is_worth_nothing_after_ten_minutes(app):
    who = person(phone=PHONE)
    send()
    assert use(sent_code(who), now=NOON + 10 * MINUTE).verdict is CodeVerdict.SPENT


def test_a_new_code_makes_the_one_before_worthless(app):
    who = person(phone=PHONE)
    send()
    first = sent_code(who)
    send(now=NOON + MINUTE)
    second = sent_code(who)
    if first != second:
        assert use(first, now=NOON + MINUTE).verdict is CodeVerdict.WRONG
    assert use(second, now=NOON + MINUTE).person_id == who.id


def test_five_wrong_tries_spend_a_code(app):
    who = person(phone=PHONE)
    send()
    code = sent_code(who)
    assert [use(wrong(code)).tries_left for _ in range(5)] == [4, 3, 2, 1, 0]
    assert use(code).verdict is CodeVerdict.SPENT


def test_a_code_works_for_its_own_contact_alone(app):
    who, other = person(phone=PHONE), person(phone="13900139000")
    send()
    code = sent_code(who)
    send("13900139000")
    if sent_code(other) != code:
        assert use(code, contact="13900139000").verdict is CodeVerdict.WRONG


def test_an_unknown_contact_leaves_the_same_rows_and_no_message(app):
    assert send() is None
    assert db.session.scalar(select(func.count(SignInCode.id))) == 1
    assert db.session.scalar(select(func.count(SignInTry.id))) == 1
    assert db.session.scalars(select(OutboxMessage)).all() == []
    assert use("000000").verdict in (CodeVerdict.WRONG, CodeVerdict.SPENT)


def test_even_the_right_code_of_an_unknown_contact_lets_nobody_in(app):
    with transaction():
        code = actions.make_code(PHONE, now=NOON)
    result = use(code)
    assert (result.verdict, result.person_id) == (CodeVerdict.WRONG, None)


def test_asking_again_within_a_minute_sends_nothing(app):
    who = person(phone=PHONE)
    send()
    code = sent_code(who)
    assert send(now=NOON + timedelta(seconds=59)) is Limit.TOO_SOON
    assert sent_code(who) == code


def test_the_sixth_code_in_an_hour_is_refused_whether_or_not_anybody_has_the_contact(app):
    person(phone=PHONE)
    for contact in (PHONE, "13900139000"):
        given = [send(contact, now=NOON + count * MINUTE) for count in range(6)]
        assert given == [None] * 5 + [Limit.TOO_MANY]


def test_contacts_and_addresses_are_counted_without_being_kept(app):
    send()
    row = db.session.scalars(select(SignInTry)).one()
    assert PHONE not in (row.contact_key, row.address_key)
    assert "10.0.0.1" not in (row.contact_key, row.address_key)


def test_a_right_password_takes_its_wrong_tries_back(app):
    kept = passwords.make_hash("草莓九月红啦")
    who = person(phone=PHONE, password_hash=kept)
    for _ in range(4):
        with transaction():
            assert actions.begin_password_try(PHONE, address="10.0.0.1", now=NOON) is None
    with transaction():
        assert actions.accept_password(who.id, PHONE, checked=kept, renewed=None, now=NOON)
    assert db.session.scalar(select(func.count(SignInTry.id))) == 0


def test_a_password_changed_while_it_was_checked_is_not_accepted(app):
    who = person(phone=PHONE, password_hash="another")
    with transaction():
        assert not actions.accept_password(who.id, PHONE, checked="old", renewed=None, now=NOON)


def test_many_tries_at_once_do_not_slip_under_the_limit(app):
    barrier, answers = threading.Barrier(8), []

    def attempt():
        with app.app_context():
            barrier.wait()
            with transaction():
                answers.append(actions.begin_password_try(PHONE, address="10.0.0.1", now=NOON))
            db.session.remove()

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if db.engine.dialect.name == "sqlite":
        assert answers.count(None) == 5
    assert len(answers) == 8


def test_one_contact_taken_by_many_at_once_makes_one_person(app):
    barrier, outcomes = threading.Barrier(6), []

    def sign_up():
        with app.app_context():
            barrier.wait()
            try:
                with transaction():
                    actions.create_person("林小禾", PHONE, now=NOON)
                outcomes.append("made")
            except ContactTakenError:
                outcomes.append("taken")
            db.session.remove()

    threads = [threading.Thread(target=sign_up) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made"] + ["taken"] * 5
    assert db.session.scalar(select(func.count(Person.id))) == 1


def test_a_code_typed_on_many_devices_at_once_lets_one_in(app):
    who = person(phone=PHONE)
    who_id = who.id
    send()
    code = sent_code(who)
    db.session.remove()
    barrier, let_in = threading.Barrier(6), []

    def type_it():
        with app.app_context():
            barrier.wait()
            let_in.append(use(code).person_id)
            db.session.remove()

    threads = [threading.Thread(target=type_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(let_in, key=str) == [who_id] + [None] * 5


def test_what_is_over_is_forgotten_and_the_rest_is_kept(app):
    person(phone=PHONE)
    send(now=NOON - timedelta(days=1, seconds=1))
    send(now=NOON)
    with transaction():
        actions.forget_what_is_over(now=NOON)
    assert db.session.scalar(select(func.count(SignInCode.id))) == 1
    assert db.session.scalar(select(func.count(SignInTry.id))) == 1


def test_signing_in_is_written_down_without_anything_personal(app):
    who = person(phone=PHONE)
    send()
    use(sent_code(who))
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "account.sign_in")
    ).one()
    assert (entry.actor_id, entry.subject_id, entry.details) == (who.id, who.id, {"by": "code"})


def test_only_invented_people_can_be_tried_out(app):
    real = person(phone="13900000003")
    with pytest.raises(DemoOverError):
        queries.demo_person("organiser")
    with transaction():
        queries.person_by_id(real.id).is_demo = True
        actions.create_person("演示城", "13900000001", now=NOON, is_demo=True)
    assert [each.role for each in queries.demo_people()] == ["city_office", "organiser"]


def test_passwords_are_argon2id_of_the_advised_strength_and_checked_exactly(app):
    kept = passwords.make_hash(" 草莓 九月红 ")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.is_right(" 草莓 九月红 ", kept)
    assert not passwords.is_right("草莓 九月红", kept)
    assert not passwords.is_right("草莓 九月红", None)
    assert not passwords.is_right("草莓 九月红", "not a hash")


def test_a_weaker_hash_is_made_anew(app):
    weak = PasswordHasher(memory_cost=8192, time_cost=1, parallelism=1).hash("草莓九月红啦")
    assert passwords.renewed("草莓九月红啦", weak).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.renewed("草莓九月红啦", passwords.make_hash("草莓九月红啦")) is None


def test_never_more_than_two_hashes_are_made_at_once(app, monkeypatch):
    running, most, lock = [0], [0], threading.Lock()

    class Slow:
        def hash(self, password):
            with lock:
                running[0] += 1
                most[0] = max(most[0], running[0])
            threading.Event().wait(0.01)
            with lock:
                running[0] -= 1
            return password

    monkeypatch.setattr(passwords, "_hasher", Slow())
    threads = [threading.Thread(target=passwords.make_hash, args=("x",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == 2
