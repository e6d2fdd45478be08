"""People see, correct and take away what is held about them, and take consents back."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from sqlalchemy import select

from tests import factories
from tests.factories import NOON
from tests.privacy.somebody import (
    GUARDIAN,
    NAME,
    NUMBER,
    PHONE,
    TELLTALE,
    close,
)
from tests.security.world import SCAN
from volunteer_hub.accounts import actions as accounts
from volunteer_hub.accounts.models import Consent, Person, Purpose
from volunteer_hub.complaints.models import Complaint, ComplaintEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.privacy import queries
from volunteer_hub.privacy.owners import Subject
from volunteer_hub.privacy.registry import HELD


def test_everything_of_mine_can_be_taken_away(somebody, client):
    client.sign_in(db.session.get(Person, somebody))

    answer = client.post("/me/data/download")

    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        content = json.loads(packed.read("data.json"))
        names = packed.namelist()
        (picture,) = [packed.read(name) for name in names if name.endswith(".png")]
        people = packed.read("csv/person.csv").decode("utf-8-sig")
    rows = {held["table"]: held["rows"] for held in content["held"]}
    assert set(rows) == {held.table for held in HELD}
    assert rows["person"][0]["phone"] == PHONE
    assert rows["credential"][0]["number"] == NUMBER
    assert rows["guardian_consent"][0]["guardian_name"] == GUARDIAN
    assert {"name": NAME, "phone": PHONE} in [row["sealed"] for row in rows["audit_entry"]]
    assert picture == SCAN
    assert f"{NAME},{PHONE}" in people
    assert "csv/volunteer_skill.csv" in names


def test_nothing_of_others_is_in_it(somebody, client):
    factories.registration(name="赵麦芽", phone="13700001234")
    client.sign_in(factories.volunteer("另一个人").person)

    answer = client.post("/me/data/download")

    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        text = packed.read("data.json").decode()
    for telltale in (*TELLTALE, "赵麦芽", "13700001234"):
        assert telltale not in text


def test_a_workbook_is_in_it_where_one_can_be_written(somebody, client, monkeypatch):
    openpyxl = pytest.importorskip("openpyxl")
    client.sign_in(db.session.get(Person, somebody))

    with zipfile.ZipFile(io.BytesIO(client.post("/me/data/download").data)) as packed:
        book = openpyxl.load_workbook(io.BytesIO(packed.read("data.xlsx")))
    assert book["账号"]["A2"].value == NAME
    assert book["账号"]["B2"].value == PHONE

    monkeypatch.setattr("volunteer_hub.privacy.archive.has_workbooks", lambda: False)
    with zipfile.ZipFile(io.BytesIO(client.post("/me/data/download").data)) as packed:
        assert "data.xlsx" not in packed.namelist()


def test_every_kind_can_be_looked_at(somebody, client):
    client.sign_in(db.session.get(Person, somebody))
    overview = client.get("/me/data").text
    for held in HELD:
        page = client.get(f"/me/data/{held.table}")
        assert page.status_code == 200, held.table
        assert (f'/me/data/{held.table}"' in overview) == ("没有这类信息" not in page.text), held
    assert client.get("/me/data/region").status_code == 404
    assert NUMBER in client.get("/me/data/credential").text


def test_a_name_is_corrected(somebody, client):
    client.sign_in(db.session.get(Person, somebody))
    assert client.post("/me/data/name", data={"name": "007"}).status_code == 422
    assert client.post("/me/data/name", data={"name": "欧阳宁"}).location == "/me/data"
    db.session.remove()
    assert db.session.get(Person, somebody).name == "欧阳宁"


def test_consents_are_taken_back_one_by_one(somebody, client):
    client.sign_in(db.session.get(Person, somebody))

    def held():
        db.session.remove()
        statement = select(Consent.purpose).where(Consent.withdrawn_at.is_(None))
        return set(db.session.scalars(statement))

    assert client.post("/me/data/consents/share_national/withdraw").status_code == 302
    assert held() == set(Purpose) - {Purpose.SHARE_NATIONAL}
    assert client.post("/me/data/consents/share_national/withdraw").status_code == 409
    assert client.post("/me/data/consents/privacy_notice/withdraw").status_code == 409
    assert client.post("/me/data/consents/anything/withdraw").status_code == 404
    client.post("/me/data/consents/volunteer_terms/withdraw")
    volunteer = queries.offers.find_volunteer_of(somebody)
    assert volunteer.is_paused
    assert not volunteer.accepts_suggestions
    assert client.post("/me/data/consents/volunteer_terms/give").status_code == 302
    assert held() == set(Purpose) - {Purpose.SHARE_NATIONAL}


def test_what_an_office_notes_for_itself_is_not_shown_and_still_deleted(somebody):
    subject = Subject.of(db.session.get(Person, somebody))
    held = next(each for each in HELD if each.table == "complaint_entry")
    complaint_id = db.session.scalars(select(Complaint.id)).one()
    before = queries.counts_of(subject)["complaint_entry"]
    db.session.add(ComplaintEntry(complaint_id=complaint_id, said_at=NOON, text="证人是李师傅",
                                  is_note=True))  # fmt: skip
    db.session.commit()

    assert queries.counts_of(subject)["complaint_entry"] == before
    assert "证人是李师傅" not in [row["text"] for row in queries.rows_of(held, subject)]
    close(somebody)
    assert db.session.scalars(select(ComplaintEntry.id)).all() == []


def test_of_a_family_behind_one_phone_each_sees_their_own(somebody):
    person = db.session.get(Person, somebody)
    event = factories.event()
    theirs = factories.registration(event, "慕容小弟", person.phone)
    with transaction():
        other = accounts.create_person("慕容小弟", person.phone, now=NOON, shares=True)
    held = next(each for each in HELD if each.table == "registration")
    seen = {row["id"] for row in queries.rows_of(held, Subject.of(other))}
    assert seen == {theirs.id}
    assert theirs.id not in {row["id"] for row in queries.rows_of(held, Subject.of(person))}
