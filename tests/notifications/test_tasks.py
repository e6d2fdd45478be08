from __future__ import annotations

from collections import Counter
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from tests import factories
from tests.factories import HOUR, NOON
from tests.notifications.conftest import Mailbox
from tests.notifications.sending import (
    deliveries,
    messages,
    only_delivery,
    queue,
    queue_many,
    work,
)
from volunteer_hub.core import outbox
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import BusyError
from volunteer_hub.core.outbox import Draft, OutboxMessage
from volunteer_hub.core.sqlite import GATE_WAIT_S
from volunteer_hub.core.transaction import transaction
from volunteer_hub.notifications import actions, channels, kinds, rules, tasks
from volunteer_hub.notifications.actions.delivering import LEASE
from volunteer_hub.notifications.channels import ChannelDownError, RefusedError, TryAgainError
from volunteer_hub.notifications.models import ChannelState, DeliveryState

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


def claim(worker="dead", now=NOON, most=10):
    tasks.route(now)
    with transaction():
        return [d.id for d in actions.claim_deliveries("sms", worker, most=most, now=now)]


def channel_state():
    db.session.rollback()
    return db.session.scalars(select(ChannelState)).one()


def test_a_waiting_message_goes_out_once(mailbox):
    queue(factories.person(name="林小禾"))

    work(NOON)
    work(NOON + MINUTE)

    assert mailbox.letters == [("林小禾", "欢迎加入科普志愿者")]
    delivery = only_delivery()
    assert (delivery.state, delivery.finished_at) == (DeliveryState.SENT, NOON)
    assert (delivery.claimed_by, delivery.remote_id) == (None, f"box-vh-{delivery.id}-0")


def test_a_failed_delivery_waits_and_is_tried_again_under_the_same_key(mailbox):
    queue(factories.person())
    mailbox.error = TryAgainError("line is busy")

    work(NOON)

    delivery = only_delivery()
    again_at = rules.next_attempt_at(1, seed=delivery.id, now=NOON)
    assert (delivery.state, delivery.attempts) == (DeliveryState.WAITING, 1)
    assert (delivery.due_at, delivery.last_error) == (again_at, "line is busy")

    mailbox.error = None
    work(again_at - SECOND)
    assert mailbox.parcels == []
    work(again_at)
    assert [parcel.key for parcel in mailbox.parcels] == [f"vh-{delivery.id}-0"]


def test_a_delivery_that_never_succeeds_becomes_a_dead_letter(mailbox):
    queue(factories.person())
    mailbox.error = OSError("no route to 13912345678")
    tasks.route(NOON)

    moment, tries = NOON, 0
    while only_delivery().state is DeliveryState.WAITING:
        moment, tries = only_delivery().due_at, tries + 1
        work(moment)

    assert tries == only_delivery().attempts == rules.MOST_ATTEMPTS
    assert only_delivery().state is DeliveryState.FAILED
    assert only_delivery().last_error == "no route to ***"
    assert timedelta(hours=34) < moment - NOON < timedelta(hours=72)


def test_what_is_refused_is_a_dead_letter_at_once(mailbox):
    queue(factories.person())
    mailbox.error = RefusedError("550 <lin@example.cn> unknown")

    work(NOON)

    assert (only_delivery().state, only_delivery().attempts) == (DeliveryState.FAILED, 1)
    assert only_delivery().last_error == "550 <***@example.cn> unknown"


def test_a_channel_that_is_down_costs_no_message_an_attempt(mailbox):
    queue_many(factories.person(), 3)
    mailbox.error = ChannelDownError("connection refused")

    work(NOON)

    assert [d.attempts for d in deliveries()] == [0, 0, 0]
    assert [d.claimed_by for d in deliveries()] == [None] * 3
    state = channel_state()
    assert (state.failures, state.down_since) == (1, NOON)
    assert (state.next_at, state.last_error) == (NOON + 5 * SECOND, "connection refused")

    work(NOON + 4 * SECOND)
    assert mailbox.connects == 1
    work(NOON + 5 * SECOND)
    assert mailbox.connects == 2
    assert channel_state().next_at == NOON + 20 * SECOND

    mailbox.error = None
    work(NOON + 20 * SECOND)
    assert len(mailbox.parcels) == 3
    assert (channel_state().failures, channel_state().down_since) == (0, None)


def test_a_channel_rests_as_long_as_the_other_side_asks(mailbox):
    queue(factories.person())
    mailbox.error = ChannelDownError("429", pause=timedelta(minutes=2))

    work(NOON)

    assert channel_state().next_at == NOON + 2 * MINUTE


def test_a_channel_down_for_half_a_day_loses_nothing(mailbox):
    queue_many(factories.person(), 3)
    mailbox.error = ChannelDownError("connection refused")
    moment = NOON
    while moment < NOON + DAY / 2:
        work(moment)
        moment = channel_state().next_at

    mailbox.error = None
    work(moment)

    assert [d.state for d in deliveries()] == [DeliveryState.SENT] * 3


def test_a_pause_written_before_the_clock_was_set_back_is_not_sat_out(mailbox):
    queue(factories.person())
    mailbox.error = ChannelDownError("away")
    tasks.route(NOON)
    tasks.deliver("sms", NOON + 24 * HOUR)

    mailbox.error = None
    work(NOON)

    assert len(mailbox.parcels) == 1


@pytest.mark.usefixtures("app")
def test_all_workers_together_keep_to_the_rate_of_a_channel(only_channels):
    box = Mailbox(per_second=4)
    only_channels(box)
    for _ in range(3):
        queue(factories.person())
        queue(factories.person())
        queue(factories.person())
    tasks.route(NOON)

    assert tasks.deliver("sms", NOON) == 1.0
    assert len(box.parcels) == 4
    assert tasks.deliver("sms", NOON + SECOND / 2) == 0.5
    assert len(box.parcels) == 4
    tasks.deliver("sms", NOON + SECOND)
    assert len(box.parcels) == 8


@pytest.mark.usefixtures("app")
def test_a_slow_rate_is_kept_one_message_at_a_time(only_channels):
    box = Mailbox(per_second=1 / 3)
    only_channels(box)
    queue_many(factories.person(), 2)
    tasks.route(NOON)

    assert tasks.deliver("sms", NOON) == 3.0
    assert len(box.parcels) == 1


def test_messages_go_by_priority_then_by_age(mailbox):
    person = factories.person()
    queue(person, "hours_confirmed", params={"event": "灯会"}, emergency="让大家知道")
    queue(person, "welcome")
    queue(person, "invitation", params={"event": "灯会"})
    queue(person, "event_cancelled", now=NOON + MINUTE, params={"event": "灯会"})

    work(NOON + HOUR)

    assert [parcel.kind for parcel in mailbox.parcels] == [
        "hours_confirmed",
        "event_cancelled",
        "invitation",
        "welcome",
    ]


def test_an_expired_message_is_dropped_before_its_turn(mailbox):
    queue(factories.person(), expires_at=NOON + MINUTE)

    work(NOON + MINUTE)

    assert mailbox.parcels == []
    assert [m.dropped for m in messages()] == ["expired"]
    assert deliveries() == []


def test_an_expired_delivery_is_not_made(mailbox):
    queue(factories.person(), expires_at=NOON + MINUTE)
    tasks.route(NOON)

    work(NOON + MINUTE)

    assert mailbox.parcels == []
    assert only_delivery().state is DeliveryState.EXPIRED


def test_kinds_have_a_usual_lifetime(app):
    queue(factories.person(), "sign_in_code", params={"sealed": "x"})
    queue(factories.person(), "welcome", not_before=NOON + DAY)

    expiries = [m.expires_at for m in messages()]
    assert expiries == [NOON + 10 * MINUTE, NOON + DAY + kinds.USUAL_LIFETIME]


def test_after_a_week_without_a_worker_what_is_stale_is_dropped_and_the_rest_goes_in_order(mailbox):
    people = [factories.person() for _ in range(3)]
    with transaction():
        outbox.enqueue_all(
            [
                Draft(
                    kind=kind,
                    to=outbox.to_person(people[number % 3].id),
                    params={"event": "灯会"},
                    expires_at=NOON + (DAY if number % 2 else 30 * DAY),
                )
                for number in range(300)
                for kind in ("invitation", "event_changed")
            ],
            now=NOON,
        )

    tasks.route(NOON + 7 * DAY)

    dropped = [m.dropped for m in messages()]
    assert (dropped.count("expired"), dropped.count(None)) == (300, 300)
    work(NOON + 7 * DAY)
    kinds_sent = [parcel.kind for parcel in mailbox.parcels]
    assert kinds_sent[:150] == ["event_changed"] * 150
    # The rest of the invitations are more than people are told in a day.
    assert kinds_sent[150:] == ["invitation"] * 18


STALE, ALIVE = 100_000, 300
FILL = """
INSERT INTO outbox_message (kind, recipient_kind, recipient_id, params, queued_at, not_before,
                            expires_at, priority, route_at)
{numbers}
SELECT CASE n % 3 WHEN 0 THEN 'invitation' WHEN 1 THEN 'event_changed' ELSE 'hours_confirmed' END,
       'person', :person + n % 100, '{{"event": "灯会"}}', :at, :at,
       CASE WHEN n < :stale THEN :stale_at ELSE :alive_at END,
       CASE n % 3 WHEN 0 THEN 2 WHEN 1 THEN 1 ELSE 3 END, :at
FROM numbers
"""
NUMBERS = {
    "sqlite": "WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers"
              " WHERE n < :last)",
    "postgresql": "WITH numbers AS (SELECT generate_series(0, :last) AS n)",
}  # fmt: skip


def test_of_a_hundred_thousand_stale_messages_none_is_sent_and_the_rest_goes_by_priority(mailbox):
    people = [factories.person() for _ in range(100)]
    values = {
        "person": people[0].id, "at": NOON.replace(tzinfo=None), "stale": STALE,
        "stale_at": (NOON + DAY).replace(tzinfo=None), "last": STALE + ALIVE - 1,
        "alive_at": (NOON + 30 * DAY).replace(tzinfo=None),
    }  # fmt: skip
    with transaction():
        statement = FILL.format(numbers=NUMBERS[db.engine.dialect.name])
        db.session.execute(text(statement), values)

    work(NOON + 7 * DAY)

    left = select(func.count()).where(OutboxMessage.route_at.is_not(None))
    assert db.session.scalar(left) == 0
    stale = select(func.count()).where(OutboxMessage.dropped == "expired")
    assert db.session.scalar(stale) == STALE
    kinds_sent = [parcel.kind for parcel in mailbox.parcels]
    assert Counter(kinds_sent) == {"event_changed": 100, "invitation": 100}
    assert kinds_sent == sorted(kinds_sent)  # the changes first; of hours there are mails alone


def test_thousands_of_deliveries_that_got_stale_are_not_made(mailbox, monkeypatch):
    """More than are ended in one round: those that are left must not be sent meanwhile."""
    monkeypatch.setattr(actions.delivering, "EXPIRED_AT_ONCE", 2)
    for _ in range(6):
        queue(factories.person(), expires_at=NOON + MINUTE)
    queue(factories.person(), expires_at=NOON + DAY)
    tasks.route(NOON)

    work(NOON + MINUTE)

    assert len(mailbox.parcels) == 1
    states = Counter(d.state for d in deliveries())
    assert states == {DeliveryState.EXPIRED: 6, DeliveryState.SENT: 1}


def test_what_a_dead_worker_held_too_long_is_not_sent_any_more(mailbox):
    queue(factories.person(), expires_at=NOON + MINUTE)
    claim()

    work(NOON + LEASE)

    assert mailbox.parcels == []
    assert only_delivery().state is DeliveryState.EXPIRED


def test_a_message_to_someone_who_left_is_dropped(mailbox):
    person = factories.person()
    person.erased_at = NOON
    db.session.commit()
    queue(person)

    work(NOON)

    assert mailbox.parcels == []
    assert [m.dropped for m in messages()] == ["nobody"]


def test_someone_who_leaves_between_route_and_delivery_is_not_written_to(mailbox):
    person = factories.person()
    queue(person)
    tasks.route(NOON)
    person.erased_at = NOON
    db.session.commit()

    work(NOON)

    assert mailbox.parcels == []
    assert only_delivery().last_error == "nobody to write to"


def test_messages_that_cannot_be_worded_fail_without_stopping_the_others(mailbox):
    person = factories.person()
    queue(person, kind="surprise")
    queue(person, kind="invitation", params={"event": "灯会", "secret": 1})
    queue(person)

    work(NOON)

    assert len(mailbox.parcels) == 1
    assert messages()[0].dropped == "unworded"
    failed = [d.last_error for d in deliveries() if d.state is DeliveryState.FAILED]
    assert failed == ["no wording: missing: [], unknown: ['secret']"]


@pytest.mark.usefixtures("app")
def test_without_any_channel_messages_are_read_on_the_site_and_codes_are_missed(only_channels):
    only_channels()
    person = factories.person()
    queue(person)
    queue(person, "sign_in_code", params={"sealed": "x"})

    work(NOON)

    assert [m.dropped for m in messages()] == [None, "unreachable"]


def test_what_a_dead_worker_held_is_taken_up_alone_after_its_lease(mailbox):
    queue_many(factories.person(), 3)
    claim()

    work(NOON + LEASE - SECOND)
    assert mailbox.parcels == []
    tasks.deliver("sms", NOON + LEASE)
    assert len(mailbox.parcels) == 1
    work(NOON + LEASE)
    assert [d.state for d in deliveries()] == [DeliveryState.SENT] * 3


def test_a_message_that_kills_every_worker_is_given_up_and_takes_nothing_with_it(mailbox):
    queue_many(factories.person(), 2)
    for attempt in range(rules.MOST_ATTEMPTS):
        assert claim(now=NOON + attempt * LEASE)[0] == deliveries()[0].id

    work(NOON + rules.MOST_ATTEMPTS * LEASE)

    killer, other = deliveries()
    assert killer.last_error == "gave up: every worker that had it in hand ended"
    assert other.state is DeliveryState.SENT


def test_a_late_worker_does_not_overwrite_what_another_did(mailbox):
    queue(factories.person())
    [delivery_id] = claim("slow")

    work(NOON + LEASE)
    with transaction():
        actions.mark_failed(delivery_id, "slow", "late", now=NOON + LEASE + MINUTE)

    assert only_delivery().state is DeliveryState.SENT


def test_a_worker_told_to_stop_gives_back_what_it_has_not_sent(mailbox, monkeypatch):
    queue_many(factories.person(), 3)
    tasks.route(NOON)
    monkeypatch.setattr(tasks.jobs, "is_stopping", lambda: len(mailbox.parcels) == 1)

    tasks.deliver("sms", NOON)

    rows = [(d.state, d.claimed_by, d.attempts) for d in deliveries()]
    waiting = (DeliveryState.WAITING, None, 0)
    assert rows == [(DeliveryState.SENT, None, 1), waiting, waiting]


def test_a_batch_that_takes_too_long_is_given_back_before_its_lease_ends(mailbox, monkeypatch):
    queue_many(factories.person(), 3)
    tasks.route(NOON)
    too_late_s = LEASE.total_seconds() / 2 + 1
    monkeypatch.setattr(tasks.time, "monotonic", lambda: too_late_s if mailbox.parcels else 0)

    tasks.deliver("sms", NOON)

    assert len(mailbox.parcels) == 1
    assert [d.claimed_by for d in deliveries()] == [None] * 3


@pytest.mark.parametrize("kind", ["busy", "away"])
def test_a_busy_database_makes_no_message_go_twice(mailbox, monkeypatch, kind):
    """What was sent must be noted: the first version gave up, and sent it again."""
    queue(factories.person())
    tasks.route(NOON)
    mark, fails = actions.mark_sent, iter([True, True, False])

    def mark_when_there_is_room(*arguments, **named):
        if next(fails):
            raise BusyError if kind == "busy" else OperationalError("", {}, Exception("away"))
        mark(*arguments, **named)

    monkeypatch.setattr(actions, "mark_sent", mark_when_there_is_room)
    monkeypatch.setattr(tasks.jobs, "pause", lambda _seconds: None)

    tasks.deliver("sms", NOON)
    work(NOON + LEASE)

    assert len(mailbox.parcels) == 1
    assert only_delivery().state is DeliveryState.SENT


def test_a_database_that_stays_away_ends_the_round_and_the_message_comes_again(
    mailbox, monkeypatch
):
    queue(factories.person())
    tasks.route(NOON)
    with monkeypatch.context() as patch:
        patch.setattr(actions, "mark_sent", lambda *_, **__: (_ for _ in ()).throw(BusyError))
        patch.setattr(tasks.jobs, "pause", lambda _seconds: None)
        with pytest.raises(BusyError):
            tasks.deliver("sms", NOON)

    work(NOON + LEASE)

    assert [parcel.key for parcel in mailbox.parcels] == [f"vh-{only_delivery().id}-0"] * 2


def test_trying_to_note_ends_before_the_lease_does():
    longest_s = tasks.NOTE_TRIES * (GATE_WAIT_S + tasks.NOTE_PAUSE_S)
    assert tasks.MOST_OF_A_BATCH_S + channels.base.TIMEOUT_S + longest_s < LEASE.total_seconds()


def test_workers_at_once_never_send_one_message_twice(app, mailbox):
    for _ in range(20):
        person = factories.person()
        for kind in ("event_cancelled", "event_changed", "assignment_removed"):
            queue(person, kind, params={"event": "灯会"})
    expected = len(messages())
    start, errors = Barrier(4), []

    def one_worker():
        with app.app_context():
            start.wait()
            try:
                for _ in range(12):
                    tasks.route(NOON)
                    tasks.deliver("sms", NOON)
            except Exception as error:
                errors.append(error)
            finally:
                db.session.remove()

    workers = [Thread(target=one_worker) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert errors == []
    assert len(mailbox.parcels) == expected
    assert len({parcel.key for parcel in mailbox.parcels}) == expected
    assert [d.attempts for d in deliveries()] == [1] * expected


def test_the_same_key_queued_at_once_leaves_one_message(app):
    person_id, start, errors = factories.person().id, Barrier(4), []

    def one_request():
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    to = outbox.to_person(person_id)
                    outbox.enqueue("welcome", to=to, now=NOON, dedupe_key="welcome:1")
            except Exception as error:
                errors.append(error)
            finally:
                db.session.remove()

    requests = [Thread(target=one_request) for _ in range(4)]
    for each in requests:
        each.start()
    for each in requests:
        each.join()

    assert errors == []
    assert len(messages()) == 1


def test_an_emergency_needs_a_reason(app):
    with pytest.raises(ValueError, match="reason"):
        queue(factories.person(), emergency="  ")


def test_the_sweep_ends_what_waits_for_a_channel_that_is_gone_and_long_leases(
    mailbox, only_channels
):
    queue(factories.person())
    claim(now=NOON + DAY)
    tasks.sweep(NOON)
    assert only_delivery().claimed_until == NOON

    only_channels()
    tasks.sweep(NOON + 2 * DAY + SECOND)
    assert only_delivery().last_error == "the channel is gone"


def test_the_sweep_tells_the_office_once_an_hour_what_did_not_arrive(mailbox):
    queue(factories.person())
    mailbox.error = RefusedError("no")
    work(NOON)

    tasks.sweep(NOON + MINUTE)
    tasks.sweep(NOON + 2 * MINUTE)
    tasks.sweep(NOON + 2 * HOUR)

    told = [m for m in messages() if m.kind == "delivery_trouble"]
    assert [(m.recipient_kind, m.params["failed"]) for m in told] == [("office", 1)]
