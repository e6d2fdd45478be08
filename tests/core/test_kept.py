"""Pages kept for visitors who only look: never another's, never an old one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text, update

from tests import factories
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from volunteer_hub.core.database import db
from volunteer_hub.core.kept import KEPT_FOR
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.models import Event


@pytest.fixture
def kept(app, at, monkeypatch):
    """Let the application keep pages, as it does for a city."""
    at(NOON)
    monkeypatch.setitem(app.config, "KEEPS_PAGES", True)
    app.extensions["kept"].forget()
    yield app.extensions["kept"]
    app.extensions["kept"].forget()


def cost(client, path="/events", **more):
    """Return how many statements a page costs, besides the one that counts changes."""
    with counted_queries() as statements:
        answer = client.get(path, **more)
    assert answer.status_code == 200
    return len(statements)


PAGES = ["/", "/events", "/events?q=dpc", "/e/{id}", "/events.ics", "/events.atom"]


@pytest.mark.parametrize("page", PAGES)
def test_the_second_visitor_gets_the_same_page_for_nothing(kept, app, page):
    page = page.format(id=factories.event("大篷车").id)
    first = app.test_client().get(page)

    with counted_queries() as statements:
        second = app.test_client().get(page)

    assert statements == []
    assert second.data == first.data
    assert list(second.headers) == list(first.headers)


def test_what_is_written_is_seen_at_once(kept, client):
    event = factories.event("观星夜")
    client.get("/events")
    client.get(f"/e/{event.id}")

    event.title = "赏月会"
    db.session.commit()

    assert "赏月会" in client.get("/events").text
    assert "赏月会" in client.get(f"/e/{event.id}").text


@pytest.mark.parametrize(
    "write",
    [
        lambda event: db.session.execute(update(Event).values(title="新")),
        lambda event: db.session.execute(text("UPDATE venue SET name = 'x'")),
        lambda event: db.session.execute(text("DELETE FROM registration")),
        lambda event: db.session.connection().exec_driver_sql("UPDATE event SET title = 'x'"),
    ],
)
def test_it_does_not_matter_how_it_is_written(kept, client, write):
    event = factories.event("观星夜")
    client.get("/events")
    assert cost(client) == 0

    with transaction():
        write(event)

    assert cost(client) > 0


def test_what_is_undone_or_is_shown_nowhere_makes_nothing_anew(kept, client):
    event = factories.event("观星夜")
    client.get("/events")

    event.title = "没有保存"
    db.session.flush()
    db.session.rollback()
    factories.person("谁也看不到")

    assert cost(client) == 0


def test_the_last_place_that_goes_is_gone_on_the_page(kept, client):
    event = factories.event(capacity=1)
    assert "还有 1 个名额" in client.get(f"/e/{event.id}").text

    factories.registration(of=event)

    assert "已报满" in client.get(f"/e/{event.id}").text


def test_whoever_is_signed_in_gets_their_own_page_and_leaves_none(kept, app):
    event = factories.event()
    staff = app.test_client()
    staff.sign_in(factories.office())

    own = staff.get(f"/e/{event.id}")
    for _ in range(2):
        assert "管理这场活动" not in app.test_client().get(f"/e/{event.id}").text
    assert "管理这场活动" in own.text
    assert "管理这场活动" in staff.get(f"/e/{event.id}").text


def test_language_and_size_have_pages_of_their_own(kept, app):
    factories.event()
    plain, english, elder = app.test_client(), app.test_client(), app.test_client()
    plain.get("/events")
    assert 'lang="en"' in english.get("/events?lang=en").text
    elder.get("/events?elder=1")

    assert 'lang="en"' in english.get("/events").text
    assert 'data-text="large"' in elder.get("/events").text
    assert 'lang="zh-CN"' in app.test_client().get("/events").text
    choosing = app.test_client().get("/events?lang=en")
    assert choosing.headers.getlist("Set-Cookie")
    assert app.test_client().get("/events?lang=en").headers.getlist("Set-Cookie")


def test_each_host_and_encoding_has_its_own(kept, client):
    for number in range(3):
        factories.event(f"第 {number} 场")
    packed = client.get("/events.ics", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/events.ics")

    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert cost(client, "/events.ics", headers={"Host": "elsewhere.example"}) > 0


def test_the_clock_makes_it_anew(kept, client, at):
    event = factories.event(starts_at=NOON + HOUR)
    client.get("/events")
    at(NOON + KEPT_FOR - timedelta(seconds=1))
    assert cost(client) == 0
    at(event.starts_at + timedelta(minutes=1))
    assert "进行中" in client.get("/events").text
    at(NOON - HOUR)
    assert cost(client) > 0


def test_a_calendar_program_that_has_it_costs_nothing_either(kept, client):
    factories.event()
    tag = client.get("/events.ics").headers["ETag"]

    with counted_queries() as statements:
        answer = client.get("/events.ics", headers={"If-None-Match": tag})

    assert (answer.status_code, answer.data, statements) == (304, b"", [])


def test_what_is_no_page_is_not_kept(kept, client):
    assert client.get("/e/987654").status_code == 404
    event = factories.event()
    assert client.get(f"/e/{event.id}").status_code == 200
    assert client.post("/events").status_code == 404


def test_only_so_much_is_kept(kept, client, monkeypatch):
    monkeypatch.setattr("volunteer_hub.core.kept.MOST_BYTES", 40_000)
    for word in "一二三四五":
        client.get(f"/events?q={word}")

    assert cost(client, "/events?q=五") == 0
    assert cost(client, "/events?q=一") > 0
