"""Somebody who has something in every table, and what can be read of them."""

from __future__ import annotations

import json
from datetime import date, timedelta

from sqlalchemy import JSON, LargeBinary, String, Text, cast, func, select, update

from tests import factories
from tests.factories import HOUR, NOON
from tests.security.world import SCAN, people_list
from volunteer_hub.accounts import actions as accounts
from volunteer_hub.accounts import second, totp
from volunteer_hub.accounts.models import Purpose
from volunteer_hub.assignments import actions as assignments
from volunteer_hub.assignments.models import (
    Assignment,
    Exchange,
    ExchangeState,
    Follow,
    FollowKind,
    State,
)
from volunteer_hub.checkin.models import Attendance, Direction, Method, Outcome, Reason, Scan
from volunteer_hub.complaints import actions as complaints
from volunteer_hub.complaints.rules import Draft as Complaint
from volunteer_hub.complaints.rules import Kind as ComplaintKind
from volunteer_hub.core import audit
from volunteer_hub.core.database import Model, db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.credentials import actions as credentials
from volunteer_hub.credentials.rules import CredentialDraft
from volunteer_hub.guardians import actions as guardians
from volunteer_hub.guardians.rules import GuardianDraft, Relation
from volunteer_hub.organisations.queries import scope_of
from volunteer_hub.organisations.rules import Function, Rank
from volunteer_hub.people.models import (
    ClaimCard,
    ExportRow,
    ListRow,
    NotTwins,
    PeopleExport,
    PersonMerge,
    SavedFilter,
    VolunteerMark,
)
from volunteer_hub.people.queries import contact_key
from volunteer_hub.people.rules.entries import Column, packed
from volunteer_hub.people.rules.marks import MarkKind
from volunteer_hub.planning.models import PlanPerson, PlanRow, PlanRun
from volunteer_hub.planning.rules import PlanState, Reach, RowState
from volunteer_hub.privacy import actions, recovery
from volunteer_hub.recognition import actions as recognition
from volunteer_hub.recognition.models import (
    AppealState,
    Departure,
    HoursEntry,
    HoursObjection,
    ReliabilityAppeal,
)
from volunteer_hub.registrations.models import Registration, RegistrationState
from volunteer_hub.talks.models import Talk, TalkRequest
from volunteer_hub.talks.rules import TalkState
from volunteer_hub.teams.models import PastMembership, TeamFounding, TeamRequest
from volunteer_hub.teams.rules import Ending, RequestKind, RequestState
from volunteer_hub.volunteers.models import (
    DayOff,
    ExtraHours,
    VolunteerEntry,
    VolunteerNumber,
    VolunteerWish,
)
from volunteer_hub.volunteers.rules import WishKind
from volunteer_hub.waiting.models import EntryState, OfferState, WaitingEntry, WaitingOffer

NAME, PHONE, EMAIL = "欧阳𬭚㛃", "13811112222", "ouyang@example.cn"
PINYIN, GUARDIAN, NUMBER = "ouyangningjie", "慕容监护", "AB20260905"
REGISTER = "LN2106000042"
TELLTALE = (
    NAME,
    PHONE,
    EMAIL,
    PINYIN,
    "oynj",
    GUARDIAN,
    NUMBER,
    REGISTER,
    "13900139000",
    "家里有事",
)


def make_somebody():
    """Return the id of somebody with something in every table that can hold anything of theirs."""
    who = factories.person(NAME, phone=PHONE, email=EMAIL, password_hash="x")
    who.pinyin, who.initials = PINYIN, "oynj"
    volunteer = factories.volunteer(who=who, skills=[("guide", 2)])
    volunteer.birth_year, volunteer.birth_month = 2010, 3
    volunteer.days_off, volunteer.extra_hours, volunteer.wishes = _offers()
    db.session.commit()
    of = factories.organisation()
    factories.member(volunteer, of)
    _serve(volunteer, of)
    with transaction():
        accounts.send_code(PHONE, address="127.0.0.1", now=NOON)
        accounts.begin_password_try(PHONE, address="127.0.0.1", now=NOON)
        accounts.give_consent(who.id, list(Purpose), channel="web", now=NOON)
        draft = CredentialDraft(kind="first_aid", number=NUMBER, issuer="红十字会",
                                expires_on=date(2027, 9, 1), scan=SCAN)  # fmt: skip
        credentials.claim(who.id, draft, now=NOON)
        asked = GuardianDraft(name=GUARDIAN, phone="13900139000", relation=Relation.MOTHER)
        guardians.ask(who.id, asked, now=NOON)
        _complain(who.id)
        _set_up_second(who.id)
        _lose_number()
        assignments.renew_feed(volunteer.id, now=NOON)
        db.session.add(Follow(person_id=who.id, kind=FollowKind.PLACE, code="210682",
                              created_at=NOON))  # fmt: skip
        personal = (who.id, {"name": NAME, "phone": PHONE})
        audit.record("account.change", who, by=who.id, now=NOON, personal=personal)
    return who.id


def _complain(person_id):
    said = Complaint(kind=ComplaintKind.PERSONAL_DATA, text=f"我是{NAME}", contact=PHONE)
    complaints.file(said, person_id=person_id, now=NOON)


def _lose_number():
    office = scope_of(factories.office().id)
    recovery.ask(PHONE, "13811113333", f"{NAME}当面来过", scope=office, now=NOON)


def _set_up_second(person_id):
    shared = second.begin(person_id, now=NOON)
    second.confirm(person_id, totp.code_at(shared, totp.step_of(NOON)), now=NOON)


def _offers():
    on = date(2026, 10, 1)
    return (
        [DayOff(off_on=on)],
        [ExtraHours(free_on=on + timedelta(days=1), starts_minute=0, ends_minute=60)],
        [VolunteerWish(kind=WishKind.AUDIENCE, code="youth")],
    )


def _serve(volunteer, of):
    """Let them have been somewhere, be expected somewhere, and be whom people ring up."""
    over = factories.event("科普之夜", of=of, starts_at=NOON - 48 * HOUR)
    done = factories.assignment(factories.post(factories.shift(over)), volunteer)
    done.reason_given = "家里有事"
    coming = factories.event("科学家进校园", of=of)
    factories.assignment(factories.post(factories.shift(coming)), volunteer)
    factories.assignment(
        factories.post(factories.shift(factories.event("再一场", of=of))), volunteer,
        state=State.INVITED,
    )  # fmt: skip
    over.contact_name, over.contact_phone = NAME, PHONE
    factories.trip(of=of, contact_name=NAME, contact_phone=PHONE)
    venues = Model.metadata.tables["venue"]
    db.session.execute(update(venues).values(contact_name=NAME, contact_phone=PHONE))
    been, goes = (
        factories.registration(over, NAME, PHONE),
        factories.registration(coming, NAME, PHONE),
    )
    goes.person_id = volunteer.person_id
    for each in (been, goes):
        each.pinyin, each.initials = PINYIN, "oynj"
    _be_there(over, done, been)
    _claim(over, done, volunteer)
    _be_entered(volunteer, of, by=over.created_by_id)
    _be_planned(volunteer, over, done)
    _wait(coming, volunteer)
    other = factories.volunteer("别人")
    beside = factories.assignment(factories.post(factories.shift(over)), other)
    factories.record(beside, responsible_name=NAME, by=volunteer.person_id)
    db.session.commit()


def _claim(over, done, volunteer):
    """Let them say when they left, ask for hours, and object to some."""
    asked = factories.claim(over, volunteer, reason="家里有事")
    db.session.add_all([
        Departure(assignment_id=done.id, asked_at=NOON, left_at=NOON),
        HoursObjection(claim_id=asked.id, by_id=volunteer.person_id, text="家里有事", said_at=NOON),
    ])  # fmt: skip
    db.session.commit()


def _be_there(over, done, been):
    """Let them be seen at the door, and have hours of it, corrected once."""
    scan = Scan(scan_id="s" * 36, event_id=over.id, assignment_id=done.id, direction=Direction.IN,
                method=Method.POSTER, outcome=Outcome.ACCEPTED, reason=Reason.OK,
                by_person_id=over.created_by_id, happened_at=NOON, stored_at=NOON)  # fmt: skip
    db.session.add(scan)
    db.session.flush()
    db.session.add_all([
        Attendance(event_id=over.id, assignment_id=done.id, in_at=NOON, in_scan_id=scan.id),
        Attendance(event_id=over.id, registration_id=been.id, in_at=NOON, people=3),
    ])  # fmt: skip
    db.session.add(ReliabilityAppeal(
        assignment_id=done.id, volunteer_id=done.volunteer_id, text="家里有事",
        state=AppealState.WAITING, asked_at=NOON,
    ))  # fmt: skip
    kept = factories.record(done, by=over.created_by_id)
    recognition.adjust(kept.id, 60, "家里有事", by=over.created_by_id, now=NOON)


def _wait(event, volunteer):
    """Let them wait for a full event, where places are kept for them, and stand by for a post."""
    waits = factories.registration(event, NAME, PHONE)
    waits.state = RegistrationState.WAITING
    entry = WaitingEntry(event_id=event.id, registration_id=waits.id, joined_at=NOON,
                         state=EntryState.OFFERED, reason="家里有事")  # fmt: skip
    offer = WaitingOffer(entry=entry, offered_at=NOON, expires_at=NOON + HOUR,
                         state=OfferState.OPEN)  # fmt: skip
    post = factories.post(factories.shift(event))
    standby = WaitingEntry(post_id=post.id, volunteer_id=volunteer.id, joined_at=NOON,
                           state=EntryState.WAITING)  # fmt: skip
    talk = Talk(volunteer_id=volunteer.id, title=f"{NAME}讲安全", summary=NAME, audience_codes=[],
                minutes=60, needs=PHONE, created_at=NOON)  # fmt: skip
    asked = TalkRequest(talk=talk, post_id=post.id, asked_by_id=event.created_by_id, asked_at=NOON,
                        note=f"{NAME}您好", state=TalkState.ASKED, answer=NAME)  # fmt: skip
    db.session.add_all([entry, offer, standby, talk, asked])


def _swap(place, volunteer):
    """Let somebody have wanted to swap with them."""
    given = factories.assignment(place.post, factories.volunteer("想换班的"))
    db.session.add(Exchange(from_id=given.id, to_id=place.id, volunteer_id=volunteer.id,
                            state=ExchangeState.DECLINED, asked_at=NOON))  # fmt: skip


def _be_planned(volunteer, event, place):
    """Let a plan propose them, and know what they said; and somebody want to swap with them."""
    _swap(place, volunteer)
    run = PlanRun(by_person_id=event.created_by_id, reach=Reach.ALL, from_at=NOON, until_at=NOON,
                  state=PlanState.DONE, asked_at=NOON, seed=1)  # fmt: skip
    db.session.add(run)
    db.session.flush()
    [post] = event.shifts[0].posts
    to = {"run_id": run.id, "volunteer_id": volunteer.id}
    why = [{"code": "skill", "skill": "家里有事"}]
    db.session.add_all([
        PlanRow(**to, post_id=post.id, state=RowState.CONFLICT, reasons=why, refusals=why),
        PlanPerson(**to, said={"about": {"name": NAME}}),
    ])  # fmt: skip


def _be_entered(volunteer, of, *, by):
    """Let a unit have entered them, under a number, and a list name them."""
    entry = VolunteerEntry(volunteer_id=volunteer.id, organisation_id=of.id, by_person_id=by,
                           entered_at=NOON, channel="list")  # fmt: skip
    register = VolunteerNumber(volunteer_id=volunteer.id, number=REGISTER)
    db.session.add_all([entry, register])
    sent = people_list(of.id, by)
    row = db.session.scalars(select(ListRow).where(ListRow.list_id == sent.id)).first()
    row.said = json.dumps(packed({Column.NAME: NAME, Column.PHONE: PHONE}, []))
    row.contact_key = contact_key(PHONE)
    gone = factories.volunteer("别的记录")
    made = PeopleExport(shape="national", by_person_id=by, made_at=NOON, people_count=1)
    db.session.add(made)
    db.session.flush()
    db.session.add_all([
        ExportRow(export_id=made.id, person_id=volunteer.person_id),
        PersonMerge(kept_volunteer_id=volunteer.id, gone_volunteer_id=gone.id, by_person_id=by,
                    merged_at=NOON, undone_at=NOON, undone_by_id=by,
                    moved=json.dumps({"rows": {}, "was": {"name": NAME}})),
        NotTwins(volunteer_id=volunteer.id, other_volunteer_id=volunteer.id, by_person_id=by,
                 said_at=NOON),
        ClaimCard(person_id=volunteer.person_id, code_hash="c" * 64, made_by_id=by, made_at=NOON,
                  expires_at=NOON + HOUR),
        *_teams(volunteer.person_id, of),
        SavedFilter(person_id=volunteer.person_id, name="常用", wanted={}),
        VolunteerMark(volunteer_id=volunteer.id, organisation_id=of.id, kind=MarkKind.NOTE,
                      text="家里有事", by_person_id=by, made_at=NOON),
    ])  # fmt: skip


def _teams(person_id, of):
    """Return that they were in a team, want to be in another, and want to found one."""
    asked = {"person_id": person_id, "reason": f"我是{NAME}", "answer": f"{NAME}您好",
             "state": RequestState.WAITING, "asked_at": NOON}  # fmt: skip
    return (
        PastMembership(person_id=person_id, organisation_id=of.id, function=Function.MEMBER,
                       joined_at=NOON, left_at=NOON, ending=Ending.LEFT),
        TeamRequest(organisation_id=of.id, kind=RequestKind.JOIN, **asked),
        TeamFounding(parent_id=of.id, region_id=of.region_id, rank=Rank.SQUAD, name="新分队",
                     purpose=f"找{NAME}", **asked),
    )  # fmt: skip


def close(person_id, now=NOON):
    with transaction():
        return actions.close_account(person_id, now=now)


def everything_readable():
    """Return all that stands in any column that can hold text, by column."""
    db.session.rollback()
    found = {}
    for table in Model.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, String | Text | JSON):
                values = db.session.scalars(select(cast(column, Text))).all()
            elif isinstance(column.type, LargeBinary) or hasattr(column.type, "purpose"):
                values = db.session.scalars(select(cast(column, LargeBinary))).all()
                values = [(value or b"").decode("utf-8", "replace") for value in values]
            else:
                continue
            found[f"{table.name}.{column.name}"] = "\n".join(str(value) for value in values)
    db.session.rollback()
    return found


def where_readable(telltale):
    return [name for name, text in everything_readable().items() if telltale in text]


def left_readable():
    """Return what tells whose it was and stands in a column, by what it is."""
    found = {telltale: where_readable(telltale) for telltale in TELLTALE}
    return {telltale: columns for telltale, columns in found.items() if columns}


def totals():
    """Return what the city counts."""
    rows = (
        select(func.sum(HoursEntry.minutes), func.count(HoursEntry.id)),
        select(func.sum(Attendance.people), func.count(Attendance.id)),
        select(func.count(Scan.id), func.count()),
        select(func.count(Assignment.id), func.count()),
        select(func.sum(1 + Registration.companions), func.count()),
    )
    return [tuple(db.session.execute(each).one()) for each in rows]
