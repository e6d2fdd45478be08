"""What the clock sends before shifts and after events, each once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import factories
from tests.assignments.pages import DAY, MINUTE, agreed, change, fresh, messages, reminder
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from volunteer_hub.assignments import actions, tasks
from volunteer_hub.assignments.models import State
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import Priority
from volunteer_hub.core.tokens import link_token
from volunteer_hub.events.models import Status
from volunteer_hub.notifications.kinds import render

START = NOON + 10 * DAY


def remind(before):
    tasks.remind(START - before)
    db.session.expire_all()


class TestReminders:
    def test_come_three_days_one_day_and_two_hours_before_each_once(self, app):
        row = agreed(starts_at=START)

        for before in (3 * DAY + MINUTE, 3 * DAY, 2 * DAY, DAY, 5 * HOUR, 2 * HOUR, MINUTE):
            remind(before)
            remind(before)

        sent = messages()
        assert [each.kind for each in sent] == ["shift_reminder", "shift_reminder", "shift_soon"]
        assert [each.dedupe_key for each in sent] == [
            f"remind:{row.id}:{step}:202609150400" for step in ("3d", "24h", "2h")
        ]
        assert [each.queued_at for each in sent] == [START - 3 * DAY, START - DAY, START - 2 * HOUR]
        assert {each.recipient_id for each in sent} == {row.volunteer.person_id}

    def test_ask_to_confirm_until_somebody_did(self, app):
        row = agreed(starts_at=START)
        remind(3 * DAY)
        fresh(row).confirmed_at = START - 2 * DAY
        db.session.commit()
        remind(DAY)
        remind(2 * HOUR)

        first, second, last = messages()
        invitation = f"/i/{link_token(actions.INVITATION, row.id)}"
        assert (first.params["asks"], first.params["path"]) == (True, reminder(row))
        assert (second.params["asks"], second.params["path"]) == (False, invitation)
        assert (last.kind, last.params["path"]) == ("shift_soon", invitation)
        assert [render(m.kind, m.params, "林小禾").action for m in messages()] == [
            "我会来，或者来不了", "查看签到码", "查看签到码"
        ]  # fmt: skip

    def test_expire_when_the_next_one_is_due(self, app):
        agreed(starts_at=START)
        for before in (3 * DAY, DAY, 2 * HOUR):
            remind(before)

        assert [each.expires_at for each in messages()] == [
            START - DAY, START - 2 * HOUR, START
        ]  # fmt: skip

    def test_say_what_to_know_and_nothing_personal(self, app):
        event = factories.event(starts_at=START, meeting_point="东门", what_to_bring="水杯")
        row = agreed(factories.post(factories.shift(event), title="讲解员"))
        remind(DAY)

        [sent] = messages()
        assert sent.params == {
            "event": "科普大篷车进校园",
            "when": START.isoformat(),
            "until": (START + 2 * HOUR).isoformat(),
            "place": "通远堡镇中心小学（凤城市 通远堡镇）",
            "post": "讲解员",
            "meeting": "东门",
            "bring": "水杯",
            "asks": True,
            "path": reminder(row),
        }

    def test_after_a_standstill_only_the_last_one_comes(self, app):
        agreed(starts_at=START)

        remind(HOUR)

        assert [each.kind for each in messages()] == ["shift_soon"]

    def test_pass_over_whoever_signed_up_after_their_moment(self, app):
        agreed(starts_at=START, agreed_at=START - 30 * HOUR)

        remind(29 * HOUR)
        assert messages() == []
        remind(DAY)
        assert len(messages()) == 1

    @pytest.mark.parametrize("state", [each for each in State if each is not State.ACCEPTED])
    def test_are_for_those_who_agreed(self, app, state):
        row = agreed(starts_at=START)
        row.state = state
        db.session.commit()

        remind(DAY)

        assert messages() == []

    @pytest.mark.parametrize("status", [Status.DRAFT, Status.CANCELLED, Status.CONFIRMED])
    def test_are_for_events_that_take_place(self, app, status):
        event = factories.event(starts_at=START, status=status)
        agreed(factories.post(factories.shift(event)))

        remind(DAY)

        assert messages() == []

    def test_come_again_for_a_shift_that_moved(self, app):
        row = agreed(starts_at=START)
        remind(DAY)
        shift = fresh(row).post.shift
        shift.starts_at, shift.ends_at = START + 7 * DAY, START + 7 * DAY + HOUR
        change(shift.event, START - DAY)

        remind(23 * HOUR)
        assert len(messages()) == 1
        remind(-4 * DAY)

        assert messages()[-1].dedupe_key == f"remind:{row.id}:3d:202609220400"

    def test_do_not_follow_at_once_on_the_news_of_a_change(self, app):
        row = agreed(starts_at=START)
        change(row.post.shift.event, START - 23 * HOUR)

        tasks.follow_events(START - 23 * HOUR)
        remind(22 * HOUR)

        assert [each.kind for each in messages()] == ["event_changed"]

    def test_go_to_everybody_at_once_in_a_few_queries(self, app):
        post = factories.post(factories.shift(factories.event(starts_at=START)), max_people=30)
        costs = []
        for people in (1, 20):
            for _ in range(people):
                agreed(post)
            with counted_queries() as statements:
                tasks.remind(START - DAY)
            costs.append(len(statements))

        assert len(messages()) == 21
        assert costs[0] == costs[1] <= 6

    def test_go_out_in_parts(self, app, monkeypatch):
        monkeypatch.setattr(actions.clockwork, "AT_ONCE", 2)
        monkeypatch.setattr(actions, "AT_ONCE", 2)
        post = factories.post(factories.shift(factories.event(starts_at=START)), max_people=9)
        for _ in range(5):
            agreed(post)

        remind(DAY)

        assert len({each.recipient_id for each in messages()}) == 5


class TestAChange:
    def test_asks_whoever_agreed_anew_and_forgets_what_they_confirmed(self, app):
        row = agreed(starts_at=START, confirmed_at=NOON)
        change(row.post.shift.event, NOON + HOUR, change_reason="大雨", moved_from=START - DAY)

        tasks.follow_events(NOON + HOUR)

        assert fresh(row).confirmed_at is None
        [told] = messages()
        assert told.params["asks"] is True
        assert told.params["path"] == reminder(row)
        assert told.params["reason"] == "大雨"
        assert told.params["was"] == (START - DAY).isoformat()

    def test_leaves_whoever_confirmed_after_it_alone(self, app):
        row = agreed(starts_at=START, confirmed_at=NOON + HOUR)
        change(row.post.shift.event, NOON + HOUR)

        tasks.follow_events(NOON + HOUR + MINUTE)

        assert messages() == []
        assert fresh(row).confirmed_at == NOON + HOUR

    def test_leads_whoever_was_only_asked_to_their_invitation(self, app):
        row = factories.assignment(state=State.INVITED)
        change(row.post.shift.event, NOON)

        tasks.follow_events(NOON)

        [told] = messages()
        assert told.params["asks"] is False
        assert told.params["path"] == f"/i/{link_token(actions.INVITATION, row.id)}"

    @pytest.mark.parametrize(
        ("was_in", "is_in", "is_urgent"),
        [
            (20 * HOUR, 8 * DAY, True),
            (8 * DAY, 20 * HOUR, True),
            (DAY, 8 * DAY, True),
            (DAY + MINUTE, 8 * DAY, False),
            (-HOUR, 8 * DAY, False),
        ],
    )
    def test_that_takes_effect_within_a_day_is_told_at_any_hour(
        self, app, was_in, is_in, is_urgent
    ):
        row = agreed(starts_at=NOON + is_in)
        change(row.post.shift.event, NOON, moved_from=NOON + was_in)

        tasks.follow_events(NOON)

        [told] = messages()
        assert (told.priority == Priority.URGENT) is is_urgent
        assert (told.emergency is not None) is is_urgent


def test_a_cancellation_of_tomorrow_is_told_at_any_hour(app):
    for days in (1, 5):
        event = factories.event(
            starts_at=NOON + days * DAY, status=Status.CANCELLED, cancelled_at=NOON
        )
        agreed(factories.post(factories.shift(event)))

    tasks.follow_events(NOON + HOUR)

    assert sorted(each.emergency or "" for each in messages()) == ["", "cancelled"]


class TestOverdueHours:
    # The event ends on Saturday 5 September at 15:00; the fifth working day is Friday the 11th.
    DUE = NOON + 6 * DAY - 3 * HOUR

    def event(self, **more):
        event = factories.event(starts_at=NOON, **more)
        agreed(factories.post(factories.shift(event)))
        return event

    def test_are_brought_to_the_organisers_mind_once(self, app):
        event = self.event()

        for moment in (self.DUE - MINUTE, self.DUE, self.DUE + HOUR, self.DUE + 30 * DAY):
            tasks.remind_of_hours(moment)

        [sent] = messages()
        assert (sent.kind, sent.queued_at) == ("hours_overdue", self.DUE)
        assert sent.recipient_id == event.created_by_id
        assert sent.params["path"] == f"/organise/events/{event.id}/confirm"

    @pytest.mark.parametrize("status", [Status.DRAFT, Status.CANCELLED, Status.CONFIRMED])
    def test_are_those_of_events_that_took_place_and_were_not_confirmed(self, app, status):
        self.event(status=status)

        tasks.remind_of_hours(self.DUE)

        assert messages() == []

    def test_need_volunteers(self, app):
        factories.assignment(
            factories.post(factories.shift(factories.event(starts_at=NOON))),
            state=State.WITHDRAWN,
        )

        tasks.remind_of_hours(self.DUE)

        assert messages() == []

    def test_of_long_ago_are_left_alone(self, app):
        self.event()

        tasks.remind_of_hours(NOON + timedelta(days=61))

        assert messages() == []
