"""Checks 16, 18, 22: a live site: its own host alone, https cookies, unbent links."""

from __future__ import annotations

import base64
import contextlib
import zlib

import pytest

from config import Settings
from tests.security.requests import PHONE, REQUESTS
from tests.security.world import PASSWORD, Visitor, address, routes, values_for, visit
from volunteer_hub import create_app
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage

OWN = "https://kepu.example.cn"
EVIL = "evil.example"


@pytest.fixture
def live(app, database):
    """Return the application as a live site has it, on the same database."""
    application = create_app(
        Settings(
            secret_key="live" * 10,
            database_url=database.url,
            environment="production",
            public_url=OWN,
            trusted_hosts=("kepu.example.cn",),
            secure_cookies=True,
        )
    )
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def browser(live):
    """Return a browser at the live site."""
    there = Visitor(live)
    there.site = OWN
    return there


@pytest.mark.parametrize(
    "host", [EVIL, f"kepu.example.cn.{EVIL}", f"{EVIL}:443", "127.0.0.1", "kepu.example.cn@evil.example"]  # noqa: E501
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/sign-in", "/nothing", "/static/css/base.css"])
def test_another_host_is_refused(browser, host, path):
    answer = browser.get(path, headers={"Host": host})

    assert answer.status_code == 400
    assert "set-cookie" not in answer.headers
    assert "nosniff" in answer.headers["X-Content-Type-Options"]


def test_the_own_host_is_answered(browser):
    assert browser.get("/sign-in").status_code == 200


def test_no_page_repeats_a_host_that_a_visitor_made_up(app, world):
    browser = visit(app, world, "city")
    for rule in routes(app, "GET"):
        if rule.endpoint == "pages.style":  # in development alone
            continue
        answer = browser.get(
            address(app, rule, values_for(rule, world.a)),
            headers={
                "X-Forwarded-Host": EVIL,
                "X-Original-Host": EVIL,
                "Forwarded": f"host={EVIL}",
            },
            base_url=f"http://{EVIL}",
        )
        assert EVIL not in answer.text, rule.endpoint
        assert EVIL not in (answer.location or ""), rule.endpoint


def test_messages_hold_paths_and_never_the_host_a_visitor_made_up(app, world):
    for request in REQUESTS:
        to, data = request.address(app, world), request.data(world)
        browser = visit(app, world, request.visitor)
        request.send(browser, to, data, headers={"X-Forwarded-Host": EVIL})

    params = [row.params for row in db.session.query(OutboxMessage).all()]
    assert len(params) > 5
    assert EVIL not in str(params)
    assert "://" not in str(params)


def test_cookies_are_for_this_host_over_https_alone(world, browser):
    answers = [
        browser.get("/events?lang=en&elder=1"),
        browser.get("/switch/text?to=27"),
        browser.press(f"/e/{world.a.open}/register", {"companions": "0"}),
        browser.press("/sign-in", {"contact": PHONE, "password": PASSWORD}),
        browser.press("/sign-out"),
    ]

    cookies = [each for answer in answers for each in answer.headers.getlist("Set-Cookie")]
    names = {cookie.partition("=")[0] for cookie in cookies}
    assert names == {f"__Host-vh{kind}" for kind in ("", "_lang", "_elder", "_text", "_tickets")}
    for cookie in cookies:
        said = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"secure", "httponly", "path=/", "samesite=lax"} <= said, cookie
        assert not any(part.startswith("domain") for part in said), cookie
    assert {answer.headers["Strict-Transport-Security"] for answer in answers} == {
        "max-age=31536000"
    }


def opened(cookie: str) -> str:
    """Return whatever can be read from a cookie without its key."""
    found = cookie
    for part in cookie.strip(".").split("."):
        try:
            raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        except ValueError:
            continue
        found += raw.decode("utf-8", "replace")
        with contextlib.suppress(zlib.error):
            found += zlib.decompress(raw).decode("unicode_escape")
    return found


def test_a_session_can_be_read_by_this_site_alone(app, world):
    browser = visit(app, world, "organiser a")
    browser.press("/sign-in/code", {"contact": PHONE, "next": "/me"})
    tick = {"key": f"v{world.a.on_duty}", "direction": "in"}
    browser.press(f"/organise/events/{world.a.running}/door/tick", tick)

    with browser.session_transaction() as session:
        held = str(dict(session))
    readable = opened(browser.get_cookie("vh").value)

    assert PHONE in held
    assert "林小禾" in held
    for known in (PHONE, "林小禾", "code_for", "_user_id", "csrf_token", "/me"):
        assert known not in readable


def test_a_session_of_another_site_or_bent_by_its_owner_is_none(app, world):
    browser = visit(app, world, "city")
    good = browser.get_cookie("vh").value
    assert browser.get("/organise").status_code == 200

    for bad in (good[:-4] + "AAAA", good[::-1], "", "e30.e30.e30", "x" * 3000):
        browser.set_cookie("vh", bad)
        assert browser.get("/organise").status_code == 302
