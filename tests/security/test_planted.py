"""Check 5: a form takes the fields it shows and no others."""

from __future__ import annotations

from tests.security.requests import REQUESTS
from tests.security.world import changed_rows, rows, visit

# What its own page may well do to a row.
ALLOWED = {
    ("planning.confirm_plan", "source"),  # it is the matcher who proposes
    ("events.cancel_event", "status"),
    ("organisations.set_up_site", "region_id"),
    ("recognition.confirm", "status"),
    ("checkin.walk_in", "channel"),
}


def planted(world):
    """Return fields that no form has, as somebody would send them who knows the tables."""
    b = world.b
    return {
        "id": "987654", "role": "city_office", "roles": "city_office", "function": "organiser",
        "is_admin": "1", "is_demo": "1", "is_staff": "1", "status": "confirmed",
        "state": "expired", "kind": "no_show", "source": "matcher", "channel": "walk_in",
        "hours": "99", "minutes": "5999", "planned_minutes": "5999", "level": "3",
        "organisation_id": str(b.organisation), "region_id": "1", "venue_id": str(b.venue),
        "event_id": str(b.open), "shift_id": str(b.shift), "post_id": str(b.post),
        "campaign_id": "2", "volunteer_id": str(b.volunteer), "person_id": str(b.organiser),
        "created_by_id": str(b.organiser), "by_person_id": str(b.organiser),
        "invited_by_id": str(b.organiser), "confirmed_by_id": str(b.organiser),
        "actor_id": str(b.organiser), "poster_code": "PLANTED", "ticket_hash": "planted",
        "pass_hash": "planted", "ticket_revision": "77", "pass_revision": "77",
        "password_hash": "planted", "token_hash": "planted", "phone": "13800000000",
        "email": "planted@example.cn", "created_at": "2001-01-01T00:00",
        "published_at": "2001-01-01T00:00", "confirmed_at": "2001-01-01T00:00",
        "expires_at": "2099-01-01T00:00", "revoked_at": "2001-01-01T00:00",
    }  # fmt: skip


def test_fields_that_no_form_has_change_nothing(app, world):
    taken = {}
    for request in REQUESTS:
        to, data = request.address(app, world), request.data(world)
        more = {name: value for name, value in planted(world).items() if name not in data}
        browser, before = visit(app, world, request.visitor), rows()
        answer = request.send(browser, to, data | more)
        assert answer.status_code in (200, 302), (str(request), answer.status)
        for table, row in changed_rows(before, rows()):
            its = {
                name: value
                for name, value in row.items()
                if name in more
                and _text(value) == more[name]
                and (request.endpoint, name) not in ALLOWED
            }
            if its:
                taken[f"{request}: {table}"] = its

    assert taken == {}


def _text(value) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)
