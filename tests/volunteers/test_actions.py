from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from tests.factories import NOON, TOWNSHIP, office, organiser, person, region, volunteer
from volunteer_hub.accounts.models import Consent, Person, Purpose
from volunteer_hub.core import numbers
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations.queries import scope_of
from volunteer_hub.volunteers import actions, ages, queries
from volunteer_hub.volunteers.errors import (
    AlreadyVolunteerError,
    NotForReserveError,
    TooYoungError,
)
from volunteer_hub.volunteers.models import (
    AvailabilityWindow,
    DayOff,
    ExtraHours,
    Volunteer,
    VolunteerSkill,
)
from volunteer_hub.volunteers.rules import Hours, Period, VolunteerDraft, WishKind

PHONE = "13800138000"
WEEKEND = frozenset({(5, Period.MORNING), (5, Period.AFTERNOON)})


def draft(**changes):
    usual = {
        "home_region_id": region().id,
        "cells": WEEKEND,
        "skills": {"guide": 2, "smartphone": 3},
    }
    return VolunteerDraft(**{**usual, **changes})


def join(**changes):
    with transaction():
        return actions.join("林小禾", PHONE, draft(**changes), now=NOON)


def test_joining_makes_the_person_the_offer_the_consents_and_a_welcome(app):
    made = join(birth_year=1985, birth_month=7)
    assert made.person.pinyin == "linxiaohe"
    assert {skill.skill_code: skill.level for skill in made.skills} == {"guide": 2, "smartphone": 3}
    assert [(w.weekday, w.starts_minute, w.ends_minute) for w in made.windows] == [(5, 420, 1080)]
    agreed = db.session.execute(select(Consent.purpose, Consent.channel, Consent.given_at)).all()
    assert agreed == [
        (purpose, "web", NOON)
        for purpose in (Purpose.PRIVACY_NOTICE, Purpose.VOLUNTEER_TERMS, Purpose.CODE_OF_CONDUCT)
    ]
    message = db.session.scalars(select(OutboxMessage)).one()
    assert (message.kind, message.recipient_id) == ("welcome", made.person_id)
    assert queries.roles_of(made.person_id) == {"volunteer"}


def test_a_child_is_not_kept_in_any_form(app):
    with pytest.raises(TooYoungError):
        join(birth_year=2020, birth_month=9)
    assert db.session.scalar(select(func.count(Person.id))) == 0


def test_from_the_age_on_that_the_province_sets_one_may_join(app):
    assert join(birth_year=2020, birth_month=8).birth_year == 2020


def test_another_province_sets_another_age(app):
    with transaction():
        numbers.change(ages.YOUNGEST, 14, by=None, now=NOON)
    with pytest.raises(TooYoungError):
        join(birth_year=2012, birth_month=9)
    assert join(birth_year=2012, birth_month=8).birth_year == 2012


def test_someone_with_an_account_becomes_a_volunteer_once(app):
    who = organiser()
    with transaction():
        actions.become_volunteer(who.id, draft(), now=NOON)
    with pytest.raises(AlreadyVolunteerError), transaction():
        actions.become_volunteer(who.id, draft(), now=NOON)
    assert db.session.scalar(select(func.count(Volunteer.id))) == 1


def change(of, **changes):
    with transaction():
        return actions.change_profile(of.person_id, "林小禾", draft(**changes), now=NOON)


def test_a_changed_profile_keeps_the_rows_that_stay(app):
    made = join()
    guide_id = next(skill.id for skill in made.skills if skill.skill_code == "guide")
    changed = change(made, skills={"guide": 3, "photography": 1}, days_off=[date(2026, 10, 1)])
    assert {s.skill_code: s.level for s in changed.skills} == {"guide": 3, "photography": 1}
    assert db.session.get(VolunteerSkill, guide_id).level == 3
    assert db.session.scalar(select(func.count(VolunteerSkill.id))) == 2
    again = change(made, skills={}, days_off=[date(2026, 10, 1), date(2026, 10, 2)])
    assert [day.off_on for day in again.days_off] == [date(2026, 10, 1), date(2026, 10, 2)]
    assert again.skills == []


def test_days_that_are_no_longer_off_go(app):
    made = join(days_off=[date(2026, 10, 1), date(2026, 10, 2)])
    change(made, days_off=[date(2026, 10, 2)])
    assert db.session.scalars(select(DayOff.off_on)).all() == [date(2026, 10, 2)]


def test_single_days_and_wishes_are_what_was_filled_in_last(app):
    first = date(2026, 10, 1)
    made = join(
        extra_hours=[Hours(first, 420, 720), Hours(date(2026, 10, 2), 420, 720)],
        audiences=["youth", "elders"],
        campaigns=["caravan"],
    )
    kept_id = made.extra_hours[0].id
    changed = change(made, extra_hours=[Hours(first, 420, 1080)], audiences=["elders"])
    assert [(h.id, h.free_on, h.ends_minute) for h in changed.extra_hours] == [
        (kept_id, first, 1080)
    ]
    assert [(wish.kind, wish.code) for wish in changed.wishes] == [(WishKind.AUDIENCE, "elders")]
    again = change(made, campaigns=["caravan"])
    assert again.extra_hours == []
    assert [(wish.kind, wish.code) for wish in again.wishes] == [(WishKind.CAMPAIGN, "caravan")]


@pytest.mark.parametrize(
    ("year", "month", "is_taken"),
    [(None, None, False), (2008, 9, False), (2008, 8, True), (2008, None, False), (1980, 1, True)],
)
def test_the_reserve_is_for_those_known_to_be_of_age(app, year, month, is_taken):
    made = join()
    wanted = {"birth_year": year, "birth_month": month, "is_in_reserve": True}
    if is_taken:
        assert change(made, **wanted).is_in_reserve
    else:
        with pytest.raises(NotForReserveError):
            change(made, **wanted)


@pytest.mark.parametrize(("until", "is_found"), [(None, False), (4, True), (5, False)])
def test_a_break_is_over_after_its_last_day(app, until, is_found):
    made = volunteer()
    made.is_paused, made.paused_until = True, until and date(2026, 9, until)
    db.session.commit()
    today = date(2026, 9, 5)
    found = db.session.scalars(select(Volunteer).where(queries.is_active(today))).all()
    assert (found == [made]) is is_found
    assert queries.bearing_of(made).rests_on(today) is not is_found


def test_a_profile_cannot_make_someone_a_child(app):
    made = join()
    with pytest.raises(TooYoungError):
        change(made, birth_year=2021, birth_month=1)
    assert made.birth_year is None


def test_many_changes_at_once_leave_one_whole_profile(app):
    made = join()
    person_id, barrier = made.person_id, threading.Barrier(4)
    usual = draft()
    db.session.remove()

    def change_it(number):
        with app.app_context():
            barrier.wait()
            with transaction():
                skills = {"guide": 1 + number % 3, "driving": 1}
                actions.change_profile(person_id, "林小禾", replace(usual, skills=skills), now=NOON)
            db.session.remove()

    threads = [threading.Thread(target=change_it, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = db.session.scalars(select(VolunteerSkill.skill_code).order_by(VolunteerSkill.skill_code))
    assert kept.all() == ["driving", "guide"]


def test_looking_at_a_contact_is_written_down(app):
    made, looker = join(), office()
    with transaction():
        assert actions.show_contact(made.id, by=looker.id, now=NOON).phone == PHONE
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "volunteer.show_contact")
    ).one()
    assert (entry.actor_id, entry.subject_id, entry.details) == (looker.id, made.id, {})


def found(scope, **asked):
    page = queries.volunteers_for_staff(scope, queries.Wanted(**asked))
    return [each.person.name for each in page.volunteers]


def three_volunteers():
    names = (
        ("单雪梅", TOWNSHIP, "guide"),
        ("朴正浩", "210681", "korean"),
        ("林小禾", TOWNSHIP, "korean"),
    )
    for number, (name, home, skill) in enumerate(names):
        made = volunteer(name=name, home=home, skills=[(skill, 2)], who=person(name=name))
        with transaction():
            made.person.pinyin = ("shanxuemei", "piaozhenghao", "linxiaohe")[number]
            made.person.initials = ("sxm", "pzh", "lxh")[number]


def test_volunteers_are_found_by_name_spelling_skill_and_place(app):
    three_volunteers()
    scope = scope_of(office().id)
    assert found(scope) == ["林小禾", "朴正浩", "单雪梅"]
    assert found(scope, text="雪梅") == ["单雪梅"]
    assert found(scope, text="ShanXue") == ["单雪梅"]
    assert found(scope, text="pzh") == ["朴正浩"]
    assert found(scope, text="%") == []
    assert found(scope, skill_code="korean") == ["林小禾", "朴正浩"]
    assert found(scope, within=region("210682").id) == ["林小禾", "单雪梅"]
    assert found(scope, within=region("210682").id, skill_code="korean", text="l") == ["林小禾"]


@pytest.mark.parametrize(
    ("text", "is_found"),
    [("0042", True), ("00042", True), ("００４２", True), ("042", False), ("0043", False),
     ("13900000042", True), ("单 0042", True), ("林 0042", False)],
)  # fmt: skip
def test_volunteers_are_found_by_the_end_of_their_number(app, text, is_found):
    volunteer(name="单雪梅", who=person(name="单雪梅", phone="13900000042"))
    assert bool(found(scope_of(office().id), text=text)) is is_found


def test_volunteers_are_found_by_the_day_they_can_come(app):
    saturday = date(2026, 9, 12)
    names = ("周六", "周日", "那天", "不在", "没说", "休息", "歇好了")
    people = {
        name: volunteer(name=name, windows=((6, 0, 1440),) if name in ("周日", "那天") else ())
        for name in names
    }
    with transaction():
        people["周六"].windows = [AvailabilityWindow(weekday=5, starts_minute=0, ends_minute=60)]
        people["那天"].extra_hours = [ExtraHours(free_on=saturday, starts_minute=0, ends_minute=60)]
        people["不在"].days_off = [DayOff(off_on=saturday)]
        for name, until in (("休息", saturday), ("歇好了", date(2026, 9, 11))):
            people[name].is_paused, people[name].paused_until = True, until
    scope = scope_of(office().id)
    assert set(found(scope, free_on=saturday)) == {"周六", "那天", "没说", "歇好了"}
    assert set(found(scope, free_on=date(2026, 9, 13))) >= {"周日", "那天", "不在", "休息"}


def test_a_county_office_sees_its_county_and_an_organiser_the_city(app):
    three_volunteers()
    assert found(scope_of(office("210682").id)) == ["林小禾", "单雪梅"]
    assert found(scope_of(office("210602").id)) == []
    assert len(found(scope_of(organiser().id))) == 3


def test_whoever_is_outside_the_scope_is_not_found(app):
    made = volunteer()
    with pytest.raises(NotFoundError):
        queries.volunteer_for_staff(made.id, scope_of(office("210602").id))
    assert queries.volunteer_for_staff(made.id, scope_of(office("210682").id)) == made


def test_erased_people_are_not_listed(app):
    made = volunteer()
    with transaction():
        made.person.erased_at = NOON
    assert found(scope_of(office().id)) == []
    with pytest.raises(NotFoundError):
        queries.volunteer_with_person(made.id)


def test_pages_of_the_list_end_at_the_last(app):
    for number in range(21):
        volunteer(name=f"林{'一二三四五六七八九十'[number % 10]}")
    scope = scope_of(office().id)
    assert len(queries.volunteers_for_staff(scope, queries.Wanted(), page=1).volunteers) == 20
    last = queries.volunteers_for_staff(scope, queries.Wanted(), page=99)
    assert (len(last.volunteers), last.page, last.pages, last.total) == (1, 2, 2, 21)
