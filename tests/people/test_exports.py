"""Files about volunteers for others: who agreed stands in them, and who made one is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.assignments import pages
from tests.factories import NOON
from volunteer_hub.accounts import actions as accounts
from volunteer_hub.accounts import queries as queries_of_accounts
from volunteer_hub.accounts.models import Purpose
from volunteer_hub.core import sheets
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations.models import Function
from volunteer_hub.organisations.queries import scope_of
from volunteer_hub.people import queries, tasks, wording
from volunteer_hub.people.models import ExportRow, PeopleExport
from volunteer_hub.people.rules.shapes import ShapeError, read_shapes
from volunteer_hub.people.views import exports as views
from volunteer_hub.volunteers.models import VolunteerEntry, VolunteerNumber

EXPORT = "/organise/volunteers/export"
NATIONAL = f"{EXPORT}/national"
RARE = "欧阳𬭚㛃䶮"


@pytest.fixture(autouse=True)
def _noon(at):
    at(NOON)


@pytest.fixture
def unit(app):
    return factories.organisation(name="凤城科协")


@pytest.fixture
def desk(app, unit):
    return browser(app, factories.organiser(unit))


def browser(app, person):
    made = app.test_client()
    made.sign_in(person)
    return made


def words(answer):
    return pages.words(answer.text)


def volunteer(name, *purposes, of=None, **more):
    made = factories.volunteer(name=name, **more)
    with transaction():
        accounts.give_consent(made.person_id, purposes, channel="web", now=NOON)
    if of is not None:
        factories.member(made, of)
    return made


def exported(browser, shape="national", kind="csv", **more):
    answer = browser.post(f"{EXPORT}/{shape}", data={"kind": kind, **more})
    assert answer.status_code == 200
    return list(sheets.rows_of(answer.data))


def names_in(rows):
    return {name for row in rows[1:] for name in row[:2] if name and not name.isdigit()}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_says_what_its_columns_ask_for(desk, unit, kind):
    made = volunteer(RARE, Purpose.SHARE_NATIONAL, of=unit, skills=[("guide", 2)])
    made.birth_year, made.birth_month = 1985, 3
    db.session.add(VolunteerNumber(volunteer_id=made.id, number="LN42"))
    db.session.commit()

    head, row = exported(desk, kind=kind)
    assert head[:5] == ["姓名", "性别", "证件类型", "证件号码", "出生日期"]
    said = dict(zip(head, row, strict=True))
    assert said["姓名"] == RARE
    assert (said["证件号码"], said["出生日期"]) == ("", "1985-03")
    assert said["联系电话"] == made.person.phone
    assert (said["居住区域"], said["志愿者编号"]) == ("凤城市 通远堡镇", "LN42")
    assert said["所属队伍"] == "凤城科协"
    assert said["专业技能"]


def test_only_who_agreed_to_that_recipient_stands_in_a_file(desk, unit):
    volunteer("王平台", Purpose.SHARE_NATIONAL, of=unit)
    volunteer("李保险", Purpose.SHARE_INSURANCE, of=unit)
    volunteer("赵须知", Purpose.VOLUNTEER_TERMS, of=unit)
    took_back = volunteer("钱撤回", Purpose.SHARE_NATIONAL, of=unit)
    with transaction():
        accounts.withdraw_consent(took_back.person_id, Purpose.SHARE_NATIONAL, now=NOON)
    refused = volunteer("孙不愿", Purpose.VOLUNTEER_TERMS, of=unit)
    by = factories.organiser(unit).id
    db.session.add(VolunteerEntry(volunteer_id=refused.id, organisation_id=unit.id,
                                  by_person_id=by, entered_at=NOON, channel="list",
                                  refused_at=NOON))  # fmt: skip
    db.session.commit()

    assert names_in(exported(desk, "national")) == {"王平台"}
    assert names_in(exported(desk, "insurance")) == {"李保险"}
    assert names_in(exported(desk, "team")) == {"赵须知"}
    assert "同意的人 1 / 4" in words(desk.get(EXPORT))


def test_nobody_agreed_so_that_there_is_no_file(desk, unit):
    volunteer("王没问", of=unit)
    answer = desk.post(NATIONAL, data={"kind": "csv"})

    assert answer.status_code == 422
    assert "没有人同意" in words(answer)
    assert db.session.scalar(select(func.count(PeopleExport.id))) == 0


def test_everybody_exports_who_is_their_business(app, desk, unit):
    volunteer("王凤城", Purpose.SHARE_NATIONAL, of=unit)
    volunteer("李东港", Purpose.SHARE_NATIONAL, home="210681002")
    other = factories.organisation(region_code="210681")
    city, county = factories.office("210600"), factories.office("210681")

    assert names_in(exported(desk)) == {"王凤城"}
    assert names_in(exported(browser(app, city))) == {"王凤城", "李东港"}
    assert names_in(exported(browser(app, county))) == {"李东港"}
    assert names_in(exported(browser(app, city), organisation=str(unit.id))) == {"王凤城"}
    assert desk.post(NATIONAL, data={"organisation": str(other.id)}).status_code == 404
    leader = factories.organiser(unit, function=Function.TEAM_LEADER)
    assert browser(app, leader).get(EXPORT).status_code == 403
    assert browser(app, factories.volunteer().person).post(NATIONAL).status_code == 403


def test_who_exported_whom_is_kept_for_three_years(app, desk, unit):
    whom = [volunteer(name, Purpose.SHARE_NATIONAL, of=unit) for name in ("王一", "李二")]
    exported(desk, organisation=str(unit.id))

    made = db.session.scalars(select(PeopleExport)).one()
    assert (made.shape, made.organisation_id, made.people_count) == ("national", unit.id, 2)
    rows = select(ExportRow.person_id).where(ExportRow.export_id == made.id)
    assert set(db.session.scalars(rows)) == {one.person_id for one in whom}
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "people.export")).one()
    assert entry.actor_id == made.by_person_id
    assert "王一" not in str(entry.details)
    assert "2 人" in words(desk.get(EXPORT))
    assert "2 人" in words(browser(app, factories.office("210600")).get(EXPORT))
    assert "2 人" not in words(browser(app, factories.organiser()).get(EXPORT))
    seen = words(browser(app, whom[0].person).get("/me/data/people_export_row"))
    assert "全国志愿服务信息系统 2026-09-05" in seen
    tasks.forget_exports(NOON + timedelta(days=1094))
    assert db.session.scalar(select(func.count(ExportRow.id))) == 2
    tasks.forget_exports(NOON + timedelta(days=1096))
    assert db.session.scalar(select(func.count(ExportRow.id))) == 0
    assert db.session.scalar(select(func.count(PeopleExport.id))) == 0


def test_a_file_has_a_largest_size(desk, unit, monkeypatch):
    monkeypatch.setattr(views, "MOST", 1)
    for name in ("王一", "李二"):
        volunteer(name, Purpose.SHARE_NATIONAL, of=unit)

    assert "分开导出" in words(desk.post(NATIONAL))


def test_a_name_that_looks_like_a_formula_runs_nothing(desk, unit):
    made = volunteer("x", Purpose.SHARE_NATIONAL, of=unit)
    made.person.name = "=1+1"
    db.session.commit()

    assert b"'=1+1" in desk.post(NATIONAL, data={"kind": "csv"}).data
    assert exported(desk, kind="xlsx")[1][0] == "=1+1"


def test_each_recipient_is_agreed_to_by_itself_and_taken_back(app):
    made = factories.volunteer()
    me = browser(app, made.person)

    assert "全国志愿服务信息系统" in words(me.get("/me/sharing"))
    assert "会提供：姓名、手机号" in words(me.get("/me/sharing"))
    assert "本单位、本队" not in words(me.get("/me/sharing"))
    for _ in range(2):
        me.post("/me/sharing/national", data={"agrees": "y"})
    assert words(me.get("/me/sharing")).count("已同意") == 1
    for _ in range(2):
        me.post("/me/sharing/national", data={"agrees": ""})
    assert words(me.get("/me/sharing")).count("已同意") == 0
    for shape in ("team", "nothing"):
        assert me.post(f"/me/sharing/{shape}", data={"agrees": "y"}).status_code == 404
    done = select(AuditEntry.action).where(AuditEntry.actor_id == made.person_id)
    assert [each for each in db.session.scalars(done) if "consent" in each] == [
        "account.give_consent", "account.withdraw_consent",
    ]  # fmt: skip


def test_every_shape_that_is_shipped_has_words(app):
    assert set(queries.shapes()) | {"phones"} == set(wording.SHAPES)
    for shape in queries.shapes().values():
        assert wording.given_in_words(shape)


@pytest.mark.parametrize(
    "changes",
    [{"columns": [["姓名", "nome"]]}, {"consent": "anything"}, {"code": "twice"}],
)
def test_a_shape_that_nobody_understands_is_refused(changes):
    sound = {"code": "one", "title": "一", "consent": "ours", "columns": [["姓名", "name"]]}
    twice = sound | {"code": "twice"}

    assert set(read_shapes({"shape": [sound, twice]}, ["ours"])) == {"one", "twice"}
    with pytest.raises(ShapeError):
        read_shapes({"shape": [twice, sound | changes]}, ["ours"])


@pytest.mark.parametrize(
    ("born", "is_in"),
    [((2008, 9), False), ((2008, None), False), ((2008, 8), True), ((2007, None), True)],
)
def test_whoever_is_not_surely_of_age_is_in_no_file_for_others(app, unit, born, is_in):
    office = factories.office()
    young = volunteer("宋小溪", *Purpose, of=unit)
    young.birth_year, young.birth_month = born
    db.session.commit()

    scope, on = scope_of(office.id), NOON.date()
    for code in ("national", "insurance"):
        found = queries.people_agreeing(queries.shape_of(code), scope, None, on=on)
        assert found == ([young.id] if is_in else [])
    own = queries.people_agreeing(queries.shape_of("team"), scope, None, on=on)
    assert own == [young.id]


def test_whoever_is_under_age_cannot_agree_to_it(app):
    young = volunteer("宋小溪")
    young.birth_year, young.birth_month = 2011, 3
    db.session.commit()
    child = browser(app, young.person)

    assert child.post("/me/sharing/national", data={"agrees": "y"}).status_code == 409
    assert child.post("/me/data/consents/share_insurance/give").status_code == 409
    assert child.post("/me/sharing/national", data={"agrees": ""}).status_code == 302
    assert [each.purpose for each in queries_of_accounts.consents_of(young.person_id)] == []
