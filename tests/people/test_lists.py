"""Lists of volunteers from the file to the register."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.assignments import pages
from tests.core.test_sheets import workbook
from tests.factories import NOON
from volunteer_hub.accounts.models import Consent, Person
from volunteer_hub.core import sheets
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.organisations.models import Function, Membership
from volunteer_hub.people import tasks, working
from volunteer_hub.people.models import ListRow, PeopleList
from volunteer_hub.people.rules.stages import Stage
from volunteer_hub.people.views import lists as views
from volunteer_hub.volunteers.models import Volunteer, VolunteerEntry, VolunteerNumber

SEND = "/organise/volunteers/lists"
HEAD = ["姓名", "手机号", "乡镇街道", "特长", "志愿者编号"]


@pytest.fixture(autouse=True)
def _noon(at):
    at(NOON)


@pytest.fixture
def unit(app):
    return factories.organisation(name="凤城科协")


@pytest.fixture
def desk(client, unit):
    """Return a browser of the unit's organiser."""
    client.sign_in(factories.organiser(unit))
    return client


def words(answer):
    return pages.words(answer.text)


def row(name, number, **more):
    known = {"home": "通远堡镇", "skills": "摄影", "code": ""} | more
    return [name, f"137{number:08d}", known["home"], known["skills"], known["code"]]


def text_of(*rows):
    return sheets.csv_bytes(HEAD, rows)


def send(desk, content, unit, name="名单.csv", knows="y"):
    data = {"organisation": str(unit.id), "file": (io.BytesIO(content), name), "knows": knows}
    return desk.post(SEND, data={key: value for key, value in data.items() if value})


def sent(desk, content, unit):
    answer = send(desk, content, unit)
    assert answer.status_code == 302
    return answer.location


def take(desk, where):
    return desk.post(f"{where}/take")


def the_list():
    return db.session.scalars(select(PeopleList).order_by(PeopleList.id.desc())).first()


def names():
    return set(db.session.scalars(select(Person.name).join(Volunteer)))


def test_a_list_is_looked_at_and_taken(desk, unit):
    where = sent(desk, text_of(row("王示例", 1, code="LN1"), row("李示例", 2)), unit)

    assert names() == set()
    assert "登记这 2 人" in words(desk.get(where))
    assert "王示例" in words(desk.get(f"{where}?shown=new"))
    take(desk, where)
    assert names() == {"王示例", "李示例"}
    assert "登记了 2 位新志愿者" in words(desk.get(where))
    made = db.session.scalars(select(Volunteer).join(Person).where(Person.name == "王示例")).one()
    assert made.person.phone == "13700000001"
    assert made.person.pinyin == "wangshili"
    assert [(skill.skill_code, skill.level) for skill in made.skills] == [("photography", 2)]
    assert made.home_region.code == factories.TOWNSHIP
    assert db.session.scalars(select(VolunteerNumber.number)).all() == ["LN1"]
    member = db.session.scalars(
        select(Membership).where(Membership.person_id == made.person_id)
    ).one()
    assert (member.organisation_id, member.function) == (unit.id, Function.MEMBER)


def test_whom_an_organisation_entered_agrees_or_refuses_themselves(app, desk, unit):
    take(desk, sent(desk, text_of(row("王示例", 1), row("李示例", 2)), unit))
    yes, no = db.session.scalars(select(Person).join(Volunteer).order_by(Person.id)).all()

    assert db.session.scalars(select(Consent)).all() == []
    entry = db.session.scalars(select(VolunteerEntry)).first()
    assert (entry.channel, entry.organisation_id) == ("list", unit.id)
    messages = db.session.scalars(select(OutboxMessage)).all()
    assert {(each.kind, each.recipient_id) for each in messages} == {
        ("volunteer_entered", yes.id), ("volunteer_entered", no.id),
    }  # fmt: skip
    browsers = {}
    for who in (yes, no):
        browsers[who.id] = app.test_client()
        browsers[who.id].sign_in(who)
    assert "凤城科协在 9月5日" in words(browsers[yes.id].get("/conduct"))
    browsers[yes.id].post("/me/conduct")
    browsers[no.id].post("/me/conduct/refuse")
    browsers[no.id].post("/me/conduct/refuse")
    agreed = db.session.scalars(select(Consent.purpose).where(Consent.person_id == yes.id)).all()
    assert {str(each) for each in agreed} == {
        "privacy_notice", "volunteer_terms", "code_of_conduct",
    }  # fmt: skip
    refused = db.session.scalars(select(Volunteer).where(Volunteer.person_id == no.id)).one()
    assert (refused.is_paused, refused.accepts_suggestions) == (True, False)
    assert "您说过不愿意" in words(browsers[no.id].get("/conduct"))
    assert browsers[yes.id].get("/conduct").text.count("登记成了志愿者") == 0


def test_who_joined_alone_has_nothing_to_refuse(client, app):
    client.sign_in(factories.volunteer().person)

    assert client.post("/me/conduct/refuse").status_code == 404


def test_sending_the_same_list_again_doubles_nobody(desk, unit):
    content = text_of(row("王示例", 1, code="LN1"), row("李示例", 2))
    take(desk, sent(desk, content, unit))
    where = sent(desk, content, unit)

    assert (the_list().new_count, the_list().same_count) == (0, 2)
    assert take(desk, where).status_code == 409
    assert db.session.scalar(select(func.count(Person.id)).join(Volunteer)) == 2


def test_who_is_known_is_told_apart(desk, unit):
    known = factories.volunteer(name="王示例")
    known.person.phone = "13700000001"
    db.session.add(VolunteerNumber(volunteer_id=known.id, number="LN1"))
    only_account = factories.person(name="赵账号", phone="13700000009")
    db.session.commit()
    where = sent(
        desk,
        text_of(
            row("王示例", 1),
            row("王示例", 2, code="LN1"),
            row("张别人", 1),
            row("赵账号", 9),
            row("钱新人", 3),
            row("钱新人", 3),
            row("孙新人", 4, code="LN1"),
        ),
        unit,
    )

    rows = {each.line: each for each in db.session.scalars(select(ListRow))}
    assert {line: str(each.verdict) for line, each in rows.items()} == {
        2: "same", 3: "same", 4: "wrong", 5: "same", 6: "new", 7: "wrong", 8: "wrong",
    }  # fmt: skip
    assert (rows[2].person_id, rows[5].person_id) == (known.person_id, only_account.id)
    assert "手机号：这个手机号或邮箱登记的是另一个姓名" in words(desk.get(where))
    assert "手机号：和第 6 行是同一个手机号或邮箱" in words(desk.get(where))
    assert "志愿者编号：这个编号登记的是另一个姓名" in words(desk.get(where))
    assert "王示例" not in words(desk.get(where))
    assert "已有账号，还不是志愿者" in words(desk.get(f"{where}?shown=same"))


def test_three_bad_rows_among_many_come_back_as_a_file_and_the_others_are_taken(
    desk, unit, monkeypatch
):
    monkeypatch.setattr(views, "SMALL_BYTES", 0)
    rows = [row(f"王示例{'甲乙丙丁戊'[n % 5]}", n) for n in range(1, 605)]
    rows[10] = row("", 11)
    rows[501] = row("李示例", 502, home="远方")
    rows[600] = row("=HYPERLINK(1)", 601)
    where = sent(desk, text_of(*rows), unit)
    assert "正在看" in words(desk.get(where))
    tasks.work_on_lists(NOON)

    assert (the_list().new_count, the_list().wrong_count) == (601, 3)
    assert the_list().content is None
    take(desk, where)
    assert "正在登记" in words(desk.get(where))
    tasks.work_on_lists(NOON)
    assert the_list().stage is Stage.DONE
    assert len(db.session.scalars(select(Volunteer.id)).all()) == 601
    for kind in ("csv", "xlsx"):
        back = list(sheets.rows_of(desk.get(f"{where}/wrong?kind={kind}").data))
        assert [each[-1] for each in back[1:]] == ["12", "503", "602"]
        assert [each[-2][:6] for each in back[1:]] == [
            "姓名：没有填",
            "乡镇街道：没",
            "姓名：请填写",
        ]
        assert back[3][0] == "=HYPERLINK(1)"
    back[1][0], back[2][3], back[3][0] = "王补上", "通远堡镇", "王改好"
    again = sent(desk, sheets.xlsx_bytes("表", back[0], back[1:]), unit)
    tasks.work_on_lists(NOON)
    take(desk, again)
    assert {"王补上", "李示例", "王改好"} <= names()
    assert "这些行的内容已经不再保存" in words(desk.get(f"{where}?shown=new"))


def test_a_list_broken_off_goes_on_where_it_was(desk, unit, monkeypatch):
    monkeypatch.setattr(views, "SMALL_BYTES", 0)
    monkeypatch.setattr("volunteer_hub.people.actions.ROWS_AT_ONCE", 2)
    where = sent(desk, text_of(*(row("王示例", n) for n in range(1, 8))), unit)
    judge = working.actions.judge_rows
    rounds = []

    def dies(*args, **kwargs):
        rounds.append(kwargs["seen"])
        if len(rounds) == 3:
            raise KeyboardInterrupt
        return judge(*args, **kwargs)

    monkeypatch.setattr(working.actions, "judge_rows", dies)
    with pytest.raises(KeyboardInterrupt):
        tasks.work_on_lists(NOON)
    assert the_list().rows_read == 4
    tasks.work_on_lists(NOON)

    assert (the_list().rows_read, the_list().new_count) == (7, 7)
    assert rounds == [0, 2, 4, 4, 6]
    assert [each.line for each in db.session.scalars(select(ListRow))] == list(range(2, 9))
    assert "登记这 7 人" in words(desk.get(where))


def test_who_joined_meanwhile_is_left_as_they_are(desk, unit):
    where = sent(desk, text_of(row("王示例", 1), row("李示例", 2)), unit)
    factories.volunteer(who=factories.person(name="王示例", phone="13700000001"))
    factories.person(name="别人", phone="13700000002")
    take(desk, where)

    found = the_list()
    assert (found.taken_count, found.new_count, found.same_count, found.wrong_count) == (0, 0, 1, 1)
    assert found.stage is Stage.DONE
    assert db.session.scalar(select(func.count(Volunteer.id))) == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "没有找到标题行"),
        ("姓名,单位\n王,科协\n".encode(), "没有找到标题行"),
        ("姓名,手机号\n,\n".encode(), "标题行下面没有人"),
        (b"PK\x03\x04" + b"\0" * 400, "不是能读的表格"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 400, "旧版 .xls"),
    ],
)
def test_a_file_that_cannot_be_used_is_explained_and_not_kept(desk, unit, content, says):
    answer = send(desk, content, unit)

    assert answer.status_code == 422
    assert says in words(answer)
    assert the_list() is None


def test_the_tick_the_file_and_an_own_unit_are_needed(desk, unit):
    content, other = text_of(row("王示例", 1)), factories.organisation()

    assert "请先问过" in words(send(desk, content, unit, knows=""))
    assert "请选择文件" in words(desk.post(SEND, data={"organisation": str(unit.id), "knows": "y"}))
    assert send(desk, content, other).status_code == 422
    assert the_list() is None


def test_merged_cells_are_named(desk, unit):
    book = workbook(
        [HEAD, row("王示例", 1), [None, "13700000002", "通远堡镇", "", ""]], merged=["A2:A3"]
    )
    where = sent(desk, book, unit)

    assert "合并的单元格" in words(desk.get(where))
    assert (the_list().new_count, the_list().wrong_count) == (1, 1)


def test_a_list_thrown_away_leaves_nothing_behind(desk, unit):
    where = sent(desk, text_of(row("王示例", 1)), unit)
    desk.post(f"{where}/drop")

    assert the_list().stage is Stage.DROPPED
    assert db.session.scalars(select(ListRow)).all() == []
    assert take(desk, where).status_code == desk.post(f"{where}/drop").status_code == 409
    assert names() == set()


def test_after_a_month_nothing_is_kept_of_what_lists_said(desk, unit):
    sent(desk, text_of(row("", 1)), unit)
    tasks.forget_lists(NOON + timedelta(days=29))
    assert db.session.scalar(select(func.count(ListRow.id))) == 1
    tasks.forget_lists(NOON + timedelta(days=31))

    assert db.session.scalar(select(func.count(ListRow.id))) == 0
    assert the_list().stage is Stage.DROPPED


def test_who_did_what_is_in_the_audit(desk, unit):
    where = sent(desk, text_of(row("王示例", 1), row("", 2)), unit)
    take(desk, where)
    desk.get(f"{where}/wrong")

    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    by = the_list().by_person_id
    done = [(each.action, each.actor_id) for each in entries if each.actor_id in (by, None)]
    assert done == [
        ("people_list.receive", by), ("people_list.take", by), ("volunteer.enter", by),
        ("people_list.done", None), ("people_list.fetch_wrong", by),
    ]  # fmt: skip


def test_what_a_list_says_is_not_readable_in_the_database(desk, unit):
    sent(desk, text_of(row("王示例", 1)), unit)
    said = db.session.execute(select(ListRow.__table__.c.said.label("raw")).select_from(ListRow))

    raw = db.session.connection().exec_driver_sql("SELECT said FROM people_list_row").scalar()
    assert "王示例" in said.scalar()
    assert "王示例".encode() not in bytes(raw)
    assert b"13700000001" not in bytes(raw)


def test_lists_are_the_business_of_their_organisation(app, desk, unit):
    where = sent(desk, text_of(row("", 1)), unit)
    stranger, leader = app.test_client(), app.test_client()
    stranger.sign_in(factories.organiser())
    leader.sign_in(factories.organiser(unit, function=Function.TEAM_LEADER))

    for path in (where, f"{where}/wrong"):
        assert stranger.get(path).status_code == 404
        assert leader.get(path).status_code == 403
    assert stranger.post(f"{where}/take").status_code == 404
    assert "9月5日" not in words(stranger.get(SEND))
    assert the_list().stage is Stage.READY


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_template_is_a_list_without_people(desk, unit, kind):
    template = desk.get(f"{SEND}/template?kind={kind}").data

    assert next(sheets.rows_of(template))[:2] == ["姓名", "手机号"]
    assert "标题行下面没有人" in words(send(desk, template, unit, f"x.{kind}"))
