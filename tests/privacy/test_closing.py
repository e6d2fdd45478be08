"""After an account is closed nothing tells whose it was, and nothing that was counted changes."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.factories import HOUR, NOON
from tests.privacy.somebody import (
    EMAIL,
    NAME,
    PHONE,
    PINYIN,
    TELLTALE,
    close,
    left_readable,
    totals,
    where_readable,
)
from volunteer_hub.accounts import actions as accounts
from volunteer_hub.accounts.models import Consent, Person
from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.core import sealing
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations.models import Function, Membership
from volunteer_hub.privacy import queries
from volunteer_hub.privacy.errors import StillResponsibleError
from volunteer_hub.privacy.models import Erasure
from volunteer_hub.privacy.owners import Subject
from volunteer_hub.privacy.registry import HELD, Fate
from volunteer_hub.recognition.models import HoursKind, ServiceRecord
from volunteer_hub.registrations.models import Registration, RegistrationState
from volunteer_hub.volunteers.models import Volunteer
from volunteer_hub.waiting.models import EntryState, WaitingEntry


def test_somebody_has_something_in_every_table(somebody):
    """So that the tests below say something."""
    counts = queries.counts_of(Subject.of(db.session.get(Person, somebody)))
    empty = {table for table, count in counts.items() if not count}

    assert empty == {"account_session", "appointment", "message_preference", "message_language",
                     "delivery", "change_call", "organisation"}  # fmt: skip
    for telltale in (NAME, PHONE, EMAIL, PINYIN, "家里有事"):
        assert where_readable(telltale), telltale


def test_no_table_holds_anything_readable_of_a_closed_account(somebody, caplog):
    caplog.set_level(logging.DEBUG)
    counted = totals()

    close(somebody)

    assert left_readable() == {}
    assert totals() == counted
    for telltale in TELLTALE:
        assert telltale not in caplog.text


def test_what_was_sealed_is_readable_before_and_by_nobody_afterwards(somebody):
    statement = select(AuditEntry.sealed).where(AuditEntry.sealed_for == somebody)
    sealed = db.session.scalars(statement.where(AuditEntry.action == "account.change")).one()
    assert sealing.unseal(somebody, sealed) == {"name": NAME, "phone": PHONE}

    close(somebody)

    assert db.session.scalars(statement).first() is not None
    assert sealing.unseal(somebody, sealed) is None


def test_rows_that_are_deleted_are_gone_and_the_others_name_nobody(somebody):
    subject = Subject.of(db.session.get(Person, somebody))

    close(somebody)

    counts = queries.counts_of(subject)
    for held in HELD:
        if held.fate is Fate.DELETED:
            assert counts[held.table] == 0, held.table
    person = db.session.get(Person, somebody)
    assert (person.name, person.phone, person.erased_at) == ("已注销", None, NOON)
    volunteer = db.session.scalars(select(Volunteer).where(Volunteer.person_id == somebody)).one()
    assert volunteer.birth_year is None
    assert volunteer.home_region.code == "210682"  # the county, no township any more
    held = db.session.scalars(select(Consent).where(Consent.person_id == somebody)).all()
    assert held
    assert all(consent.withdrawn_at == NOON for consent in held)


def test_what_has_not_begun_is_given_back_and_organisers_are_told(somebody):
    volunteer_id = queries.offers.find_volunteer_of(somebody).id

    close(somebody)

    rows = db.session.scalars(select(Assignment).where(Assignment.volunteer_id == volunteer_id))
    states = {row.post.shift.event.title: row.state for row in rows}
    assert states == {"科普之夜": State.ACCEPTED, "科学家进校园": State.WITHDRAWN,
                      "再一场": State.DECLINED}  # fmt: skip
    told = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.kind == "assignment_withdrawn")
    ).one()
    assert told.params["event"] == "科学家进校园"
    tickets = db.session.scalars(select(Registration).order_by(Registration.id)).all()
    been, goes, waits = (ticket.state for ticket in tickets)
    assert been is RegistrationState.CONFIRMED
    assert goes is waits is RegistrationState.CANCELLED
    assert db.session.scalars(select(WaitingEntry.state)).all() == [EntryState.LEFT] * 2


def test_whoever_others_depend_on_hands_over_first(app):
    leader, office = factories.organiser(function=Function.TEAM_LEADER), factories.office()
    for who in (leader.id, office.id):
        with pytest.raises(StillResponsibleError):
            close(who)
    membership = db.session.scalars(select(Membership)).one()
    membership.function = Function.MEMBER
    db.session.commit()
    assert close(leader.id).person_id == leader.id


def test_an_account_is_closed_once(somebody):
    close(somebody)
    with pytest.raises(NotFoundError):
        close(somebody)
    assert db.session.scalar(select(func.count(Erasure.id))) == 1


def test_the_number_is_free_for_somebody_else(somebody):
    close(somebody)
    with transaction():
        assert accounts.create_person("后来人", PHONE, now=NOON + HOUR).id != somebody


def test_closing_takes_two_steps_and_says_what_is_lost(somebody, client):
    client.sign_in(db.session.get(Person, somebody))

    first = client.get("/me/data/close").text
    assert "证件" in first
    assert "时长只作为没有姓名的合计留下" in first
    assert "您还有 2 个班次没有开始" in first
    assert 'href="/me/data/close/confirm"' in first
    unsure = client.post("/me/data/close/confirm")
    assert unsure.status_code == 422
    assert "请先勾选" in unsure.text
    sure = client.post("/me/data/close/confirm", data={"is_sure": "y"})

    assert sure.location == "/closed"
    assert client.get("/closed").status_code == 200
    assert client.get("/me/data").status_code == 302
    assert where_readable(PHONE) == []


def test_nobody_is_let_in_who_was_signed_in_elsewhere(somebody, app):
    elsewhere = app.test_client()
    elsewhere.sign_in(db.session.get(Person, somebody))
    close(somebody)
    assert elsewhere.get("/me/account").status_code == 302


def test_why_hours_were_added_is_said_nowhere_afterwards(app):
    record = factories.record(kind=HoursKind.ADDED)
    record.working = {"answer": "added", "counted": 60, "reason": "在家照顾生病的母亲"}
    db.session.commit()
    close(record_owner(record))
    db.session.rollback()
    assert db.session.get(ServiceRecord, record.id).working == {}
    assert db.session.get(ServiceRecord, record.id).minutes == 120


def record_owner(record):
    return db.session.get(Volunteer, record.volunteer_id).person_id
