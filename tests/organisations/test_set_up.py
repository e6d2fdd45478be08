"""The link that "python3 run.py init" prints: one day, once, and only while there is no office."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.factories import NOON
from volunteer_hub.accounts import passwords, set_up
from volunteer_hub.accounts.models import Person
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations.models import Appointment

FILLED = {"name": "林小禾", "phone": "138 0013 8000", "password": "七里香和葡萄架下"}


@pytest.fixture
def link(app, at):
    at(NOON)
    with transaction():
        token = set_up.issue(now=NOON)
    return f"/setup/{token}"


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def test_the_first_person_is_let_in_as_the_citys_office(client, link):
    assert client.get(link).status_code == 200

    answer = client.post(link, data=FILLED)

    assert (answer.status_code, answer.location) == (302, "/organise")
    who = db.session.scalars(select(Person)).one()
    assert (who.name, who.phone, who.is_demo) == ("林小禾", "13800138000", False)
    assert passwords.is_right("七里香和葡萄架下", who.password_hash)
    office = db.session.scalars(select(Appointment)).one()
    assert (office.person_id, office.region_id) == (who.id, factories.region("210600").id)
    done = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [action for action in done if not action.endswith(".load")][-3:] == [
        "account.create", "account.set_password", "office.appoint",
    ]  # fmt: skip
    assert "市办公室" in client.get("/me/account").text


def test_once_used_the_link_is_dead(client, app, link):
    client.post(link, data=FILLED)
    for stranger in (client, app.test_client()):
        assert stranger.get(link).status_code == 410
        assert stranger.post(link, data=FILLED | {"phone": "13900139000"}).status_code == 410
    assert count(Person) == 1


def test_a_doubled_tap_makes_one_account_and_leads_to_the_same_page(client, link):
    page = client.get(link).text
    key = re.search(r'name="request_key"[^>]*value="(\w+)"', page)[1]
    answers = [client.post(link, data=FILLED | {"request_key": key}) for _ in range(2)]
    assert [answer.location for answer in answers] == ["/organise", "/organise"]
    assert count(Person) == 1


@pytest.mark.parametrize(("hours", "status"), [(23, 200), (24, 410), (25, 410)])
def test_it_is_good_for_a_day(client, link, at, hours, status):
    at(NOON + timedelta(hours=hours))
    assert client.get(link).status_code == status


def test_a_newer_link_makes_older_ones_worthless(client, link):
    with transaction():
        newer = set_up.issue(now=NOON)
    assert client.get(link).status_code == 410
    assert client.get(f"/setup/{newer}").status_code == 200


@pytest.mark.parametrize("token", ["nothing", "x" * 32, "13800138000", "字"])
def test_a_guessed_link_leads_nowhere(client, link, token):
    assert client.get(f"/setup/{token}").status_code == 410
    assert client.post(f"/setup/{token}", data=FILLED).status_code == 410
    assert count(Person) == 0


def test_where_there_is_an_office_already_the_link_is_dead(client, link):
    factories.office()
    assert client.get(link).status_code == 410
    assert client.post(link, data=FILLED).status_code == 410
    assert count(Person) == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "请填写您的姓名"),
        ("name", "赵" * 31, "30"),
        ("name", "admin123", "请填写真实姓名"),
        ("name", "😀", "请填写真实姓名"),
        ("phone", "", "请填写手机号"),
        ("phone", "12345", "请填写 11 位手机号"),
        ("phone", "kepu@example.cn", "请填写 11 位手机号"),
        ("password", "", "请填写密码"),
        ("password", "short", "密码至少要 8 个字"),
        ("password", "x y" * 200, "密码最多 128 个字"),
        ("password", "dandong2026", "这个密码太常见"),
        ("password", "13800138000", "很容易被猜到"),
    ],
)
def test_what_cannot_be_is_said_beside_what_was_typed(client, link, field, value, said):
    answer = client.post(link, data=FILLED | {field: value})
    assert answer.status_code == 422
    assert said in answer.text
    assert ("林小禾" in answer.text) is (field != "name")
    assert "七里香" not in answer.text
    assert count(Person) == 0
    assert client.post(link, data=FILLED).status_code == 302  # the link is still good


def test_full_width_digits_are_digits(client, link):
    client.post(link, data=FILLED | {"phone": "１３８００１３８０００"})
    assert db.session.scalars(select(Person.phone)).one() == "13800138000"


def test_a_stale_page_writes_nothing_and_keeps_what_was_typed(client, link):
    answer = client.post(link, data=FILLED, csrf=False)
    assert answer.status_code == 422
    assert "林小禾" in answer.text
    assert count(Person) == 0


def test_a_phone_that_somebody_has_is_said_beside_it(client, link):
    factories.person(phone="13800138000")
    answer = client.post(link, data=FILLED)
    assert answer.status_code == 422
    assert "已经有账号了" in answer.text
    assert client.post(link, data=FILLED | {"phone": "13900139000"}).status_code == 302


def test_of_two_who_use_it_at_once_one_is_let_in(app, link):
    ready, statuses = threading.Barrier(2), []

    def use(phone: str) -> None:
        with app.app_context():
            visitor = app.test_client()
            ready.wait()
            statuses.append(visitor.post(link, data=FILLED | {"phone": phone}).status_code)
            db.session.remove()

    threads = [threading.Thread(target=use, args=(f"1390013900{number}",)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [302, 410]
    assert count(Person) == 1


def run(app, *arguments):
    return app.test_cli_runner().invoke(args=["accounts", "set-up-link", *arguments])


def test_the_command_prints_a_link_that_works(app, client):
    said = run(app).output
    address = re.search(r"http://localhost(/setup/\S+)", said)[1]
    assert client.get(address).status_code == 200
    said = run(app, "--address", "https://192.168.1.5:5000").output
    assert re.search(r"  https://192\.168\.1\.5:5000/setup/\S{32}\n", said)


def test_the_command_prints_no_link_where_there_is_an_office(app):
    factories.office()
    assert "/setup/" not in run(app).output
