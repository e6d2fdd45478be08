"""Checks 15, 17, 19, 20: what every answer carries, also errors and static files."""

from __future__ import annotations

import pytest

from tests.security.world import (
    SCAN,
    address,
    is_for_members,
    routes,
    values_for,
    visit,
)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; media-src 'self' blob:; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
WITH_DECODER = POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
# What somebody uploaded: nothing in it may run or load anything, whatever it is.
OF_SCANS = "default-src 'none'; sandbox"
SCANS = {"credentials.scan", "credentials.my_scan"}
# Its own address is a secret, so that it is told to nobody, not even to other pages of the site.
UNTOLD = {
    "checkin.open_poster",
    "checkin.show_ticket",
    "registrations.bring_fewer",
    "registrations.show_offer",
    "registrations.withdraw",
}


# Calendar programs ask every hour whether it changed, and get what they keep confirmed for that.
ASKED_AGAIN = {
    "checkin.phone_worker",
    "listings.calendar",
    "listings.news",
    "assignments.event_ics",
    "assignments.assignment_ics",
    "assignments.calendar_feed",
}


def objections(answer, *, policy=POLICY, referrer="same-origin", is_kept=False):
    """Return what is missing from an answer's headers, or there without need."""
    headers = answer.headers
    wanted = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": referrer,
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    found = [f"{name}: {headers.get(name)}" for name in wanted if headers.get(name) != wanted[name]]
    found += [name for name, _value in headers if name.startswith("Access-Control-")]
    if not is_kept and headers.get("Cache-Control") != "no-store":
        found.append(f"Cache-Control: {headers.get('Cache-Control')}")
    kind = answer.content_type
    if kind.startswith("text/") and "charset=utf-8" not in kind:
        found.append(kind)
    return found


def policy_of(endpoint) -> str:
    if endpoint in SCANS:
        return OF_SCANS
    return WITH_DECODER if endpoint in ("checkin.scanner", "checkin.phone") else POLICY


def test_every_page_may_run_its_own_scripts_alone_and_is_told_to_nobody(app, world):
    city, member, found = visit(app, world, "city"), visit(app, world, "volunteer a"), {}
    for rule in routes(app, "GET"):
        browser = member if is_for_members(app, rule) else city
        answer = browser.get(
            address(app, rule, values_for(rule, world.a)),
            headers={"Origin": "https://evil.example"},
        )
        policy = policy_of(rule.endpoint)
        untold = rule.endpoint in UNTOLD and answer.status_code == 200
        referrer = "no-referrer" if untold else "same-origin"
        is_kept = rule.endpoint in ASKED_AGAIN
        if is_kept:
            assert answer.headers["Cache-Control"] == "private, no-cache"
        found[rule.endpoint] = objections(answer, policy=policy, referrer=referrer, is_kept=is_kept)

    assert {endpoint: its for endpoint, its in found.items() if its} == {}


@pytest.mark.parametrize(
    ("visitor", "page"), [("volunteer a", "/me"), ("organiser a", "/organise")]
)
def test_an_uploaded_file_is_shown_as_the_picture_it_says_it_is_and_runs_nothing(
    app, world, visitor, page
):
    answer = visit(app, world, visitor).get(f"{page}/credentials/{world.a.credential}/scan")

    assert answer.data == SCAN  # to a browser that guesses, a page with a script
    assert answer.content_type == "image/png"
    assert objections(answer, policy=OF_SCANS) == []


@pytest.mark.parametrize(
    ("visitor", "method", "path", "status"),
    [
        ("anonymous", "GET", "/nothing", 404),
        ("anonymous", "GET", "/organise", 302),
        ("volunteer a", "GET", "/organise", 403),
        ("anonymous", "PUT", "/help", 404),
        ("anonymous", "OPTIONS", "/help", 200),
        ("anonymous", "POST", "/demo-sign-in", 400),
        ("organiser b", "GET", "/organise/events/1", 404),
    ],
)
def test_refusals_carry_them_too(app, world, visitor, method, path, status):
    for kind in ("text/html", "application/json"):
        headers = {"Accept": kind, "Origin": "https://evil.example"}
        answer = visit(app, world, visitor).open(path, method=method, headers=headers)
        assert answer.status_code == status
        assert objections(answer) == []


def test_a_crash_carries_them_and_says_nothing_of_its_cause(app, world, monkeypatch):
    def crash():
        raise RuntimeError("secret-cause")

    monkeypatch.setitem(app.view_functions, "pages.help_page", crash)
    crash.access = "public"
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    try:
        answer = visit(app, world, "anonymous").get("/help")
    finally:
        app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=True)

    assert answer.status_code == 500
    assert objections(answer) == []
    assert "secret-cause" not in answer.text
    assert "Traceback" not in answer.text


def test_static_files_are_kept_when_their_address_changes_with_them(app, world):
    browser = visit(app, world, "anonymous")

    there = browser.get("/static/css/base.css?v=1")
    unversioned = browser.get("/static/css/base.css")
    missing = browser.get("/static/css/missing.css?v=1")

    assert there.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "immutable" not in unversioned.headers["Cache-Control"]
    assert missing.headers["Cache-Control"] == "no-store"
    assert objections(missing) == []
    drawing = browser.get("/static/icons/sprite.svg?v=1")  # a document, when opened by itself
    assert objections(drawing, is_kept=True) == []
    for each in (there, unversioned, drawing):
        assert each.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in each.headers
        each.close()
