"""Check 31: whoever signs in gets a session that nobody could have prepared for them."""

from __future__ import annotations

import pytest

from tests.security.requests import REQUESTS
from tests.security.world import visit
from volunteer_hub.accounts.models import AccountSession
from volunteer_hub.core.database import db

# Every way to sign in. A new one has to be here, and to hold.
WAYS_IN = {
    "accounts.sign_in",
    "accounts.enter_code",
    "accounts.demo_sign_in",
    "people.claim_account",
    "volunteers.join",
    "organisations.set_up_site",
}
WAYS = [request for request in REQUESTS if request.endpoint in WAYS_IN]


def held(browser) -> dict[str, object]:
    """Return what the browser's session holds."""
    with browser.session_transaction() as session:
        return dict(session)


def test_every_way_in_is_known(app, world):
    found = set()
    for request in REQUESTS:
        to, data = request.address(app, world), request.data(world)
        browser = visit(app, world, "anonymous")
        request.send(browser, to, data)
        if "_user_id" in held(browser):
            found.add(request.endpoint)

    assert found == WAYS_IN


@pytest.mark.parametrize("request_", WAYS, ids=str)
def test_check_31_nothing_of_the_session_before_sign_in_is_left(app, world, request_):
    browser = visit(app, world, "anonymous")
    to, data = request_.address(app, world), request_.data(world)
    token = browser.token()
    with browser.session_transaction() as session:
        session["planted"] = "by somebody else"
    planted = browser.get_cookie("vh").value
    csrf_before = held(browser)["csrf_token"]

    answer = request_.send(browser, to, data, token=token)

    assert answer.status_code == 302
    after = held(browser)
    assert browser.get_cookie("vh").value != planted
    assert "planted" not in after
    assert after["csrf_token"] != csrf_before
    assert browser.get("/me/account").status_code == 200
    assert browser.press("/me/account/sign-out-others", token=token).status_code == 400
    other = visit(app, world, "anonymous")
    other.set_cookie("vh", planted)
    assert other.get("/me/account").status_code == 302


# Whoever is signed in joins with the account they have.
@pytest.mark.parametrize(
    "request_", [way for way in WAYS if way.endpoint != "volunteers.join"], ids=str
)
def test_check_31_a_session_of_the_browser_before_is_ended(app, world, request_):
    browser = visit(app, world, "volunteer a")
    to, data = request_.address(app, world), request_.data(world)
    before = browser.get_cookie("vh").value

    assert request_.send(browser, to, data).status_code == 302

    old = visit(app, world, "anonymous")
    old.set_cookie("vh", before)
    assert old.get("/me/account").status_code == 302
    ended = db.session.query(AccountSession).filter_by(person_id=world.a.volunteer_person)
    assert all(row.revoked_at is not None for row in ended)


def test_a_session_that_was_signed_out_opens_nothing_when_it_is_played_back(app, world):
    browser = visit(app, world, "organiser a")
    kept = browser.get_cookie("vh").value
    assert browser.get("/organise").status_code == 200

    browser.press("/sign-out")
    browser.set_cookie("vh", kept)

    assert browser.get("/organise").status_code == 302
