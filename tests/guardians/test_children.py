"""What the age of a child asks of the guardian: rules for children, a grown-up who comes along."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from tests import factories
from tests.factories import HOUR, NOON
from volunteer_hub.accounts.models import Person
from volunteer_hub.assignments import actions as assignments
from volunteer_hub.assignments.errors import GuardianMissingError
from volunteer_hub.core import jobs, numbers
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.core.tokens import link_token
from volunteer_hub.core.transaction import transaction
from volunteer_hub.guardians import actions, queries, rules
from volunteer_hub.guardians.errors import CareMissingError
from volunteer_hub.guardians.models import GuardianConsent
from volunteer_hub.guardians.rules import Care, Given, GuardianDraft, Relation
from volunteer_hub.volunteers import ages

GUARDIAN = "13900139000"


@pytest.fixture(autouse=True)
def _noon(at):
    at(NOON)


def child_of(age):
    """Return a volunteer who turned that age last month."""
    made = factories.volunteer("宋小溪")
    made.birth_year, made.birth_month = 2026 - age, 8
    db.session.commit()
    return made


def asked(of):
    draft = GuardianDraft(name="宋大山", phone=GUARDIAN, relation=Relation.FATHER)
    with transaction():
        return actions.ask(of.person_id, draft, now=NOON).id


def address(consent_id, what=""):
    return f"/guardian/{link_token(actions.PURPOSE, consent_id)}{what}"


def only_consent():
    db.session.rollback()
    return db.session.scalars(select(GuardianConsent)).one()


@pytest.mark.parametrize(
    ("age", "care"),
    [
        (15, Care()),
        (14, Care()),
        (13, Care(is_child=True)),
        (10, Care(is_child=True)),
        (9, Care(is_child=True, is_accompanied=True)),
    ],
)
def test_what_an_age_asks_for(app, age, care):
    assert queries.care_of(child_of(age), on=NOON.date()) == care


def test_another_province_asks_for_more(app):
    with transaction():
        numbers.change(ages.ACCOMPANIED, 16, by=None, now=NOON)
    assert queries.care_of(child_of(15), on=NOON.date()) == Care(is_accompanied=True)


@pytest.mark.parametrize(
    ("given", "care", "lacks"),
    [
        (Given(), Care(), False),
        (Given(), Care(is_child=True), True),
        (Given(agrees_for_child=True), Care(is_child=True), False),
        (Given(agrees_for_child=True), Care(is_child=True, is_accompanied=True), True),
        (Given(companion_name="宋大山"), Care(is_accompanied=True), False),
    ],
)
def test_an_answer_is_whole_or_it_is_none(given, care, lacks):
    assert rules.lacks_something(care, given) is lacks


def test_a_fifteen_year_olds_guardian_is_asked_for_no_more_than_before(client, app):
    page = client.get(address(asked(child_of(15)))).text
    assert "儿童个人信息处理规则" not in page
    assert "谁陪着来" not in page


def test_a_childs_guardian_agrees_to_the_rules_for_children_too(client, app):
    consent_id = asked(child_of(13))
    page = client.get(address(consent_id)).text
    assert "儿童个人信息处理规则" in page
    assert "谁陪着来" not in page

    assert client.post(address(consent_id), data={"agrees": "y"}).status_code == 422
    assert only_consent().given_at is None
    with pytest.raises(CareMissingError), transaction():
        actions.give(consent_id, Given(), now=NOON)
    answer = client.post(address(consent_id), data={"agrees": "y", "agrees_for_child": "y"})

    assert answer.status_code == 302
    consent = only_consent()
    assert (consent.given_at, consent.child_version) == (NOON, rules.CHILD_VERSION)
    assert consent.text_hash == rules.text_hash((*rules.TEXT, *rules.CHILD_TEXT))
    assert consent.text_hash != rules.text_hash()


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({}, "请选择谁陪着孩子来"),
        ({"companion": "nobody"}, "请从列表里选择"),
        ({"companion": "other"}, "请填写陪同的大人的姓名"),
        ({"companion": "other", "companion_name": "宋二山", "companion_phone": "1"}, "11 位手机号"),
    ],
)
def test_a_young_child_needs_somebody_to_come_along(client, app, answer, says):
    consent_id = asked(child_of(9))
    usual = {"agrees": "y", "agrees_for_child": "y"}

    refused = client.post(address(consent_id), data=usual | answer)

    assert refused.status_code == 422
    assert says in refused.text
    assert only_consent().given_at is None


@pytest.mark.parametrize(
    ("answer", "who"),
    [
        ({"companion": "self"}, ("宋大山", GUARDIAN)),
        ({"companion": "other", "companion_name": "宋二山"}, ("宋二山", GUARDIAN)),
        (
            {"companion": "other", "companion_name": "宋二山", "companion_phone": "139 0013 9002"},
            ("宋二山", "13900139002"),
        ),
    ],
)
def test_who_comes_along_is_kept_where_nobody_reads_it(client, app, answer, who):
    consent_id = asked(child_of(9))

    client.post(address(consent_id), data={"agrees": "y", "agrees_for_child": "y"} | answer)

    consent = only_consent()
    assert (consent.companion_name, consent.companion_phone) == who
    raw = db.session.execute(text("SELECT companion_name FROM guardian_consent")).scalar_one()
    assert who[0].encode() not in bytes(raw)


def test_staff_see_who_comes_along(client, app):
    child = child_of(9)
    consent_id = asked(child)
    with transaction():
        given = Given(agrees_for_child=True, companion_name="宋二山")
        actions.give(consent_id, given, now=NOON)
    client.sign_in(factories.office())
    page = client.get(f"/organise/volunteers/{child.id}").text
    assert "陪同的大人" in page
    assert "宋*山" in page


def test_a_child_gets_no_place_before(client, app):
    child, post = child_of(9), factories.post()
    with pytest.raises(GuardianMissingError), transaction():
        assignments.sign_up(post.id, child.id, now=NOON)


def test_a_guardian_takes_it_back_by_the_link_and_the_child_is_told(client, app):
    child = child_of(15)
    consent_id = asked(child)
    assert address(consent_id, "/withdraw") not in client.get(address(consent_id)).text
    with transaction():
        actions.give(consent_id, Given(), now=NOON)
    assert address(consent_id, "/withdraw") in client.get(address(consent_id)).text
    receipt = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.kind == "guardian_receipt")
    ).one()
    assert receipt.params["path"] == address(consent_id)
    assert "撤回以后，不再给 宋*溪 安排" in client.get(address(consent_id, "/withdraw")).text
    assert queries.has_consent(child.id)

    for _ in range(2):
        assert client.post(address(consent_id, "/withdraw")).location == address(consent_id)

    consent = only_consent()
    assert (consent.withdrawn_at, consent.withdrawn_by_id) == (NOON, None)
    assert not queries.has_consent(child.id)
    assert "您已撤回同意" in client.get(address(consent_id)).text
    told = db.session.scalars(
        select(OutboxMessage.recipient_id).where(OutboxMessage.kind == "guardian_withdrew")
    ).all()
    assert told == [child.person_id]
    assert client.get("/guardian/1-0000000000000000/withdraw").status_code == 404


def test_a_stranger_who_was_asked_by_mistake_takes_nothing_back(client, app):
    child = child_of(15)
    mistaken = asked(child)
    right = asked(child)
    with transaction():
        actions.give(right, Given(), now=NOON)

    for answer in (client.get(address(mistaken, "/withdraw")),
                   client.post(address(mistaken, "/withdraw"))):  # fmt: skip
        assert answer.status_code == 404
    assert queries.has_consent(child.id)


def test_the_rules_for_children_are_there_for_everybody(client, app):
    page = client.get("/privacy/children").text
    assert "未满 14 周岁" in page
    assert "未满 10 周岁" in page
    assert rules.CHILD_TEXT[0] in page


def test_a_child_whose_guardian_never_agrees_is_forgotten(app):
    with transaction():
        numbers.change("keep.children", 30, by=None, now=NOON)
    names = {age: child_of(age).person_id for age in (13, 9, 15)}
    agreed = child_of(12)
    with transaction():
        actions.give(_asked_before(agreed), Given(agrees_for_child=True), now=NOON)
    joined = agreed.joined_at
    forget = next(job for job in jobs.registered() if job.name == "privacy.forget").work

    forget(joined + timedelta(days=30) - HOUR)
    assert db.session.scalars(select(Person).where(Person.erased_at.is_not(None))).all() == []
    forget(joined + timedelta(days=30) + HOUR)

    gone = set(db.session.scalars(select(Person.id).where(Person.erased_at.is_not(None))))
    assert gone == {names[13], names[9]}


def _asked_before(child):
    draft = GuardianDraft(name="宋大山", phone=GUARDIAN, relation=Relation.FATHER)
    return actions.ask(child.person_id, draft, now=NOON).id
