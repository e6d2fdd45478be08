from __future__ import annotations

import re

import pytest

from tests import factories
from tests.factories import NOON
from volunteer_hub.core.access import STAFF


def rules_of(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def address_of(rule) -> str:
    """Return an address that fits the rule, about things that do not exist."""
    return re.sub(r"<(int:)?[^>]+>", lambda found: "987654" if found[1] else "nothing", rule.rule)


def test_every_view_says_who_may_call_it(app):
    silent = {
        rule.endpoint
        for rule in rules_of(app)
        if not hasattr(app.view_functions[rule.endpoint], "access")
    }

    assert silent == set()


def test_nobody_gets_into_a_guarded_page_without_signing_in(app, client):
    for rule in rules_of(app):
        if app.view_functions[rule.endpoint].access in ("public", "development"):
            continue
        method = "POST" if "POST" in rule.methods else "GET"
        answer = client.open(address_of(rule), method=method)
        assert answer.status_code == 302, rule.endpoint
        assert answer.location.startswith("/sign-in"), rule.endpoint


def test_a_volunteer_gets_into_no_page_of_the_staff(app, client):
    client.sign_in(factories.volunteer().person)

    for rule in rules_of(app):
        declared = app.view_functions[rule.endpoint].access
        if not isinstance(declared, frozenset) or not declared <= STAFF:
            continue
        method = "POST" if "POST" in rule.methods else "GET"
        assert client.open(address_of(rule), method=method).status_code == 403, rule.endpoint


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_organiser_finds_nothing_of_another_organisation(app, client, at, method):
    at(NOON)
    event = factories.event()
    post = factories.post(factories.shift(event))
    factories.assignment(post)
    factories.registration(event)
    client.sign_in(factories.organiser())
    values = {"event_id": event.id, "shift_id": post.shift_id, "post_id": post.id}

    for rule in rules_of(app):
        if method not in rule.methods or not rule.rule.startswith("/organise/"):
            continue
        if not rule.arguments or not rule.arguments <= set(values):
            continue
        with app.test_request_context():
            address = app.url_map.bind("").build(
                rule.endpoint, {name: values[name] for name in rule.arguments}, method=method
            )
        assert client.open(address, method=method).status_code == 404, rule.endpoint


def test_a_post_without_a_form_token_writes_nothing(app, client, at):
    at(NOON)
    event = factories.event()
    client.sign_in(factories.office())

    answer = client.post(f"/organise/events/{event.id}/publish", csrf=False)

    assert answer.status_code == 400
    assert 'data-error="stale_page"' in answer.text or "太久" in answer.text
