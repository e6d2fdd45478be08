"""What the offices hear every Monday: their own region's week, and nothing when it is empty."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask_babel import force_locale

from tests import factories
from tests.assignments.pages import messages
from tests.client import counted_queries
from tests.concurrency.races import all_together
from tests.factories import HOUR
from volunteer_hub.accounts.models import Person
from volunteer_hub.checkin.models import Attendance
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.events.models import Status
from volunteer_hub.notifications import kinds
from volunteer_hub.notifications.kinds import render
from volunteer_hub.notifications.models import Delivery, DeliveryState
from volunteer_hub.statistics import actions, tasks, weekly
from volunteer_hub.statistics.rules import office_week

DAY = timedelta(days=1)
MONDAY = datetime(2026, 9, 7, 9, tzinfo=LOCAL)
FRIDAY_BEFORE = datetime(2026, 9, 4, 10, tzinfo=LOCAL)
CITY, COUNTY, OTHER_COUNTY = "210600", "210682", "210681"


@pytest.fixture(autouse=True)
def on_monday(at):
    at(MONDAY)


def written(now=MONDAY):
    tasks.write_office_digests(now)
    return messages("office_digest")


def params_of(person, now=MONDAY):
    (found,) = [each for each in written(now) if each.recipient_id == person.id]
    return found.params


def coming(days=2, **more):
    return factories.event(starts_at=MONDAY + days * DAY, **more)


def confirmed(event, minutes, at):
    row = factories.assignment(factories.post(factories.shift(event)))
    factories.record(row, minutes, at=at)


@pytest.mark.parametrize(
    ("moment", "name"),
    [
        (MONDAY - timedelta(minutes=1), None),
        (MONDAY, "2026-W37"),
        (MONDAY + 6 * DAY + 14 * HOUR, "2026-W37"),
        (MONDAY + 7 * DAY - HOUR, None),
        (datetime(2027, 1, 1, 8, tzinfo=LOCAL), "2026-W53"),
    ],
)
def test_it_goes_out_from_monday_nine_until_the_week_ends(moment, name):
    week = office_week(moment)

    assert (week.name if week else None) == name
    if name == "2026-W37":
        assert week.starts_at == datetime(2026, 9, 7, tzinfo=LOCAL)
        assert (week.last_starts_at, week.ends_at) == (
            datetime(2026, 8, 31, tzinfo=LOCAL),
            datetime(2026, 9, 14, tzinfo=LOCAL),
        )


def test_nothing_is_written_when_there_is_nothing_to_say(app):
    factories.office()
    factories.office(COUNTY)
    coming(status=Status.DRAFT)
    coming(status=Status.CANCELLED)

    assert written() == []


def test_only_offices_are_written_to(app):
    event = coming()
    erased = factories.office(name="走了")
    db.session.get(Person, erased.id).erased_at = MONDAY
    db.session.commit()
    office = factories.office()
    factories.volunteer()

    assert [each.recipient_id for each in written()] == [office.id]
    assert event.created_by_id != office.id


def test_each_hears_of_the_own_region_alone(app):
    city, county = factories.office(), factories.office(COUNTY)
    factories.office(OTHER_COUNTY)
    coming()
    elsewhere = factories.venue(name="别处", region_code="210604")
    coming(of=factories.organisation(region_code="210604"), at_venue=elsewhere)

    found = {each.recipient_id: each.params["coming"] for each in written()}

    assert found == {city.id: 2, county.id: 1}


def test_last_week_is_counted_with_people_and_hours(app):
    office = factories.office(COUNTY)
    held = factories.event(starts_at=FRIDAY_BEFORE, status=Status.CONFIRMED)
    factories.event(starts_at=FRIDAY_BEFORE - 7 * DAY, status=Status.CONFIRMED)
    guest = factories.registration(held, companions=2)
    db.session.add(
        Attendance(event_id=held.id, registration_id=guest.id, people=3, in_at=FRIDAY_BEFORE)
    )
    db.session.commit()
    confirmed(held, 150, FRIDAY_BEFORE + DAY)
    confirmed(held, 60, FRIDAY_BEFORE - 7 * DAY)
    confirmed(held, 60, MONDAY - HOUR)

    found = params_of(office)

    assert (found["held"], found["reached"], found["minutes"]) == (1, 3, 150)


def test_posts_that_lack_people_are_counted_and_the_first_events_named(app):
    office = factories.office(COUNTY)
    for days in (8, 3):
        event = coming(days, title=f"第 {days} 天")
        factories.post(factories.shift(event), min_people=2)
        filled = factories.post(factories.shift(event), min_people=1)
    factories.assignment(filled)
    factories.post(factories.shift(coming(20)), min_people=2)

    found = params_of(office)

    assert found["short"] == 3
    assert [each.split("\t")[1:] for each in found["short_events"]] == [
        ["第 3 天", "2"],
        ["第 8 天", "3"],
    ]


@pytest.mark.parametrize(
    ("ended_on", "due", "overdue"),
    [
        (datetime(2026, 8, 21, 9, tzinfo=LOCAL), 0, 1),
        (datetime(2026, 8, 24, 9, tzinfo=LOCAL), 1, 0),
        (datetime(2026, 8, 28, 9, tzinfo=LOCAL), 1, 0),
        (datetime(2026, 8, 31, 9, tzinfo=LOCAL), 0, 0),
    ],
)
def test_records_are_due_ten_working_days_after_the_event(app, ended_on, due, overdue):
    office = factories.office(COUNTY)
    factories.event(starts_at=ended_on)
    factories.event(starts_at=ended_on, status=Status.CONFIRMED)
    coming()

    found = params_of(office)

    assert (found["due"], found["overdue"]) == (due, overdue)


def test_failed_messages_are_told_to_those_who_can_send_them_again(app):
    city, county = factories.office(), factories.office(COUNTY)
    coming()
    coming(-5)
    message = written(MONDAY - 7 * DAY)[0]
    db.session.add(
        Delivery(message_id=message.id, channel="sms", state=DeliveryState.FAILED, priority=2,
                 due_at=MONDAY, finished_at=MONDAY)
    )  # fmt: skip
    db.session.commit()
    at_monday = {
        each.recipient_id: each.params["failed"]
        for each in written()
        if each.dedupe_key.endswith("W37")
    }

    assert at_monday == {city.id: 1, county.id: 0}


def test_once_a_week_however_often_the_clock_ticks(app):
    office = factories.office()
    coming()
    coming(9)

    for hours in (0, 1, 30):
        assert len(written(MONDAY + hours * HOUR)) == 1
    assert [each.dedupe_key for each in written(MONDAY + 7 * DAY)] == [
        f"office_digest:p{office.id}:2026-W37",
        f"office_digest:p{office.id}:2026-W38",
    ]


def test_two_workers_that_do_it_at_once_leave_one_message_for_each(app):
    for _ in range(3):
        factories.office()
    coming()
    digests = list(weekly.digests_of(office_week(MONDAY), now=MONDAY))
    assert len(digests) == 3

    answers = all_together(app, [lambda: actions.send_digests(digests, now=MONDAY)] * 2)

    assert answers == [None, None]
    assert len(messages("office_digest")) == 3


def test_as_many_statements_for_many_people_and_events_as_for_few(app):
    factories.office()
    coming()

    def statements():
        with counted_queries() as sent:
            assert list(weekly.digests_of(office_week(MONDAY), now=MONDAY))
        return len(sent)

    few = statements()
    for _ in range(4):
        factories.office()
        factories.post(factories.shift(coming()), min_people=2)
        factories.event(starts_at=FRIDAY_BEFORE)

    # People reached are asked for only when something was held: two statements.
    assert statements() <= few + 2
    assert few <= 10


def test_it_is_read_in_the_readers_language_and_names_no_one(app):
    params = kinds.kind_named("office_digest").sample_params()
    with force_locale("zh_Hans_CN"):
        message = render("office_digest", params, "吴办示")

    assert message.subject == "每周摘要：上周活动 3 场，本周 5 场"
    assert message.lines == (
        "吴办示，您好：",
        "上周活动 3 场，到场 286 人，确认服务时长 2.5 小时。",
        "本周活动 5 场。",
        "两周内还缺人的岗位有 2 个，最近的活动：",
        "9月12日（周六） 09:00；科普大篷车进校园；还缺 2 人",
        "9月13日（周日） 14:00；银龄科普讲堂；还缺 1 人",
        "记录和时长过了 10 个工作日还没有确认的活动有 1 场。",
        "记录和时长本周到期的活动有 2 场。",
        "没有送到的消息有 4 条，可以重新发送。",
    )
    assert message.short == "本周活动 5 场，缺人岗位 2 个，逾期记录 1 场。看看："
