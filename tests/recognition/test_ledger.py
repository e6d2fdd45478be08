"""The hours ledger: rows are only added, totals are their sums, and a check proves it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from tests import factories
from tests.factories import HOUR, NOON
from volunteer_hub.checkin.models import Attendance
from volunteer_hub.core import sealing
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations.queries import scope_of
from volunteer_hub.recognition import actions, queries
from volunteer_hub.recognition.errors import WrongCorrectionError
from volunteer_hub.recognition.models import (
    EntryKind,
    Evidence,
    HoursEntry,
    HoursKind,
    HoursPolicy,
    ServiceRecord,
    Source,
)
from volunteer_hub.volunteers.models import Volunteer

AFTER = NOON + 30 * HOUR


@pytest.fixture
def record(app):
    return factories.record()


def came(assignment, starts_at=None, hours=2):
    shift = assignment.post.shift
    starts_at = starts_at or shift.starts_at
    db.session.add(
        Attendance(event_id=shift.event_id, assignment_id=assignment.id, in_at=starts_at,
                   out_at=starts_at + hours * HOUR)
    )  # fmt: skip
    db.session.commit()


def confirmed(event, answers=(), now=AFTER):
    with transaction():
        scope = scope_of(event.created_by_id)
        actions.confirm_hours(event.id, dict(answers), scope=scope, now=now)


def entries():
    db.session.expire_all()
    return db.session.scalars(select(HoursEntry).order_by(HoursEntry.id)).all()


@pytest.mark.parametrize(
    "change", [update(HoursEntry).values(minutes=999), delete(HoursEntry)], ids=["update", "delete"]
)
def test_the_database_itself_refuses_to_change_a_row(record, change):
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(change)
    db.session.rollback()

    assert [row.minutes for row in entries()] == [120]


def test_a_credit_says_by_which_rule_it_was_worked_out(app):
    event = factories.event()
    assignment = factories.assignment(factories.post(factories.shift(event, hours=3)))
    came(assignment)
    confirmed(event)

    (row,) = entries()
    assert (row.kind, row.source, row.evidence) == ("credit", Source.SCANS, Evidence.SCANNED)
    assert (row.minutes, row.rule_version, row.working["counted"]) == (120, "usual-1", 120)
    assert row.sealed is None


def test_the_policy_that_fits_best_counts_and_old_rows_keep_theirs(app):
    event = factories.event()
    came(factories.assignment(factories.post(factories.shift(event, hours=3))), hours=2.5)
    later = factories.event(of=event.organisation, starts_at=event.starts_at + 72 * HOUR)
    came(factories.assignment(factories.post(factories.shift(later, hours=3))), hours=2.5)
    confirmed(event)
    given = {"early_grace": 0, "late_grace": 0, "minimum": 0, "day_cap": 480, "decided_at": NOON}
    mine = HoursPolicy(organisation_id=event.organisation_id, step=60, **given)
    db.session.add_all([HoursPolicy(step=120, **given), mine, HoursPolicy(step=90, **given)])
    db.session.commit()
    confirmed(later, now=AFTER + 100 * HOUR)

    assert [(row.minutes, row.rule_version) for row in entries()] == [
        (150, "usual-1"),
        (120, f"policy-{mine.id}"),
    ]


def test_a_minute_in_two_shifts_is_credited_once(app):
    event, volunteer = factories.event(), factories.volunteer()
    for _ in range(2):
        post = factories.post(factories.shift(event, hours=3))
        came(factories.assignment(post, volunteer), hours=2)
    other = factories.event(starts_at=event.starts_at + HOUR)
    came(factories.assignment(factories.post(factories.shift(other, hours=3)), volunteer))
    confirmed(event)
    confirmed(other)

    assert [row.minutes for row in entries()] == [120, 0, 60]
    assert queries.totals_of(volunteer.id).minutes == 180


def test_a_correction_is_one_more_row_with_its_reason_sealed(record):
    with transaction():
        actions.adjust(record.id, 90, "记错了出发时间", by=record.confirmed_by_id, now=NOON)

    assert [row.minutes for row in entries()] == [120, -30]
    row = entries()[-1]
    assert "记错" not in row.sealed
    assert sealing.unseal(row.sealed_for, row.sealed) == {"reason": "记错了出发时间"}
    assert queries.totals_of(record.volunteer_id).minutes == 90


@pytest.mark.parametrize("minutes", [-1, 120, 121, 25 * 60])
def test_a_correction_that_cannot_be_is_refused(record, minutes):
    with pytest.raises(WrongCorrectionError), transaction():
        actions.adjust(record.id, minutes, "x", by=record.confirmed_by_id, now=NOON)


def test_everything_taken_back_is_nothing_and_twice_is_once(record):
    with transaction():
        actions.adjust(record.id, 90, "x", by=record.confirmed_by_id, now=NOON)
    for _ in range(2):
        with transaction():
            actions.reverse(record.id, "查实没有到场", by=record.confirmed_by_id, now=NOON)

    assert [(row.kind, row.minutes) for row in entries()] == [
        (EntryKind.CREDIT, 120),
        (EntryKind.ADJUST, -30),
        (EntryKind.REVERSE, -120),
        (EntryKind.REVERSE, 30),
    ]
    totals = queries.totals_of(record.volunteer_id)
    assert (totals.shown, totals.times, totals.minutes) == (1, 0, 0)


def test_the_record_says_that_it_was_taken_back(client, record):
    with transaction():
        actions.reverse(record.id, "x", by=record.confirmed_by_id, now=NOON)
    client.sign_in(db.session.get(Volunteer, record.volunteer_id).person)

    assert "已冲销" in client.get("/me/record").text


def check(app):
    return app.test_cli_runner().invoke(args=["recognition", "check"])


def test_the_check_proves_that_all_reconciles(app):
    event = factories.event()
    for _ in range(2):
        came(factories.assignment(factories.post(factories.shift(event, hours=3))))
    factories.assignment(factories.post(factories.shift(event, hours=3)))
    confirmed(event)

    answer = check(app)
    assert (answer.exit_code, answer.output) == (0, "3 records, 4 hours: all reconcile.\n")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (update(ServiceRecord).values(minutes=60), "credit is not what was confirmed"),
        (update(ServiceRecord).values(kind=HoursKind.NO_SHOW), "hours for somebody who did not"),
        (update(Attendance).values(in_at=NOON), "in and out are not those of the door"),
        (delete(Attendance), "in and out are not those of the door"),
    ],
)
def test_the_check_finds_what_does_not(app, spoil, said):
    event = factories.event()
    came(factories.assignment(factories.post(factories.shift(event, hours=3))))
    confirmed(event)
    db.session.execute(spoil)
    db.session.commit()

    answer = check(app)
    assert answer.exit_code == 1
    assert said in answer.stderr


def test_the_check_misses_a_record_without_a_credit(app, record):
    more = factories.assignment()
    event = more.post.shift.event
    db.session.add(
        ServiceRecord(
            volunteer_id=more.volunteer_id, event_id=event.id, assignment_id=more.id,
            kind=HoursKind.ADDED, served_at=NOON, planned_minutes=9, minutes=9, working={},
            event_title="", place="", content="", organisation_name="", responsible_name="",
            confirmed_by_id=event.created_by_id, confirmed_at=NOON,
        )
    )  # fmt: skip
    db.session.commit()

    assert "no credit" in check(app).stderr


def test_a_day_holds_no_more_than_its_cap_over_all_events(app):
    volunteer = factories.volunteer()
    for number in range(3):
        starts_at = NOON + timedelta(hours=24 + 3 * number - 8)
        event = factories.event(starts_at=starts_at)
        came(factories.assignment(factories.post(factories.shift(event, hours=3)), volunteer),
             starts_at=starts_at, hours=3)  # fmt: skip
        confirmed(event)

    assert [row.minutes for row in entries()] == [180, 180, 120]
