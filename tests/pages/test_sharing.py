"""What search engines and chats are told of an event's page."""

from __future__ import annotations

import json
import re

import pytest

from tests import factories
from tests.factories import HOUR, NOON
from volunteer_hub.events.models import Status


@pytest.fixture(autouse=True)
def at_noon(at):
    at(NOON)


def facts(page):
    return json.loads(re.search(r'ld\+json">(.*?)</script>', page.text, re.DOTALL).group(1))


def test_search_engines_read_what_the_page_says(client):
    venue = factories.venue()
    venue.lat, venue.lng = 40.79, 123.91
    event = factories.event(
        "观星 </script><b>夜", at_venue=venue, capacity=30, language_codes=["korean"]
    )

    said = facts(client.get(f"/e/{event.id}"))

    assert (said["@type"], said["name"]) == ("EducationEvent", "观星 </script><b>夜")
    assert said["startDate"] == "2026-09-06T12:00:00+08:00"
    assert said["endDate"] == "2026-09-06T15:00:00+08:00"
    assert said["eventStatus"] == "https://schema.org/EventScheduled"
    assert said["location"]["name"] == "通远堡镇中心小学"
    assert said["location"]["geo"]["latitude"] == 40.79
    assert said["inLanguage"] == ["ko"]
    assert (said["isAccessibleForFree"], said["maximumAttendeeCapacity"]) == (True, 30)
    assert said["offers"]["availability"] == "https://schema.org/InStock"
    assert said["url"] == f"http://localhost/e/{event.id}"


def test_what_was_moved_or_called_off_says_so(client):
    moved = factories.event(moved_from=NOON + HOUR)
    off = factories.event(status=Status.CANCELLED)

    assert facts(client.get(f"/e/{moved.id}"))["previousStartDate"] == "2026-09-05T13:00:00+08:00"
    assert facts(client.get(f"/e/{off.id}"))["eventStatus"].endswith("EventCancelled")


def test_what_is_full_is_said_to_be(client):
    event = factories.event(capacity=1)
    factories.registration(of=event)

    assert facts(client.get(f"/e/{event.id}"))["offers"]["availability"].endswith("SoldOut")


def test_a_chat_shows_title_day_and_picture(client):
    event = factories.event("观星夜")

    page = client.get(f"/e/{event.id}").text
    said = dict(re.findall(r'property="og:(\S+)"\s+content="([^"]*)"', page))

    assert said["title"] == "观星夜"
    assert "9月6日" in said["description"]
    assert said["url"] == f"http://localhost/e/{event.id}"
    picture = said["image"].removeprefix("http://localhost")
    with client.get(picture) as answer:
        assert (answer.status_code, answer.mimetype) == (200, "image/png")


def test_lists_say_how_to_follow_them(client):
    page = client.get("/events?county=210681&campaign=silver").text
    assert "webcal://localhost/events.ics?region=210681&amp;campaign=silver" in page
    assert 'href="/events.atom?region=210681&amp;campaign=silver"' in page
    campaign = client.get("/campaigns/silver").text
    assert "webcal://localhost/events.ics?campaign=silver" in campaign
