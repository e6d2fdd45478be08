"""What phones ask the server, and what it makes of nonsense."""

from __future__ import annotations

import io
import json
import random
from datetime import timedelta

import pytest

from tests import factories
from tests.checkin.doors import code_of, new_id, number_of, scans
from tests.checkin.phones import MINUTE, noted, phone, secret_of
from tests.factories import NOON
from volunteer_hub.checkin import actions, queries
from volunteer_hub.checkin.models import Scan, ScanDevice
from volunteer_hub.checkin.rules import MOST_BYTES, MOST_SCANS, Conflict, Outcome, Reason
from volunteer_hub.core.database import db
from volunteer_hub.core.security import limiter
from volunteer_hub.core.tokens import code_hash, link_token
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.models import Event
from volunteer_hub.registrations.models import RegistrationState


@pytest.fixture
def event(app, at):
    at(NOON)
    return factories.event(starts_at=NOON, title="观鸟")


@pytest.fixture
def device(event):
    return phone(event, "东门")


@pytest.fixture
def staff(client, event):
    client.sign_in(db.session.get_one(factories.Person, event.created_by_id))
    return client


def bearer(device):
    return {"Authorization": f"Bearer {secret_of(device.id)}"}


def told(text="", **more):
    return {
        "scan_id": new_id(), "seq": 1, "text": text, "direction": "in", "method": "camera",
        "happened_at": NOON.isoformat(), "local": "accepted", **more,
    }  # fmt: skip


def tell(client, device, *found, **more):
    body = {"sent_at": NOON.isoformat(), "unsent": 0, "scans": list(found), **more}
    return client.post("/scan/batch", json=body, headers=bearer(device), csrf=False)


def page(event, part=""):
    return f"/organise/events/{event.id}/door{part}"


# Enrolling


def new_token(event):
    with transaction():
        row = db.session.get_one(Event, event.id)
        device = actions.add_device(row, "", by=row.created_by_id, now=NOON)
        return link_token(actions.ENROLMENT, device.id)


def enrol(client, token, secret="a" * 32):
    return client.post("/scan/enrol", json={"token": token, "secret": secret}, csrf=False)


def test_a_code_enrols_one_phone_and_a_lost_answer_is_given_again(client, event):
    token = new_token(event)

    first, again, other = enrol(client, token), enrol(client, token), enrol(client, token, "b" * 32)

    assert (first.status_code, again.json) == (200, first.json)
    assert first.json["event"]["title"] == "观鸟"
    assert (other.status_code, other.json["type"]) == (410, "/problems/enrolment_used")
    kept = db.session.scalars(db.select(ScanDevice)).one()
    assert "a" * 32 not in kept.secret_hash


def test_a_code_works_for_ten_minutes_and_a_forged_one_never(client, event, at):
    token = new_token(event)
    at(NOON + 10 * MINUTE)

    assert enrol(client, token).status_code == 410
    assert enrol(client, token[:-1] + "Z").status_code == 410
    assert enrol(client, token, "short").status_code == 400


@pytest.mark.parametrize("change", ["revoked", "over", "unknown"])
def test_a_phone_without_the_right_is_told_nothing(client, event, device, at, change):
    if change == "revoked":
        with transaction():
            row = queries.device_of_event(event.id, device.id)
            actions.revoke(row, by=event.created_by_id, now=NOON)
    if change == "over":
        at(event.ends_at + timedelta(hours=24))
    headers = {"Authorization": "Bearer " + "f" * 32} if change == "unknown" else bearer(device)

    answers = [
        client.post("/scan/batch", json={"scans": [told()]}, headers=headers, csrf=False),
        client.get("/scan/roster", headers=headers),
    ]

    expected = 401 if change == "unknown" else 403
    assert [each.status_code for each in answers] == [expected, expected]
    assert number_of(Scan) == 0


def test_a_phones_right_opens_no_page_and_no_other_event(client, event, device):
    other = factories.event(starts_at=NOON, title="另一场")

    assert client.get(page(event, "/board"), headers=bearer(device)).status_code == 302
    answer = tell(client, device, told(code_of(factories.registration(of=other))))
    assert answer.json["results"][0]["reason"] == "wrong_event"
    assert scans()[0].event_id == event.id


# The list on the phone


def test_the_list_holds_no_whole_name_no_number_and_no_code(client, event, device):
    known = factories.registration(of=event, name="欧阳春", phone="13700001234", companions=1)

    answer = client.get("/scan/roster", headers=bearer(device))

    (line,) = answer.json["people"]
    assert line[0] == queries.salted(answer.json["salt"], code_hash(code_of(known)))
    assert line[2:6] == ["欧", known.initials, 2, 0]
    for secret in ("欧阳", "1234", known.ticket_hash, code_of(known)):
        assert secret not in answer.text


def test_the_list_is_sent_again_only_when_it_changed(client, event, device, staff):
    person = factories.registration(of=event, name="欧阳春", phone="13700001234")
    first = client.get("/scan/roster", headers=bearer(device))
    kept = bearer(device) | {"If-None-Match": first.headers["ETag"]}
    assert client.get("/scan/roster", headers=kept).status_code == 304

    staff.post(page(event, "/devices/tails"), data={"are_shown": "y"})
    person.state = RegistrationState.CANCELLED
    db.session.commit()

    answer = client.get("/scan/roster", headers=kept)
    assert answer.json["people"][0][5] == 1
    assert answer.json["people"][0][-1] == "1234"


# Answers


def test_a_batch_is_answered_in_its_order_without_a_form_token(client, event, device):
    person = factories.registration(of=event, name="赵麦芽", companions=1)
    code = code_of(person)
    messages = [
        told(code, seq=2, happened_at=(NOON - MINUTE).isoformat()),
        told("🎉", seq=1),
        {"x": 1},
    ]

    answer = tell(client, device, *messages, unsent=3)

    assert answer.status_code == 200
    results = answer.json["results"]
    assert [each["reason"] for each in results] == ["ok", "not_ours", "bad_scan"]
    assert (results[0]["name"], results[0]["people"]) == ("赵*芽", 2)
    assert answer.json["counts"]["in"] == 2
    assert answer.json["server_time"] == NOON.isoformat()
    kept = db.session.get_one(ScanDevice, device.id)
    assert (kept.seen_at, kept.unsent, kept.skew_s) == (NOON, 3, 0)


def test_the_same_batch_again_is_the_same_answer(client, event, device):
    message = told(code_of(factories.registration(of=event)))

    first, again = tell(client, device, message), tell(client, device, message)

    assert first.json == again.json
    assert number_of(Scan) == 1


def test_too_many_or_too_much_is_413_and_nothing_is_kept(client, device):
    many = tell(client, device, *[told("x") for _ in range(501)])
    huge = tell(client, device, told("x" * MOST_BYTES))

    assert (many.status_code, huge.status_code) == (413, 413)
    assert many.json["type"] == "/problems/batch_too_large"
    assert number_of(Scan) == 0


def test_500_scans_are_one_request(client, device):
    answer = tell(client, device, *[told("R0000000000000000", seq=n) for n in range(500)])

    assert {each["reason"] for each in answer.json["results"]} == {"unknown"}
    assert number_of(Scan) == 500


BODIES = {
    "nothing": b"",
    "half": b'{"scans": [{"scan_id": "',
    "deep": b"[" * 20_000,
    "no text": b'{"scans": ["\xff\xfe"]}',
    "null": b"null",
    "a list": b"[]",
    "scans are a word": b'{"scans": "x"}',
    "ten thousand": json.dumps({"scans": [{}] * 10_000}).encode(),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_message_that_is_none_is_refused_and_nothing_is_kept(client, device, body):
    sent_as = {"content_type": "application/json", "headers": bearer(device), "csrf": False}

    answer = client.post("/scan/batch", data=body, **sent_as)

    assert answer.status_code in (400, 413)
    assert number_of(Scan) == 0


ODD = (None, True, -1, 0.5, 2**70, float("nan"), "", "x" * 3000, "\ud800", "\0", [], {}, [[]],
       "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00", -(2**40), "２０２６")  # fmt: skip
FIELDS = ("scan_id", "seq", "text", "key", "direction", "method", "happened_at", "local", "device",
          "people", "walk_in", "undoes", "name")  # fmt: skip


def test_no_value_in_a_scan_breaks_anything_and_the_others_are_kept(client, event, device):
    good = [told(code_of(factories.registration(of=event)), seq=n) for n in range(2)]
    odd = [told("R00") | {name: value} for name in FIELDS for value in ODD]

    answer = tell(client, device, good[0], *odd, good[1])

    assert answer.status_code == 200
    assert len(answer.json["results"]) == len(odd) + 2
    assert {answer.json["results"][each]["reason"] for each in (0, -1)} == {"ok"}


@pytest.mark.parametrize("seed", range(6))
def test_random_messages_are_answered_clearly(client, event, device, seed):
    rng = random.Random(seed)  # noqa: S311 - made up messages
    known = [code_of(factories.registration(of=event)) for _ in range(3)]
    names = [new_id() for _ in range(4)]

    def scan(number):
        made = told(rng.choice([*known, "R00", "🎉"]), seq=rng.randint(-5, 5))
        made["scan_id"] = rng.choice([*names, new_id(), new_id()])
        made["direction"] = rng.choice(["in", "out"])
        made["method"] = rng.choice(["camera", "search", "walk_in", "counter"])
        for name in rng.sample(sorted(made), rng.randint(0, 2)):
            made[name] = rng.choice(ODD)
        if number % 7 == 0:
            made["undoes"] = rng.choice(names)
        return made

    answer = tell(client, device, *[scan(n) for n in range(40)], sent_at=rng.choice(ODD))

    assert answer.status_code == 200
    assert len(answer.json["results"]) == 40
    named = [row.scan_id for row in scans()]
    assert len(named) == len(set(named))


@pytest.mark.parametrize("field", ["sent_at", "offset_ms", "unsent"])
def test_no_value_beside_the_scans_breaks_anything(client, event, device, field):
    for value in ODD:
        assert tell(client, device, told("R00"), **{field: value}).status_code == 200


# The organiser's pages


def test_a_phone_is_allowed_shown_used_and_taken_off(staff, event):
    shown = staff.post(page(event, "/devices"), data={"door": "西门"}, follow_redirects=True)
    assert "<svg" in shown.text
    device = db.session.scalars(db.select(ScanDevice)).one()
    token = link_token(actions.ENROLMENT, device.id)
    assert f'href="/scan/#{token}"' in shown.text

    assert enrol(staff, token).status_code == 200
    again = staff.get(page(event, f"/devices/{device.id}"))
    assert token not in again.text
    assert "西门" in staff.get(page(event, "/devices")).text
    assert "西门" in staff.get(page(event, "/board")).text
    staff.post(page(event, f"/devices/{device.id}/revoke"))
    assert "已停用" in staff.get(page(event, "/devices")).text


def test_the_board_answers_only_by_news(staff, event, device):
    asked = {"HX-Request": "true"}
    first = staff.get(page(event, "/board"), headers=asked)
    kept = asked | {"If-None-Match": first.headers["ETag"]}
    assert staff.get(page(event, "/board"), headers=kept).status_code == 304

    tell(staff, device, told(code_of(factories.registration(of=event, name="赵麦芽"))))

    news = staff.get(page(event, "/board"), headers=kept)
    assert news.status_code == 200
    assert "赵*芽" in news.text


def test_a_conflict_is_decided_with_one_tap(staff, event, device):
    tell(staff, device, told("R0000000000000000"))
    shown = staff.get(page(event, "/inbox"))
    assert "放行了一张查不到的票" in shown.text
    (conflict,) = queries.conflicts_of(event.id)

    answer = staff.post(
        page(event, f"/inbox/{conflict.id}"),
        data={"choice": "counted", "scan_id": new_id()},
        follow_redirects=True,
    )

    assert "计一位来人" in answer.text
    assert (noted(event), queries.counted_at(event.id)) == ([], 1)


def test_a_phones_file_is_imported_and_nonsense_is_not(staff, event, device):
    file = {"sent_at": NOON.isoformat(), "scans": [told(code_of(factories.registration(of=event)))]}

    def send(raw):
        upload = {"file": (io.BytesIO(raw), "scans-1.json")}
        return staff.post(page(event, "/devices/import"), data=upload)

    assert [send(raw).status_code for raw in (b"", b"x", b"{}")] == [422, 422, 422]
    assert send(json.dumps(file).encode()).status_code == 302
    assert send(json.dumps(file).encode()).status_code == 302
    assert [(row.outcome, row.reason) for row in scans()] == [(Outcome.ACCEPTED, Reason.OK)]
    assert noted(event) == [Conflict.IMPORTED]


def test_a_file_that_lay_about_for_hours_moves_nobodys_coming(staff, event, device, at):
    scan = told(code_of(factories.registration(of=event)))
    file = {"sent_at": (NOON + 10 * MINUTE).isoformat(), "offset_ms": 60_000, "scans": [scan]}
    at(NOON + 120 * MINUTE)
    upload = {"file": (io.BytesIO(json.dumps(file).encode()), "scans-1.json")}
    assert staff.post(page(event, "/devices/import"), data=upload).status_code == 302
    assert [row.happened_at for row in scans()] == [NOON + MINUTE]  # by the clock it measured
    assert noted(event) == [Conflict.IMPORTED]


def test_a_file_of_more_scans_than_a_message_holds_is_taken_whole(staff, event, device):
    del device
    many = [told("R0000000000000000", local="rejected") for _ in range(MOST_SCANS + 1)]
    upload = {"file": (io.BytesIO(json.dumps({"scans": many}).encode()), "scans-1.json")}
    assert staff.post(page(event, "/devices/import"), data=upload).status_code == 302
    assert len(scans()) == MOST_SCANS + 1


def test_enrolling_is_limited_for_who_guesses(client, event, monkeypatch):
    monkeypatch.setattr(limiter, "enabled", True)
    answers = [enrol(client, "1-AAAA").status_code for _ in range(31)]
    assert (answers[0], answers[-1]) == (410, 429)


def test_the_page_and_its_worker_say_nothing_of_anybody(client, staff, event):
    del event
    shown = staff.get("/scan/")
    assert "Set-Cookie" not in shown.headers
    worker = client.get("/scan/sw.js")
    assert worker.mimetype == "text/javascript"
    assert "/static/js/door/page.js" in worker.text
