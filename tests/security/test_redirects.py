"""Check 8: wherever a form or an address says to go next, it is on this site."""

from __future__ import annotations

from urllib.parse import quote, urljoin, urlsplit

from tests.factories import NOON
from tests.security.requests import PHONE, REQUESTS
from tests.security.world import unrendered, visit
from volunteer_hub.accounts import actions as accounts
from volunteer_hub.core.transaction import transaction

EVIL = (
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\\/evil.example",
    "https://evil.example", "https:evil.example", "http:///evil.example", "HTTPS://evil.example",
    "javascript:alert(1)", "data:text/html,x", "/\t/evil.example", "/\n/evil.example",
    "/\r\nLocation: //evil.example", "\t//evil.example", " //evil.example", "／／evil.example",
    "@evil.example", ".evil.example", "/..//evil.example", "/.//evil.example", "//evil.example/%2e%2e",  # noqa: E501
    "/" + "a" * 5000,
)  # fmt: skip
SWITCHES = ("/switch/elder?to=1", "/switch/lang?to=en", "/switch/text?to=27")


def goes_off(answer) -> bool:
    """Tell whether a browser would leave the site after this answer."""
    location = answer.headers.get("Location")
    if location is None:
        return False
    there = urlsplit(urljoin("https://own.example/a/b", location))
    is_odd = any(ord(sign) < 33 or sign == "\\" for sign in location) or location.startswith("//")
    return is_odd or (there.scheme, there.hostname) != ("https", "own.example")


def with_next(app, world):
    """Yield requests that are told where to go next: in what they send and in their address."""
    for request in REQUESTS:
        data = request.data(world)
        if "next" in data or request.endpoint in ("regions.new_venue", "volunteers.join"):
            yield request, request.address(app, world)


def test_no_next_page_is_elsewhere(app, world):
    for request, address in with_next(app, world):
        for evil in EVIL:
            to = f"{address}{'&' if '?' in address else '?'}next={quote(evil)}"
            data = request.data(world) | {"next": evil}
            with unrendered():
                answer = request.send(visit(app, world, request.visitor), to, data)
            assert answer.status_code in (302, 422), (str(request), evil)
            assert not goes_off(answer), (str(request), evil)


def test_no_switch_leads_elsewhere(app, world):
    browser = visit(app, world, "anonymous")
    for address in SWITCHES:
        for evil in EVIL:
            assert not goes_off(browser.get(f"{address}&next={quote(evil)}")), (address, evil)


def test_a_code_leads_nowhere_else(app, world):
    for evil in EVIL:
        browser = visit(app, world, "anonymous")
        browser.press("/sign-in/code", {"contact": PHONE, "next": evil})
        with transaction():
            code = accounts.make_code(PHONE, now=NOON)
        answer = browser.press("/sign-in/code/enter", {"code": code})
        assert answer.status_code == 302, evil
        assert not goes_off(answer), evil
