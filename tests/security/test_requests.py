"""The sound requests that the other walks start from are sound."""

from __future__ import annotations

from tests.security.requests import HALF_WAY, REQUESTS
from tests.security.world import difference, routes, stored, visit

ONLY_SHOWING = {"tables.send_table"}  # what taking a table would do


def test_every_route_that_writes_has_a_sound_request(app):
    writing = {rule.endpoint for rule in routes(app, "POST")}

    known = {request.endpoint for request in REQUESTS}
    assert writing - known - HALF_WAY == set(), (
        "add a sound request to REQUESTS of tests/security/requests.py"
    )
    assert known - writing == set(), "REQUESTS of tests/security/requests.py names a route too many"
    assert {method for rule in routes(app) for method in rule.methods} == {
        "GET", "HEAD", "OPTIONS", "POST"
    }  # fmt: skip


def test_every_sound_request_is_carried_out(app, world):
    unsound = {}
    for request in REQUESTS:
        address, data = request.address(app, world), request.data(world)
        browser, before = visit(app, world, request.visitor), stored()
        answer = request.send(browser, address, data)
        is_done = request.endpoint in ONLY_SHOWING or difference(before, stored())
        if answer.status_code not in (200, 302) or not is_done:
            unsound[str(request)] = (answer.status_code, answer.location, _errors(answer))

    assert unsound == {}


def _errors(answer):
    """Return what a page says is wrong."""
    return [line.strip() for line in answer.text.splitlines() if "error" in line]
