from __future__ import annotations

import json

import pytest

from tests import factories
from tests.checkin.doors import attendances, code_of, new_id, number_of, scans
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from volunteer_hub.checkin import queries
from volunteer_hub.checkin.models import Attendance, Scan
from volunteer_hub.checkin.rules import Direction, Method, Outcome, Reason
from volunteer_hub.core.database import db
from volunteer_hub.events.models import Status
from volunteer_hub.registrations.models import Registration

START = NOON + 24 * HOUR


@pytest.fixture
def event(app, at):
    at(START)
    return factories.event(title="观鸟")


@pytest.fixture
def staff(client, event):
    client.sign_in(db.session.get_one(factories.Person, event.created_by_id))
    return client


def door(event, page=""):
    return f"/organise/events/{event.id}/door{page}"


def body(text, **more):
    return {
        "scan_id": new_id(), "text": text, "direction": "in", "method": "camera",
        "happened_at": START.isoformat(), "device": "phone-1", **more,
    }  # fmt: skip


def post(client, event, message, **more):
    return client.post(door(event, "/scan"), json=message, **more)


# The scanner's messages


def test_a_scan_is_answered_in_words(staff, event):
    registration = factories.registration(of=event, name="赵麦芽", companions=2)

    answer = post(staff, event, body(f"http://localhost/T/{code_of(registration)}"))

    assert (answer.status_code, answer.json) == (
        200,
        {
            "outcome": "accepted",
            "reason": "ok",
            "title": "已签到",
            "detail": "共 3 人，12:00",
            "name": "赵*芽",
            "counts": {"in": 3, "out": 0, "expected": 3},
        },
    )
    (kept,) = scans()
    assert (kept.device, kept.method, kept.by_person_id) == (
        "phone-1", Method.CAMERA, event.created_by_id,
    )  # fmt: skip


def test_every_refusal_has_its_words(staff, event, at):
    other = factories.event(title="看星星", starts_at=START + 24 * HOUR)
    first = factories.registration(of=event)
    post(staff, event, body(code_of(first)))
    assignment = factories.assignment(of=factories.post(factories.shift(event)))
    cancelled = factories.registration(of=event, state="cancelled")
    at(START + HOUR)

    def words(answer):
        return answer["reason"], answer["title"], answer["detail"]

    said = [
        words(post(staff, event, body(text, **more)).json)
        for text, more in [
            (code_of(first), {}),
            (code_of(factories.registration(of=other)), {}),
            (code_of(cancelled), {}),
            ("R0000000000000000", {}),
            ("https://example.com/🎉", {}),
            (code_of(assignment), {"direction": "out"}),
            (code_of(assignment), {}),
        ]
    ]

    assert said == [
        ("already_in", "重复签到", "12:00 已在门口扫码签到，不用再签。"),
        ("wrong_event", "其他活动的票", "这是“看星星”的票，9月7日（周一） 12:00。"),
        ("cancelled", "已取消", "这个报名已经取消。本人来了，可以按现场登记。"),
        ("unknown", "查无此票", "请核对票码，或按姓名、电话尾号查找。"),
        ("not_ours", "不是本平台的码", "请出示报名后得到的入场码，或按姓名查找。"),
        ("not_in", "还没有签到", "还没有签到，不能签退。请先签到。"),
        ("ok", "已签到", "志愿者 讲解员，12:00"),
    ]


def test_a_repeated_message_gets_the_same_answer(staff, event):
    message = body(code_of(factories.registration(of=event)))

    assert post(staff, event, message).json == post(staff, event, message).json
    assert number_of(Scan) == 1


def test_garbage_is_answered_and_kept(staff, event):
    for text in ("🎉" * 200, "\ud800", "\x00", "x" * 3000):
        assert post(staff, event, body(text)).json["reason"] == "not_ours"

    assert number_of(Scan) == 4


@pytest.mark.parametrize(
    "change",
    [
        {"scan_id": "1"}, {"scan_id": None}, {"scan_id": new_id().upper()}, {"text": None},
        {"text": ["R"]}, {"direction": "count"}, {"direction": "sideways"}, {"method": "poster"},
        {"method": 7},
    ],
)  # fmt: skip
def test_messages_that_are_no_scan(staff, event, change):
    answer = post(staff, event, {**body("x"), **change})

    assert (answer.status_code, answer.json["type"]) == (400, "/problems/bad_scan")
    assert number_of(Scan) == 0


@pytest.mark.parametrize(
    "happened_at", [None, "soon", "2026-09-06T12:00", 7, "9999-12-31T23:59:59Z"]
)
def test_a_phones_odd_clock_is_not_believed(staff, event, happened_at):
    post(staff, event, body("x", happened_at=happened_at))

    assert scans()[0].happened_at == START


def test_not_json_and_far_too_much(staff, event):
    headers = {"Content-Type": "application/json"}
    odd = staff.post(door(event, "/scan"), data="{", headers=headers)
    huge = staff.post(door(event, "/scan"), data=json.dumps(body("x" * 20_000)), headers=headers)

    assert (odd.status_code, huge.status_code) == (400, 413)
    assert huge.json["type"] == "/problems/scan_too_large"


def test_a_stale_page_says_so_and_writes_nothing(staff, event):
    answer = post(staff, event, body("x"), csrf=False)

    assert (answer.status_code, answer.json["type"]) == (400, "/problems/stale_page")
    assert number_of(Scan) == 0


def test_a_scan_costs_few_queries(staff, event):
    message, page = body(code_of(factories.registration(of=event))), door(event, "/scan")
    db.session.remove()
    with counted_queries() as statements:
        assert staff.post(page, json=message).json["reason"] == "ok"

    assert len(statements) <= 8


# Whose door it is


PAGES = ["", "/find", "/log"]
POSTS = {
    "/scan": {"code": "x", "direction": "in"},
    "/tick": {"key": "r1", "direction": "in"},
    "/walk-in": {"companions": "0"},
    "/count": {"people": "1"},
    "/undo": {"scan": "1"},
}


def test_another_organisers_door_is_not_there(client, event):
    factories.registration(of=event)
    client.sign_in(factories.organiser(factories.organisation(region_code="210681")))

    assert {client.get(door(event, page)).status_code for page in PAGES} == {404}
    answers = [client.post(door(event, page), data=sent) for page, sent in POSTS.items()]
    assert {answer.status_code for answer in answers} == {404}
    assert number_of(Scan) == 0


def test_a_volunteer_is_no_staff(client, event):
    client.sign_in(factories.volunteer().person)

    assert {client.get(door(event, page)).status_code for page in PAGES} == {403}


def test_nobody_is_asked_to_sign_in(client, event):
    assert client.get(door(event)).location.startswith("/sign-in")


@pytest.mark.parametrize("page", POSTS)
def test_every_button_needs_its_page(staff, event, page):
    factories.registration(of=event)

    assert staff.post(door(event, page), data=POSTS[page], csrf=False).status_code in (400, 422)
    assert number_of(Scan) == 0


# Without scripts


def test_a_typed_code_shows_its_verdict_on_the_page(staff, event):
    code = code_of(factories.registration(of=event, name="赵麦芽"))

    answer = staff.post(door(event, "/scan"), data={"code": f" {code.lower()} ", "direction": "in"})
    shown = staff.get(answer.location).text

    assert answer.status_code == 302
    assert "已签到" in shown
    assert "赵*芽" in shown
    assert scans()[0].method is Method.TYPED


def test_a_typed_code_keeps_the_direction(staff, event):
    answer = staff.post(door(event, "/scan"), data={"code": "x", "direction": "out"})

    assert 'value="out" checked' in " ".join(staff.get(answer.location).text.split())


@pytest.mark.parametrize("code", ["", "🎉", "x" * 5000, "１２３"])
def test_odd_codes_are_answered(staff, event, code):
    answer = staff.post(door(event, "/scan"), data={"code": code, "direction": "in"})

    assert "panel--bad" in staff.get(answer.location).text


def test_a_direction_that_is_none(staff, event):
    answer = staff.post(door(event, "/scan"), data={"code": "x", "direction": "up"})

    assert answer.status_code == 400


def test_the_scanner_may_use_webassembly_and_no_other_page_may(staff, event):
    policy = staff.get(door(event)).headers["Content-Security-Policy"]

    assert "'wasm-unsafe-eval'" in policy
    assert (
        "'wasm-unsafe-eval'"
        not in staff.get(door(event, "/find")).headers["Content-Security-Policy"]
    )


def test_a_draft_has_no_door(staff, event):
    draft = factories.event(of=event.organisation, status=Status.DRAFT)

    assert "还没有发布" in staff.get(door(draft)).text
    assert staff.post(door(draft, "/count"), data={"people": "1"}).status_code == 409


# Counting, walking in, undoing


def test_the_counter_counts(staff, event):
    for people in ("1", "5", "-1"):
        staff.post(door(event, "/count"), data={"people": people, "scan_id": new_id()})

    assert queries.people_reached([event.id]) == {event.id: 5}
    assert "已计 5 人" in staff.get(door(event)).text


def test_one_press_is_counted_once(staff, event):
    scan_id = new_id()
    for _ in range(2):
        staff.post(door(event, "/count"), data={"people": "1", "scan_id": scan_id})

    assert queries.people_reached([event.id]) == {event.id: 1}


@pytest.mark.parametrize("people", ["", "7", "abc", "999999999999"])
def test_odd_counts_are_refused(staff, event, people):
    assert staff.post(door(event, "/count"), data={"people": people}).status_code == 400


def test_the_counter_stops_at_nobody(staff, event):
    answer = staff.post(door(event, "/count"), data={"people": "-1"}, follow_redirects=True)

    assert "计数已经是 0" in answer.text
    assert number_of(Scan) == 0


def test_htmx_gets_only_the_panel(staff, event):
    answer = staff.post(door(event, "/count"), data={"people": "5"}, headers={"HX-Request": "true"})
    polled = staff.get(door(event), headers={"HX-Request": "true"})

    assert "<html" not in answer.text
    assert "已计 5 人" in answer.text
    assert "已计 5 人" in polled.text


def test_a_walk_in_is_noted_and_shown(staff, event):
    sent = {"name": "钱小满", "companions": "２", "age_band": "senior", "scan_id": new_id()}

    answers = [staff.post(door(event, "/walk-in"), data=sent) for _ in range(2)]

    assert "共 3 人" in staff.get(answers[0].location).text
    assert answers[0].location == answers[1].location
    (registration,) = db.session.scalars(db.select(Registration))
    assert (registration.name, registration.age_band) == ("钱小满", "senior")


@pytest.mark.parametrize(
    "change",
    [
        {"companions": "-1"},
        {"companions": "10"},
        {"companions": "两"},
        {"name": "字" * 61},
        {"age_band": "ancient"},
    ],
)
def test_odd_walk_ins_are_asked_again(staff, event, change):
    sent = {"name": "钱小满", "companions": "0", "age_band": "", **change}

    answer = staff.post(door(event, "/walk-in"), data=sent)

    assert answer.status_code == 422
    assert sent["name"][:3] in answer.text
    assert number_of(Registration) == 0


def test_a_walk_in_without_a_word(staff, event):
    staff.post(door(event, "/walk-in"), data={"companions": ""})

    assert queries.people_reached([event.id]) == {event.id: 1}


def test_the_last_scan_can_be_undone(staff, event):
    registration = factories.registration(of=event)
    post(staff, event, body(code_of(registration)))
    (kept,) = scans()

    staff.post(door(event, "/undo"), data={"scan": kept.id, "scan_id": new_id()})
    again = staff.post(door(event, "/undo"), data={"scan": kept.id}, follow_redirects=True)

    assert number_of(Attendance) == 0
    assert [each.reason for each in scans()] == [Reason.OK, Reason.UNDONE]
    assert "已撤销" in again.text


def test_what_cannot_be_undone_says_why(staff, event):
    post(staff, event, body("x"))

    answer = staff.post(door(event, "/undo"), data={"scan": scans()[0].id}, follow_redirects=True)

    assert "现在不能撤销" in answer.text


# By name


def test_people_are_found_and_ticked(staff, event):
    registration = factories.registration(of=event, name="赵麦芽", phone="13900001234")
    factories.assignment(of=factories.post(factories.shift(event)))

    found = staff.get(door(event, "/find?q=1234")).text
    answer = staff.post(
        door(event, "/tick"),
        data={"key": f"r{registration.id}", "direction": "in", "q": "1234", "scan_id": new_id()},
    )

    assert "赵麦芽" in found
    assert "139****1234" in found
    assert "13900001234" not in found
    assert "林小禾" not in found
    assert answer.location == door(event, "/find?q=1234")
    assert "12:00 已签到" in staff.get(answer.location).text
    assert scans()[0].method is Method.SEARCH


@pytest.mark.parametrize("typed", ["林", "linx", "lxh", "小禾"])
def test_volunteers_are_found_by_spelling(staff, event, typed):
    assignment = factories.assignment(of=factories.post(factories.shift(event)))

    found = queries.find_people(event.id, typed)

    assert [str(each.key) for each in found] == [f"v{assignment.id}"]


def test_a_volunteer_is_ticked_in_and_out_in_place(staff, event, at):
    assignment = factories.assignment(of=factories.post(factories.shift(event)))
    for direction, hours in (("in", 0), ("out", 2)):
        at(START + hours * HOUR)
        answer = staff.post(
            door(event, "/tick"),
            data={"key": f"v{assignment.id}", "direction": direction, "q": "", "scan_id": new_id()},
            headers={"HX-Request": "true"},
        )

    assert "<html" not in answer.text
    assert "已签退" in answer.text
    assert queries.intervals_of(event.id) == {assignment.id: [(START, START + 2 * HOUR)]}


@pytest.mark.parametrize("key", ["", "r", "x1", "r999999", "r１", "r1e5", "r99999999999999", "v-1"])
def test_keys_of_nobody(staff, event, key):
    answer = staff.post(door(event, "/tick"), data={"key": key, "direction": "in"})

    assert answer.status_code == 404


def test_a_list_without_anybody_says_what_to_do(staff, event):
    assert "还没有人报名" in staff.get(door(event, "/find")).text
    assert "现场登记" in staff.get(door(event, "/find?q=%25")).text


def test_lists_cost_the_same_whatever_their_length(staff, event):
    event_id, pages = event.id, {page: door(event, page) for page in ("", "/find", "/log")}

    def one_more():
        here = db.session.get_one(factories.Event, event_id)
        post(staff, here, body(code_of(factories.registration(of=here))))
        assignment = factories.assignment(of=factories.post(factories.shift(here)))
        post(staff, here, body(code_of(assignment)))

    def costs():
        found = {}
        for page, address in pages.items():
            db.session.remove()
            with counted_queries() as statements:
                assert staff.get(address).status_code == 200
            found[page] = len(statements)
        return found

    one_more()
    costs()  # the words of the catalogue are read once
    one = costs()
    one_more()
    one_more()

    assert costs() == one
    assert max(one.values()) <= 12


def test_the_log_shows_every_try_in_pages(staff, event):
    for number in range(21):
        post(staff, event, body(f"text {number}"))
    post(staff, event, body(code_of(factories.registration(of=event, name="赵麦芽"))))

    assert "共 22 条" in staff.get(door(event, "/log")).text
    assert "page=2" in staff.get(door(event, "/log")).text
    accepted = staff.get(door(event, "/log?outcome=accepted")).text
    assert "赵*芽" in accepted
    assert "共 1 条" in accepted
    assert staff.get(door(event, "/log?outcome=odd&page=-3")).status_code == 200


def test_an_empty_log_says_what_to_do(staff, event):
    assert "还没有记录" in staff.get(door(event, "/log")).text


def test_a_stay_is_closed_by_a_scan_out(staff, event, at):
    code = code_of(factories.assignment(of=factories.post(factories.shift(event))))
    post(staff, event, body(code))
    at(START + 2 * HOUR)
    answer = post(staff, event, body(code, direction="out", happened_at=None))

    assert answer.json["title"] == "已签退"
    (attendance,) = attendances()
    assert attendance.out_at == START + 2 * HOUR
    assert scans()[1].direction is Direction.OUT
    assert scans()[1].outcome is Outcome.ACCEPTED


def test_a_scan_leaves_the_cookie_as_it_is(staff, event):
    with staff.session_transaction() as session:
        session.permanent = True  # as signing in makes it
    message = body(code_of(factories.registration(of=event)))
    staff.get(door(event))

    assert "Set-Cookie" not in post(staff, event, message).headers
