"""Venues, resources and events in spreadsheets, in and out, as often as anybody likes."""

from __future__ import annotations

import io
import re

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from tests import factories
from tests.factories import HOUR, NOON
from volunteer_hub.core import sheets
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.events.models import Event, Status
from volunteer_hub.regions.models import Venue
from volunteer_hub.resources.models import Resource
from volunteer_hub.resources.rules import Kind, Purpose

VENUES = ["名称", "类型", "所在地", "座位数", "无台阶"]
SCHOOL = ["通远堡小学", "中小学", "通远堡镇", "200", "是"]


@pytest.fixture
def unit(client, at):
    at(NOON)
    of = factories.organisation("凤城市科协示例")
    client.sign_in(factories.organiser(of))
    return of


def send(client, kind, content, name="t.csv"):
    return client.post(f"/organise/tables/{kind}", data={"file": (io.BytesIO(content), name)})


def csv(*rows, encoding="utf-8"):
    return "\n".join(",".join(row) for row in rows).encode(encoding)


def take(client, kind, content, name="t.csv"):
    looked = send(client, kind, content, name)
    assert looked.status_code == 200
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", looked.text, re.DOTALL)
    if found is None:
        return looked.text
    carried = found[1].replace("&#34;", '"').replace("&#39;", "'").replace("&amp;", "&")
    return client.post(
        f"/organise/tables/{kind}/take", data={"content": carried}, follow_redirects=True
    ).text


def count(model):
    db.session.rollback()
    return db.session.scalar(select(func.count(model.id)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_venues_come_in_whatever_the_file_is_spelled_in(client, unit, encoding):
    text = take(client, "venues", csv(["说明"], VENUES, SCHOOL, encoding=encoding))

    venue = db.session.scalars(select(Venue)).one()
    assert "新增 1，更改 0，不变 0" in text
    assert (venue.name, venue.capacity, venue.is_step_free) == ("通远堡小学", 200, True)


def test_the_same_file_twice_doubles_nothing_and_a_changed_cell_changes_it(client, unit):
    for _ in range(2):
        take(client, "venues", csv(VENUES, SCHOOL))
    assert count(Venue) == 1
    venue = db.session.scalars(select(Venue)).one()
    venue.address, venue.lat, venue.lng = "中心街 1 号", 40.7, 123.9
    db.session.commit()

    text = take(client, "venues", csv(VENUES, [*SCHOOL[:3], "300", "是"]))

    db.session.expire_all()
    assert "新增 0，更改 1，不变 0" in text
    assert (venue.capacity, venue.address, venue.lat) == (300, "中心街 1 号", 40.7)


def test_each_wrong_line_says_why_and_the_others_are_taken(client, unit):
    lines = [
        SCHOOL, SCHOOL, ["", "中小学", "通远堡镇", "", ""], ["甲", "飞船", "通远堡镇", "", ""],
        ["乙", "中小学", "火星镇", "", ""], ["丙", "中小学", "通远堡镇", "很多", ""],
        ["丁", "中小学", "通远堡镇", "", "也许"],
    ]  # fmt: skip
    text = send(client, "venues", csv(VENUES, *lines)).text

    for words in (
        "和第 2 行是同一个",
        "请填写“名称”",
        "没有“飞船”",
        "“火星镇”不是",
        "整数",
        "“是”或“否”",
    ):
        assert words in text
    take(client, "venues", csv(VENUES, *lines))
    assert count(Venue) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\xff", "不是能读的表格"),
        (csv(["姓名", "电话"], ["甲", "1"]), "缺少这几列：名称、类型、所在地"),
        (csv(VENUES), "没有内容"),
        (csv(VENUES, *[SCHOOL] * 501), "一次最多 500 行"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(client, unit, content, words):
    answer = send(client, "venues", content)

    assert answer.status_code == 422
    assert words in answer.text


def test_merged_cells_are_refused_and_formulas_stay_text(client, unit):
    book = Workbook()
    sheet = book.active
    for row in (VENUES, SCHOOL, ["=cmd|' /C calc'!A0", "中小学", "通远堡镇", "", ""]):
        sheet.append([str(cell) for cell in row])
    sheet["A3"].data_type = "s"
    sheet.append(["并格小学", "中小学", "通远堡镇", "", ""])
    sheet.merge_cells("A4:B4")
    packed = io.BytesIO()
    book.save(packed)

    assert "合并的单元格" in send(client, "venues", packed.getvalue(), "t.xlsx").text
    take(client, "venues", packed.getvalue(), "t.xlsx")
    names = set(db.session.scalars(select(Venue.name)))
    assert names == {"通远堡小学", "=cmd|' /C calc'!A0"}
    handed = client.get("/organise/tables/venues/file?kind=csv").data
    assert b"'=cmd" in handed


def test_what_is_handed_out_changes_nothing_when_it_comes_back(client, unit):
    where = factories.venue()
    factories.event("观星夜", of=unit, at_venue=where, starts_at=NOON + 24 * HOUR, capacity=30)
    factories.resource(of=unit)
    for kind in ("venues", "resources", "events"):
        for file in ("csv", "xlsx"):
            handed = client.get(f"/organise/tables/{kind}/file?kind={file}").data
            text = send(client, kind, handed, f"t.{file}").text
            assert "已经有了，不变 1" in text, (kind, file)
            assert "会更改" not in text
            assert "不能导入" not in text


def test_events_come_in_as_drafts_with_the_posts_of_their_campaign(client, unit):
    factories.venue("通远堡小学")
    head = ["主办单位", "专项行动", "活动名称", "开始时间", "结束时间", "活动地点", "名额"]
    line = [unit.name, "科普大篷车进校园", "大篷车到通远堡", "2026-10-08 9:00",
            "2026年10月8日11点30分", "通远堡小学", "60"]  # fmt: skip

    for _ in range(2):
        take(client, "events", csv(head, line))

    event = db.session.scalars(select(Event)).one()
    assert (event.status, event.capacity, bool(event.shifts)) == (Status.DRAFT, 60, True)
    assert event.ends_at - event.starts_at == 2.5 * HOUR
    wrong = [
        [*line[:3], "2026-10-08 11:00", "2026-10-08 09:00", *line[5:]],
        ["别的单位", *line[1:]],
    ]
    text = send(client, "events", csv(head, *wrong)).text
    assert "结束时间要晚于开始时间" in text
    assert "不是您负责的单位" in text


def test_resources_come_in_for_own_units_alone(client, unit):
    head = ["单位", "种类", "名称", "座位数", "有效期至"]
    take(client, "resources", csv(head, [unit.name, "车辆", "大篷车", "12", "2027/6/30"],
                                  ["别的单位", "车辆", "大篷车", "12", ""]))  # fmt: skip

    row = db.session.scalars(select(Resource)).one()
    assert (row.kind, row.seats, row.valid_until.isoformat()) == (Kind.VEHICLE, 12, "2027-06-30")


def test_a_kind_there_is_not_is_not_found(client, unit):
    assert client.get("/organise/tables/people").status_code == 404
    assert sheets.MOST_ROWS > 500


def test_who_takes_numbers_of_contacts_away_is_written_down(client, unit):
    factories.venue()
    client.get("/organise/tables/venues/file?shown=empty")
    assert handed_out() == []
    client.get("/organise/tables/venues/file?kind=csv")
    assert [each.details for each in handed_out()] == [{"table": "venues", "lines": 1}]


def handed_out():
    db.session.rollback()
    return list(db.session.scalars(select(AuditEntry).filter_by(action="table.hand_out")))


def test_of_a_line_that_is_refused_nothing_stays(client, unit):
    one, two = (
        factories.event(name, of=unit, starts_at=NOON + day * 24 * HOUR)
        for name, day in (("第一站", 1), ("第二站", 2))
    )
    van = factories.resource(of=unit)
    trip = factories.trip(stops=[one, two])
    booked = factories.booking(van, starts_at=trip.leaves_at, hours=48, purpose=Purpose.EVENT)
    booked.trip_id, van.is_active = trip.id, False
    db.session.commit()
    before = two.ends_at
    head = ["主办单位", "专项行动", "活动名称", "开始时间", "结束时间"]
    line = [unit.name, two.campaign.zh, two.title]
    times = [f"{each.astimezone(LOCAL):%Y-%m-%d %H:%M}" for each in (two.starts_at, before + HOUR)]

    text = take(client, "events", csv(head, [*line, *times]))

    assert "更改 0" in text
    db.session.rollback()
    assert db.session.get(Event, two.id).ends_at == before


def test_a_number_with_many_zeros_is_refused(client, unit):
    text = send(client, "venues", csv(VENUES, [*SCHOOL[:3], "0000000009999999999", ""])).text
    assert "0 到 100000 之间" in text
