"""Calendars and news of public events, read back by programs that did not write them."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree as Tree

import icalendar
import pytest

from tests import factories
from tests.assignments.pages import change
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from volunteer_hub.core import audit
from volunteer_hub.core.database import db
from volunteer_hub.events import actions
from volunteer_hub.events.models import Status
from volunteer_hub.organisations.queries import scope_of

ATOM = "{http://www.w3.org/2005/Atom}"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def at_noon(at):
    at(NOON)


def entries(client, address="/events.ics"):
    """Return the feed as a calendar program keeps it: the newest word on each uid."""
    answer = client.get(address)
    assert answer.status_code == 200
    calendar = icalendar.Calendar.from_ical(answer.data)
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    kept = {}
    for entry in calendar.walk("VEVENT"):
        uid = str(entry["UID"])
        assert uid not in kept
        kept[uid] = entry
    return kept


def cancel(event):
    scope = scope_of(factories.office().id)
    actions.cancel_event(event.id, "下大雪", scope=scope, now=NOON + HOUR)
    db.session.commit()


def test_a_calendar_that_follows_the_feed_takes_in_a_change_and_a_cancellation(client):
    event = factories.event("观星夜")
    uid = f"event-{event.id}@localhost"
    before = entries(client)[uid]

    change(event, NOON, starts_at=event.starts_at + HOUR)
    changed = entries(client)[uid]
    cancel(event)
    cancelled = entries(client)[uid]

    assert str(before["SUMMARY"]) == "观星夜"
    assert before["DTSTART"].dt.utcoffset() == timedelta(hours=8)
    assert before["DTSTART"].dt == NOON + 24 * HOUR
    assert changed["DTSTART"].dt == NOON + 25 * HOUR
    assert before["SEQUENCE"] < changed["SEQUENCE"] < cancelled["SEQUENCE"]
    assert [str(entry["STATUS"]) for entry in (before, changed, cancelled)] == [
        "CONFIRMED", "CONFIRMED", "CANCELLED",
    ]  # fmt: skip


def test_the_file_of_one_event_is_read_by_another_library(client):
    event = factories.event("观星夜")
    before = icalendar.Calendar.from_ical(client.get(f"/e/{event.id}/event.ics").data)
    cancel(event)
    after = icalendar.Calendar.from_ical(client.get(f"/e/{event.id}/event.ics").data)

    assert (str(before["METHOD"]), str(after["METHOD"])) == ("PUBLISH", "CANCEL")
    (was,), (now_is,) = before.walk("VEVENT"), after.walk("VEVENT")
    assert was["UID"] == now_is["UID"]
    assert was["SEQUENCE"] < now_is["SEQUENCE"]


def test_each_feed_holds_its_own_and_what_is_not_long_over(client):
    of = factories.organisation()
    by = factories.organiser(of=of)
    away = factories.venue(name="东港馆", region_code="210681")

    def add(title, starts_at=NOON + DAY, **more):
        return factories.event(title, of=of, by=by, starts_at=starts_at, **more)

    add("在东港", at_venue=away)
    add("草稿", status=Status.DRAFT)
    add("银龄", campaign_code="silver")
    add("上周", starts_at=NOON - 7 * DAY, status=Status.CONFIRMED)
    add("很久以前", starts_at=NOON - 40 * DAY)
    add("从没公布就取消", status=Status.CANCELLED).published_at = None
    db.session.commit()

    def titles(address):
        return sorted(str(entry["SUMMARY"]) for entry in entries(client, address).values())

    assert titles("/events.ics") == ["上周", "在东港", "银龄"]
    assert titles("/events.ics?region=210681") == ["在东港"]
    assert titles("/events.ics?campaign=silver") == ["银龄"]
    assert titles("/events.ics?region=210681&campaign=silver") == []
    calendar = icalendar.Calendar.from_ical(client.get("/events.ics?region=210681").data)
    assert "东港" in str(calendar["X-WR-CALNAME"])
    for unknown in ("region=999999", "campaign=none", "region=210682118&campaign=%00"):
        assert client.get(f"/events.ics?{unknown}").status_code in (200, 404)
    assert client.get("/events.atom?region=999999").status_code == 404


@pytest.mark.parametrize("address", ["/events.ics", "/events.atom"])
def test_whoever_has_it_already_is_told_so_until_it_changes(client, address):
    event = factories.event("观星夜")
    first = client.get(address)
    by_tag = {"If-None-Match": first.headers["ETag"]}
    by_time = {"If-Modified-Since": first.headers["Last-Modified"]}

    assert client.get(address, headers=by_tag).status_code == 304
    assert client.get(address, headers=by_time).status_code == 304

    event.title = "赏月会"
    audit.record("event.edit", event, by=None, now=NOON + 2 * HOUR)
    db.session.commit()
    assert "赏月会" in client.get(address, headers=by_tag).text
    assert "赏月会" in client.get(address, headers=by_time).text


def test_news_are_what_is_to_come_and_what_was_published_last_first(client):
    factories.event("早公布", summary="看 <土星> & 木星\x0b")
    late = factories.event("晚公布")
    late.published_at = NOON - HOUR
    db.session.commit()
    factories.event("结束了", starts_at=NOON - 9 * HOUR)

    feed = Tree.fromstring(client.get("/events.atom").data)  # noqa: S314 - our own
    found = feed.findall(f"{ATOM}entry")

    assert [entry.findtext(f"{ATOM}title") for entry in found] == ["晚公布", "早公布"]
    assert found[0].findtext(f"{ATOM}id") == f"http://localhost/e/{late.id}"
    assert found[0].findtext(f"{ATOM}updated") == "2026-09-05T03:00:00Z"
    assert "看 <土星> & 木星" in found[1].findtext(f"{ATOM}summary")
    assert feed.find(f"{ATOM}link[@rel='self']").get("href") == "http://localhost/events.atom"
    assert feed.findtext(f"{ATOM}updated") >= found[0].findtext(f"{ATOM}updated")


@pytest.mark.parametrize("address", ["/events.ics", "/events.atom"])
def test_a_feed_costs_the_same_however_many_events(client, address):
    costs = []
    for _ in range(2):
        factories.event()
        client.get(address)
        with counted_queries() as statements:
            client.get(address)
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 6
