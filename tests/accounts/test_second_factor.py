"""A second factor is set up with an app, asked for at every sign-in, and replaced by paper once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from tests import factories
from tests.client import counted_queries
from tests.factories import NOON
from volunteer_hub.accounts import actions, passwords, second, totp
from volunteer_hub.accounts.errors import DemoKeepsOpenError
from volunteer_hub.accounts.models import AccountSession, RecoveryCode, SecondFactor
from volunteer_hub.core import numbers
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations.models import Membership

PASSWORD = "北风吹过鸭绿江"
HASH = passwords.make_hash(PASSWORD)
PHONE = "13800138000"
HALF_MINUTE = timedelta(seconds=30)


@pytest.fixture(autouse=True)
def _noon(at):
    at(NOON)


@pytest.fixture
def who(app):
    return factories.person(phone=PHONE, password_hash=HASH)


def secret_of(person_id):
    db.session.rollback()
    return db.session.scalars(
        select(SecondFactor.secret).where(SecondFactor.person_id == person_id)
    ).one()


def code(person_id, now=NOON):
    return totp.code_at(secret_of(person_id), totp.step_of(now))


def set_up(person_id, now=NOON - 2 * HALF_MINUTE):
    """Return the codes for paper."""
    with transaction():
        shared = second.begin(person_id, now=now)
        return second.confirm(person_id, totp.code_at(shared, totp.step_of(now)), now=now)


def sign_in(client, next_path=""):
    typed = {"contact": PHONE, "password": PASSWORD, "next": next_path}
    return client.post("/sign-in?way=password", data=typed)


def is_signed_in(client):
    return client.get("/me/account").status_code == 200


def test_an_app_is_set_up_and_the_other_devices_are_signed_out(client, app, who):
    elsewhere = app.test_client()
    elsewhere.sign_in(who)
    client.sign_in(who)
    assert "开始设置" in client.get("/me/second-factor").text
    client.post("/me/second-factor/begin")
    page = client.get("/me/second-factor").text
    assert totp.spelled(secret_of(who.id)) in page
    assert "<svg" in page
    wrong = client.post("/me/second-factor", data={"code": "000000"})
    assert (wrong.status_code, "验证码不对" in wrong.text) == (422, True)

    done = client.post("/me/second-factor", data={"code": code(who.id)})

    assert len(re.findall(r"<code>\w{5}-\w{5}</code>", done.text)) == second.RECOVERY_CODES
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert "还有 10 个备用码" in client.get("/me/second-factor").text


def test_a_password_alone_does_not_let_in(client, app, who):
    set_up(who.id)
    assert sign_in(client, "/me/data").location == "/sign-in/second"
    assert not is_signed_in(client)
    assert db.session.scalars(select(AccountSession)).all() == []
    assert client.post("/sign-in/second", data={"code": "000000"}).status_code == 422
    assert not is_signed_in(client)

    answer = client.post("/sign-in/second", data={"code": code(who.id)})

    assert answer.location == "/me/data"
    assert is_signed_in(client)


def test_a_code_lets_in_once(client, app, who):
    set_up(who.id)
    used = code(who.id)
    sign_in(client)
    assert client.post("/sign-in/second", data={"code": used}).status_code == 302
    other = app.test_client()
    sign_in(other)
    assert other.post("/sign-in/second", data={"code": used}).status_code == 422


def test_a_code_by_text_message_needs_the_second_factor_too(client, app, who):
    set_up(who.id)
    with transaction():
        sent = actions.make_code(PHONE, now=NOON)
    answer = client.post("/sign-in/code/enter", data={"contact": PHONE, "code": sent})
    assert answer.location == "/sign-in/second"
    assert not is_signed_in(client)


def test_a_code_from_paper_lets_in_once_in_any_spelling(client, app, who):
    first, second_code, *_ = set_up(who.id)
    for typed, status in ((first.lower(), 302), (first, 422), (second_code.replace("-", " "), 302)):
        browser = app.test_client()
        sign_in(browser)
        assert browser.post("/sign-in/second", data={"code": typed}).status_code == status
    assert second.codes_left(who.id) == second.RECOVERY_CODES - 2


def test_guessing_ends_after_a_few_tries(client, app, who):
    set_up(who.id)
    sign_in(client)
    for _ in range(6):
        answer = client.post("/sign-in/second", data={"code": "000000"})
    assert "输错的次数太多了" in answer.text
    right = client.post("/sign-in/second", data={"code": code(who.id)})
    assert right.status_code == 422


def test_whoever_takes_too_long_begins_again(client, app, who, at):
    set_up(who.id)
    sign_in(client)
    later = at(NOON + timedelta(minutes=16))
    assert client.post("/sign-in/second", data={"code": code(who.id, later)}).status_code == 422
    assert client.get("/sign-in/second").location == "/sign-in"


def test_it_is_taken_off_with_a_code_of_it_alone(client, app, who):
    set_up(who.id)
    client.sign_in(who)
    assert client.post("/me/second-factor", data={"code": "000000"}).status_code == 422
    assert client.post("/me/second-factor", data={"code": code(who.id)}).status_code == 302
    assert db.session.scalars(select(SecondFactor)).all() == []
    assert db.session.scalars(select(RecoveryCode)).all() == []
    assert sign_in(app.test_client()).location != "/sign-in/second"


def test_nobody_puts_their_own_in_its_place_without_a_code(client, app, who):
    set_up(who.id)
    secret = secret_of(who.id)
    client.sign_in(who)

    assert client.post("/me/second-factor/begin").status_code == 409
    assert secret_of(who.id) == secret
    assert sign_in(app.test_client()).location == "/sign-in/second"


def test_secret_and_codes_are_read_in_no_file(app, who):
    codes = set_up(who.id)
    raw = bytes(db.session.execute(text("SELECT secret FROM second_factor")).scalar_one())
    assert secret_of(who.id) not in raw
    hashes = db.session.scalars(select(RecoveryCode.code_hash)).all()
    assert not set(hashes) & {each.replace("-", "") for each in codes}


def test_nobody_locks_others_out_of_an_invented_person(client, app, who):
    who.is_demo = True
    db.session.commit()
    with pytest.raises(DemoKeepsOpenError), transaction():
        second.begin(who.id, now=NOON)
    client.sign_in(who)
    assert client.post("/me/second-factor/begin").status_code == 409


class TestWhereItIsRequired:
    """Staff set one up within the days of grace; until then they see nobody's data."""

    @pytest.fixture(autouse=True)
    def _required(self, app, monkeypatch):
        monkeypatch.setitem(app.config, "REQUIRES_SECOND_FACTOR", True)

    @pytest.mark.parametrize("make", [factories.office, factories.organiser])
    def test_staff_are_led_to_it_once_the_days_are_over(self, client, app, at, make):
        staff = make()
        client.sign_in(staff)
        at(NOON + timedelta(days=14, seconds=-1))
        assert client.get("/organise/volunteers").status_code == 200
        at(NOON + timedelta(days=14))
        for path in ("/organise/volunteers", "/organise", "/me/data"):
            assert client.get(path).location == "/me/second-factor"
        assert client.get("/me/second-factor").status_code == 200
        assert client.get("/events").status_code == 200

    def test_it_is_looked_up_once_an_hour_and_for_everybody_anew(self, client, app, at):
        old, new = factories.organiser(), factories.organiser()
        at(NOON + timedelta(days=14))
        for membership in db.session.scalars(select(Membership)):
            if membership.person_id == new.id:
                membership.joined_at = NOON + timedelta(days=13)
        db.session.commit()
        client.sign_in(new)

        def asked():
            with counted_queries() as statements:
                assert client.get("/organise/venues").status_code == 200
            return sum("min(membership.joined_at)" in each for each in statements)

        assert [asked(), asked()] == [1, 0]
        at(NOON + timedelta(days=14, hours=1))
        assert [asked(), asked()] == [1, 0]
        client.sign_in(old)
        assert client.get("/organise/venues").location == "/me/second-factor"

    def test_whoever_has_one_goes_on(self, client, app, at):
        staff = factories.organiser()
        client.sign_in(staff)
        at(NOON + timedelta(days=14))
        set_up(staff.id)
        assert client.get("/organise/volunteers").status_code == 200

    def test_volunteers_are_not_asked(self, client, app, at):
        client.sign_in(factories.volunteer().person)
        at(NOON + timedelta(days=400))
        assert client.get("/me").status_code == 200

    def test_whoever_takes_it_off_is_led_there_on_every_device(self, client, app, at):
        staff = factories.organiser()
        for_both = at(NOON + timedelta(days=20))
        set_up(staff.id, now=for_both - 2 * HALF_MINUTE)
        other = app.test_client()
        for browser in (client, other):
            browser.sign_in(staff)
            with browser.session_transaction() as session:
                session["second"] = True
        assert client.get("/organise/venues").status_code == 200

        taken_off = client.post("/me/second-factor", data={"code": code(staff.id, for_both)})

        assert taken_off.status_code == 302
        assert client.get("/organise/venues").location == "/me/second-factor"
        assert not is_signed_in(other)

    def test_the_desk_for_complaints_is_behind_it_too(self, client, at):
        client.sign_in(factories.office())
        at(NOON + timedelta(days=14))
        assert client.get("/office/complaints").location == "/me/second-factor"
        assert client.get("/feedback").status_code == 200

    def test_the_city_may_ask_at_once(self, client, app):
        client.sign_in(factories.office())
        with transaction():
            numbers.change("second.grace", 0, by=None, now=NOON)
        assert client.get("/organise").location == "/me/second-factor"

    def test_where_it_is_not_required_nobody_is_led_there(self, client, app, at, monkeypatch):
        monkeypatch.setitem(app.config, "REQUIRES_SECOND_FACTOR", False)
        client.sign_in(factories.office())
        at(NOON + timedelta(days=400))
        assert client.get("/organise").status_code == 200
