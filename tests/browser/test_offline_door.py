"""The door without a network, in the real browser: what phones let in is there once."""

from __future__ import annotations

import logging
import socket
from itertools import product
from threading import Thread

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from tests import factories
from tests.browser.codes import draw_code, film
from tests.browser.visitors import Visitor
from tests.checkin.doors import code_of, scans
from tests.factories import NOON
from volunteer_hub.checkin import actions, queries, rules
from volunteer_hub.checkin.models import Attendance
from volunteer_hub.checkin.rules import Direction, Reason, Who
from volunteer_hub.core import clock
from volunteer_hub.core.database import db
from volunteer_hub.core.tokens import code_hash, link_token
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.models import Event
from volunteer_hub.registrations.models import RegistrationState

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
BATCH = "/scan/batch"


class Live:
    """Serves the application; when it stops, the port is closed, and it comes back on the same."""

    def __init__(self, app) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.app, self.port, self.is_dropping = app, 0, False
        self.dropped = 0

    def __call__(self, environ, start_response):
        environ.pop("HTTP_ACCEPT_ENCODING", None)  # compressed files are closed late
        answer = self.app(environ, start_response)
        if self.is_dropping and environ["PATH_INFO"] == BATCH:
            self.is_dropping, self.dropped = False, 1
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)  # done, and nobody hears of it
        return answer

    def start(self):
        self.server = make_server("127.0.0.1", self.port, self, threaded=True)
        self.port = self.server.server_port
        self.thread = Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        return self

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


@pytest.fixture
def live(app):
    """Return the running server of this test's database."""
    running = Live(app).start()
    yield running
    running.stop()


@pytest.fixture
def event(app):
    return factories.event(starts_at=clock.now())


@pytest.fixture
def token(event):
    """Return what enrols one phone."""
    with transaction():
        row = db.session.get_one(Event, event.id)
        device = actions.add_device(row, "东门", by=row.created_by_id, now=clock.now())
        return link_token(actions.ENROLMENT, device.id)


def ticket(code):
    return draw_code(f"http://127.0.0.1/T/{code}")


def phone_lines(page):
    """Return the last answers on the phone, the oldest first."""
    lines = page.locator("[data-part=recent] > li")
    return [each.get_attribute("data-outcome") for each in reversed(lines.all())]


@pytest.fixture
def phone(live, browser):
    """Return somebody with a phone, whose page is theirs alone."""
    person = Visitor(browser, f"http://127.0.0.1:{live.port}")
    yield person
    person.close()


@pytest.fixture
def scripts(live, browser):
    """Return a phone that only runs the page's scripts, and keeps nothing in the background."""
    person = Visitor(browser, f"http://127.0.0.1:{live.port}", service_workers="block")
    yield person.page
    person.close()


def door_on(page):
    return page.locator("[data-enhance=phone-door]")


def cut_off(phone, live):
    """Close the page, cut the network, and stop the server too."""
    phone.page.close()
    phone.context.set_offline(True)
    live.stop()
    phone.page = phone.context.new_page()


def kept():
    """Return what the log holds, and how many people are in."""
    db.session.rollback()
    found = [(row.registration_id, row.reason) for row in scans()]
    return sorted(found), db.session.scalar(db.select(db.func.count(Attendance.id)))


def comes_back(phone, live):
    """Start the server, whose first answer gets lost, and give the phone its network again."""
    live.is_dropping = True
    live.start()
    phone.context.set_offline(False)


def enrolled(phone, token, people):
    """Open the page by the code on the organiser's screen, once it is kept on the phone."""
    phone.open(f"/scan/#{token}")
    expect(door_on(phone.page)).to_have_attribute("data-people", str(people))
    expect(door_on(phone.page)).to_have_attribute("data-kept", "yes")


def test_without_network_and_server_each_scan_is_right_and_arrives_once(
    live, event, token, phone, camera
):
    plain, family, gone = (factories.registration(of=event) for _ in range(3))
    gone.state = RegistrationState.CANCELLED
    db.session.commit()
    film(camera)
    enrolled(phone, token, people=3)

    cut_off(phone, live)
    late = factories.registration(of=event)  # the list on the phone does not have it
    codes = [code_of(each) for each in (plain, family, gone, late)]
    film(camera, *(ticket(code) for code in codes), still=24, gap=8)
    phone.open("/scan/")
    admit = phone.page.get_by_role("button", name="放行", exact=True)
    expect(admit).to_be_visible()
    assert phone_lines(phone.page) == ["accepted", "accepted", "rejected", "duplicate"]
    admit.click()
    film(camera)
    phone.page.reload()
    expect(door_on(phone.page)).to_have_attribute("data-unsent", "4")

    comes_back(phone, live)
    expect(door_on(phone.page)).to_have_attribute("data-unsent", "0")
    expect(phone.page.locator("[data-part=count-in]")).to_have_text("3")

    assert live.dropped == 1
    assert [each for each in phone.troubles if "asked another host" in each] == []
    assert kept() == (
        [(plain.id, Reason.OK), (family.id, Reason.OK), (gone.id, Reason.CANCELLED),
         (late.id, Reason.OK)],
        3,
    )  # fmt: skip


NO_CAMERA = """
navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotAllowedError"));
"""


def test_what_a_phone_holds_reaches_the_event_it_was_made_at(live, event, token, phone):
    other = factories.event(starts_at=clock.now())
    with transaction():
        row = db.session.get_one(Event, other.id)
        device = actions.add_device(row, "", by=row.created_by_id, now=clock.now())
        next_token = link_token(actions.ENROLMENT, device.id)
    phone.context.add_init_script(NO_CAMERA)  # its film shows tickets, which would wait here too
    enrolled(phone, token, people=0)
    cut_off(phone, live)
    phone.open("/scan/")
    expect(door_on(phone.page)).to_have_attribute("data-ready", "yes")
    phone.page.locator("[data-count='1']").dispatch_event("click")
    expect(door_on(phone.page)).to_have_attribute("data-unsent", "1")
    phone.page.close()
    live.start()
    phone.context.set_offline(False)
    phone.page = phone.context.new_page()

    phone.open(f"/scan/#{next_token}")
    expect(door_on(phone.page)).to_have_attribute("data-ready", "yes")
    expect(door_on(phone.page)).to_have_attribute("data-unsent", "0")

    db.session.rollback()
    assert [row.event_id for row in scans()] == [event.id]


CODE = "R0123456789ABCDEF"
TEXTS = (
    CODE, CODE.lower(), "r0123-4567 89ab-cdef", f"https://hub.example/T/{CODE}", f"/t/{CODE}/",
    f"HTTPS://HUB.EXAMPLE/T/{CODE}?x=1#y", "ＲO1２3456789ABCDEF", f"https://evil.example/{CODE}",
    "https://example.com/pay", "R00", "RUUUUUUUUUUUUUUUU", "恭喜您中奖了", "", "x" * 500,
    CODE + " " * 500, "//", "http://[", f"T/{CODE}",
)  # fmt: skip
JUDGED = """
async ([texts, cases, salt]) => {
  const { readText, judge, hashOf } = await import("/static/js/door/judge.js");
  const read = texts.map((text) => readText(text)).map(({ code, isOurs }) => [code, isOurs]);
  const verdicts = cases.map(([person, isOurs, state, direction]) => judge(person, {
    isOurs, direction, event: { state, starts_at: 100000 }, seen: new Map(), now: 100000,
  }));
  return [read, verdicts, await hashOf(salt, texts[0])];
}
"""


def cases():
    """Return what the phone judges, and what the server would say to it."""
    for who, state, there, cancelled, waiting, direction in product(
        Who, ("published", "cancelled", "confirmed"), (None, True, False),
        (False, True), (False, True), Direction,
    ):  # fmt: skip
        if direction is Direction.COUNT or (waiting and not cancelled):
            continue
        kept = 2 if waiting else int(cancelled)
        came, left = (None, None) if there is None else (1, None if there else 2)
        person = {"key": f"{'r' if who is Who.ATTENDEE else 'v'}1", "state": kept, "starts": None,
                  "came": came, "left": left}  # fmt: skip
        door = rules.Door(1, NOON, is_cancelled=state == "cancelled",
                          is_confirmed=state == "confirmed")  # fmt: skip
        standing = rules.Standing(who, 1, is_cancelled=cancelled, has_come=there is not None,
                                  is_there=bool(there), is_waiting=waiting)  # fmt: skip
        answer = rules.verdict(standing, door=door, is_ours=True, direction=direction, now=NOON)
        yield [person, True, state, direction], answer


def test_the_phone_reads_and_judges_as_the_server_does(scripts):
    asked, expected = zip(*cases(), strict=True)
    scripts.goto("/scan/")

    read, verdicts, hashed = scripts.evaluate(JUDGED, [list(TEXTS), list(asked), "salt"])

    there = [rules.read_text(text) for text in TEXTS]
    assert read == [[each.code, each.is_ours] for each in there]
    assert verdicts == list(expected)
    assert hashed == queries.salted("salt", code_hash(CODE))


CARRIED = """
async (scans) => {
  const { codesOf, scansIn } = await import("/static/js/door/carry.js");
  const [code] = await codesOf(scans, 0, "salt of this door");
  const read = async (text, salt) => {
    const scans = await scansIn(text, 0, salt);
    return scans && scans.map((scan) => scan.scan_id);
  };
  return [
    await read(code, "salt of this door"),
    await read(code, "salt of another"),
    await read(code.replace("walk_in", "camera"), "salt of this door"),
    await read("VHQ1:" + code.slice(code.indexOf("[")), "salt of this door"),
    await read(code, undefined),
  ];
}
"""


def test_a_phone_takes_over_only_what_a_phone_at_the_same_door_gave_it(scripts):
    scripts.goto("/scan/")
    scan = {"scan_id": "s-1", "seq": 1, "method": "walk_in", "direction": "in",
            "happened_at": "2026-09-05T04:00:00.000Z", "people": 30}  # fmt: skip

    assert scripts.evaluate(CARRIED, [scan]) == [["s-1"], None, None, None, None]
