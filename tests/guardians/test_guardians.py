"""Links for guardians: worth one answer, for a week; numbers that nobody reads."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from tests import factories
from tests.concurrency.races import all_together
from tests.factories import HOUR, NOON
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.core.tokens import link_token
from volunteer_hub.core.transaction import transaction
from volunteer_hub.guardians import actions, queries, rules
from volunteer_hub.guardians.errors import AskedTooOftenError, ConsentClosedError, NotMinorError
from volunteer_hub.guardians.models import GuardianConsent
from volunteer_hub.guardians.rules import Given, GuardianDraft, Relation, Standing
from volunteer_hub.organisations.models import Function

GUARDIAN = "13900139000"
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def _noon(at):
    at(NOON)


@pytest.fixture
def child(app):
    made = factories.volunteer("宋小溪")
    made.birth_year, made.birth_month = 2011, 3
    db.session.commit()
    return made


def ask(of, phone=GUARDIAN, now=NOON):
    draft = GuardianDraft(name="宋大山", phone=phone, relation=Relation.FATHER)
    with transaction():
        return actions.ask(of.person_id, draft, now=now)


def give(consent, now=NOON):
    with transaction():
        return actions.give(consent.id, Given(), now=now)


def address(consent):
    return f"/guardian/{link_token(actions.PURPOSE, consent.id)}"


@pytest.mark.parametrize(
    ("given", "withdrawn", "now", "expected"),
    [
        (None, None, NOON, Standing.OPEN),
        (None, None, NOON + WEEK - timedelta(seconds=1), Standing.OPEN),
        (None, None, NOON + WEEK, Standing.EXPIRED),
        (NOON, None, NOON + 2 * WEEK, Standing.GIVEN),
        (NOON, NOON + HOUR, NOON + 2 * HOUR, Standing.WITHDRAWN),
    ],
)
def test_how_a_request_stands(given, withdrawn, now, expected):
    stands = rules.standing(given_at=given, withdrawn_at=withdrawn, expires_at=NOON + WEEK, now=now)
    assert stands is expected


def test_another_text_or_version_has_another_hash():
    assert rules.text_hash() == rules.text_hash()
    assert len({rules.text_hash(), rules.text_hash(["x"]), rules.text_hash(version="2027")}) == 3


def test_a_link_is_worth_one_answer_for_a_week(client, child):
    consent = ask(child)
    with pytest.raises(ConsentClosedError):
        give(consent, now=NOON + WEEK)
    give(consent, now=NOON + WEEK - HOUR)
    with pytest.raises(ConsentClosedError):
        give(consent, now=NOON + WEEK - HOUR)
    assert client.post(address(consent), data={"agrees": "y"}).status_code == 409
    assert "您已同意" in client.get(address(consent)).text
    told = db.session.scalars(select(OutboxMessage.kind).order_by(OutboxMessage.id)).all()
    assert told == ["guardian_request", "guardian_agreed", "guardian_receipt"]


def test_two_taps_at_once_give_one_consent(app, child):
    consent_id, barrier, answers = ask(child).id, threading.Barrier(4), []
    db.session.remove()

    def tap():
        with app.app_context():
            barrier.wait()
            try:
                with transaction():
                    actions.give(consent_id, Given(), now=NOON)
                answers.append("given")
            except ConsentClosedError:
                answers.append("closed")
            db.session.remove()

    threads = [threading.Thread(target=tap) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["closed", "closed", "closed", "given"]


def test_an_expired_link_says_so_and_a_forged_one_is_not_found(client, child, at):
    consent = ask(child)
    at(NOON + WEEK)
    assert "这个链接已经过期了" in client.get(address(consent)).text
    assert client.get("/guardian/1-0000000000000000").status_code == 404
    assert client.get(f"/guardian/{link_token('invitation', consent.id)}").status_code == 404


def test_asking_again_ends_the_link_before_and_nobody_is_flooded(child):
    first, second = ask(child), ask(child, "13900139001")
    with pytest.raises(ConsentClosedError):
        give(first)
    ask(child)
    with pytest.raises(AskedTooOftenError):
        ask(child)
    with pytest.raises(ConsentClosedError):
        give(second)
    give(ask(child, now=NOON + timedelta(days=1)), now=NOON + timedelta(days=1))
    assert queries.has_consent(child.id)


def test_no_number_is_flooded_by_many_who_name_it_at_once(app):
    children = []
    for number in range(8):
        children.append(factories.volunteer(f"小溪{number}"))
        children[-1].birth_year = 2011
    db.session.commit()
    draft = GuardianDraft(name="宋大山", phone=GUARDIAN, relation=Relation.FATHER)
    works = [lambda who=each.person_id: actions.ask(who, draft, now=NOON).id for each in children]

    results = all_together(app, works)

    refused = [each for each in results if isinstance(each, AskedTooOftenError)]
    assert len(refused) == len(children) - rules.MOST_A_DAY
    assert len(db.session.scalars(select(GuardianConsent)).all()) == rules.MOST_A_DAY


def test_adults_are_not_asked(client):
    adult = factories.volunteer()
    with pytest.raises(NotMinorError):
        ask(adult)
    client.sign_in(adult.person)
    assert client.get("/me/guardian").location == "/me"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": ""}, "请填写监护人的姓名"),
        ({"name": "8"}, "真实姓名"),
        ({"phone": ""}, "请填写监护人的手机号"),
        ({"phone": "123"}, "11 位手机号"),
        ({"relation": ""}, "请选择监护人是您的什么人"),
        ({"relation": "friend"}, "请从列表里选择"),
    ],
)
def test_each_bad_answer_is_explained_and_nobody_is_asked(client, child, changes, says):
    client.sign_in(child.person)
    usual = {"name": "宋大山", "phone": GUARDIAN, "relation": "father"}
    answer = client.post("/me/guardian", data=usual | changes)
    assert answer.status_code == 422
    assert says in answer.text
    assert db.session.scalars(select(GuardianConsent)).all() == []


def test_name_and_number_are_read_in_no_file_and_found_by_their_index(child):
    consent = ask(child)
    raw = db.session.execute(text("SELECT guardian_name, guardian_phone FROM guardian_consent"))
    name, phone = raw.one()
    assert "宋大山".encode() not in bytes(name)
    assert GUARDIAN.encode() not in bytes(phone)
    assert consent.phone_key == queries.phone_key(GUARDIAN)
    entries = db.session.scalars(select(AuditEntry)).all()
    assert not any(GUARDIAN in str(entry.details) for entry in entries)


def test_only_those_whose_business_it_is_note_that_a_guardian_took_it_back(client, child):
    give(ask(child))
    address = f"/organise/volunteers/{child.id}/guardian"
    client.sign_in(factories.office("210602"))
    assert client.post(address).status_code == 404
    client.sign_in(factories.organiser(function=Function.TEAM_LEADER))
    assert client.post(address).status_code == 403
    assert queries.has_consent(child.id)
    office = factories.office("210682")
    client.sign_in(office)
    assert client.post(address).location == f"/organise/volunteers/{child.id}"
    consent = db.session.scalars(select(GuardianConsent)).one()
    assert (consent.withdrawn_at, consent.withdrawn_by_id) == (NOON, office.id)


def test_adults_pages_are_not_noted_and_show_no_guardian(client):
    adult = factories.volunteer()
    client.sign_in(factories.office())
    assert "监护人" not in client.get(f"/organise/volunteers/{adult.id}").text
    assert db.session.scalars(select(AuditEntry)).all() == []
