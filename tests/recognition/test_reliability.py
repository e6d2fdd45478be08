"""How somebody kept their word: one formula, each place listed, appeals decided by others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.assignments import pages
from tests.factories import HOUR, NOON
from volunteer_hub.assignments.models import State
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.recognition import appeals
from volunteer_hub.recognition.models import HoursKind, ReliabilityAppeal, ServiceRecord
from volunteer_hub.recognition.reliability import Outcome, outcome, reliability

DAY = timedelta(days=1)
A, E, L, N = Outcome.ATTENDED, Outcome.EXCUSED, Outcome.LATE_CANCEL, Outcome.NO_SHOW


@pytest.fixture(autouse=True)
def _noon(at):
    at(NOON)


@pytest.mark.parametrize(
    ("came", "hours_before", "was_excused", "expected"),
    [
        (True, None, False, A), (True, None, True, A), (False, None, False, N),
        (False, None, True, E), (None, None, False, None), (None, 24, False, E),
        (None, 23.9, False, L), (None, 1, True, E), (None, None, True, None), (None, -1, False, L),
    ],
)  # fmt: skip
def test_what_became_of_a_place(came, hours_before, was_excused, expected):
    withdrew_at = None if hours_before is None else NOON - hours_before * HOUR
    found = outcome(came=came, withdrew_at=withdrew_at, starts_at=NOON, was_excused=was_excused)
    assert found is expected


@pytest.mark.parametrize(
    ("outcomes", "percent"),
    [
        ([], None), ([A] * 3, None), ([A] * 3 + [E] * 5, None), ([A] * 4, 100), ([N] * 4, 0),
        ([A, A, A, N], 75), ([A, A, A, L], 86), ([A, A, A, N] + [E] * 9, 75),
    ],
)  # fmt: skip
def test_the_formula(outcomes, percent):
    assert reliability(outcomes).percent == percent


def place(volunteer, title, *, kind=None, of=None, by=None, **more):
    """Return a place at an event that is over, with what was confirmed about it."""
    event = factories.event(title, starts_at=NOON - 5 * DAY, **({"of": of} if of else {}))
    row = factories.assignment(factories.post(factories.shift(event)), volunteer, **more)
    if kind is not None:
        record = ServiceRecord(
            volunteer_id=volunteer.id, event_id=event.id, assignment_id=row.id, kind=kind,
            served_at=event.starts_at, planned_minutes=60, minutes=0, working={},
            event_title=title, place="", content="讲解", organisation_name="", responsible_name="",
            confirmed_by_id=by or event.created_by_id, confirmed_at=NOON - DAY,
        )  # fmt: skip
        db.session.add(record)
    db.session.commit()
    return row


@pytest.fixture
def unit(app):
    return factories.organisation()


@pytest.fixture
def volunteer(unit):
    made = factories.volunteer("林小禾")
    factories.member(made, unit)
    for number in range(3):
        place(made, f"到了 {number}", kind=HoursKind.TIMED, of=unit)
    return made


@pytest.fixture
def missed(volunteer, unit):
    return place(volunteer, "没到的那次", kind=HoursKind.NO_SHOW, of=unit)


def late(volunteer, unit, title, hours):
    row = place(volunteer, title, of=unit, state=State.WITHDRAWN)
    row.answered_at = row.post.shift.starts_at - hours * HOUR
    db.session.commit()
    return row


def text_of(client, address):
    return pages.words(client.get(address).text)


def test_the_person_sees_the_figure_the_formula_and_each_place(client, volunteer, missed, unit):
    late(volunteer, unit, "临时退出的", 2)
    late(volunteer, unit, "早早退出的", 48)
    client.sign_in(volunteer.person)
    said = text_of(client, "/me/reliability")
    assert "守约 67%" in said
    assert "不到 24 小时才退出" in said
    for title in ("到了 0", "没到的那次", "临时退出的", "早早退出的"):
        assert title in said
    found = appeals.reliability_of([volunteer.id], now=NOON)[volunteer.id]
    assert found.counts == {A: 3, E: 1, L: 1, N: 1}


def test_few_places_say_nothing(client, volunteer):
    client.sign_in(volunteer.person)
    assert "看不出什么" in text_of(client, "/me/reliability")


def test_a_place_that_a_stand_in_took_over_is_excused(volunteer, unit):
    row = late(volunteer, unit, "有人替的", 2)
    other = factories.assignment(row.post, factories.volunteer("替的人"))
    other.answered_at = row.answered_at
    db.session.commit()
    found = appeals.counted_of([volunteer.id], now=NOON)[volunteer.id]
    assert next(each.outcome for each in found if each.assignment_id == row.id) is E


def test_cancelled_old_and_coming_events_do_not_count(volunteer, unit):
    cancelled = place(volunteer, "取消的", kind=HoursKind.NO_SHOW, of=unit)
    cancelled.post.shift.event.status = "cancelled"
    old = place(volunteer, "三年前的", kind=HoursKind.NO_SHOW, of=unit)
    old.post.shift.starts_at, old.post.shift.ends_at = NOON - 800 * DAY, NOON - 799 * DAY
    coming = place(volunteer, "还没到的", kind=HoursKind.NO_SHOW, of=unit)
    coming.post.shift.ends_at = NOON + HOUR
    db.session.commit()
    assert len(appeals.counted_of([volunteer.id], now=NOON)[volunteer.id]) == 3


def test_staff_of_the_scope_see_the_same_and_others_nothing(app, volunteer, missed, unit):
    address = f"/organise/volunteers/{volunteer.id}"
    own, other = app.test_client(), app.test_client()
    own.sign_in(factories.organiser(unit))
    other.sign_in(factories.organiser(factories.organisation(region_code="210681")))
    assert "守约 75%" in text_of(own, address)
    assert "没到的那次" in text_of(own, address)
    assert "守约" not in text_of(other, address).replace("守约申诉", "")


def say(client, row, text="我在现场，忘了签到"):
    return client.post(f"/me/reliability/{row.id}", data={"text": text})


def decide(client, how):
    (row,) = db.session.scalars(select(ReliabilityAppeal))
    return client.post(f"/organise/appeals/{row.id}/{how}")


@pytest.mark.parametrize(("how", "percent"), [("agree", "看不出什么"), ("refuse", "守约 75%")])
def test_an_appeal_is_decided_by_another_and_the_person_is_told(
    app, client, volunteer, missed, unit, how, percent
):
    client.sign_in(volunteer.person)
    assert say(client, missed).status_code == 302
    assert "申诉中" in text_of(client, "/me/reliability")
    desk = app.test_client()
    desk.sign_in(factories.organiser(unit))
    assert "我在现场" in text_of(desk, "/organise/appeals")
    assert decide(desk, how).status_code == 302
    assert percent in text_of(client, "/me/reliability")
    told = db.session.scalars(select(OutboxMessage.kind)).all()
    assert f"appeal_{how}d" in told
    done = set(db.session.scalars(select(AuditEntry.action)))
    assert {"reliability.appeal", "reliability.decide"} <= done
    assert decide(desk, how).status_code == 409


def test_whoever_wrote_it_down_does_not_decide(app, client, volunteer, missed, unit):
    client.sign_in(volunteer.person)
    say(client, missed)
    same, stranger = app.test_client(), app.test_client()
    writer = factories.organiser(unit)
    record = db.session.scalars(
        select(ServiceRecord).where(ServiceRecord.assignment_id == missed.id)
    ).one()
    record.confirmed_by_id = writer.id
    db.session.commit()
    same.sign_in(writer)
    stranger.sign_in(factories.organiser(factories.organisation(region_code="210681")))
    assert decide(same, "agree").status_code == 409
    assert decide(stranger, "agree").status_code == 404
    assert "我在现场" not in text_of(stranger, "/organise/appeals")


def test_only_what_counts_against_one_is_appealed_and_once(client, volunteer, missed, unit):
    fine = place(volunteer, "到了的", kind=HoursKind.TIMED, of=unit)
    theirs = place(factories.volunteer("别人"), "别人的", kind=HoursKind.NO_SHOW, of=unit)
    client.sign_in(volunteer.person)
    assert say(client, fine).status_code == 409
    assert say(client, theirs).status_code == 404
    assert say(client, missed, "").status_code == 422
    assert say(client, missed, "长" * 301).status_code == 422
    say(client, missed)
    say(client, missed)
    assert len(db.session.scalars(select(ReliabilityAppeal)).all()) == 1


def test_no_list_is_sorted_by_it(app, client):
    rules = {rule.rule for rule in app.url_map.iter_rules() if "reliability" in rule.rule}
    assert rules == {"/me/reliability", "/me/reliability/<int:assignment_id>"}
