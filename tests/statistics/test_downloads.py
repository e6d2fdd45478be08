from __future__ import annotations

import csv
import io

import pytest
from sqlalchemy import select

from tests import factories
from tests.factories import HOUR, NOON
from volunteer_hub.checkin.models import Attendance
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.sheets import csv_bytes, safe_cell


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_never_starts_a_formula(start):
    assert safe_cell(f"{start}1+1") == f"'{start}1+1"


def test_a_file_opens_in_a_spreadsheet_with_its_characters():
    content = csv_bytes(["姓名"], [["欧阳𬱖"], ["a,b"]])

    assert content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig")))) == [
        ["姓名"],
        ["欧阳𬱖"],
        ["a,b"],
    ]


def rows_of(answer):
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_attendance_is_masked_and_the_download_is_noted(client, at):
    at(NOON)
    event = factories.event()
    office = factories.office()
    registration = factories.registration(event, name="赵麦芽", phone="13812345678", companions=1)
    db.session.add(
        Attendance(event_id=event.id, registration_id=registration.id, people=2, in_at=NOON)
    )
    db.session.commit()
    client.sign_in(office)

    answer = client.get(f"/organise/events/{event.id}/attendance.csv")

    (row,) = rows_of(answer)[1:]
    assert row[1:4] == ["赵*芽", "138****5678", "2"]
    assert row[-2:] == ["2026年9月5日（周六） 12:00", "2"]
    noted = db.session.scalars(select(AuditEntry.action)).all()
    assert noted == ["download.attendance"]


def test_hours_list_everyone_on_the_roster(client, at):
    at(NOON)
    assignment = factories.assignment()
    event_id = assignment.post.shift.event_id
    db.session.add(
        Attendance(
            event_id=event_id, assignment_id=assignment.id, in_at=NOON, out_at=NOON + 2 * HOUR
        )
    )
    db.session.commit()
    client.sign_in(factories.office())

    (row,) = rows_of(client.get(f"/organise/events/{event_id}/hours.csv"))[1:]

    assert row[1] == "林小禾"
    assert row[-4:] == ["12:00", "14:00", "", "待确认"]


def test_the_office_sees_coverage_and_no_ranking(client, at):
    at(NOON)
    factories.event(status="published")
    client.sign_in(factories.office())

    page = client.get("/organise/overview")

    assert page.status_code == 200
    assert page.text.index("元宝区") < page.text.index("凤城市")
    assert "通远堡镇" not in page.text.split("今年还没有活动")[1]
