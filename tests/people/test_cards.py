"""One volunteer entered by phone call, and the card with which they get in."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.assignments import pages
from tests.client import counted_queries
from tests.concurrency.races import all_together
from tests.factories import HOUR, NOON, TOWNSHIP
from volunteer_hub.accounts import actions as sign_in
from volunteer_hub.accounts import queries as accounts
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations.models import Function, Membership
from volunteer_hub.people import actions
from volunteer_hub.people.models import ClaimCard
from volunteer_hub.people.rules.cards import is_open, read_code
from volunteer_hub.privacy import queries as mine
from volunteer_hub.privacy.owners import Subject
from volunteer_hub.privacy.registry import HELD
from volunteer_hub.volunteers.models import Volunteer, VolunteerEntry

ENTER, CLAIM = "/organise/volunteers/enter", "/claim"
PHONE = "13800138000"


@pytest.fixture(autouse=True)
def _noon(at):
    at(NOON)


@pytest.fixture
def unit(app):
    return factories.organisation(name="凤城科协")


@pytest.fixture
def organiser(unit):
    return factories.organiser(unit)


@pytest.fixture
def desk(app, organiser):
    made = app.test_client()
    made.sign_in(organiser)
    return made


def filled(unit, **changes):
    usual = {"organisation": str(unit.id), "name": "孙奶奶", "contact": PHONE, "home": TOWNSHIP,
             "birth_year": "1950", "birth_month": "3", "skills-guide": "2", "knows": "y",
             "request_key": "f" * 32}  # fmt: skip
    return {key: value for key, value in {**usual, **changes}.items() if value is not None}


def enter(desk, unit, **changes):
    return desk.post(ENTER, data=filled(unit, **changes))


def entered(desk, unit, **changes):
    """Return whom the organiser entered, and the code on their card."""
    answer = enter(desk, unit, **changes)
    assert answer.status_code == 302, pages.words(answer.text)
    return volunteer(), code_on(desk.get(answer.location).text)


def volunteer():
    found = select(Volunteer).join(VolunteerEntry, VolunteerEntry.volunteer_id == Volunteer.id)
    return db.session.scalars(found.order_by(Volunteer.id.desc())).first()


def code_on(text):
    return re.search(r"[0-9A-Z]{4} [0-9A-Z]{4} [0-9A-Z]{4}", text)[0]


def claim(client, code, contact=PHONE):
    return client.post(CLAIM, data={"code": code, "contact": contact})


@pytest.mark.parametrize(
    ("more", "expected"),
    [({}, True), ({"used_at": NOON}, False), ({"revoked_at": NOON}, False),
     ({"expires_at": NOON}, False), ({"expires_at": NOON + timedelta(seconds=1)}, True)],
)  # fmt: skip
def test_a_card_lets_in_once_until_it_expires(more, expected):
    usual = {"expires_at": NOON + HOUR, "used_at": None, "revoked_at": None}
    assert is_open(**{**usual, **more}, now=NOON) is expected


@pytest.mark.parametrize(
    ("typed", "code"),
    [("7q3c kf9m 2d8v", "7Q3CKF9M2D8V"), ("７Ｑ３Ｃ-ＫＦ９Ｍ-２Ｄ８Ｖ", "7Q3CKF9M2D8V"),
     ("oil0 kf9m 2d8v", "0110KF9M2D8V"), ("7Q3C KF9M 2D8", None), ("", None), ("😀" * 12, None)],
)  # fmt: skip
def test_codes_are_read_as_people_type_them(typed, code):
    assert read_code(typed) == code


def test_whoever_was_entered_by_phone_gets_in_with_the_card_and_answers(client, desk, unit):
    made, code = entered(desk, unit)
    assert (made.person.name, made.person.phone, made.entry.channel) == ("孙奶奶", PHONE, "phone")
    assert {skill.skill_code: skill.level for skill in made.skills} == {"guide": 2}
    page = client.get(f"{CLAIM}?code={code.replace(' ', '')}").text
    assert code.replace(" ", "") in page
    answer = claim(client, code.lower())
    assert answer.location == "/conduct"
    assert "同意，我愿意当志愿者" in client.get("/conduct").text
    client.post("/me/conduct")
    assert "孙奶奶" in client.get("/me/account").text
    done = set(db.session.scalars(select(AuditEntry.action)))
    assert {"volunteer.enter", "claim_card.make", "claim_card.use"} <= done


def test_a_card_works_once(app, desk, unit):
    _made, code = entered(desk, unit)
    claim(app.test_client(), code)
    again = claim(app.test_client(), code)
    assert again.status_code == 422


@pytest.mark.parametrize("ending", ["expired", "revoked", "made anew", "got in by code", "leads"])
def test_a_card_is_worth_nothing_after(client, desk, unit, at, ending):
    made, code = entered(desk, unit)
    if ending == "expired":
        at(NOON + timedelta(days=30))
    elif ending == "revoked":
        desk.post(f"/organise/volunteers/{made.id}/card/revoke")
    elif ending == "made anew":
        desk.post(f"/organise/volunteers/{made.id}/card/new")
    elif ending == "got in by code":
        client.sign_in(made.person)
        with client.session_transaction() as session:
            session.clear()
    else:
        row = db.session.scalars(
            select(Membership).where(Membership.person_id == made.person_id)
        ).one()
        row.function = Function.ORGANISER
        db.session.commit()
    answer = claim(client, code)
    assert answer.status_code == 422
    assert "对不上，或者卡已经用过、过期" in answer.text
    assert client.get("/me/account").status_code == 302


def test_who_has_a_card_is_told_to_nobody(app, desk, unit):
    """A wrong code, a wrong number and a number nobody has: the same words, the same queries."""
    _made, code = entered(desk, unit)
    seen = []
    for typed, contact in [("0" * 12, PHONE), (code, "13900139000"), ("0" * 12, "13900139001")]:
        stranger = app.test_client()
        with counted_queries() as asked:
            answer = claim(stranger, typed, contact)
        plain = re.sub(r'[0-9A-Za-z_.-]{40,}|value="[^"]*"', "", answer.text)
        seen.append((answer.status_code, plain, [statement[:40] for statement in asked]))
    assert seen[0] == seen[1] == seen[2]


def test_guessing_is_limited(app, desk, unit):
    _made, code = entered(desk, unit)
    answers = [claim(app.test_client(), "0" * 12).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert claim(app.test_client(), code).status_code == 429


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"knows": None}, "请先问过本人"),
        ({"name": ""}, "请填写姓名"),
        ({"contact": "123"}, "11 位手机号"),
        ({"home": ""}, "乡镇或街道"),
        ({"birth_year": "2015"}, "由监护人陪着"),
        ({"birth_year": "2099"}, "四位数的年份"),
        ({"organisation": "999999"}, "请从列表里选择"),
        ({"skills-hacking": "2"}, "请从列表里选择特长"),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_entered(desk, unit, changes, says):
    answer = enter(desk, unit, **changes)
    assert answer.status_code == 422
    assert says in answer.text
    assert volunteer() is None


def test_a_second_tap_enters_nobody_twice(desk, unit):
    assert enter(desk, unit).location == enter(desk, unit).location
    assert len(accounts.people_behind(PHONE)) == 1


def test_who_may_be_the_same_is_shown_before_anything_is_saved(desk, unit):
    known = factories.volunteer("孙奶奶")
    known.person.pinyin, known.person.initials = "sunnainai", "snn"
    factories.member(known, unit)
    answer = enter(desk, unit)
    assert answer.status_code == 422
    assert "可能已经登记过" in answer.text
    assert f"/organise/volunteers/{known.id}" in answer.text
    assert volunteer() is None
    assert enter(desk, unit, is_other="y").status_code == 302


def test_a_phone_in_use_is_shared_only_when_the_organiser_says_so(desk, unit):
    first, _code = entered(desk, unit)
    again = {"name": "孙爷爷", "request_key": "e" * 32}
    asked = enter(desk, unit, **again)
    assert "这个号码已经有人在用" in asked.text
    assert f"/organise/volunteers/{first.id}" in asked.text
    second, code = entered(desk, unit, **again, shares="y")
    assert [each.name for each in accounts.people_behind(PHONE)] == ["孙奶奶", "孙爷爷"]
    assert second.id != first.id
    client = desk.application.test_client()
    claim(client, code)
    assert "孙爷爷" in client.get("/me/account").text


def test_the_same_person_on_the_same_phone_is_not_entered_twice(desk, unit):
    entered(desk, unit)
    again = enter(desk, unit, name="孙 奶奶", request_key="e" * 32, shares="y", is_other="y")
    assert again.status_code == 422
    assert "已经有一位同名的" in again.text


def test_whose_number_it_is_is_not_told_where_it_is_none_of_ones_business(desk, unit):
    factories.person("何对岸", phone=PHONE)
    answer = enter(desk, unit)
    assert "还有 1 位不归您管" in answer.text
    assert "何对岸" not in answer.text


def test_cards_are_the_business_of_whoever_knows_the_volunteer(app, desk, unit):
    made, _code = entered(desk, unit)
    other = app.test_client()
    other.sign_in(factories.organiser(factories.organisation()))
    base = f"/organise/volunteers/{made.id}/card"
    assert other.get(base).status_code == 404
    assert other.post(f"{base}/new").status_code == 404
    assert other.post(f"{base}/revoke").status_code == 404


def test_no_card_is_made_for_who_joined_alone_or_got_in_already(client, desk, unit, organiser):
    alone = factories.volunteer("自己来的")
    factories.member(alone, unit)
    assert desk.post(f"/organise/volunteers/{alone.id}/card/new").status_code == 404
    made, code = entered(desk, unit)
    claim(client, code)
    assert desk.post(f"/organise/volunteers/{made.id}/card/new").status_code == 409


def test_no_card_is_made_for_who_got_in_before_their_device_was_forgotten(client, desk, unit):
    made, _code = entered(desk, unit)
    with transaction():
        sign_in.note_sign_in(made.person, now=NOON)
    assert desk.post(f"/organise/volunteers/{made.id}/card/new").status_code == 409


def test_a_card_shows_nothing_of_what_strangers_left_with_the_number(app, client, desk, unit):
    """Whoever enters people types any number; only a code proves that it is theirs."""
    theirs = factories.registration(factories.event(), "陌生人", PHONE)
    made, code = entered(desk, unit)
    claim(client, code)
    held = next(each for each in HELD if each.table == "registration")

    def seen():
        return [row["id"] for row in mine.rows_of(held, Subject.of(made.person))]

    assert seen() == []
    with transaction():
        sign_in.note_sign_in(made.person, now=NOON)
    assert seen() == [theirs.id]


def test_of_many_who_hold_one_card_one_gets_in(app, desk, unit):
    _made, code = entered(desk, unit)
    plain, let_in = code.replace(" ", ""), []

    def hold():
        let_in.append(actions.claim(plain, PHONE, now=NOON) is not None)

    all_together(app, [hold] * 4)
    assert sorted(let_in) == [False] * 3 + [True]
    assert db.session.scalars(select(ClaimCard)).one().used_at == NOON
