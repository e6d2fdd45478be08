"""Anybody files, nobody else reads; number and code lead back to it; offices answer in time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from tests import factories
from tests.factories import NOON
from volunteer_hub.complaints import actions, queries, rules
from volunteer_hub.complaints.errors import ComplaintClosedError
from volunteer_hub.complaints.models import Complaint
from volunteer_hub.complaints.rules import Draft, Kind, State
from volunteer_hub.core import jobs, numbers
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.core.tokens import link_token, spoken_code
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations.queries import scope_of

KEY = "0123456789abcdef0123456789abcdef"
SAID = "签到的码扫不出来"


@pytest.fixture(autouse=True)
def _noon(at):
    at(NOON)


def file(county="", person_id=None, said=SAID):
    county_id = factories.region(county).id if county else None
    draft = Draft(kind=Kind.COMPLAINT, text=said, contact="13811112222", county_id=county_id)
    with transaction():
        return actions.file(draft, person_id=person_id, now=NOON).id


def address(complaint_id):
    return f"/feedback/t/{link_token(actions.PURPOSE, complaint_id)}"


def answered(complaint_id, by, said="已经换了新的扫码枪"):
    with transaction():
        actions.answer(complaint_id, said, scope=scope_of(by.id), now=NOON)


def kept():
    db.session.rollback()
    return db.session.scalars(select(Complaint)).one()


def test_without_an_account_one_files_and_gets_number_and_code(client, app):
    form = {"kind": "complaint", "text": SAID, "county": "", "contact": "", "request_key": KEY}
    first, second = client.post("/feedback/new", data=form), client.post("/feedback/new", data=form)

    complaint = kept()
    assert first.location == second.location == address(complaint.id)
    page = client.get(first.location).text
    for shown in (SAID, rules.number_of(complaint.id), spoken_code(actions.PURPOSE, complaint.id)):
        assert shown in page
    assert (complaint.state, complaint.person_id) == (State.OPEN, None)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kind": ""}, "请选择是什么事"),
        ({"kind": "praise"}, "请从列表里选择"),
        ({"text": " "}, "请写几句话"),
        ({"text": "长" * 2001}, "最多 2000 个字"),
        ({"county": "99999"}, "请从列表里选择一项"),
        ({"contact": "1" * 61}, "最多 60 个字"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(client, app, changes, says):
    usual = {"kind": "complaint", "text": SAID, "county": "", "contact": "", "request_key": KEY}
    answer = client.post("/feedback/new", data=usual | changes)
    assert answer.status_code == 422
    assert says in answer.text
    assert db.session.scalars(select(Complaint)).all() == []


def test_number_and_code_lead_to_it_in_any_spelling(client, app):
    complaint_id = file()
    code = spoken_code(actions.PURPOSE, complaint_id)
    for number in (rules.number_of(complaint_id), f"ts {complaint_id}", f"ＴＳ00{complaint_id}"):
        spelled = {"number": number, "code": f"{code[:4]}-{code[4:].lower()}"}
        assert client.post("/feedback/track", data=spelled).location == address(complaint_id)


def test_a_wrong_number_and_a_wrong_code_look_the_same(client, app):
    complaint_id = file()
    wrong_code = {"number": rules.number_of(complaint_id), "code": "00000000"}
    no_number = {"number": "TS999999", "code": spoken_code(actions.PURPOSE, 999999)}
    for typed in (wrong_code, no_number, {"number": "hello", "code": "x"}):
        answer = client.post("/feedback/track", data=typed)
        assert answer.status_code == 422
        assert "编号或查询码不对" in answer.text
    assert client.get("/feedback/t/1-0000000000000000").status_code == 404


def test_codes_cannot_be_guessed_for_long(client, app):
    statuses = [
        client.post("/feedback/track", data={"number": "TS1", "code": str(n)}).status_code
        for n in range(22)
    ]
    assert statuses[-1] == 429


def test_what_was_said_is_read_in_no_file(app):
    file()
    raw = db.session.execute(text("SELECT contact FROM complaint")).scalar_one()
    said = db.session.execute(text("SELECT text FROM complaint_entry")).scalar_one()
    assert b"13811112222" not in bytes(raw)
    assert SAID.encode() not in bytes(said)


def test_an_answer_is_due_after_working_days_that_the_office_sets(app):
    assert db.session.get(Complaint, file()).due_on == date(2026, 9, 24)  # the 25th is a holiday
    with transaction():
        numbers.change(rules.DAYS_KEY, 3, by=None, now=NOON)
    assert db.session.get(Complaint, file()).due_on == date(2026, 9, 9)


def test_the_office_answers_and_whoever_filed_it_says_more_until_it_is_over(client, app):
    office, who = factories.office(), factories.person()
    complaint_id = file(person_id=who.id)
    client.sign_in(office)
    assert SAID in client.get(f"/office/complaints/{complaint_id}").text
    client.post(f"/office/complaints/{complaint_id}/take")
    assert (kept().state, kept().handled_by_id) == (State.TAKEN, office.id)
    client.post(f"/office/complaints/{complaint_id}/note", data={"note-text": "问过现场了"})
    assert client.post(f"/office/complaints/{complaint_id}", data={"text": ""}).status_code == 422
    client.post(f"/office/complaints/{complaint_id}", data={"text": "已经换了新的"})

    told = db.session.scalars(select(OutboxMessage)).one()
    assert (told.kind, told.recipient_id) == ("complaint_answered", who.id)
    page = client.get(address(complaint_id)).text
    assert "已经换了新的" in page
    assert "问过现场了" not in page
    assert kept().state is State.ANSWERED
    client.post(address(complaint_id), data={"text": "还是扫不出来"})
    assert kept().state is State.TAKEN
    client.post(f"/office/complaints/{complaint_id}/close")
    late = client.post(address(complaint_id), data={"text": "再说一句"})
    assert (late.status_code, "已经办结了" in late.text) == (409, True)
    with pytest.raises(ComplaintClosedError):
        answered(complaint_id, office)


def test_a_county_sees_its_own_and_the_city_all(client, app):
    own, other, citys = file("210682"), file("210681"), file()
    county = factories.office("210682")
    client.sign_in(county)
    page = client.get("/office/complaints").text
    assert rules.number_of(own) in page
    assert rules.number_of(other) not in page
    for foreign in (other, citys):
        assert client.get(f"/office/complaints/{foreign}").status_code == 404
        with pytest.raises(NotFoundError):
            answered(foreign, county)
    client.sign_in(factories.office())
    page = client.get("/office/complaints").text
    assert all(rules.number_of(each) in page for each in (own, other, citys))
    client.sign_in(factories.organiser())
    assert client.get("/office/complaints").status_code == 403


def test_what_is_late_is_shown_as_late_and_reminded_of_once(client, app, at):
    office = factories.office()
    complaint_id = file()
    remind = next(job for job in jobs.registered() if job.name == "complaints.remind").work
    due = db.session.get(Complaint, complaint_id).due_on
    remind(NOON)
    assert db.session.scalars(select(OutboxMessage)).all() == []
    soon = at(NOON + (due - NOON.date()) - timedelta(days=1))
    for _ in range(2):
        remind(soon)
    reminded = db.session.scalars(select(OutboxMessage)).one()
    assert (reminded.kind, reminded.recipient_id) == ("complaint_due", office.id)

    at(NOON + (due - NOON.date()) + timedelta(days=1))
    client.sign_in(office)
    assert "1 件过了答复期限" in client.get("/office/complaints").text
    answered(complaint_id, office)
    assert "过了答复期限" not in client.get("/office/complaints").text
    assert rules.number_of(complaint_id) in client.get("/office/complaints?shelf=answered").text
    assert client.get("/office/complaints?shelf=other").status_code == 404


def test_what_one_filed_while_signed_in_is_listed(client, app):
    who = factories.person()
    complaint_id = file(person_id=who.id)
    file()
    client.sign_in(who)
    page = client.get("/me/feedback").text
    assert address(complaint_id) in page
    assert len(queries.of_person(who.id)) == 1


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("TS000123", 123), (" ts 12 ", 12), ("７", 7), ("", None), ("TS", None), ("9" * 12, None)],
)
def test_numbers_are_read_as_people_write_them(typed, expected):
    assert rules.read_number(typed) == expected
