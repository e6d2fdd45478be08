"""The people desk: tags, notes, saved filters, messages to many, lists to ring people up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.assignments import pages
from tests.client import counted_queries
from tests.factories import NOON
from volunteer_hub.accounts import actions as accounts
from volunteer_hub.accounts.models import Purpose
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations.models import Function
from volunteer_hub.people.models import PeopleExport, PeopleMessage, SavedFilter, VolunteerMark
from volunteer_hub.people.rules.marks import MOST_FILTERS, MOST_TAGS
from volunteer_hub.people.views import writing
from volunteer_hub.volunteers.models import VolunteerEntry

DESK = "/organise/volunteers"
WRITE = f"{DESK}/message"
PHONES = f"{DESK}/phones"


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
    return browser(app, organiser)


@pytest.fixture
def member(unit):
    made = factories.volunteer(name="王示例")
    factories.member(made, unit)
    return made


def browser(app, person):
    made = app.test_client()
    made.sign_in(person)
    return made


def words(answer):
    return pages.words(answer.text)


def tag(desk, volunteer, text):
    return desk.post(f"{DESK}/{volunteer.id}/tags", data={"text": text})


def note(desk, volunteer, text):
    return desk.post(f"{DESK}/{volunteer.id}/notes", data={"text": text})


def test_people_are_found_by_their_tags(desk, member):
    other = factories.volunteer(name="李没有")
    for _ in range(2):
        assert tag(desk, member, " 银龄 骨干 ").status_code == 302
    tag(desk, member, "能开大车")

    found = words(desk.get(f"{DESK}?tag=银龄+骨干"))
    assert "王示例" in found
    assert "能开大车" in found
    assert other.person.name not in found
    assert len(db.session.scalars(select(VolunteerMark)).all()) == 2


def test_a_list_costs_the_same_with_one_and_with_three(desk, unit, member):
    def cost():
        with counted_queries() as statements:
            assert desk.get(DESK).status_code == 200
        return len(statements)

    tag(desk, member, "骨干")
    cost()  # the first one also reads regions and words
    one = cost()
    for name in ("李二", "张三"):
        tag(desk, factories.volunteer(name=name), "骨干")

    assert cost() == one <= 12


def test_notes_are_the_business_of_their_organisation_and_of_offices(app, desk, member, unit):
    note(desk, member, "周末能来，先打电话")
    page = f"{DESK}/{member.id}"
    mark_id = db.session.scalars(select(VolunteerMark.id)).one()
    office, stranger = factories.office("210682"), factories.organiser()
    leader = factories.organiser(unit, function=Function.TEAM_LEADER)

    assert "周末能来" in words(desk.get(page))
    assert "周末能来" in words(browser(app, office).get(page))
    assert "周末能来" not in words(browser(app, stranger).get(page))
    assert "周末能来" not in words(browser(app, leader).get(page))
    away = f"/organise/marks/{mark_id}/remove"
    assert browser(app, stranger).post(away).status_code == 404
    assert browser(app, leader).post(away).status_code == 403
    assert note(browser(app, leader), member, "x").status_code == 403
    assert desk.post(away).status_code == 302
    assert db.session.scalars(select(VolunteerMark)).all() == []


def test_what_an_office_notes_down_is_the_offices(app, desk, member):
    note(browser(app, factories.office("210682")), member, "办公室的备注")

    assert "办公室的备注" not in words(desk.get(f"{DESK}/{member.id}"))


def test_people_see_what_was_noted_about_them(app, desk, member):
    note(desk, member, "周末能来，先打电话")

    seen = words(browser(app, member.person).get("/me/data/volunteer_mark"))
    assert "周末能来，先打电话" in seen
    assert "凤城科协" in seen


def test_a_mark_says_something_and_not_too_much(desk, member):
    assert tag(desk, member, " ").status_code == 422
    assert "最多 20 个字" in words(tag(desk, member, "长" * 21))
    assert "最多 500 个字" in words(note(desk, member, "长" * 501))
    for number in range(MOST_TAGS):
        tag(desk, member, f"标签{number}")
    assert tag(desk, member, "再来一个").status_code == 409
    assert len(db.session.scalars(select(VolunteerMark)).all()) == MOST_TAGS


def test_what_one_looks_for_again_and_again_is_kept(app, desk, member):
    data = {"q": "wang", "skill": "guide", "name": "会讲解的"}
    kept = desk.post(f"{DESK}/filters", data=data)

    assert kept.location == f"{DESK}?q=wang&skill=guide"
    assert "会讲解的" in words(desk.get(DESK))
    desk.post(f"{DESK}/filters", data={"q": "li", "name": "会讲解的"})
    row = db.session.scalars(select(SavedFilter)).one()
    assert row.wanted == {"q": "li"}
    other = browser(app, factories.organiser())
    assert "会讲解的" not in words(other.get(DESK))
    assert other.post(f"{DESK}/filters/{row.id}/drop").status_code == 404
    desk.post(f"{DESK}/filters/{row.id}/drop")
    assert db.session.scalars(select(SavedFilter)).all() == []


def test_filters_have_names_and_are_not_too_many(desk, organiser):
    assert "请给它起个名字" in words(desk.post(f"{DESK}/filters", data={"q": "x", "name": ""}))
    for number in range(MOST_FILTERS):
        db.session.add(SavedFilter(person_id=organiser.id, name=f"第{number}", wanted={}))
    db.session.commit()
    assert desk.post(f"{DESK}/filters", data={"q": "x", "name": "再来"}).status_code == 409


def test_a_message_is_looked_at_and_sent_once(desk, unit, member, organiser):
    paused, refused = factories.volunteer(name="李歇着"), factories.volunteer(name="张不愿")
    stranger = factories.volunteer(name="赵外人")
    for one in (paused, refused):
        factories.member(one, unit)
    paused.is_paused = True
    db.session.add(VolunteerEntry(volunteer_id=refused.id, organisation_id=unit.id,
                                  by_person_id=organiser.id, entered_at=NOON, channel="list",
                                  refused_at=NOON))  # fmt: skip
    db.session.commit()
    data = {"title": "改到北门", "text": "周六八点\n北门集合", "request_key": "a" * 32}

    assert "会发给 1 人" in words(desk.get(WRITE))
    looked = words(desk.post(WRITE, data=data | {"step": "look"}))
    assert "周六八点" in looked
    assert "凤城科协" in looked
    assert db.session.scalars(select(PeopleMessage)).all() == []
    for _ in range(2):
        assert desk.post(WRITE, data=data | {"step": "send"}).status_code == 302
    sent = db.session.scalars(select(OutboxMessage)).one()
    assert (sent.kind, sent.recipient_id) == ("desk_message", member.person_id)
    assert sent.params["organisation"] == "凤城科协"
    assert sent.not_before == NOON
    kept = db.session.scalars(select(PeopleMessage)).one()
    assert (kept.people_count, kept.organisation_id) == (1, unit.id)
    written = select(AuditEntry.actor_id).where(AuditEntry.action == "people.write")
    assert db.session.scalars(written).one() == organiser.id
    assert stranger.person_id != sent.recipient_id


def test_a_message_goes_to_those_who_were_found(app, desk, unit, member):
    other = factories.volunteer(name="李讲解", skills=[("guide", 2)])
    factories.member(other, unit)
    data = {"title": "讲解培训", "text": "周日下午", "step": "send", "skill": "guide"}
    desk.post(WRITE, data=data | {"request_key": "b" * 32})

    whom = select(OutboxMessage.recipient_id)
    assert db.session.scalars(whom).all() == [other.person_id]


def test_a_message_goes_to_thousands_at_most(desk, member, monkeypatch):
    monkeypatch.setattr(writing, "MOST_PEOPLE", 0)
    data = {"title": "改到北门", "text": "周六八点", "step": "send"}

    answer = desk.post(WRITE, data=data)
    assert answer.status_code == 422
    assert "请把范围缩小一点" in words(answer)
    assert db.session.scalars(select(OutboxMessage)).all() == []


def test_a_message_needs_words(desk, member):
    answer = desk.post(WRITE, data={"title": "", "text": "", "step": "send"})

    assert answer.status_code == 422
    assert "请写标题" in words(answer)
    assert db.session.scalars(select(OutboxMessage)).all() == []


def test_a_printed_list_shows_numbers_of_those_who_agreed_and_is_kept(app, desk, unit, member):
    silent = factories.volunteer(name="李没答")
    factories.member(silent, unit)
    stranger = factories.volunteer(name="赵外人")
    with transaction():
        accounts.give_consent(
            member.person_id, [Purpose.VOLUNTEER_TERMS], channel="web", now=NOON
        )  # fmt: skip
    shown = words(desk.post(PHONES))

    number = member.person.phone
    assert f"{number[:3]} {number[3:7]} {number[7:]}" in shown
    assert f"{silent.person.phone[:3]}****" in shown
    assert f"{silent.person.phone[3:7]} " not in shown.partition("李没答")[2]
    assert stranger.person.name not in shown
    kept = db.session.scalars(select(PeopleExport)).one()
    assert (kept.shape, kept.people_count) == ("phones", 1)
    assert desk.get(PHONES).status_code == 302


def test_team_leaders_only_look(app, unit, member):
    leader = browser(app, factories.organiser(unit, function=Function.TEAM_LEADER))

    assert "王示例" in words(leader.get(DESK))
    assert "打印电话单" not in words(leader.get(DESK))
    for path in (WRITE, PHONES, f"{DESK}/filters"):
        assert leader.post(path).status_code == 403


def test_a_county_writes_to_its_county(app, at, member):
    away = factories.volunteer(name="何对岸", home="210681002")
    county = browser(app, factories.office("210681"))
    at(NOON + timedelta(hours=12))  # the middle of the night
    data = {"title": "通知", "text": "内容", "step": "send", "request_key": "c" * 32}
    county.post(WRITE, data=data)

    assert db.session.scalars(select(OutboxMessage.recipient_id)).all() == [away.person_id]
