from __future__ import annotations

import re

import pytest

from tests import factories
from tests.checkin.doors import attendances, code_of, new_id, number_of, scans
from tests.factories import HOUR, NOON
from volunteer_hub.checkin import queries
from volunteer_hub.checkin.models import Attendance, Scan
from volunteer_hub.checkin.rules import Method, Reason
from volunteer_hub.core.database import db
from volunteer_hub.events.models import Status
from volunteer_hub.registrations.models import Channel, Registration

START = NOON + 24 * HOUR


@pytest.fixture
def event(app, at):
    at(START)
    return factories.event(title="观鸟", max_companions=3)


def poster(event):
    return f"/C/{event.poster_code}"


def say(client, event, intent, **fields):
    """Send one of the poster's forms; fields are named as on the page."""
    prefix = {"own": ""}.get(intent, f"{intent}-")
    sent = {f"{prefix}{name}": value for name, value in fields.items()}
    return client.post(poster(event), data={"intent": intent, **sent})


def walk_in(client, event, **fields):
    return say(client, event, "walk_in", **{"companions": "0", "age_band": "", **fields})


def test_the_poster_shows_its_event_and_three_ways(client, event):
    shown = client.get(poster(event))

    for part in ("观鸟", "9月6日（周日）", "报过名的", "入场码", "没有报名，现在签到"):
        assert part in shown.text
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert number_of(Scan) == 0


def test_a_lower_case_poster_and_one_of_nobody(client, event):
    assert client.get(poster(event).replace(event.poster_code, event.poster_code.lower())).text
    assert client.get("/C/NOSUCH").status_code == 404
    assert client.post("/C/NOSUCH").status_code == 404


def test_somebody_without_a_place_checks_in(client, event):
    answer = walk_in(client, event, companions="２", age_band="senior", scan_id=new_id())
    shown = client.get(answer.location).text

    assert "签到成功" in shown
    assert "共 3 人" in shown
    (registration,) = db.session.scalars(db.select(Registration))
    assert (registration.channel, registration.name, registration.age_band) == (
        Channel.POSTER, None, "senior",
    )  # fmt: skip
    assert queries.people_reached([event.id]) == {event.id: 3}


def test_a_doubled_tap_is_one_person(client, event):
    scan_id = new_id()

    for _ in range(2):
        walk_in(client, event, scan_id=scan_id)

    assert number_of(Registration) == 1


def test_one_phone_walks_in_once(client, event):
    walk_in(client, event)
    answer = walk_in(client, event)

    assert "这部手机已经登记过了" in client.get(answer.location).text
    assert number_of(Registration) == 1


def test_a_full_event_says_so_and_lets_people_in(client, event):
    event.capacity = 1
    factories.registration(of=event)

    shown = client.get(poster(event)).text
    walk_in(client, event)

    assert "名额已经报满" in shown
    assert number_of(Attendance) == 1


def test_family_is_added_afterwards(client, event):
    done = client.get(walk_in(client, event).location)
    first = scans()[0].scan_id
    assert "给同来的家人签到" in done.text
    scan_id = new_id()

    for _ in range(2):
        answer = say(client, event, "companions", people="2", done=first, scan_id=scan_id)

    assert "又给 2 位家人签到了" in client.get(answer.location).text
    assert queries.people_reached([event.id]) == {event.id: 3}


@pytest.mark.parametrize("people", ["", "0", "10", "-1", "两"])
def test_an_odd_number_of_family_is_asked_again(client, event, people):
    walk_in(client, event)

    answer = say(client, event, "companions", people=people, done=scans()[0].scan_id)

    assert answer.status_code == 422
    assert "签到成功" in answer.text
    assert queries.people_reached([event.id]) == {event.id: 1}


def test_family_of_nobody(client, event):
    other = factories.event(starts_at=START)
    walk_in(client, other)

    for done in ("", new_id(), scans()[0].scan_id):
        assert say(client, event, "companions", people="1", done=done).status_code == 404


def test_a_ticket_in_this_phone_is_one_big_button(client, event, at):
    at(NOON)
    client.post(f"/e/{event.id}/register", data={"name": "赵麦芽", "companions": "1"})
    at(START)
    shown = client.get(poster(event)).text
    registration = db.session.scalars(db.select(Registration)).one()

    answer = say(client, event, "own", key=f"r{registration.id}", direction="in", scan_id=new_id())

    assert "赵麦芽" in shown
    assert "报过名的" not in shown
    assert "赵麦芽 · 12:00" in client.get(answer.location).text
    assert attendances()[0].people == 2
    again = say(client, event, "own", key=f"r{registration.id}", direction="in", scan_id=new_id())
    assert "您已经签到过了" in client.get(again.location).text


def test_a_signed_in_attendee_is_known(client, event):
    person = factories.person()
    factories.registration(of=event).person_id = person.id
    db.session.commit()
    client.sign_in(person)

    assert "赵麦芽" in client.get(poster(event)).text


def test_a_signed_in_volunteer_comes_and_leaves(client, event, at):
    assignment = factories.assignment(of=factories.post(factories.shift(event)))
    client.sign_in(assignment.volunteer.person)
    key = f"v{assignment.id}"

    assert "志愿者 讲解员" in client.get(poster(event)).text
    say(client, event, "own", key=key, direction="in", scan_id=new_id())
    at(START + 2 * HOUR)
    assert "签退" in client.get(poster(event)).text
    answer = say(client, event, "own", key=key, direction="out", scan_id=new_id())

    assert "签退成功" in client.get(answer.location).text
    assert queries.intervals_of(event.id) == {assignment.id: [(START, START + 2 * HOUR)]}


def test_nobody_checks_in_a_stranger(client, event):
    stranger = factories.registration(of=event)

    answer = say(client, event, "own", key=f"r{stranger.id}", direction="in", scan_id=new_id())

    assert answer.status_code == 404
    assert number_of(Attendance) == 0


def test_a_typed_code_checks_in_and_is_remembered(client, event):
    code = code_of(factories.registration(of=event, name="赵麦芽"))

    answer = say(client, event, "code", code=f" {code.lower()} ", scan_id=new_id())

    assert "赵麦芽 · 12:00" in client.get(answer.location).text
    assert "报过名的" not in client.get(poster(event)).text
    assert scans()[0].method is Method.POSTER


def test_a_typed_pass_asks_whether_one_comes_or_leaves(client, event):
    code = code_of(factories.assignment(of=factories.post(factories.shift(event))))

    answer = say(client, event, "code", code=code)

    assert "志愿者 讲解员" in client.get(answer.location).text
    assert number_of(Scan) == 0


@pytest.mark.parametrize("code", ["", "🎉", "R0000000000000000", "x" * 500])
def test_codes_of_nobody_are_asked_again(client, event, code):
    answer = say(client, event, "code", code=code)

    assert answer.status_code == 422
    assert "error-summary" in answer.text
    assert number_of(Attendance) == 0


def test_a_code_of_another_event_names_it(client, event):
    other = factories.registration(of=factories.event(title="看星星"))

    answer = say(client, event, "code", code=code_of(other))

    assert "看星星" in answer.text
    assert [each.reason for each in scans()] == [Reason.WRONG_EVENT]


def test_name_and_last_digits_check_in(client, event):
    factories.registration(of=event, name="赵麦芽", phone="13900001234")

    answer = say(client, event, "name", name=" 赵麦芽 ", tail="１２３４", scan_id=new_id())

    assert "赵麦芽 · 12:00" in client.get(answer.location).text


@pytest.mark.parametrize(
    ("name", "tail"), [("赵麦芽", "9999"), ("钱小满", "1234"), ("孙同名", "1234"), ("%", "1234")]
)
def test_every_miss_gets_the_same_answer(client, event, name, tail):
    factories.registration(of=event, name="赵麦芽", phone="13900001234")
    for phone in ("13900001234", "13800001234"):
        factories.registration(of=event, name="孙同名", phone=phone)

    answer = say(client, event, "name", name=name, tail=tail)

    summary = re.search(r'<div class="error-summary".*?</div>', answer.text, re.DOTALL).group(0)
    assert answer.status_code == 422
    assert "没有找到这个报名。请核对姓名和电话尾号，或请工作人员帮您查找。" in summary
    assert number_of(Scan) == 0


@pytest.mark.parametrize(
    ("name", "tail"),
    [("", "1234"), ("赵", ""), ("赵", "12"), ("赵", "12345"), ("赵", "abcd"), ("字" * 61, "1234")],
)
def test_odd_names_and_digits_are_asked_again(client, event, name, tail):
    answer = say(client, event, "name", name=name, tail=tail)

    assert answer.status_code == 422
    assert "error" in answer.text


def test_guessing_is_slowed_down_and_coming_is_not(client, event):
    factories.registration(of=event, name="赵麦芽", phone="13900001234")

    misses = [say(client, event, "name", name="赵麦芽", tail="0000").status_code for _ in range(6)]
    hit = say(client, event, "name", name="赵麦芽", tail="1234")

    assert misses == [422] * 5 + [429]
    assert hit.status_code == 429
    assert walk_in(client, event).status_code == 302


def test_right_answers_are_never_too_many(client, event):
    registrations = [factories.registration(of=event) for _ in range(7)]

    answers = [say(client, event, "code", code=code_of(each)).status_code for each in registrations]

    assert answers == [302] * 7


@pytest.mark.parametrize(("hours", "said"), [(-3, "还没到签到时间"), (6, "活动已经结束")])
def test_too_early_and_too_late(client, event, at, hours, said):
    at(START + hours * HOUR)

    assert said in client.get(poster(event)).text
    assert walk_in(client, event).status_code == 409
    assert number_of(Scan) == 0


def test_a_cancelled_event_and_a_draft(client, app, at):
    at(START)
    cancelled = factories.event(status=Status.CANCELLED, cancel_reason="下大雨")
    draft = factories.event(status=Status.DRAFT)

    assert "下大雨" in client.get(poster(cancelled)).text
    assert walk_in(client, cancelled).status_code == 409
    assert client.get(poster(draft)).status_code == 404


def test_forms_of_nobody(client, event):
    assert client.post(poster(event), data={"intent": "fly"}).status_code == 400
    assert client.post(poster(event)).status_code == 400


@pytest.mark.parametrize("intent", ["walk_in", "code", "name"])
def test_a_stale_page_keeps_what_was_typed_and_writes_nothing(client, event, intent):
    sent = {"name-name": "赵麦芽", "name-tail": "1234", "code-code": "R12"}
    sent["walk_in-companions"] = "3"

    answer = client.post(poster(event), data={"intent": intent, **sent}, csrf=False)

    typed = {"walk_in": "3", "code": "R12", "name": "赵麦芽"}[intent]
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text
    assert number_of(Scan) == 0


def test_the_large_edition_stays_large(client, event):
    shown = client.get(poster(event) + "?elder=1")
    answer = client.post(poster(event) + "?elder=1", data={"intent": "walk_in"})

    assert 'data-text="large"' in shown.text
    assert f'action="{poster(event)}?elder=1"' in shown.text
    assert "elder=1" in answer.location


def test_somebody_elses_answer_is_not_shown(client, event):
    other = factories.event(starts_at=START)
    walk_in(client, other)

    assert "签到成功" not in client.get(f"{poster(event)}?done={scans()[0].scan_id}").text
