"""Two counties with everything in them, and visitors of every kind, for walks over all routes."""

from __future__ import annotations

import json
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from unittest import mock

from flask import session as flask_session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy import func, literal_column, select
from werkzeug.test import TestResponse

from tests import factories
from tests.client import CarefulClient, _forget_the_last_request
from tests.factories import HOUR, NOON
from volunteer_hub.accounts import passwords
from volunteer_hub.accounts.rules import DEMO_CONTACTS
from volunteer_hub.assignments import calendars
from volunteer_hub.assignments.actions import INVITATION, REMINDER, STAND_IN, STANDBY, SWAP
from volunteer_hub.assignments.models import Exchange, ExchangeState, ReminderPlan, State
from volunteer_hub.checkin.models import (
    Attendance,
    Checkpoint,
    Direction,
    DoorSetting,
    Method,
    Outcome,
    Reason,
    Scan,
    ScanConflict,
    ScanDevice,
)
from volunteer_hub.checkin.rules import Conflict
from volunteer_hub.complaints import actions as complaints
from volunteer_hub.complaints.actions import PURPOSE as COMPLAINT
from volunteer_hub.complaints.rules import Draft as ComplaintDraft
from volunteer_hub.complaints.rules import Kind as ComplaintKind
from volunteer_hub.core.access import STAFF, Role
from volunteer_hub.core.database import Model, db
from volunteer_hub.core.outbox import OutboxMessage, to_person
from volunteer_hub.core.tokens import link_token, paper_code, ticket_code
from volunteer_hub.credentials import queries as credentials
from volunteer_hub.credentials.actions import grant
from volunteer_hub.credentials.models import Credential
from volunteer_hub.credentials.rules import CredentialDraft
from volunteer_hub.events.models import Status
from volunteer_hub.guardians.actions import PURPOSE as GUARDIAN
from volunteer_hub.guardians.models import GuardianConsent
from volunteer_hub.guardians.queries import phone_key
from volunteer_hub.notifications import packing
from volunteer_hub.notifications.models import Delivery, DeliveryState
from volunteer_hub.notifications.topics import Topic
from volunteer_hub.observances.models import AnnouncedDays
from volunteer_hub.organisations.models import Organisation
from volunteer_hub.organisations.rules import Function, Rank
from volunteer_hub.people.actions.cards import PURPOSE as CLAIM
from volunteer_hub.people.actions.cards import code_hash
from volunteer_hub.people.models import (
    ClaimCard,
    ListRow,
    PeopleList,
    PersonMerge,
    SavedFilter,
    VolunteerMark,
)
from volunteer_hub.people.rules.entries import Column, packed
from volunteer_hub.people.rules.marks import MarkKind
from volunteer_hub.people.rules.stages import Stage, Verdict
from volunteer_hub.planning.models import PlanRow, PlanRun
from volunteer_hub.planning.rules import PlanState, Reach, RowState
from volunteer_hub.privacy.models import ChangeState, ContactChange
from volunteer_hub.recognition.actions.departures import DEPARTURE
from volunteer_hub.recognition.models import (
    AppealState,
    ClaimState,
    Departure,
    HoursKind,
    HoursObjection,
    ReliabilityAppeal,
    ServiceRecord,
    Training,
)
from volunteer_hub.recognition.training import holders
from volunteer_hub.registrations.actions import OFFER as PLACE
from volunteer_hub.registrations.models import RegistrationState
from volunteer_hub.resources.models import Booking, Requirement, Resource
from volunteer_hub.resources.rules import Kind, Purpose
from volunteer_hub.talks.actions import PURPOSE as TALK
from volunteer_hub.talks.models import Talk, TalkRequest
from volunteer_hub.talks.rules import TalkState
from volunteer_hub.teams.actions import INVITE
from volunteer_hub.teams.models import TeamFounding, TeamInvite, TeamRequest
from volunteer_hub.teams.rules import RequestKind, RequestState
from volunteer_hub.volunteers.models import Volunteer, VolunteerEntry, VolunteerNumber
from volunteer_hub.waiting.models import EntryState, OfferState, WaitingEntry, WaitingOffer
from volunteer_hub.workdays.actions import load_workdays

COUNTIES = {"a": ("210682", "210682118"), "b": ("210681", "210681002")}
# What tells one side's things from the other's, wherever they are shown.
ATTENDEES = {"a": "赵麦芽", "b": "钱外人"}
VOLUNTEERS = {"a": "林小禾", "b": "何对岸"}
TITLES = {"a": "麦田里的天文课", "b": "江边看星星"}
# A picture to whoever looks at its first bytes; the rest is for whoever looks no further.
SCAN = b"\x89PNG\r\n\x1a\n<script>alert(1)</script>"
PASSWORD = "北风吹过鸭绿江"
KEPT_PASSWORD = passwords.make_hash(PASSWORD)
SHIPPED = frozenset({"region", "catalogue_entry", "campaign", "alembic_version"})


@contextmanager
def one_commit():
    """Let factories write everything in one transaction: far quicker than one for each row."""
    with mock.patch.object(db.session, "commit", db.session.flush):
        yield
    db.session.commit()


@dataclass(frozen=True)
class Side:
    """One organisation in one county; ids only, so that it outlives every session.

    Attributes:
        open: A published event of tomorrow.
        draft: One that is not published yet.
        running: One whose door is open now.
        over: One whose hours wait for confirmation.
        called_off: One that is cancelled.
        moved: One whose time was changed, with people to be rung about it.
        post: A post of the open event, with somebody in it; ``empty_post`` has nobody.
        assignment: Somebody in that post; ``invitation`` is only asked.
        registration: A place at the open event; ``expected`` is one at the running event.
        unreachable: A place at the moved event of somebody who left no number.
        waiting: Somebody in line for the open event; ``offer`` is what they are offered.
        standby: A place at the empty post that is offered to the volunteer.
        message: One that found no way to its reader; ``delivery`` is one that failed.
        consent: What a guardian of the volunteer is asked for.
        complaint: What somebody complained about in this county.
        change: Another number for the volunteer, which waits for a second person.
        credential: One of the volunteer, with its scan, that nobody verified yet.
        thing: A kit of the organisation that is not lent; ``booking`` takes it for the open event,
            which needs one: ``requirement``.
        merge: That two records of somebody of theirs became one.
        entered: Somebody whom the organisation entered by phone, with a card.
        missed: A place that counts against the volunteer; ``appeal`` is about another.
        trained: A training that granted something to the volunteer.
        mark: A tag of the volunteer; ``kept_filter`` is one of the organiser.
        swap: That somebody else wants to swap with the volunteer.
        plan: A plan for the empty post that proposes the volunteer.
        team: A team below the organisation, led by ``branch``.
        request: That somebody wants to belong to the organisation; ``founding`` is a wish for a
            team below it; ``invite`` is a link into it.
        talk: One that the volunteer offers; ``asked_talk`` is that it is asked for.
        people_list: A list of volunteers that waits to be taken, with a row that is wrong.
        trip: A trip of one published stop, for which a kit is taken: ``trip_booking``.
        claim: Hours of the volunteer in the public notice, with an ``objection``.
        scan: The scan that let ``expected`` in; ``scan_name`` is what its device called it.
        scan_device: A phone for the running event's east door that nobody enrolled yet.
        conflict: Something about a scan at the running event that waits for a person.
    """

    organisation: int
    organiser: int
    leader: int
    office: int
    venue: int
    open: int
    draft: int
    running: int
    over: int
    called_off: int
    moved: int
    shift: int
    empty_shift: int
    post: int
    empty_post: int
    assignment: int
    invitation: int
    served: int
    on_duty: int
    registration: int
    expected: int
    unreachable: int
    waiting: int
    offer: int
    standby: int
    message: int
    delivery: int
    credential: int
    consent: int
    complaint: int
    change: int
    thing: int
    booking: int
    requirement: int
    trip: int
    trip_booking: int
    scan: int
    scan_name: str
    scan_device: int
    conflict: int
    volunteer: int
    volunteer_person: int
    poster_code: str
    people_list: int
    mark: int
    entered: int
    missed: int
    appeal: int
    trained: int
    merge: int
    kept_filter: int
    claim: int
    objection: int
    plan: int
    swap: int
    team: int
    branch: int
    request: int
    founding: int
    invite: int
    talk: int
    asked_talk: int


@dataclass(frozen=True)
class World:
    """Both sides, and those who belong to neither.

    Attributes:
        neighbour: An organiser of another organisation in the county of A.
    """

    a: Side
    b: Side
    neighbour: int
    city: int
    newcomer: int
    newcomer_volunteer: int

    def person_of(self, visitor: str) -> int | None:
        """Return whose account a visitor has: ``organiser a``, ``city``, ``anonymous``..."""
        role, _, side = visitor.partition(" ")
        if role == "anonymous":
            return None
        if not side:
            return getattr(self, role)
        return getattr(getattr(self, side), "volunteer_person" if role == "volunteer" else role)


def make_world() -> World:
    """Make everything; the clock stands at NOON."""
    with one_commit():
        demo = factories.person(phone=DEMO_CONTACTS["volunteer"], name="演示志愿者")
        demo.is_demo, demo.password_hash = True, KEPT_PASSWORD
        newcomer = factories.volunteer(name="新来的人")
        city = factories.office("210600").id
        _plans_of_the_city(city)
        return World(
            a=_side("a"),
            b=_side("b"),
            neighbour=factories.organiser(factories.organisation(region_code=COUNTIES["a"][0])).id,
            city=city,
            newcomer=newcomer.person_id,
            newcomer_volunteer=newcomer.id,
        )


def _plans_of_the_city(city) -> None:
    _added(ReminderPlan(campaign_code="caravan", steps=[(2880, True), (120, False)]))
    _added(
        AnnouncedDays(
            observance_key="stweek", year=2026, first_on=date(2026, 5, 23),
            last_on=date(2026, 5, 30), source="通知", entered_by_id=city, entered_at=NOON,
        )
    )  # fmt: skip
    holiday = {"day": "2027-01-01", "kind": "rest", "name": "元旦", "source": "通知"}
    load_workdays([holiday], now=NOON, by=city)


def _side(name) -> Side:
    county, township = COUNTIES[name]
    of = factories.organisation(region_code=county)
    organiser = factories.organiser(of)
    place = factories.venue(region_code=township)
    more = {"of": of, "by": organiser, "at_venue": place, "max_companions": 3}
    more["title"] = TITLES[name]
    phone = {"contact_name": "王公开", "contact_phone": "04152123456"}
    opened = factories.event(**more, **phone, capacity=1000)
    draft = factories.event(**more, **phone, status=Status.DRAFT)
    moved = factories.event(
        **more, starts_at=NOON + 18 * HOUR, changed_at=NOON - 5 * HOUR, changes=["time"]
    )
    running = factories.event(**more, starts_at=NOON - HOUR)
    called_off = factories.event(**more, status=Status.CANCELLED, cancelled_at=NOON - HOUR)
    over = factories.event(**more, starts_at=NOON - 48 * HOUR)
    called = {"name": VOLUNTEERS[name], "home": township}
    volunteer, asked = factories.volunteer(**called), factories.volunteer(**called)
    _registered(volunteer, of, f"LN-{name}")
    doubtful = factories.assignment(
        factories.post(factories.shift(moved)), factories.volunteer(**called)
    )
    doubtful.answered_at = NOON - 24 * HOUR
    shift = factories.shift(opened)
    post = factories.post(shift, max_people=50)
    expected = factories.registration(running, ATTENDEES[name], phone="13700001234")
    scan = _scan(running, expected, organiser)
    kit = thing(of.id)
    message = _message(volunteer, dropped="unreachable")
    delivery = _delivery(_message(volunteer))
    return Side(
        organisation=of.id,
        organiser=organiser.id,
        leader=factories.organiser(of, function=Function.TEAM_LEADER).id,
        office=factories.office(county).id,
        venue=place.id,
        open=opened.id,
        draft=_ready(draft).id,
        running=running.id,
        over=over.id,
        called_off=called_off.id,
        moved=moved.id,
        shift=shift.id,
        empty_shift=factories.shift(opened, title="备用场").id,
        post=post.id,
        **_spare_post(shift, called),
        assignment=factories.assignment(post, volunteer).id,
        invitation=factories.assignment(post, asked, state=State.INVITED).id,
        on_duty=factories.assignment(factories.post(factories.shift(running)), volunteer).id,
        served=_served(over, volunteer),
        registration=factories.registration(opened, ATTENDEES[name], phone="13700005678").id,
        expected=expected.id,
        unreachable=factories.registration(moved, name=None).id,
        **_waiting(opened, ATTENDEES[name]),
        message=message.id,
        delivery=delivery.id,
        credential=credential(volunteer.id).id,
        consent=_consent(volunteer).id,
        complaint=_complaint(county).id,
        change=contact_change(volunteer.person_id, organiser.id).id,
        thing=kit.id,
        booking=booked(kit, organiser.id, opened).id,
        requirement=_added(Requirement(event_id=opened.id, kind=Kind.KIT)).id,
        **_trip(factories.event(**more, **phone), organiser),
        scan=scan.id,
        scan_name=scan.scan_id,
        scan_device=scan_device(running.id, organiser.id).id,
        conflict=conflict(running.id).id,
        volunteer=volunteer.id,
        volunteer_person=volunteer.person_id,
        poster_code=running.poster_code,
        people_list=people_list(of.id, organiser.id).id,
        merge=merge_of(called).id,
        mark=mark(volunteer.id, of.id, organiser.id).id,
        entered=entered(of.id, organiser.id, called).id,
        **_said_wrong(of, volunteer, organiser),
        kept_filter=_added(SavedFilter(person_id=organiser.id, name="常用", wanted={})).id,
        **_claimed(over, volunteer),
        plan=plan(organiser.id, post.id, volunteer.id).id,
        swap=swap(shift, called).id,
        **_tree(of, asked),
        **_talk(volunteer, post, organiser),
    )


def _trip(stop, by):
    trip = factories.trip(stops=[stop], by=by)
    kit = thing(stop.organisation_id, Kind.PROJECTOR)
    return {"trip": trip.id, "trip_booking": booked(kit, by.id, trip=trip).id}


def _tree(of, asked):
    """Return a team below an organisation, and what waits to be answered there."""
    team = factories.team(of, name=f"{of.name}支队")
    return {
        "team": team.id,
        "branch": factories.organiser(team, function=Function.TEAM_LEADER).id,
        "request": team_request(of.id, asked.person_id).id,
        "founding": founding(of.id, asked.person_id).id,
        "invite": team_invite(of.id, asked.person_id).id,
    }


def _talk(volunteer, post, organiser):
    offered = talk(volunteer.id)
    return {"talk": offered.id, "asked_talk": asked_talk(offered.id, post.id, organiser.id).id}


def talk(volunteer_id) -> Talk:
    """Return one more talk that a volunteer offers."""
    return _added(
        Talk(
            volunteer_id=volunteer_id, title="看懂食品标签", summary="", audience_codes=["elders"],
            minutes=60, needs="投影仪", created_at=NOON,
        )
    )  # fmt: skip


def asked_talk(talk_id, post_id, by_id) -> TalkRequest:
    """Return that a talk is asked for at a post."""
    return _added(
        TalkRequest(
            talk_id=talk_id, post_id=post_id, asked_by_id=by_id, asked_at=NOON, note="请您来讲",
            state=TalkState.ASKED,
        )
    )  # fmt: skip


def team_request(organisation_id, person_id) -> TeamRequest:
    """Return one more wish to belong to a unit or a team."""
    return _added(
        TeamRequest(
            person_id=person_id, organisation_id=organisation_id, kind=RequestKind.JOIN,
            reason="我会讲课", state=RequestState.WAITING, asked_at=NOON,
        )
    )  # fmt: skip


def founding(parent_id, person_id) -> TeamFounding:
    """Return one more wish for a team below a unit or a team."""
    return _added(
        TeamFounding(
            person_id=person_id, parent_id=parent_id, rank=Rank.DETACHMENT,
            region_id=db.session.get(Organisation, parent_id).region_id,
            name=f"新支队{secrets.token_hex(4)}", purpose="讲课", reason="人多",
            state=RequestState.WAITING, asked_at=NOON,
        )
    )  # fmt: skip


def team_invite(organisation_id, by_id) -> TeamInvite:
    """Return one more link into a unit or a team."""
    return _added(
        TeamInvite(
            organisation_id=organisation_id, made_by_id=by_id, made_at=NOON,
            expires_at=NOON + 24 * HOUR, most_uses=100,
        )
    )  # fmt: skip


def _served(event, volunteer) -> int:
    row = factories.assignment(factories.post(factories.shift(event)), volunteer)
    _added(Departure(assignment_id=row.id, asked_at=NOON - 40 * HOUR, closed_at=NOON - HOUR))
    return row.id


def _registered(volunteer, of, number) -> None:
    factories.member(volunteer, of)
    _added(VolunteerNumber(volunteer_id=volunteer.id, number=number))


def _ready(draft):
    factories.post(factories.shift(draft))
    return draft


def _message(to, **more):
    return _added(
        OutboxMessage(
            kind="welcome", recipient_kind=to_person(0)[0], recipient_id=to.person_id, params={},
            queued_at=NOON - HOUR, not_before=NOON - HOUR, routed_at=NOON - HOUR, **more,
        )
    )  # fmt: skip


def _delivery(of):
    return _added(
        Delivery(
            message_id=of.id, channel="sms", state=DeliveryState.FAILED, priority=2,
            due_at=NOON - HOUR, finished_at=NOON - HOUR, expires_at=NOON + HOUR,
        )
    )  # fmt: skip


def in_line(event, name="赵麦芽"):
    """Return what somebody who waits for an event is offered."""
    waiting = factories.registration(
        event, name, phone="13700007777", state=RegistrationState.WAITING
    )
    entry = WaitingEntry(
        event_id=event.id, registration_id=waiting.id, people=1, joined_at=NOON - HOUR,
        state=EntryState.OFFERED, passed=0,
    )  # fmt: skip
    offer = WaitingOffer(
        entry=entry, offered_at=NOON - HOUR, expires_at=NOON + HOUR, state=OfferState.OPEN
    )
    return _added(offer)


def standing_by(post_id, volunteer_id):
    """Return what a volunteer who stands by for a post is offered."""
    entry = WaitingEntry(
        post_id=post_id, volunteer_id=volunteer_id, people=1, joined_at=NOON - HOUR,
        state=EntryState.OFFERED, passed=0,
    )  # fmt: skip
    return _added(
        WaitingOffer(
            entry=entry, offered_at=NOON - HOUR, expires_at=NOON + HOUR, state=OfferState.OPEN
        )
    )


def _waiting(event, name):
    offer = in_line(event, name)
    return {"waiting": offer.entry.registration_id, "offer": offer.id}


def _spare_post(shift, called):
    post = factories.post(shift, title="备用岗", max_people=50)
    offer = standing_by(post.id, factories.volunteer(**called).id)
    return {"empty_post": post.id, "standby": offer.id}


def swap(in_shift, called=None) -> Exchange:
    """Return that somebody wants to swap with somebody else, each with a place of their own."""
    given, wanted = (
        factories.assignment(factories.post(in_shift), factories.volunteer(**(called or {})))
        for _ in range(2)
    )
    return _added(
        Exchange(
            from_id=given.id, to_id=wanted.id, volunteer_id=wanted.volunteer_id,
            state=ExchangeState.OPEN, asked_at=NOON,
        )
    )  # fmt: skip


def plan(by, post_id, volunteer_id) -> PlanRun:
    """Return one more plan, which proposes somebody for a post."""
    run = _added(
        PlanRun(
            by_person_id=by, reach=Reach.ALL, from_at=NOON, until_at=NOON + 200 * HOUR,
            state=PlanState.DONE, asked_at=NOON - HOUR, seed=1, engine="optimum/1",
            posts=[{"id": post_id, "had": 0, "proposed": 1, "missing": 0, "why": None}],
            outcome={"open_seats": 0, "quality": 500, "bound": 500, "gap": 0,
                     "best_open_seats": 0.0, "clashes": 0},
        )
    )  # fmt: skip
    to = {"run_id": run.id, "volunteer_id": volunteer_id}
    _added(PlanRow(**to, post_id=post_id, state=RowState.PROPOSED, parts={"fit": 240}))
    return run


def _consent(of):
    return _added(
        GuardianConsent(
            volunteer_id=of.id, guardian_name="孙监护", guardian_phone="13700009999",
            phone_key=phone_key("13700009999"), relation="mother", requested_at=NOON - HOUR,
            expires_at=NOON + 24 * HOUR,
        )
    )  # fmt: skip


def contact_change(person_id, asked_by_id) -> ContactChange:
    """Return one more change of somebody's number, which waits for a second person."""
    return _added(
        ContactChange(
            person_id=person_id, contact=f"135{secrets.randbelow(10**8):08}", reason="来过",
            lost="phone", state=ChangeState.WAITING, asked_by_id=asked_by_id, asked_at=NOON,
        )
    )  # fmt: skip


def _complaint(county):
    said = ComplaintDraft(kind=ComplaintKind.COMPLAINT, text="门口没有坡道",
                          county_id=factories.region(county).id)  # fmt: skip
    return complaints.file(said, person_id=None, now=NOON)


def credential(volunteer_id) -> Credential:
    """Return one more credential of a volunteer, with its scan."""
    number = secrets.token_hex(8)
    return _added(
        Credential(
            volunteer_id=volunteer_id, kind_code="first_aid", number=number.upper(),
            number_key=credentials.number_key("first_aid", number), issuer="红十字会",
            expires_on=date(2027, 9, 30), scan=SCAN, scan_type="image/png", claimed_at=NOON,
        )
    )  # fmt: skip


def people_list(organisation_id, by_id) -> PeopleList:
    """Return one more list of volunteers, of one new person and one wrong row."""
    sent = _added(
        PeopleList(
            organisation_id=organisation_id, by_person_id=by_id, sent_at=NOON, stage=Stage.READY,
            places='{"places": {"name": 0, "phone": 1, "home": 2}, "unused": []}', first_line=2,
            rows_read=2, new_count=1, wrong_count=1,
        )
    )  # fmt: skip
    number = f"136{secrets.randbelow(10**8):08d}"
    for line, name, verdict in ((2, "孙新人", Verdict.NEW), (3, "", Verdict.WRONG)):
        cells = {Column.NAME: name, Column.PHONE: number, Column.HOME: "通远堡镇"}
        said = packed(cells, [])
        _added(ListRow(list_id=sent.id, line=line, verdict=verdict, said=json.dumps(said)))
    return sent


def merge_of(called) -> PersonMerge:
    """Return that two records were merged, and can be made two again."""
    kept, gone = factories.volunteer(**called), factories.volunteer(**called)
    was = {name: getattr(gone.person, name) for name in ("name", "pinyin", "phone", "email")}
    gone.person.name, gone.person.phone, gone.person.erased_at = "", None, NOON
    return _added(
        PersonMerge(
            kept_volunteer_id=kept.id, gone_volunteer_id=gone.id, by_person_id=kept.person_id,
            merged_at=NOON, moved=json.dumps({"rows": {}, "was": was}),
        )
    )  # fmt: skip


def _said_wrong(of, volunteer, organiser) -> dict[str, int]:
    """Return a place that counts against the volunteer, another about which they say it is wrong,
    and what a training granted them."""
    rows = [no_show(of, volunteer, organiser.id) for _ in range(2)]
    said = appeal_of(rows[1])
    return {"missed": rows[0].id, "appeal": said.id, "trained": trained(of, volunteer.id).id}


def no_show(of, volunteer, by_id):
    """Return one more place at which the volunteer was not."""
    event = factories.event(of=of, starts_at=NOON - 96 * HOUR, status=Status.CONFIRMED)
    row = factories.assignment(factories.post(factories.shift(event)), volunteer)
    _added(
        ServiceRecord(
            volunteer_id=volunteer.id, event_id=event.id, assignment_id=row.id,
            kind=HoursKind.NO_SHOW, served_at=event.starts_at, planned_minutes=60, minutes=0,
            working={}, event_title=event.title, place="", content="", organisation_name="",
            responsible_name="", confirmed_by_id=event.created_by_id, confirmed_at=NOON - 90 * HOUR,
        )
    )  # fmt: skip
    return row


def appeal_of(row) -> ReliabilityAppeal:
    """Return that the volunteer says that what counts of a place is wrong."""
    return _added(
        ReliabilityAppeal(
            assignment_id=row.id, volunteer_id=row.volunteer_id, text="我在现场",
            state=AppealState.WAITING, asked_at=NOON - HOUR,
        )
    )  # fmt: skip


def trained(of, volunteer_id) -> Training:
    """Return that a training granted something to the volunteer."""
    event = factories.event(of=of, starts_at=NOON - 96 * HOUR, status=Status.CONFIRMED)
    made = _added(Training(event_id=event.id, kind_code="first_aid", months=12))
    draft = CredentialDraft(kind="first_aid", number=f"PX{event.id:06}")
    grant(volunteer_id, draft, by=event.created_by_id, now=NOON - HOUR)
    return made


def granted(training_id) -> dict[str, int]:
    """Return the address of what a training granted."""
    made = db.session.get(Training, training_id)
    (holder,) = holders(made.event_id, made.kind_code)
    return {"event_id": made.event_id, "credential_id": holder.credential_id}


def entered(organisation_id, by_id, called) -> Volunteer:
    """Return somebody whom an organisation entered by phone, with a card that lets in."""
    made = factories.volunteer(**called)
    factories.member(made, db.session.get(Organisation, organisation_id))
    _added(
        VolunteerEntry(
            volunteer_id=made.id, organisation_id=organisation_id, by_person_id=by_id,
            entered_at=NOON, channel="phone",
        )
    )  # fmt: skip
    card = _added(
        ClaimCard(
            person_id=made.person_id, code_hash=f"{made.id}", made_by_id=by_id, made_at=NOON,
            expires_at=NOON + 24 * HOUR,
        )
    )  # fmt: skip
    card.code_hash = code_hash(paper_code(CLAIM, card.id))
    db.session.flush()
    return made


def mark(volunteer_id, organisation_id, by_id) -> VolunteerMark:
    """Return one more tag that an organisation put to a volunteer."""
    return _added(
        VolunteerMark(
            volunteer_id=volunteer_id, organisation_id=organisation_id, kind=MarkKind.TAG,
            text="骨干", by_person_id=by_id, made_at=NOON,
        )
    )  # fmt: skip


def thing(organisation_id, kind=Kind.KIT) -> Resource:
    """Return one more kit of an organisation that lends it to nobody."""
    return _added(
        Resource(
            organisation_id=organisation_id, kind=kind, name=f"器材{secrets.token_hex(4)}",
            is_shared=False, created_at=NOON,
        )
    )  # fmt: skip


def booked(of, by_id, event=None, trip=None) -> Booking:
    """Return a booking of a thing: for an event or trip, or of the next hour for something else."""
    span, title = (NOON + HOUR, NOON + 2 * HOUR), "省馆借用"
    if event:
        span, title = (event.starts_at, event.ends_at), event.title
    if trip:
        span, title = (trip.leaves_at, trip.returns_at), trip.title
    return _added(
        Booking(
            resource_id=of.id, event_id=event.id if event else None,
            trip_id=trip.id if trip else None,
            purpose=Purpose.EVENT if event or trip else Purpose.OTHER,
            title=title, starts_at=span[0], ends_at=span[1],
            busy_from=span[0], busy_until=span[1], booked_by_id=by_id, booked_at=NOON,
        )
    )  # fmt: skip


def _claimed(event, volunteer):
    claim = hours_claim(event, volunteer, state=ClaimState.NOTICE)
    return {"claim": claim.id, "objection": objection(claim.id).id}


def hours_claim(event, volunteer, state=ClaimState.WAITING):
    """Return hours that a volunteer asks for; in the public notice they stay for long."""
    until = date(2027, 1, 1) if state is ClaimState.NOTICE else None
    return factories.claim(event, volunteer, state, notice_until=until)


def objection(claim_id):
    """Return what somebody objects to them."""
    by = factories.person(name="路人").id
    return _added(HoursObjection(claim_id=claim_id, by_id=by, text="没见到人", said_at=NOON))


def _added(row):
    db.session.add(row)
    db.session.flush()
    return row


def _scan(event, registration, by):
    scan = Scan(
        scan_id=scan_id(), event_id=event.id, registration_id=registration.id,
        direction=Direction.IN, method=Method.POSTER, outcome=Outcome.ACCEPTED, reason=Reason.OK,
        by_person_id=by.id, happened_at=NOON, stored_at=NOON,
    )  # fmt: skip
    db.session.add(scan)
    db.session.flush()
    db.session.add(
        Attendance(
            event_id=event.id, registration_id=registration.id, in_at=NOON, in_scan_id=scan.id
        )
    )
    return scan


def scan_device(event_id, by):
    """Return one more phone for the east door of an event, which nobody enrolled yet."""
    door = db.session.scalar(select(Checkpoint).where(Checkpoint.event_id == event_id))
    if door is None:
        door = _added(Checkpoint(event_id=event_id, name="东门", made_at=NOON))
        _added(DoorSetting(event_id=event_id))
    number = select(func.count(ScanDevice.id)).where(ScanDevice.event_id == event_id)
    return _added(
        ScanDevice(
            event_id=event_id, checkpoint_id=door.id, made_at=NOON, made_by_id=by,
            number=db.session.scalar(number) + 1, expires_at=NOON + 24 * HOUR,
        )
    )  # fmt: skip


def conflict(event_id):
    """Return one more code that nobody knew and that was let in, for a person to look at."""
    scan = _added(
        Scan(scan_id=scan_id(), event_id=event_id, direction=Direction.IN, method=Method.CAMERA,
             outcome=Outcome.REJECTED, reason=Reason.UNKNOWN, happened_at=NOON, stored_at=NOON)
    )  # fmt: skip
    kind = Conflict.UNKNOWN
    return _added(ScanConflict(event_id=event_id, scan_row_id=scan.id, kind=kind, noted_at=NOON))


def scan_id() -> str:
    """Return a name for a scan."""
    digits = secrets.token_hex(16)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


# What stands in the brackets of a route, by the name there. A walk fails on a name that is not
# here: whoever adds such a route says here what belongs in it.
_ARGUMENTS = {
    "device_id": lambda side: side.scan_device,
    "conflict_id": lambda side: side.conflict,
    "appeal_id": lambda side: side.appeal,
    "event_id": lambda side: side.open,
    "shift_id": lambda side: side.shift,
    "post_id": lambda side: side.post,
    "assignment_id": lambda side: side.assignment,
    "registration_id": lambda side: side.registration,
    "volunteer_id": lambda side: side.volunteer,
    "venue_id": lambda side: side.venue,
    "delivery_id": lambda side: side.delivery,
    "message_id": lambda side: side.message,
    "channel": lambda _side: "sms",
    "credential_id": lambda side: side.credential,
    "resource_id": lambda side: side.thing,
    "booking_id": lambda side: side.booking,
    "requirement_id": lambda side: side.requirement,
    "trip_id": lambda side: side.trip,
    "change_id": lambda side: side.change,
    "complaint_id": lambda side: side.complaint,
    "claim_id": lambda side: side.claim,
    "objection_id": lambda side: side.objection,
    "guide": lambda _side: "volunteer",
    "number_key": lambda _side: "keep.messages",
    "purpose": lambda _side: "share_national",
    "kind": lambda _side: "vehicle",
    "campaign": lambda _side: "caravan",
    "year": lambda _side: 2026,
    "key": lambda _side: "stweek",
    "organisation_id": lambda side: side.organisation,
    "talk_id": lambda side: side.talk,
    "request_id": lambda side: side.request,
    "founding_id": lambda side: side.founding,
    "invite_id": lambda side: side.invite,
    "person_id": lambda side: side.volunteer_person,
    "poster_code": lambda side: side.poster_code,
    "merge_id": lambda side: side.merge,
    "mark_id": lambda side: side.mark,
    "filter_id": lambda side: side.kept_filter,
    "list_id": lambda side: side.people_list,
    "run_id": lambda side: side.plan,
    "exchange_id": lambda side: side.swap,
    "shape": lambda _side: "national",
}
# Where something else belongs there.
_OTHERWISE = {
    "recognition.appeal": lambda side: {"assignment_id": side.missed},
    "recognition.plan_training": lambda side: {"event_id": side.draft},
    "recognition.take_back_credential": lambda side: granted(side.trained),
    "tables.send_table": lambda _side: {"kind": "venues"},
    "tables.take_table": lambda _side: {"kind": "venues"},
    "tables.hand_out": lambda _side: {"kind": "venues"},
    "people.show_card": lambda side: {"volunteer_id": side.entered},
    "people.make_card": lambda side: {"volunteer_id": side.entered},
    "people.revoke_card": lambda side: {"volunteer_id": side.entered},
    "checkin.show_ticket": lambda side: {"code": ticket(side.registration)},
    "checkin.lower_ticket": lambda side: {"code": ticket(side.registration).lower()},
    "registrations.withdraw": lambda side: {"code": ticket(side.registration)},
    "registrations.bring_fewer": lambda side: {"code": ticket(side.registration)},
    "registrations.show_offer": lambda side: place(side.offer),
    "registrations.accept_offer": lambda side: place(side.offer),
    "registrations.decline_offer": lambda side: place(side.offer),
    "registrations.promote": lambda side: {"registration_id": side.waiting},
    "assignments.look_for_stand_in": lambda side: {
        "assignment_id": side.assignment,
        "key": invitation(side.assignment)["token"],
    },
    "assignments.show_stand_in": lambda side: {"token": link_token(STAND_IN, side.assignment)},
    "assignments.take_over": lambda side: {"token": link_token(STAND_IN, side.assignment)},
    "assignments.propose_swap": lambda side: {
        "assignment_id": side.assignment,
        "key": invitation(side.assignment)["token"],
    },
    "assignments.show_swap": lambda side: {"token": link_token(SWAP, side.swap)},
    "assignments.answer_swap": lambda side: {"token": link_token(SWAP, side.swap)},
    "assignments.show_standby": lambda side: standby(side.standby),
    "assignments.accept_standby": lambda side: standby(side.standby),
    "assignments.decline_standby": lambda side: standby(side.standby),
    "assignments.show_invitation": lambda side: invitation(side.invitation),
    "assignments.accept_invitation": lambda side: invitation(side.invitation),
    "assignments.decline_invitation": lambda side: invitation(side.invitation),
    "assignments.assignment_ics": lambda side: invitation(side.invitation),
    "assignments.show_reminder": lambda side: reminder(side.assignment),
    "assignments.confirm_reminder": lambda side: reminder(side.assignment),
    "assignments.decline_reminder": lambda side: reminder(side.assignment),
    "assignments.withdraw": lambda side: {
        "assignment_id": side.assignment,
        "key": invitation(side.assignment)["token"],
    },
    "assignments.calendar_feed": lambda side: {"key": calendars.feed_key(side.volunteer)},
    "assignments.change_calls": lambda side: {"event_id": side.moved},
    "assignments.show_phones": lambda side: {"event_id": side.moved},
    "assignments.note_call": lambda side: {"event_id": side.moved},
    "notifications.confirm_unsubscribe": lambda side: unsubscribing(side.volunteer_person),
    "notifications.unsubscribe": lambda side: unsubscribing(side.volunteer_person),
    "complaints.track": lambda side: {"token": link_token(COMPLAINT, side.complaint)},
    "privacy.my_rows": lambda _side: {"table": "credential"},
    "privacy.numbers_of": lambda _side: {"group": "keep"},
    "guardians.take_back": lambda side: {"token": link_token(GUARDIAN, side.consent)},
    "guardians.consent": lambda side: {"token": link_token(GUARDIAN, side.consent)},
    "organisations.set_up_site": lambda _side: {"token": "used-up-long-ago"},
    "talks.note_answer": lambda side: {"request_id": side.asked_talk},
    "talks.reply": lambda side: {"token": link_token(TALK, side.asked_talk)},
    "teams.show_invite": lambda side: {"token": link_token(INVITE, side.invite)},
    "teams.accept_invite": lambda side: {"token": link_token(INVITE, side.invite)},
    "teams.dissolve": lambda side: {"organisation_id": side.team},
    "pages.show_campaign": lambda _side: {"code": "caravan"},
    "regions.show_region": lambda _side: {"code": "210682118"},
    "regions.mark_remote": lambda _side: {"code": "210682118"},
    "statistics.attendance_csv": lambda side: {"event_id": side.running},
    "statistics.hours_csv": lambda side: {"event_id": side.running},
    "recognition.confirm": lambda side: {"event_id": side.over},
    "recognition.leaving": lambda side: leaving(side.served),
    "events.publish_event": lambda side: {"event_id": side.draft},
    "trips.release_booking": lambda side: {
        "trip_id": side.trip,
        "booking_id": side.trip_booking,
    },
    "events.delete_shift": lambda side: {"shift_id": side.empty_shift},
    "events.delete_post": lambda side: {"post_id": side.empty_post},
}


def ticket(registration_id: int) -> str:
    """Return the code on a registration's ticket."""
    return ticket_code("R", registration_id, 1)


def place(offer_id: int) -> dict[str, object]:
    """Return what stands in the brackets of an offered place's address."""
    return {"token": link_token(PLACE, offer_id)}


def standby(offer_id: int) -> dict[str, object]:
    """Return what stands in the brackets of the address of a place offered to a standby."""
    return {"token": link_token(STANDBY, offer_id)}


def invitation(assignment_id: int) -> dict[str, object]:
    """Return what stands in the brackets of an invitation's address."""
    return {"token": link_token(INVITATION, assignment_id)}


def reminder(assignment_id: int) -> dict[str, object]:
    """Return what stands in the brackets of a reminder's address."""
    return {"token": link_token(REMINDER, assignment_id)}


def leaving(assignment_id: int) -> dict[str, object]:
    """Return what stands in the brackets of the address at which somebody says when they left."""
    return {"token": link_token(DEPARTURE, assignment_id)}


def unsubscribing(person_id: int) -> dict[str, object]:
    """Return what stands in the brackets of the address that stops mail of the weekly digest."""
    return {"topic": "digest", "token": packing.unsubscribe_token(Topic.DIGEST, person_id)}


def routes(app, method=None):
    """Return every route but that of static files, those with the method if one is asked for."""
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
    return [
        rule
        for rule in rules
        if rule.endpoint != "static" and (method is None or method in rule.methods)
    ]


def is_for_staff(app, rule) -> bool:
    """Tell whether a page is only for staff."""
    access = app.view_functions[rule.endpoint].access
    return isinstance(access, frozenset) and access <= STAFF


def is_for_members(app, rule) -> bool:
    """Tell whether a page is for everybody with an account, or for every volunteer."""
    return app.view_functions[rule.endpoint].access in ("signed_in", frozenset({Role.VOLUNTEER}))


def whom_it_is_for(app, rule) -> str:
    """Return a visitor who gets in."""
    if is_for_members(app, rule):
        return "volunteer a"
    return "city" if is_for_staff(app, rule) else "anonymous"


def values_for(rule, side: Side) -> dict[str, object]:
    """Return what stands in a route's brackets for this side."""
    if rule.endpoint in _OTHERWISE:
        return _OTHERWISE[rule.endpoint](side)
    is_door = rule.endpoint.startswith("checkin.") and "event_id" in rule.arguments
    unknown = rule.arguments - _ARGUMENTS.keys()
    assert not unknown, (
        f"{rule.rule}: say in _ARGUMENTS or _OTHERWISE of tests/security/world.py "
        f"what stands for {sorted(unknown)} of {rule.endpoint}"
    )
    values = {name: _ARGUMENTS[name](side) for name in rule.arguments}
    return values | {"event_id": side.running} if is_door else values


def address(app, rule, values) -> str:
    """Return the address of a route."""
    built = app.url_map.bind("").build(rule.endpoint, values)
    assert built is not None
    return built


class Answer(TestResponse):
    """An answer that can be read as text even when it is a picture."""

    @property
    def text(self):
        return self.get_data().decode("utf-8", "replace")


class Visitor(FlaskClient):
    """A browser for walks over many pages: it sends a token when asked to, and checks no HTML."""

    site = "http://localhost"
    has_changed_hands = False

    def __init__(self, app, *args, **kwargs):
        super().__init__(app, Answer, *args, **kwargs)

    def token(self) -> str:
        """Return a valid form token of this browser's session."""
        _forget_the_last_request()
        with self.session_transaction(base_url=self.site) as session:
            raw = session.setdefault("csrf_token", secrets.token_hex(20))
        with self.application.test_request_context():
            flask_session["csrf_token"] = raw
            return generate_csrf()

    def press(self, address, data=None, *, token=None, **kwargs):
        """Send a form as a page of this site would."""
        headers = kwargs.pop("headers", {})
        headers["X-CSRFToken"] = self.token() if token is None else token
        return self.post(address, data=data, headers=headers, **kwargs)

    def open(self, *args, **kwargs):
        # One test keeps one application context, and requests must not share what they keep there.
        _forget_the_last_request()
        kwargs.setdefault("base_url", self.site)
        try:
            answer = super().open(*args, **kwargs)
        finally:
            db.session.remove()
        kept = " ".join(answer.headers.getlist("Set-Cookie"))
        self.has_changed_hands |= "vh=" in kept or "vh_tickets=" in kept
        return answer


@contextmanager
def unrendered():
    """Let views decide and answer, but make no page of it: that takes most of a walk's time."""
    with mock.patch("flask.templating._render", return_value=""):
        yield


def visit(app, world: World, visitor: str) -> Visitor:
    """Return a browser of this visitor, signed in unless anonymous."""
    browser = Visitor(app)
    person_id = world.person_of(visitor)
    if person_id is not None:
        CarefulClient.sign_in(browser, mock.Mock(id=person_id))
    return browser


def rows() -> dict[str, dict[int, dict[str, object]]]:
    """Return every row of every table but the shipped ones, by table and id."""
    db.session.rollback()
    found = {
        table.name: {row["id"]: dict(row) for row in db.session.execute(select(table)).mappings()}
        for table in Model.metadata.sorted_tables
        if table.name not in SHIPPED
    }
    db.session.rollback()
    return found


def changed_rows(before, after):
    """Yield table and row of everything that is new or changed."""
    for table, its in after.items():
        for row_id, row in its.items():
            if before[table].get(row_id) != row:
                yield table, row


def stored() -> dict[str, dict[int, tuple[object, ...]]]:
    """Return what is stored as the database gives it, to tell quickly whether anything changed."""
    db.session.rollback()
    found = {}
    for table in Model.metadata.sorted_tables:
        if table.name not in SHIPPED:
            result = db.session.execute(select(literal_column("*")).select_from(table))
            place = list(result.keys()).index("id")
            found[table.name] = {row[place]: tuple(row) for row in result}
    db.session.rollback()
    return found


def difference(before, after) -> dict[str, list[object]]:
    """Return the rows that are new, changed or gone, by table."""
    return {
        name: [row for key, row in its.items() if before[name].get(key) != row]
        or [f"{len(before[name]) - len(its)} gone"]
        for name, its in after.items()
        if its != before[name]
    }
