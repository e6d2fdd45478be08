"""The session ended while somebody typed: nothing they typed is lost, and nothing is done."""

from __future__ import annotations

import html5lib
import pytest

from tests.factories import NOON
from tests.security.requests import PHONE, REQUESTS
from tests.security.world import PASSWORD, difference, stored, visit
from volunteer_hub.core.database import db
from volunteer_hub.events.models import Event

GUARDED = [
    request
    for request in REQUESTS
    if request.visitor != "anonymous"
    and not request.is_json
    # Open to whoever holds the secret in the address, stands at the door or reads the rules.
    and request.endpoint not in {"checkin.self_check_in", "accounts.sign_out"}
]


def form_of(answer):
    """Return where the page's own form goes, and the pairs it carries."""
    tree = html5lib.parse(answer.text, namespaceHTMLElements=False)
    form = next(each for each in tree.iter("form") if each.get("data-signed-out") is not None)
    pairs = [(each.get("name"), each.get("value")) for each in form.iter("input")]
    return form.get("action"), pairs


def typed(data):
    """Return the pairs that a browser would send again."""
    for name, value in data.items():
        if name in ("password", "current") or isinstance(value, tuple):  # files are chosen anew
            continue
        values = value if isinstance(value, list) else [value]
        yield from ((name, str(each)) for each in values)


@pytest.mark.parametrize("request_", GUARDED, ids=str)
def test_every_form_is_carried_over_a_sign_in(app, world, request_):
    to, data = request_.address(app, world), request_.data(world)
    browser, before = visit(app, world, "anonymous"), stored()

    answer = request_.send(browser, to, data)

    assert difference(before, stored()) == {}
    if not list(typed(data)):  # a button: nothing is lost
        assert (answer.status_code, answer.location) == (302, "/sign-in")
        return
    assert answer.status_code == 401
    assert "您已退出登录" in answer.text
    action, pairs = form_of(answer)
    assert action == to
    kept = [pair for pair in pairs if pair[0] != "csrf_token"]
    assert sorted(kept) == sorted(typed(data))


def test_signed_in_again_the_form_is_shown_filled_in_and_then_sent(app, world, client, at):
    at(NOON)
    request = next(each for each in REQUESTS if each.endpoint == "events.new_event")
    to, data = request.address(app, world), request.data(world) | {"title": "没有丢的标题"}
    with app.app_context():
        events = db.session.query(Event).count()
        organiser = db.session.get(Event, world.a.open).created_by_id

    page = client.post(to, data=data)
    action, pairs = form_of(page)
    assert page.status_code == 401
    again = client.post(action, data=_as_form(pairs))
    assert again.status_code == 401, "not signed in yet: the same page once more"
    with client.session_transaction() as session:
        session.clear()  # as every way to sign in does
    client.sign_in(_person(organiser))
    shown = client.post(action, data=_as_form(form_of(again)[1]), csrf=False)

    assert shown.status_code == 422
    assert "没有丢的标题" in shown.text
    assert "您填的内容都在" in shown.text
    assert db.session.query(Event).count() == events
    confirmed = [pair for pair in pairs if pair[0] != "csrf_token"]
    assert client.post(action, data=_as_form(confirmed)).status_code == 302
    assert db.session.query(Event).count() == events + 1


def _as_form(pairs):
    found = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _person(person_id):
    return type("Person", (), {"id": person_id})()


def test_a_password_is_never_written_into_a_page(app, world):
    answer = visit(app, world, "anonymous").press(
        "/me/account", {"current": PASSWORD, "password": "九月的第一场雪啊", "phone": PHONE}
    )

    assert answer.status_code == 401
    assert PASSWORD not in answer.text
    assert "九月的第一场雪啊" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_button_leads_to_the_sign_in_and_back_to_its_page(app, world):
    browser = visit(app, world, "anonymous")
    before = f"/e/{world.a.open}/volunteer"

    answer = browser.press(
        f"/posts/{world.a.post}/sign-up", headers={"Referer": f"http://localhost{before}"}
    )

    assert (answer.status_code, answer.location) == (302, f"/sign-in?next={before}")


def test_what_was_typed_is_shown_as_text(app, world):
    answer = visit(app, world, "anonymous").press("/me/profile", {'"><b>': '"><x-evil>'})

    assert answer.status_code == 401
    assert "<x-evil" not in answer.text
    assert form_of(answer)[1][1:] == [('"><b>', '"><x-evil>')]


def test_a_button_of_an_open_page_leads_to_the_sign_in_and_back(app, world):
    browser = visit(app, world, "anonymous")
    own = f"/organise/events/{world.a.running}/door"
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://localhost{own}?direction=in"}

    answer = browser.press(f"{own}/count", {"people": "1"}, headers=headers)

    assert answer.status_code == 401
    assert (
        answer.headers["HX-Redirect"]
        == (f"/sign-in?next={own.replace('/', '%2F')}%3Fdirection%3Din")
        or answer.headers["HX-Redirect"] == f"/sign-in?next={own}?direction%3Din"
    )


@pytest.mark.parametrize(
    "evil", ["https://evil.example/x", "javascript:alert(1)", "//evil", "evil/"]
)
def test_it_leads_back_to_no_other_site(app, world, evil):
    browser = visit(app, world, "anonymous")

    page = browser.press("/me/profile", {"name": "x"}, headers={"Referer": evil})
    button = browser.press("/me/profile", headers={"HX-Request": "true", "HX-Current-URL": evil})

    assert evil not in page.text
    assert button.headers["HX-Redirect"] == "/sign-in"


def test_signing_out_twice_asks_nobody_to_sign_in(app, world):
    answer = visit(app, world, "anonymous").press("/sign-out")

    assert (answer.status_code, answer.location) == (302, "/")


def test_a_script_is_told_in_a_document_it_can_read(app, world):
    answer = visit(app, world, "anonymous").press(
        f"/organise/events/{world.a.running}/door/scan", json={}
    )

    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.json["type"] == "/problems/signed_out"
