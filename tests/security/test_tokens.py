"""Check 14: nothing is written without a form token of this session, nor by a mere look."""

from __future__ import annotations

import pytest

from tests.security.requests import BY_ADDRESS_ALONE, REQUESTS
from tests.security.world import address, difference, routes, stored, unrendered, values_for, visit
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db

# What is kept of looking: that somebody saw, or took away, what is personal.
LOOKED = {
    "people_list.fetch_wrong",
    "download.attendance",
    "download.hours",
    "credential.show_scan",
    "table.hand_out",
}
LOOKED_BY_CITY = LOOKED | {"privacy.export_minors"}
LAST = "organisations.set_up_site"


def test_check_14_without_a_token_of_this_session_nothing_is_written(app, world):
    other = visit(app, world, "city").token()
    visitors = {request.visitor for request in REQUESTS}
    browsers = {visitor: visit(app, world, visitor) for visitor in visitors}
    sent = [
        (request, request.address(app, world), token, request.data(world))
        for request in REQUESTS
        if request.endpoint not in BY_ADDRESS_ALONE
        and request.endpoint != LAST  # sends everybody of the offices away
        for token in ("", "forged", other)
    ]
    before, taken = stored(), {}

    for request, to, token, data in sent:
        with unrendered():
            answer = request.send(browsers[request.visitor], to, data, token=token)
        if not 400 <= answer.status_code < 500:
            taken[str(request)] = (token, answer.status)

    assert taken == {}
    assert difference(before, stored()) == {}


def test_check_14_a_new_site_is_not_taken_over_without_a_token(app, world):
    request = next(each for each in REQUESTS if each.endpoint == LAST)
    to, data = request.address(app, world), request.data(world)
    browser, before = visit(app, world, "anonymous"), stored()

    for token in ("", "forged"):
        assert request.send(browser, to, data, token=token).status_code == 422

    assert difference(before, stored()) == {}


@pytest.mark.parametrize("visitor", ["anonymous", "volunteer a", "organiser a", "city"])
def test_check_14_looking_writes_nothing_but_who_downloaded(app, world, visitor):
    browser, before = visit(app, world, visitor), stored()
    count = len(db.session.query(AuditEntry).all())

    with unrendered():
        for rule in routes(app, "GET"):
            browser.get(address(app, rule, values_for(rule, world.a)))

    after = stored()
    assert difference(before | {"audit_entry": after["audit_entry"]}, after) == {}
    noted = [entry.action for entry in db.session.query(AuditEntry).all()[count:]]
    expected = {"organiser a": LOOKED, "city": LOOKED_BY_CITY}
    assert set(noted) == expected.get(visitor, set())
