"""Events in people's own calendars."""

from __future__ import annotations

import pytest

from tests import factories
from tests.assignments.pages import DAY, agreed, audited, change, fresh
from tests.assignments.test_ical import properties, read_text, unfolded
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from volunteer_hub.assignments import actions, calendars
from volunteer_hub.assignments.models import State
from volunteer_hub.core.database import db
from volunteer_hub.core.tokens import link_token
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.models import Status
from volunteer_hub.notifications.kinds import kind_named


@pytest.fixture(autouse=True)
def at_noon(at):
    at(NOON)


def file_of(row):
    return f"/i/{link_token(actions.INVITATION, row.id)}/event.ics"


def feed(volunteer):
    return f"/me/calendar.ics?key={calendars.feed_key(volunteer.id)}"


def uids(content):
    return [line for line in unfolded(content) if line.startswith("UID:")]


class TestAPublicEvent:
    def test_is_a_calendar_file(self, client):
        event = factories.event(topic="星空", contact_name="周望星", contact_phone="13800138000")

        response = client.get(f"/e/{event.id}/event.ics")
        found = properties(response.data)

        assert response.mimetype == "text/calendar"
        assert response.headers["Content-Disposition"].endswith(f'"event-{event.id}.ics"')
        assert found["UID"] == f"event-{event.id}@localhost"
        assert found["SUMMARY"] == "科普大篷车进校园"
        assert found["DTSTART;TZID=Asia/Shanghai"] == "20260906T120000"
        assert found["LOCATION"] == "通远堡镇中心小学（凤城市 通远堡镇）"
        assert found["URL"] == f"http://localhost/e/{event.id}"
        assert read_text(found["DESCRIPTION"]).startswith("主题：星空\n联系：周望星 138")

    def test_keeps_its_name_and_counts_up_when_it_changes(self, client):
        event = factories.event()
        before = properties(client.get(f"/e/{event.id}/event.ics").data)

        change(event, NOON, starts_at=event.starts_at + HOUR)
        after = properties(client.get(f"/e/{event.id}/event.ics").data)

        assert before["UID"] == after["UID"]
        assert int(before["SEQUENCE"]) < int(after["SEQUENCE"])
        assert after["DTSTAMP"] == "20260905T040000Z"

    def test_that_was_cancelled_takes_itself_out(self, client):
        event = factories.event(status=Status.CANCELLED, cancelled_at=NOON)

        content = client.get(f"/e/{event.id}/event.ics").data

        assert "METHOD:CANCEL" in unfolded(content)
        assert properties(content)["STATUS"] == "CANCELLED"

    def test_is_not_there_while_it_is_a_draft(self, client):
        event = factories.event(status=Status.DRAFT)

        assert client.get(f"/e/{event.id}/event.ics").status_code == 404


class TestAnAssignment:
    def test_says_what_the_volunteer_has_to_know(self, client):
        event = factories.event(meeting_point="东门; 8:10", what_to_bring="水杯, 帽子")
        row = agreed(factories.post(factories.shift(event), title="讲解员"))

        found = properties(client.get(file_of(row)).data)

        assert found["SUMMARY"] == "志愿者：科普大篷车进校园"
        assert (
            read_text(found["DESCRIPTION"]) == "岗位：讲解员\n集合：东门; 8:10\n请带上：水杯, 帽子"
        )
        assert found["STATUS"] == "CONFIRMED"
        assert found["UID"] == f"assignment-{row.id}@localhost"

    @pytest.mark.parametrize(
        ("state", "expected"),
        [
            (State.INVITED, "TENTATIVE"),
            (State.WITHDRAWN, "CANCELLED"),
            (State.CANCELLED, "CANCELLED"),
        ],
    )
    def test_says_how_it_stands(self, client, state, expected):
        row = factories.assignment(state=state)

        assert properties(client.get(file_of(row)).data)["STATUS"] == expected

    def test_is_offered_on_its_page(self, client):
        row = agreed()

        page = client.get(f"/i/{link_token(actions.INVITATION, row.id)}").text

        assert file_of(row) in page

    def test_opens_with_its_own_key_alone(self, client):
        row = agreed()

        assert client.get(f"/i/{row.id}-AAAAAAAAAAAAAAAA/event.ics").status_code == 404


class TestTheFeed:
    def test_holds_what_was_agreed_and_what_was_called_off(self, client):
        mine = agreed()
        of = mine.volunteer
        cancelled = agreed(starts_at=NOON + 2 * DAY, to=of)
        cancelled.state, cancelled.post.shift.event.status = State.CANCELLED, Status.CANCELLED
        factories.assignment(to=of, state=State.DECLINED)
        factories.assignment(to=of, state=State.INVITED)
        factories.assignment(to=of, state=State.CANCELLED)  # never agreed
        agreed(starts_at=NOON - 100 * DAY, to=of)
        past = agreed(starts_at=NOON - 10 * DAY, to=of)
        agreed()
        db.session.commit()

        response = client.get(feed(of))

        assert uids(response.data) == [
            f"UID:assignment-{row.id}@localhost" for row in (past, cancelled, mine)
        ]
        assert "X-WR-CALNAME:科普志愿服务" in unfolded(response.data)
        assert "STATUS:CANCELLED" in unfolded(response.data)
        assert response.headers["Cache-Control"] == "private, no-cache"

    def test_is_empty_but_there_for_somebody_new(self, client):
        assert uids(client.get(feed(factories.volunteer())).data) == []

    def test_is_sent_again_only_when_it_changed(self, client, at):
        row = agreed()
        address = feed(row.volunteer)
        mark = client.get(address).headers["ETag"]
        at(NOON + HOUR)

        assert client.get(address, headers={"If-None-Match": mark}).status_code == 304
        change(row.post.shift.event, NOON)
        assert client.get(address, headers={"If-None-Match": mark}).status_code == 200

    @pytest.mark.parametrize("key", ["", "1", "1-", "x-y", "1-AAAAAAAAAAAAAAAA", "-", "9" * 30])
    def test_opens_with_its_key_alone(self, client, key):
        factories.volunteer()

        assert client.get("/me/calendar.ics", query_string={"key": key}).status_code == 404

    def test_of_somebody_else_does_not_open(self, client):
        one, other = factories.volunteer(), factories.volunteer()
        key = calendars.feed_key(one.id).replace(f"{one.id}-", f"{other.id}-")

        assert client.get(f"/me/calendar.ics?key={key}").status_code == 404

    def test_ends_with_the_account(self, client):
        volunteer = factories.volunteer()
        address = feed(volunteer)
        volunteer.person.erased_at = NOON
        db.session.commit()

        assert client.get(address).status_code == 404

    def test_costs_the_same_for_one_and_for_many(self, client):
        row, costs = agreed(), []
        for _ in range(2):
            client.get(feed(row.volunteer))
            with counted_queries() as statements:
                client.get(feed(row.volunteer))
            costs.append(len(statements))
            for days in range(3):
                agreed(starts_at=NOON + days * DAY, to=row.volunteer)

        assert costs[0] == costs[1] <= 8


class TestMyCalendar:
    def test_shows_the_address_for_phones(self, client):
        volunteer = factories.volunteer()
        client.sign_in(volunteer.person)

        page = client.get("/me/calendar").text

        assert f"http://localhost{feed(volunteer)}" in page
        assert f"webcal://localhost{feed(volunteer)}" in page
        assert "/me/calendar" in client.get("/me").text

    def test_gets_a_new_address_and_the_old_one_ends(self, client):
        volunteer = factories.volunteer()
        client.sign_in(volunteer.person)
        old = feed(volunteer)

        client.post("/me/calendar/renew")
        second = feed(volunteer)
        client.post("/me/calendar/renew")

        assert len({old, second, feed(volunteer)}) == 3
        assert client.get(old).status_code == client.get(second).status_code == 404
        assert client.get(feed(volunteer)).status_code == 200
        assert len(audited("calendar.renew")) == 2

    def test_keeps_its_address_when_the_page_was_open_too_long(self, client):
        volunteer = factories.volunteer()
        client.sign_in(volunteer.person)
        old = feed(volunteer)

        assert client.post("/me/calendar/renew", csrf=False).status_code == 400
        assert client.get(old).status_code == 200

    def test_is_for_volunteers(self, client):
        client.sign_in(factories.person())

        assert client.get("/me/calendar").location.startswith("/join")
        assert client.post("/me/calendar/renew").status_code == 404


class TestMails:
    def test_bring_the_entry_as_it_is_when_they_are_sent(self, app):
        row = agreed()
        kind = kind_named("event_changed")
        facts = kind.facts({"event": "科普大篷车进校园", "assignment_id": row.id})

        [file] = kind.attachments(facts)

        assert (file.filename, file.content_type) == (
            "event.ics", "text/calendar; method=PUBLISH"
        )  # fmt: skip
        assert properties(file.content)["UID"] == f"assignment-{row.id}@localhost"
        with transaction():
            actions.withdraw(row.id, "", now=NOON)
        [file] = kind.attachments(facts)
        assert file.content_type == "text/calendar; method=CANCEL"
        assert fresh(row).state is State.WITHDRAWN

    def test_to_attendees_bring_none(self, app):
        kind = kind_named("event_changed")

        assert kind.attachments(kind.facts({"event": "科普大篷车进校园"})) == ()
        gone = kind.facts({"event": "科普大篷车进校园", "assignment_id": 987654})
        assert kind.attachments(gone) == ()
