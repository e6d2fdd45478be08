from __future__ import annotations

import re
from datetime import timedelta

import pytest
from argon2 import PasswordHasher, extract_parameters
from flask import g
from sqlalchemy import func, select

from tests.client import counted_queries
from tests.factories import NOON, office, organiser, person, volunteer
from volunteer_hub.accounts import actions, passwords
from volunteer_hub.accounts.models import AccountSession, Consent, Person, Purpose, SignInTry
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.core.sealing import unseal
from volunteer_hub.core.security import limiter
from volunteer_hub.core.transaction import transaction

PHONE, OTHER, THIRD = "13800138000", "13900139000", "13700137000"
PASSWORD = "七里香和葡萄架下"
KEPT = passwords.make_hash(PASSWORD)


@pytest.fixture(autouse=True)
def _noon(at):
    at(NOON)


def code_for(who):
    message = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    return unseal(who.id, message.params["sealed"])["code"]


def ask(client, contact=PHONE, **more):
    return client.post("/sign-in/code", data={"contact": contact, **more})


def enter(client, code, **more):
    return client.post("/sign-in/code/enter", data={"code": code, **more})


def by_password(client, contact=PHONE, password=PASSWORD, **more):
    return client.post("/sign-in", data={"contact": contact, "password": password, **more})


def is_signed_in(client):
    return client.get("/me/account").status_code == 200


def test_a_code_signs_in_and_leads_a_volunteer_to_their_events(client, app):
    who = person(phone=PHONE)
    volunteer(who=who)
    assert ask(client).location == "/sign-in/code/enter"
    assert enter(client, code_for(who)).location == "/me"
    assert is_signed_in(client)


def test_the_page_for_the_code_hides_the_number_and_says_where_to_look_in_development(client, app):
    ask(client)
    text = client.get("/sign-in/code/enter").text
    assert "138****8000" in text
    assert 'href="/dev/outbox"' in text
    assert 'autocomplete="one-time-code"' in text


@pytest.mark.parametrize(
    ("make", "place"), [(office, "/organise"), (organiser, "/organise"), (person, "/me/account")]
)
def test_everyone_lands_where_they_belong(client, app, make, place):
    who = make()
    ask(client, who.phone)
    assert enter(client, code_for(who)).location == place


def test_a_code_may_be_typed_full_width_with_spaces(client, app):
    who = person(phone=PHONE)
    ask(client, "＋８６ １３８ ００１３ ８０００")
    typed = " ".join(chr(ord(digit) + 0xFEE0) for digit in code_for(who))
    assert enter(client, typed).status_code == 302


def test_signing_in_goes_on_to_where_one_was_headed_but_never_elsewhere(client, app):
    who = person(phone=PHONE)
    ask(client, next="/me/account?x=1")
    assert enter(client, code_for(who)).location == "/me/account?x=1"


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/a\r\nX: y",
        "javascript:alert(1)",
    ],
)
def test_no_address_leads_off_the_site(client, app, target):
    person(phone=PHONE, password_hash=KEPT)
    response = by_password(client, next=target)
    assert (response.status_code, response.location) == (302, "/me/account")


def test_a_page_that_needs_sign_in_is_come_back_to(client, app):
    person(phone=PHONE, password_hash=KEPT)
    asked = client.get("/me/account")
    assert asked.location == "/sign-in?next=/me/account"
    form = client.get(asked.location + "&way=password").text
    assert 'name="next" type="hidden" value="/me/account"' in form


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "１２３", "😀😀😀😀😀😀", "1" * 200])
def test_what_is_no_code_is_refused_without_counting_a_try(client, app, typed):
    who = person(phone=PHONE)
    ask(client)
    response = enter(client, typed)
    assert response.status_code == 422
    assert enter(client, code_for(who)).status_code == 302


def test_a_wrong_code_says_how_often_one_may_still_try(client, app):
    who = person(phone=PHONE)
    ask(client)
    wrong = f"{(int(code_for(who)) + 1) % 1000000:06}"
    assert "还可以再试 4 次" in enter(client, wrong).text
    assert not is_signed_in(client)


def test_an_old_code_is_refused_kindly(client, app, at):
    who = person(phone=PHONE)
    ask(client)
    at(NOON + timedelta(minutes=10))
    assert "重新获取" in enter(client, code_for(who)).text


def test_a_code_can_be_typed_on_another_device_with_the_contact(app):
    who = person(phone=PHONE)
    ask(app.test_client())
    elsewhere = app.test_client()
    assert "手机号" in elsewhere.get("/sign-in/code/enter").text
    assert enter(elsewhere, code_for(who), contact=PHONE).status_code == 302


@pytest.mark.parametrize("typed", ["", "123", "😀", "x" * 500, "138001380001", "li@"])
def test_what_is_no_contact_is_asked_for_again_with_what_was_typed(client, app, typed):
    for response in (ask(client, typed), by_password(client, typed)):
        assert response.status_code == 422
        assert not typed or f'value="{typed}"' in response.text
    assert db.session.scalar(select(func.count(SignInTry.id))) == 0


def test_known_and_unknown_contacts_get_the_same_answers(app):
    person(phone=PHONE, password_hash=KEPT)
    pages = []
    for contact in (PHONE, OTHER):
        g.pop("csrf_token", None)  # of the other client
        client = app.test_client()
        asked = ask(client, contact)
        shown = client.get(asked.location)
        wrong_code = enter(client, "000000")
        wrong_password = by_password(client, contact, "falsch falsch")
        pages.append(
            [
                (each.status_code, re.sub(r'value="[^"]*"|138\*+8000|139\*+9000', "", each.text))
                for each in (asked, shown, wrong_code, wrong_password)
            ]
        )
    assert pages[0] == pages[1]


def work_of_a_wrong_password(client, contact, monkeypatch):
    """Return what takes the time of an answer: the hashes that are computed, the statements."""
    hashed = []

    class Watched:
        def verify(self, kept, password):
            hashed.append(extract_parameters(kept))
            return PasswordHasher().verify(kept, password)

    monkeypatch.setattr(passwords, "_hasher", Watched())
    with counted_queries() as statements:
        assert by_password(client, contact, "falsch falsch").status_code == 422
    return hashed, list(statements)


def test_known_and_unknown_contacts_cost_the_same_work(app, monkeypatch):
    """Whoever measures answers learns nothing; counted, for a busy machine measures itself."""
    person(phone=PHONE, password_hash=KEPT)
    person(phone=THIRD, password_hash=None)
    client = app.test_client()
    by_password(client, OTHER)  # the first request of a process also reads what it remembers

    known, unknown, without = (
        work_of_a_wrong_password(client, contact, monkeypatch) for contact in (PHONE, OTHER, THIRD)
    )

    hashed, _statements = known
    assert hashed == [extract_parameters(KEPT)]
    assert known == unknown == without


def test_a_password_signs_in(client, app):
    who = person(email="li@example.cn", password_hash=KEPT)
    volunteer(who=who)
    assert by_password(client, "Li@Example.cn").location == "/me"
    assert is_signed_in(client)


def test_spaces_belong_to_a_password(client, app):
    person(phone=PHONE, password_hash=passwords.make_hash("  two spaces "))
    assert by_password(client, password="two spaces").status_code == 422
    assert by_password(client, password="  two spaces ").status_code == 302


def test_someone_without_a_password_is_told_the_same_as_with_a_wrong_one(client, app):
    person(phone=PHONE)
    response = by_password(client)
    assert response.status_code == 422
    assert "验证码登录" in response.text


def test_a_weak_hash_is_renewed_at_sign_in(client, app):
    weak = PasswordHasher(memory_cost=8192, time_cost=1, parallelism=1).hash(PASSWORD)
    who = person(phone=PHONE, password_hash=weak)
    by_password(client)
    db.session.refresh(who)
    assert "m=19456,t=2,p=1" in who.password_hash


def test_the_sixth_wrong_password_is_stopped_and_the_right_one_too(client, app, at):
    person(phone=PHONE, password_hash=KEPT)
    assert [by_password(client, password="falsch").status_code for _ in range(6)] == [422] * 5 + [
        429
    ]
    assert by_password(client).status_code == 429
    at(NOON + timedelta(minutes=15))
    assert by_password(client).status_code == 302


def test_limits_hold_when_the_limiter_forgot_everything_and_from_other_addresses(client, app):
    person(phone=PHONE, password_hash=KEPT)
    for number in range(5):
        client.post(
            "/sign-in",
            data={"contact": PHONE, "password": "falsch"},
            environ_base={"REMOTE_ADDR": f"10.0.0.{number}"},
        )
        limiter.reset()
    assert by_password(client).status_code == 429


def test_a_locked_password_leaves_the_code_open(client, app):
    who = person(phone=PHONE, password_hash=KEPT)
    for _ in range(6):
        by_password(client, password="falsch")
    ask(client)
    assert enter(client, code_for(who)).status_code == 302


def test_a_flood_from_one_address_is_stopped(client, app):
    answers = [ask(client, f"138{number:08}").status_code for number in range(61)]
    assert answers == [302] * 60 + [429]


def test_a_session_planted_before_sign_in_is_worth_nothing_after(client, app):
    person(phone=PHONE, password_hash=KEPT)
    client.get("/sign-in")
    with client.session_transaction() as session:
        session["planted"] = "by another"
        session["_user_id"] = "planted-token"
    by_password(client)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session["_user_id"] != "planted-token"


def test_signing_in_as_another_signs_the_first_one_out(client, app):
    first = person(phone=PHONE, password_hash=KEPT)
    person(phone=OTHER, password_hash=KEPT)
    by_password(client)
    by_password(client, OTHER)
    live = db.session.scalars(
        select(AccountSession).where(AccountSession.revoked_at.is_(None))
    ).one()
    assert live.person_id != first.id


def test_signing_out_makes_the_old_cookie_worthless(client, app):
    person(phone=PHONE, password_hash=KEPT)
    by_password(client)
    old = client.get_cookie("vh").value
    assert client.post("/sign-out").location == "/"
    assert not is_signed_in(client)
    client.set_cookie("vh", old)
    assert not is_signed_in(client)


def test_signing_out_takes_a_button_not_a_link(client, app):
    client.sign_in(person())
    assert client.get("/sign-out").status_code in (404, 405)
    assert is_signed_in(client)


def test_a_session_ends_after_a_month(client, app, at):
    person(phone=PHONE, password_hash=KEPT)
    by_password(client)
    at(NOON + timedelta(days=30))
    assert not is_signed_in(client)


@pytest.mark.parametrize("address", ["/sign-in", "/sign-in/code", "/sign-in/code/enter"])
def test_a_stale_page_keeps_what_was_typed_and_writes_nothing(client, app, address):
    person(phone=PHONE, password_hash=KEPT)
    data = {"contact": PHONE, "password": PASSWORD, "code": "123456"}
    response = client.post(address, data=data, csrf=False)
    assert response.status_code == 422
    assert "请再按一次" in response.text
    assert PASSWORD not in response.text
    assert db.session.scalar(select(func.count(SignInTry.id))) == 0


@pytest.mark.parametrize("address", ["/demo-sign-in", "/sign-out", "/me/account/sign-out-others"])
def test_buttons_without_a_token_do_nothing(client, app, address):
    with transaction():
        actions.create_person("演示人", "13900000003", now=NOON, is_demo=True)
    client.sign_in(person())
    assert client.post(address, data={"role": "organiser"}, csrf=False).status_code == 400
    assert is_signed_in(client)


def demo(phone, make):
    who = make()
    with transaction():
        row = db.session.get(Person, who.id)
        row.phone, row.is_demo, row.name = phone, True, f"演示{phone[-1]}号"
    return who


def test_each_demo_role_is_one_button_away(client, app):
    demo("13900000001", office)
    demo("13900000003", organiser)
    text = client.get("/sign-in").text
    assert text.count('action="/demo-sign-in"') == 2
    response = client.post("/demo-sign-in", data={"role": "city_office"})
    assert response.location == "/organise"
    assert "演示1号" in client.get("/me/account").text


def test_without_demo_data_nobody_gets_in_by_a_demo_role(client, app):
    organiser_without_demo = organiser()
    with transaction():
        db.session.get(Person, organiser_without_demo.id).phone = "13900000003"
    assert "demo-sign-in" not in client.get("/sign-in").text
    for role in ("organiser", "", "root", "😀"):
        assert client.post("/demo-sign-in", data={"role": role}).status_code == 404
    assert not is_signed_in(client)


def test_the_sign_in_page_stands_in_elder_mode_and_english(client, app):
    demo("13900000001", office)
    assert 'data-text="large"' in client.get("/sign-in?elder=1").text
    assert client.get("/sign-in?way=password&lang=en").status_code == 200


def test_the_account_page_shows_contact_and_devices(client, app):
    who = person(phone=PHONE)
    with transaction():
        actions.give_consent(who.id, [Purpose.PRIVACY_NOTICE], channel="web", now=NOON)
    client.sign_in(who)
    text = client.get("/me/account").text
    for shown in ("138\u00a00013\u00a08000", "/me/data", "本机"):
        assert shown in text
    text = client.get("/me/data").text
    for shown in ("个人信息保护政策", "2026年9月5日", "2026-11 版"):
        assert shown in text
    assert db.session.scalar(select(func.count(Consent.id))) == 1


def test_the_account_page_costs_the_same_with_one_device_and_three(app):
    clients = []
    for devices, phone in ((1, PHONE), (3, OTHER)):
        who = person(phone=phone)
        clients.append([app.test_client() for _ in range(devices)])
        for client in clients[-1]:
            client.sign_in(who)
    counts = []
    for client, *_ in clients:
        client.get("/me/account")
        db.session.remove()
        with counted_queries() as statements:
            client.get("/me/account")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 12


def set_password(client, password, **more):
    return client.post("/me/account", data={"password": password, **more})


def test_a_first_password_needs_no_other(client, app):
    who = person(phone=PHONE)
    client.sign_in(who)
    assert set_password(client, PASSWORD).location == "/me/account"
    db.session.refresh(who)
    assert passwords.is_right(PASSWORD, who.password_hash)


def test_a_second_password_needs_the_first(client, app):
    who = person(phone=PHONE, password_hash=KEPT)
    client.sign_in(who)
    assert set_password(client, "新的一句话九月").status_code == 422
    assert set_password(client, "新的一句话九月啊", current="falsch").status_code == 422
    assert set_password(client, "新的一句话九月啊", current=PASSWORD).status_code == 302


def test_a_forgotten_password_is_replaced_after_a_code(client, app, at):
    who = person(phone=PHONE, password_hash=KEPT)
    ask(client)
    enter(client, code_for(who))
    assert "原密码" not in client.get("/me/account").text
    assert set_password(client, "新的一句话九月啊").status_code == 302
    at(NOON + timedelta(minutes=15))
    assert "原密码" in client.get("/me/account").text


@pytest.mark.parametrize("bad", ["", "短", "12345678", "丹东科普2026", "x" * 129, "13800138000"])
def test_a_guessable_password_is_refused_with_advice(client, app, bad):
    who = person(phone=PHONE)
    client.sign_in(who)
    response = set_password(client, bad)
    assert response.status_code == 422
    assert "field--error" in response.text
    db.session.refresh(who)
    assert who.password_hash is None


def test_another_password_signs_the_other_devices_out(app):
    who = person(phone=PHONE)
    here, there = app.test_client(), app.test_client()
    here.sign_in(who)
    there.sign_in(who)
    set_password(here, PASSWORD)
    assert is_signed_in(here)
    assert not is_signed_in(there)


def test_other_devices_are_signed_out_with_one_button(app):
    who = person(phone=PHONE)
    here, there = app.test_client(), app.test_client()
    here.sign_in(who)
    there.sign_in(who)
    assert here.post("/me/account/sign-out-others").status_code == 302
    assert is_signed_in(here)
    assert not is_signed_in(there)


def test_wrong_passwords_on_the_account_page_are_limited_too(client, app):
    client.sign_in(person(phone=PHONE, password_hash=KEPT))
    for _ in range(5):
        set_password(client, "新的一句话九月啊", current="falsch")
    assert "15 分钟" in set_password(client, "新的一句话九月啊", current=PASSWORD).text


def test_cookies_are_for_this_site_alone(client, app):
    person(phone=PHONE, password_hash=KEPT)
    header = by_password(client).headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header


def test_personal_pages_are_not_kept_by_browsers(client, app):
    client.sign_in(person())
    assert client.get("/me/account").headers["Cache-Control"] == "no-store"


def test_a_page_for_posting_opened_as_a_link_leads_back(client, app):
    assert client.get("/sign-in/code").location == "/sign-in"


def test_the_code_arrives_in_the_development_outbox(client, app):
    who = person(phone=PHONE)
    ask(client)
    code = code_for(who)
    assert code in client.get("/dev/outbox").text


def test_pages_opened_side_by_side_after_signing_in_can_both_be_sent(client, app):
    who = person(phone=PHONE)
    ask(client)
    assert enter(client, code_for(who)).status_code == 302

    with client.session_transaction() as session:
        shared = session["csrf_token"]
    client.get("/me/account")
    with client.session_transaction() as session:
        assert session["csrf_token"] == shared
