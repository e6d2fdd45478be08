"""Check 1: every route says who gets in, and every kind of visitor is tried at it."""

from __future__ import annotations

import pytest

from tests.security.requests import REQUESTS
from tests.security.world import address, routes, unrendered, values_for, visit
from volunteer_hub.core.access import Role

# Who comes, and what they are. Nobody is signed in as nobody.
VISITORS = {
    "anonymous": None,
    "newcomer": {Role.VOLUNTEER},
    "leader a": {Role.TEAM_LEADER},
    "organiser a": {Role.ORGANISER},
    "organiser b": {Role.ORGANISER},
    "office a": {Role.COUNTY_OFFICE},
    "city": {Role.CITY_OFFICE},
}


def declared(app, rule):
    """Return what a route says about who may call it."""
    access = getattr(app.view_functions[rule.endpoint], "access", None)
    is_known = access in ("public", "signed_in", "development") or (
        isinstance(access, frozenset) and access and access <= set(Role)
    )
    assert is_known, f"{rule.endpoint}: say who may call it, with a decorator of core/access.py"
    return access


def refusal(access, roles) -> set[int]:
    """Return how somebody with these roles is refused by such a route; nothing when let in."""
    if access in ("public", "development"):
        return set()
    if roles is None:
        return {302, 401}  # a page, or a form that was filled in
    return {403} if isinstance(access, frozenset) and not access & roles else set()


@pytest.fixture
def reached(app, monkeypatch):
    """Put in place of each view one that says only that it was reached."""
    found = []
    for endpoint, view in app.view_functions.items():
        if endpoint == "static":
            continue

        def stand_in(endpoint=endpoint, **_values):
            found.append(endpoint)
            return "reached"

        stand_in.access = getattr(view, "access", None)
        monkeypatch.setitem(app.view_functions, endpoint, stand_in)
    return found


@pytest.mark.parametrize("visitor", VISITORS)
def test_check_1_every_route_lets_in_whom_it_says_and_nobody_else(app, world, visitor, reached):
    browser, wrong = visit(app, world, visitor), {}
    for rule in routes(app):
        for method in rule.methods & {"GET", "POST"}:
            expected = refusal(declared(app, rule), VISITORS[visitor])
            reached.clear()
            with unrendered():
                answer = browser.open(address(app, rule, values_for(rule, world.a)), method=method)
            is_in = reached == [rule.endpoint]
            is_told_so = answer.status_code in expected if expected else answer.text == "reached"
            if is_in == bool(expected) or not is_told_so:
                wrong[f"{method} {rule.rule}"] = answer.status

    assert wrong == {}


def test_check_1_a_route_that_says_nothing_is_closed_to_everybody(app, world, monkeypatch):
    monkeypatch.setitem(app.view_functions, "pages.help_page", lambda: "secret")

    for visitor in VISITORS:
        assert visit(app, world, visitor).get("/help").status_code == 403


def test_a_page_of_a_draft_is_shown_to_no_visitor(app, world):
    browser = visit(app, world, "anonymous")
    for rule in routes(app):
        if declared(app, rule) == "public" and "event_id" in rule.arguments:
            answer = browser.get(address(app, rule, {"event_id": world.a.draft}))
            assert answer.status_code == 404, rule.rule
            assert browser.get(address(app, rule, {"event_id": world.a.open})).status_code == 200


def test_every_request_that_is_tried_comes_from_somebody_who_may_send_it(app):
    """Otherwise the walks over REQUESTS would prove nothing: all would be refused at the door."""
    for request in REQUESTS:
        role = VISITORS.get(request.visitor, {Role.VOLUNTEER})
        rule = next(iter(app.url_map.iter_rules(request.endpoint)))
        assert refusal(declared(app, rule), role) == set(), str(request)
