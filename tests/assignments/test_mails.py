"""What a volunteer's mail program makes of our mails, over a real server, read by icalendar."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_string, policy

import pytest
from icalendar import Calendar

from tests import factories
from tests.factories import HOUR, NOON
from tests.notifications.conftest import mail_server  # noqa: F401 - a fixture
from tests.notifications.sending import work
from volunteer_hub.assignments import actions, tasks
from volunteer_hub.assignments.actions import Pick
from volunteer_hub.assignments.models import Source
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import actions as planning
from volunteer_hub.events.models import Event
from volunteer_hub.notifications import channels
from volunteer_hub.notifications.channels.mail import MailChannel, MailServer
from volunteer_hub.organisations import queries as organisations

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
START = NOON + 5 * DAY


@pytest.fixture
def story(app, at, monkeypatch, mail_server):  # noqa: F811 - the fixture
    """Return the mail server after an invitation, its answer, a move and a cancellation."""
    at(NOON)
    mail = MailChannel(
        server=MailServer(host="127.0.0.1", port=mail_server.port, security="plain"),
        sender="kepu@example.cn", sender_name="丹东科普", domain="kepu.example.cn",
    )  # fmt: skip
    monkeypatch.setitem(app.extensions, channels.EXTENSION, {"email": mail})
    office = factories.office()
    event = factories.event(starts_at=START, hours=3, meeting_point="东门；8:10, 带伞")
    post = factories.post(factories.shift(event), title="讲解员")
    reader = factories.volunteer(who=factories.person(name="林小禾", email="lin@example.cn"))
    scope = organisations.scope_of(office.id)
    event_id, post_id, who = event.id, post.id, reader.id

    def step(now, do):
        with transaction():
            done = do(now)
        tasks.follow_events(now)
        work(now, channel="email")
        return done

    pick = Pick(post_id, who, Source.ORGANISER)
    step(NOON, lambda now: actions.invite(event_id, [pick], by=office.id, now=now))
    [row] = factories.db.session.query(actions.places.Assignment).all()
    row_id = row.id
    step(NOON + MINUTE, lambda now: actions.accept_invitation(row_id, now=now))
    version = db.session.get(Event, event_id).version
    step(
        NOON + HOUR,
        lambda now: planning.move_event(
            event_id, START + DAY, "大雨", scope=scope, expected_version=version, now=now
        ),
    )
    step(NOON + 2 * HOUR, lambda now: planning.cancel_event(event_id, "停电", scope=scope, now=now))
    return mail_server


def entries(server):
    """Return the calendar entry of each mail, as another program reads it, with its method."""
    found = []
    for line in server.taken():
        mail = message_from_string(line["mail"], policy=policy.default)
        parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
        contents = {part.get_payload(decode=True) for part in parts}
        assert len(contents) == 1  # the reading and the file are the same
        calendar = Calendar.from_ical(contents.pop())
        assert {part.get_param("method") for part in parts} == {str(calendar["METHOD"])}
        [entry] = calendar.walk("VEVENT")
        assert entry.errors == []
        found.append((str(calendar["METHOD"]), entry))
    return found


def test_one_entry_goes_through_a_calendar_from_the_invitation_to_the_cancellation(story):
    mails = entries(story)

    assert [(method, str(entry["STATUS"])) for method, entry in mails] == [
        ("PUBLISH", "TENTATIVE"), ("PUBLISH", "CONFIRMED"),
        ("PUBLISH", "CONFIRMED"), ("CANCEL", "CANCELLED"),
    ]  # fmt: skip
    assert len({str(entry["UID"]) for _method, entry in mails}) == 1
    numbers = [int(entry["SEQUENCE"]) for _method, entry in mails]
    stamps = [entry["DTSTAMP"].dt for _method, entry in mails]
    assert numbers == sorted(numbers)
    assert numbers[1] < numbers[2] < numbers[3]
    assert stamps == sorted(stamps)
    assert [entry.start.astimezone(LOCAL) for _method, entry in mails] == [
        each.astimezone(LOCAL) for each in (START, START, START + DAY, START + DAY)
    ]
    _method, last = mails[-1]
    assert "科普大篷车进校园" in str(last["SUMMARY"])
    assert "东门；8:10, 带伞" in str(last["DESCRIPTION"])
