"""One sound request for every route that writes, as its own page would send it.

Walks over all routes start from these: they leave something out, plant something, send it as
somebody else. A route that writes and is not here fails tests/security/test_requests.py.
"""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sqlalchemy import select

from tests import factories
from tests.factories import HOUR, NOON
from tests.security.world import (
    PASSWORD,
    SCAN,
    Visitor,
    World,
    appeal_of,
    asked_talk,
    booked,
    conflict,
    contact_change,
    credential,
    entered,
    founding,
    granted,
    hours_claim,
    in_line,
    invitation,
    leaving,
    mark,
    merge_of,
    no_show,
    objection,
    one_commit,
    people_list,
    place,
    plan,
    reminder,
    scan_device,
    scan_id,
    standby,
    standing_by,
    swap,
    talk,
    team_invite,
    team_request,
    thing,
    trained,
    unsubscribing,
    values_for,
)
from volunteer_hub.accounts import actions as accounts
from volunteer_hub.accounts import second, set_up, totp
from volunteer_hub.accounts.models import Consent, Purpose
from volunteer_hub.accounts.rules import DEMO_CONTACTS
from volunteer_hub.assignments.actions import STAND_IN, SWAP
from volunteer_hub.assignments.models import (
    Assignment,
    Call,
    ExchangeState,
    StandInSearch,
    State,
)
from volunteer_hub.checkin.actions import ENROLMENT
from volunteer_hub.checkin.models import Attendance
from volunteer_hub.complaints import actions as complaints
from volunteer_hub.complaints.actions import PURPOSE as COMPLAINT
from volunteer_hub.complaints.models import Complaint
from volunteer_hub.complaints.rules import Draft as ComplaintDraft
from volunteer_hub.complaints.rules import Kind as ComplaintKind
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.core.tokens import link_token, paper_code, spoken_code, ticket_code
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.models import Event, Shift, Status
from volunteer_hub.guardians.actions import PURPOSE as GUARDIAN
from volunteer_hub.guardians.models import GuardianConsent
from volunteer_hub.notifications.models import Delivery, DeliveryState
from volunteer_hub.observances.models import AnnouncedDays
from volunteer_hub.organisations.models import Appointment, Organisation
from volunteer_hub.people.actions.cards import PURPOSE as CLAIM
from volunteer_hub.people.models import ClaimCard, SavedFilter, VolunteerMark
from volunteer_hub.planning.rules import PlanState
from volunteer_hub.recognition.models import ClaimState, Departure, HoursKind
from volunteer_hub.resources.models import Requirement
from volunteer_hub.resources.rules import Kind
from volunteer_hub.talks.actions import PURPOSE as TALK
from volunteer_hub.teams import actions as teams
from volunteer_hub.teams.actions import INVITE
from volunteer_hub.trips import queries as trips
from volunteer_hub.trips.models import Trip
from volunteer_hub.volunteers.models import Volunteer, VolunteerEntry

Data = dict[str, Any]
Maker = Callable[[World], Data]


@dataclass(frozen=True)
class Request:
    """A request that is carried out.

    Attributes:
        endpoint: Where it goes.
        visitor: Who sends it.
        data: What it holds.
        name: Which of several requests to the same route.
        texts: The fields in which people write what they like.
        fresh: Makes the things that the request uses up; returns what stands in the brackets.
        query: What stands behind the question mark.
        is_json: Whether a script sends it.
        upload: The field that takes a file.
    """

    endpoint: str
    visitor: str
    data: Maker = field(default=lambda _world: {})
    name: str = ""
    texts: tuple[str, ...] = ()
    fresh: Maker | None = None
    query: str = ""
    is_json: bool = False
    upload: str = ""

    def __str__(self) -> str:
        return f"{self.endpoint} {self.name}".strip()

    def address(self, app, world: World) -> str:
        """Return where it goes, about things that are not used up."""
        rule = next(
            rule for rule in app.url_map.iter_rules(self.endpoint) if "POST" in rule.methods
        )
        values = self.fresh(world) if self.fresh else values_for(rule, world.a)
        built = app.url_map.bind("").build(self.endpoint, values, method="POST")
        return built + self.query

    def names_something(self, app) -> bool:
        """Tell whether its address names a thing."""
        return bool(self._rule(app).arguments)

    def _rule(self, app):
        rules = app.url_map.iter_rules(self.endpoint)
        return next(rule for rule in rules if "POST" in rule.methods)

    def send(self, browser: Visitor, address: str, data: Any, **kwargs: Any):
        """Send it, or something like it, with a valid form token unless another is given."""
        if self.is_json:
            return browser.press(address, json=data, **kwargs)
        return browser.press(address, data, **kwargs)


def key() -> str:
    """Return a key for a form that may be sent once."""
    return uuid.uuid4().hex


def _event(_world: World, **more: object) -> Data:
    return {
        "title": "科普报告", "starts_at": "2026-09-19T09:00", "ends_at": "2026-09-19T11:00",
        "summary": "讲地震", "topic": "", "speaker_name": "", "speaker_title": "",
        "meeting_point": "校门", "what_to_bring": "水", "risk_notice": "注意安全",
        "contact_name": "王公开", "contact_phone": "04152123456", "capacity": "30",
        "max_companions": "2", "asks_name": "optional", "asks_phone": "optional",
        "is_registration_open": "y", "theme_code": "", "form_code": "",
        "audience_codes": ["youth"], **more,
    }  # fmt: skip


EVENT_TEXTS = ("title", "summary", "topic", "speaker_name", "speaker_title", "meeting_point",
               "what_to_bring", "risk_notice", "contact_name")  # fmt: skip


def _new_event(world: World) -> Data:
    return _event(world, organisation_id=str(world.a.organisation), request_key=key(),
                  venue_id="", offered_start="", offered_end="")  # fmt: skip


def _edited_event(world: World) -> Data:
    version = db.session.get(Event, world.a.open).version
    return _event(world, organisation_id=str(world.a.organisation), venue_id=f"#{world.a.venue}",
                  version=str(version), moves_shifts="y", starts_at="2026-09-06T12:00",
                  ends_at="2026-09-06T15:00")  # fmt: skip


def _shift(_world: World) -> Data:
    return {"title": "下午场", "starts_at": "2026-09-06T12:00", "ends_at": "2026-09-06T13:00"}


def _post(_world: World) -> Data:
    return {"title": "讲解员", "min_people": "1", "max_people": "4", "duties": "讲解展品",
            "skills-0-code": "guide", "skills-0-level": "1"}  # fmt: skip


def _offer(_world: World) -> Data:
    return {"home": "210682118", "birth_year": "1980", "birth_month": "5", "skills-guide": "2",
            "free_quick": ["weekend"], "free": ["1-am"], "radius": "30"}  # fmt: skip


def _join(world: World) -> Data:
    serial = uuid.uuid4().int % 10**8
    number = f"136{serial:08}"
    with transaction():
        code = accounts.make_code(number, now=NOON)
    return _offer(world) | {"name": "新来的人", "contact": number, "agrees": "y", "code": code,
                            "next": "/me", "request_key": key()}  # fmt: skip


def _profile(world: World) -> Data:
    return _offer(world) | {"name": "林小禾", "max_hours": "8", "off_from": "2026-10-01",
                            "off_to": "2026-10-03"}  # fmt: skip


def _venue(_world: World) -> Data:
    return {"name": f"文化站{key()[:6]}", "type_code": "school", "region_id": "210682118",
            "address": "镇中路", "directions": "镇政府对面", "contact_name": "王站长",
            "contact_phone": "04152123456", "capacity": "80", "coordinates": "40.7922, 123.9158",
            "datum": "wgs84", "is_active": "y", "request_key": key()}  # fmt: skip


VENUE_TEXTS = ("name", "address", "directions", "contact_name")


def _attendee(_world: World) -> Data:
    return {"name": "赵麦芽", "phone": "13912345678", "companions": "2", "age_band": "",
            "request_key": key()}  # fmt: skip


def _code(world: World) -> Data:
    with transaction():
        code = accounts.make_code(PHONE, now=NOON)
    return {"contact": PHONE, "code": code}


def _confirmed(_world: World) -> Data:
    row = f"row-{_over.served}"
    return {f"{row}-answer": "added", f"{row}-hours": "1.5", f"{row}-reason": "手机没电"}


def _never_checked_out(world: World) -> Data:
    with one_commit():
        event = factories.event(**_side_rows(world), starts_at=NOON - 4 * HOUR)
        row = factories.assignment(factories.post(factories.shift(event)))
        db.session.add(Attendance(event_id=event.id, assignment_id=row.id, in_at=event.starts_at))
        db.session.add(Departure(assignment_id=row.id, asked_at=NOON))
    return leaving(row.id)


def _past(world: World) -> Event:
    return factories.event(**_side_rows(world), starts_at=NOON - 72 * HOUR,
                           status=Status.CONFIRMED)  # fmt: skip


def _wanted_hours(world: World) -> Data:
    with one_commit():
        event = _past(world)
    return {"event": str(event.id), "starts_at": "2026-09-02T12:00", "ends_at": "2026-09-02T13:00",
            "content": "布展", "reason": "忘了签到", "evidence": "队长在场",
            "request_key": key()}  # fmt: skip


def _own_claim(world: World) -> Data:
    with one_commit():
        claim = hours_claim(_past(world), db.session.get(Volunteer, world.a.volunteer))
    return {"claim_id": claim.id}


def _another_claim(world: World) -> Data:
    with one_commit():
        claim = hours_claim(_past(world), factories.volunteer())
    return {"claim_id": claim.id}


def _another_objection(world: World) -> Data:
    with one_commit():
        claim = hours_claim(_past(world), factories.volunteer(), state=ClaimState.NOTICE)
        said = objection(claim.id)
    return {"objection_id": said.id}


def _credited_claim(world: World) -> Data:
    with one_commit():
        event = _past(world)
        row = factories.assignment(factories.post(factories.shift(event)))
        record = factories.record(row, kind=HoursKind.ADDED)
        claim = hours_claim(event, row.volunteer)
        claim.state, claim.record_id = ClaimState.CREDITED, record.id
    return {"claim_id": claim.id}


PHONE = DEMO_CONTACTS["volunteer"]


READY = {"contact_phone": "04152123456", "risk_notice": "注意安全"}


# Things that a request uses up, made for each one


def _side_rows(world: World):
    organisation = db.session.get(factories.Organisation, world.a.organisation)
    return {"of": organisation, "by": db.session.get(factories.Person, world.a.organiser)}


def _new_for_one(world: World) -> Data:
    return {"event_id": factories.event(**_side_rows(world)).id}


def _ready_draft(world: World) -> Data:
    with one_commit():
        draft = factories.event(**_side_rows(world), **READY, status=Status.DRAFT)
        factories.post(factories.shift(draft))
    return {"event_id": draft.id}


def _spare_shift(world: World) -> Data:
    event = db.session.get(Event, world.a.open)
    return {"shift_id": factories.shift(event, title="备用").id}


def _spare_post(world: World) -> Data:
    shift = db.session.get(factories.Shift, world.a.shift)
    return {"post_id": factories.post(shift, title="备用").id}


def _assignment(world: World, state=State.ACCEPTED) -> Data:
    with one_commit():
        post = db.session.get(factories.Post, world.a.post)
        row = factories.assignment(post, factories.volunteer(), state=state)
    return {"assignment_id": row.id}


def _own_assignment(world: World) -> Data:
    with one_commit():
        post = factories.post(factories.shift(db.session.get(Event, world.a.open)))
        to = db.session.get(factories.Volunteer, world.a.volunteer)
        row = factories.assignment(post, to)
    return {"assignment_id": row.id}


def _asked(world: World, state=State.INVITED) -> Data:
    return invitation(_assignment(world, state)["assignment_id"])


def _declined(world: World) -> Data:
    return _asked(world, State.DECLINED)


def _reminded(world: World, state=State.ACCEPTED) -> Data:
    return reminder(_assignment(world, state)["assignment_id"])


def _not_coming(world: World) -> Data:
    return _reminded(world, State.WITHDRAWN)


def _confirmed_assignment(world: World) -> Data:
    row = _assignment(world)
    with one_commit():
        confirmed = db.session.get(factories.Assignment, row["assignment_id"])
        confirmed.confirmed_at, confirmed.confirmed_by_id = NOON, world.a.organiser
    return row


def _movable(world: World) -> Data:
    with one_commit():
        event = factories.event(**_side_rows(world))
        factories.post(factories.shift(event))
    return {"event_id": event.id}


def _moved(_world: World) -> Data:
    return {"what": "move", "starts_at": "2026-09-08T09:00", "reason": "有暴雨", "version": "1",
            "request_key": key()}  # fmt: skip


def _no_conduct(world: World) -> Data:
    with one_commit():
        db.session.query(Consent).filter_by(person_id=world.a.volunteer_person).delete()
    return {}


def _claim(_world: World) -> Data:
    return {"kind": "first_aid", "number": key(), "issuer": "丹东红十字会", "expires": "2027-09-30"}


def _claim_with_scan(world: World) -> Data:
    return _claim(world) | {"scan": (io.BytesIO(SCAN), "scan.png")}


def _waiting(world: World) -> Data:
    with one_commit():
        row = credential(world.a.volunteer)
    return {"credential_id": row.id}


def _reminders(_world: World) -> Data:
    return {"amount_0": "3", "unit_0": "d", "asks_0": "y", "amount_1": "90", "unit_1": "m"}


def _workdays(_world: World) -> Data:
    days = f"day,kind,name,published,source\n2027-02-05,rest,春节,1,{key()}\n"
    return {"file": (io.BytesIO(days.encode()), "days.csv")}


def _announced(_world: World) -> Data:
    return {"first": "2026-05-24", "last": "2026-05-31", "source": "国科发才〔2026〕1号"}


def _announced_before(world: World) -> Data:
    rows = db.session.query(AnnouncedDays).filter_by(observance_key="disaster", year=2026)
    if rows.first() is None:
        with one_commit():
            db.session.add(
                AnnouncedDays(observance_key="disaster", year=2026, first_on=NOON.date(),
                              last_on=NOON.date(), entered_by_id=world.city, entered_at=NOON)
            )  # fmt: skip
    return {"year": 2026, "key": "disaster"}


def _weekly(_world: World) -> Data:
    return {"frequency": "weekly", "every": "1", "weekdays": ["6"], "until": "2026-09-27",
            "skips_holidays": "y", "request_key": key()}  # fmt: skip


def _thing(world: World) -> Data:
    return {"name": f"大篷车{key()[:8]}", "organisation_id": str(world.a.organisation),
            "plate": "辽F12345", "seats": "7", "valid_until": "2027-05-01", "contents": "展品",
            "before_minutes": "30", "after_minutes": "30", "is_active": "y",
            "request_key": key()}  # fmt: skip


def _edited_thing(world: World) -> Data:
    return {"name": "辉光球", "organisation_id": str(world.a.organisation), "contents": "展品",
            "checked_on": "2026-09-01", "before_minutes": "30", "after_minutes": "30",
            "is_active": "y"}  # fmt: skip


def _booked(_world: World) -> Data:
    return {"title": "省馆借用", "purpose": "other", "starts_at": "2026-09-12T09:00",
            "ends_at": "2026-09-12T12:00", "request_key": key()}  # fmt: skip


def _list(world: World) -> Data:
    table = f"姓名,手机号,乡镇街道\n李新人,{_new_number()},通远堡镇\n".encode("utf-8-sig")
    return {"organisation": str(world.a.organisation), "knows": "y",
            "file": (io.BytesIO(table), "list.csv")}  # fmt: skip


def _venues(_world: World) -> Data:
    table = "名称,类型,所在地\n测试小学,中小学,通远堡镇\n".encode()
    return {"file": (io.BytesIO(table), "venues.csv")}


def _sharing(world: World) -> Data:
    with one_commit():
        db.session.query(VolunteerEntry).delete()
        asked = [Purpose.SHARE_NATIONAL]
        accounts.give_consent(world.a.volunteer_person, asked, channel="web", now=NOON)
    return {"shape": "national"}


def _not_sharing(world: World) -> Data:
    with one_commit():
        accounts.withdraw_consent(world.a.volunteer_person, Purpose.SHARE_NATIONAL, now=NOON)
    return {"shape": "national"}


def _untagged(world: World) -> Data:
    with one_commit():
        db.session.query(VolunteerMark).delete()
    return {"volunteer_id": world.a.volunteer}


def _marked(world: World) -> Data:
    with one_commit():
        made = mark(world.a.volunteer, world.a.organisation, world.a.organiser)
    return {"mark_id": made.id}


def _no_filters(_world: World) -> Data:
    with one_commit():
        db.session.query(SavedFilter).delete()
    return {}


def _kept_filter(world: World) -> Data:
    with one_commit():
        made = SavedFilter(person_id=world.a.organiser, name=key()[:12], wanted={})
        db.session.add(made)
        db.session.flush()
        filter_id = made.id
    return {"filter_id": filter_id}


def _callable(world: World) -> Data:
    with one_commit():
        asked = [Purpose.VOLUNTEER_TERMS]
        accounts.give_consent(world.a.volunteer_person, asked, channel="web", now=NOON)
        db.session.query(VolunteerEntry).delete()
    return {}


def _twins(_world: World) -> Data:
    with one_commit():
        kept, gone = factories.volunteer(), factories.volunteer()
    return {"kept": str(kept.id), "gone": str(gone.id)}


def _merged(_world: World) -> Data:
    with one_commit():
        made = merge_of({"name": "林两条", "home": factories.TOWNSHIP})
    return {"merge_id": made.id}


def _new_number() -> str:
    return f"135{uuid.uuid4().int % 10**8:08}"


def _open_list(world: World) -> Data:
    with one_commit():
        sent = people_list(world.a.organisation, world.a.organiser)
    return {"list_id": sent.id}


def _entered(world: World) -> Data:
    with one_commit():
        db.session.query(VolunteerEntry).delete()
        db.session.add(
            VolunteerEntry(
                volunteer_id=world.a.volunteer, organisation_id=world.a.organisation,
                by_person_id=world.a.organiser, entered_at=NOON, channel="list",
            )
        )  # fmt: skip
    return {}


def _free_thing(world: World) -> Data:
    with one_commit():
        row = thing(world.a.organisation)
    return {"resource_id": row.id}


TRIP_TEXTS = ("title", "contact_name", "notes")


def _trip(world: World, **more: object) -> Data:
    venue = f"#{world.a.venue}"
    return {
        "organisation_id": str(world.a.organisation), "title": "大篷车行", "depot_id": "",
        "leaves_at": "2026-09-06T07:00", "goes_home": "home", "day_starts_minute": "420",
        "set_up_minutes": "30", "pack_up_minutes": "30", "contact_name": "王公开",
        "contact_phone": "04152123456", "notes": "限高", "stops-0-venue_id": venue,
        "stops-0-minutes": "120", "stops-0-audience_codes": "youth", **more,
    }  # fmt: skip


def _new_trip(world: World) -> Data:
    starts_at = {"stops-0-starts_at": "2026-09-06T10:00"}
    return _trip(world, campaign="caravan", request_key=key(), **starts_at)


def _edited_trip(world: World) -> Data:
    trip = db.session.get(Trip, world.a.trip)
    stops = trips.stops_of(trip.id)
    return _trip(world, stamp=trips.stamp_of(trip, stops), **{
        "stops-0-event_id": str(stops[0].id), "stops-0-starts_at": "2026-09-06T12:00",
        "stops-0-minutes": "180",
    })  # fmt: skip


def _draft_trip(world: World) -> Data:
    with one_commit():
        draft = factories.event(**_side_rows(world), **READY, status=Status.DRAFT)
        factories.post(factories.shift(draft))
        return {"trip_id": factories.trip(stops=[draft], by=_side_rows(world)["by"]).id}


def _movable_trip(world: World) -> Data:
    with one_commit():
        stop = factories.event(**_side_rows(world))
        return {"trip_id": factories.trip(stops=[stop], by=_side_rows(world)["by"]).id}


def _changed_trip(world: World) -> Data:
    trip = db.session.query(Trip).order_by(Trip.id.desc()).first()
    stops = trips.stops_of(trip.id)
    return {"what": "move", "starts_at": "2026-09-08T12:00", "reason": "有暴雨",
            "stops": [str(each.id) for each in stops], "stamp": trips.stamp_of(trip, stops),
            "request_key": key()}  # fmt: skip


def _changed_stop(world: World) -> Data:
    with one_commit():
        stop = trips.stops_of(world.a.trip)[0]
        stop.changed_at, stop.changes = NOON - HOUR, ["time"]
    return {"trip_id": world.a.trip}


def _trip_called(world: World) -> Data:
    _changed_stop(world)
    with one_commit():
        stop = trips.stops_of(world.a.trip)[0]
        who = factories.registration(stop, name=None)
    return {"who": f"registration-{who.id}", "about": (NOON - HOUR).isoformat(), "phones": "",
            "undo": ""}  # fmt: skip


def _free_thing_for_trip(world: World) -> Data:
    with one_commit():
        return {"trip_id": world.a.trip, "resource_id": thing(world.a.organisation).id}


def _booked_for_trip(world: World) -> Data:
    with one_commit():
        trip = db.session.get(Trip, world.a.trip)
        row = booked(thing(world.a.organisation), world.a.organiser, trip=trip)
    return {"trip_id": trip.id, "booking_id": row.id}


def _free_thing_for_event(world: World) -> Data:
    return _free_thing(world) | {"event_id": world.a.open}


def _booked_thing(world: World) -> Data:
    with one_commit():
        row = booked(thing(world.a.organisation), world.a.organiser)
    return {"booking_id": row.id}


def _booked_for_event(world: World) -> Data:
    with one_commit():
        event = factories.event(**_side_rows(world))
        row = booked(thing(world.a.organisation), world.a.organiser, event)
    return {"event_id": event.id, "booking_id": row.id}


def _needed(world: World) -> Data:
    with one_commit():
        event = factories.event(**_side_rows(world))
        row = Requirement(event_id=event.id, kind=Kind.KIT)
        db.session.add(row)
        db.session.flush()
    return {"event_id": event.id, "requirement_id": row.id}


def _called(world: World) -> Data:
    about = db.session.get(Event, world.a.moved).changed_at
    return {"who": f"registration-{world.a.unreachable}", "about": about.isoformat(),
            "phones": "", "undo": ""}  # fmt: skip


def _no_call(world: World) -> Data:
    with one_commit():
        for call in db.session.query(Call).filter_by(event_id=world.a.moved):
            db.session.delete(call)
    return {"event_id": world.a.moved}


def _unsubscribed(_world: World) -> Data:
    with one_commit():
        person = factories.volunteer().person_id
    return unsubscribing(person)


def _failed_again(world: World) -> Data:
    with one_commit():
        db.session.get(Delivery, world.a.delivery).state = DeliveryState.FAILED
        db.session.get(OutboxMessage, world.a.message).dropped = "unreachable"
    return {"delivery_id": world.a.delivery}


def _under_age(world: World) -> Data:
    with one_commit():
        volunteer = db.session.get(Volunteer, world.a.volunteer)
        volunteer.birth_year, volunteer.birth_month = 2011, 3
        db.session.query(GuardianConsent).update({"requested_at": NOON - 48 * HOUR})
    return {}


def _complaint(_world: World) -> Data:
    return {"kind": "suggestion", "text": "多办几场", "county": "", "contact": "13600007777",
            "request_key": key()}  # fmt: skip


def _written_down(world: World) -> Data:
    code = spoken_code(COMPLAINT, world.a.complaint)
    return {"number": f"TS{world.a.complaint:06d}", "code": code}


def _another_complaint(world: World) -> Data:
    with one_commit():
        county = db.session.get(Complaint, world.a.complaint).county_id
        draft = ComplaintDraft(kind=ComplaintKind.QUESTION, text="几点开门", county_id=county)
        filed = complaints.file(draft, person_id=None, now=NOON)
    return {"complaint_id": filed.id}


def _no_second(world: World) -> Data:
    with one_commit():
        second.remove(world.b.volunteer_person, by=None, now=NOON)
    return {}


def _begun_second(world: World) -> Data:
    _no_second(world)
    with one_commit():
        second.begin(world.b.volunteer_person, now=NOON)
    return {}


def _second_code(world: World) -> Data:
    shared = second.pending_secret(world.b.volunteer_person) or b""
    return {"code": totp.code_at(shared, totp.step_of(NOON))}


def _lost_number(_world: World) -> Data:
    with one_commit():
        lost = factories.person()
    return {"old": lost.phone, "new": f"135{uuid.uuid4().int % 10**8:08}", "reason": "当面来过"}


def _waiting_change(world: World) -> Data:
    with one_commit():
        lost = factories.volunteer(home="210682118")
        change = contact_change(lost.person_id, world.city)
    return {"change_id": change.id}


def _another_name(_world: World) -> Data:
    return {"name": f"林{chr(0x4E00 + uuid.uuid4().int % 20000)}禾"}


def _taken_back(world: World) -> Data:
    with one_commit():
        db.session.query(Consent).filter_by(person_id=world.a.volunteer_person).delete()
    return {"purpose": "share_national"}


def _agreed_to_share(world: World) -> Data:
    with one_commit():
        agreed = [Purpose.SHARE_NATIONAL]
        accounts.give_consent(world.a.volunteer_person, agreed, channel="web", now=NOON)
    return {"purpose": "share_national"}


def _other_number(world: World) -> Data:
    number = f"136{uuid.uuid4().int % 10**8:08}"
    old = db.session.get(Volunteer, world.a.volunteer).person.phone
    with transaction():
        codes = [accounts.make_code(each, now=NOON) for each in (number, old)]
    return {"contact": number, "code": codes[0], "old_code": codes[1]}


def _rung_up(world: World) -> Data:
    return {"organisation": str(world.a.organisation), "name": "孙奶奶", "home": "210682118",
            "contact": f"136{uuid.uuid4().int % 10**8:08}", "birth_year": "1950",
            "birth_month": "3", "skills-guide": "2", "knows": "y", "request_key": key(),
            "is_other": "y"}  # fmt: skip


def _on_card(world: World) -> Data:
    with one_commit():
        called = {"name": "孙奶奶", "home": "210682118"}
        made = entered(world.a.organisation, world.a.organiser, called)
    card = db.session.scalars(select(ClaimCard).where(ClaimCard.person_id == made.person_id)).one()
    return {"code": paper_code(CLAIM, card.id), "contact": made.person.phone}


def _missed(world: World) -> Data:
    with one_commit():
        of = db.session.get(Organisation, world.a.organisation)
        volunteer = db.session.get(Volunteer, world.a.volunteer)
        return {"assignment_id": no_show(of, volunteer, world.a.organiser).id}


def _appealed(world: World) -> Data:
    with one_commit():
        of = db.session.get(Organisation, world.a.organisation)
        volunteer = db.session.get(Volunteer, world.a.volunteer)
        return {"appeal_id": appeal_of(no_show(of, volunteer, world.a.organiser)).id}


def _trained(world: World) -> Data:
    with one_commit():
        of = db.session.get(Organisation, world.a.organisation)
        made = trained(of, world.a.volunteer)
    return granted(made.id)


def _carded(world: World) -> Data:
    with one_commit():
        called = {"name": "孙奶奶", "home": "210682118"}
        made = entered(world.a.organisation, world.a.organiser, called)
    return {"volunteer_id": made.id}


def _another_number(_world: World) -> Data:
    return {"value": str(7 + uuid.uuid4().int % 1000)}


def _guardian_asked(world: World, **more: object) -> Data:
    with one_commit():
        asked = db.session.get(GuardianConsent, world.a.consent)
        asked.given_at = asked.withdrawn_at = None
        asked.expires_at = NOON + 24 * HOUR
        for name, value in more.items():
            setattr(asked, name, value)
    return {"token": link_token(GUARDIAN, world.a.consent)}


def _guardian_agreed(world: World) -> Data:
    _guardian_asked(world, given_at=NOON, text_hash="x")
    return {"volunteer_id": world.a.volunteer}


def _guardian_agreed_at_link(world: World) -> Data:
    return _guardian_asked(world, given_at=NOON, text_hash="x")


def _failed_message(world: World) -> Data:
    _failed_again(world)
    return {"message_id": world.a.message}


def _failed_channel(world: World) -> Data:
    _failed_again(world)
    return {"channel": "sms"}


def _new_site(_world: World) -> Data:
    with one_commit():
        for office in db.session.query(Appointment):
            db.session.delete(office)
        token = set_up.issue(now=NOON)
    return {"token": token}


def _first_office(_world: World) -> Data:
    serial = uuid.uuid4().int % 10**8
    return {"name": "郑开站", "phone": f"135{serial:08}", "password": "七里香和葡萄架下",
            "request_key": key()}  # fmt: skip


def _team(_world: World) -> Data:
    return {"organisation_id": str(factories.organisation().id)}


def _joined(world: World) -> Data:
    with one_commit():
        team = factories.organisation()
        teams.join_team(world.a.volunteer_person, team.id, now=NOON)
    return {"organisation_id": team.id}


def _talk_form(_world: World) -> Data:
    return {"title": "怎样看云识天气", "summary": "讲云", "audience_codes": ["elders"],
            "minutes": "60", "needs": "投影仪", "by_phone": "y", "is_offered": "y",
            "request_key": key()}  # fmt: skip


def _asked_talk(world: World) -> Data:
    with one_commit():
        event = db.session.get(Event, world.a.open)
        post = factories.post(factories.shift(event))
        asked = asked_talk(talk(factories.volunteer().id).id, post.id, world.a.organiser)
    return {"request_id": asked.id}


def _talk_link(world: World) -> Data:
    return {"token": link_token(TALK, _asked_talk(world)["request_id"])}


def _newcomer(world: World) -> Data:
    """Return somebody new in the team below the organisation of A."""
    with one_commit():
        person_id = factories.person().id
        team = factories.team(db.session.get(Organisation, world.a.organisation))
        teams.join_team(person_id, team.id, now=NOON)
    return {"organisation_id": team.id, "person_id": person_id}


def _team_to_join(_world: World) -> Data:
    return {"organisation_id": factories.team().id}


def _team_to_go(world: World) -> Data:
    return {
        "organisation_id": factories.team(db.session.get(Organisation, world.a.organisation)).id
    }


def _invited(world: World) -> Data:
    with one_commit():
        link = team_invite(factories.team().id, world.a.organiser)
    return {"token": link_token(INVITE, link.id)}


def _own_invite(world: World) -> Data:
    with one_commit():
        link = team_invite(world.a.organisation, world.a.organiser)
    return {"invite_id": link.id}


def _own_request(world: World) -> Data:
    with one_commit():
        asked = team_request(factories.team().id, world.a.volunteer_person)
    return {"request_id": asked.id}


def _own_founding(world: World) -> Data:
    with one_commit():
        asked = founding(factories.organisation().id, world.a.volunteer_person)
    return {"founding_id": asked.id}


def _request_to_answer(world: World) -> Data:
    with one_commit():
        asked = team_request(world.a.organisation, factories.person().id)
    return {"request_id": asked.id}


def _founding_to_answer(world: World) -> Data:
    with one_commit():
        asked = founding(world.a.organisation, factories.person().id)
    return {"founding_id": asked.id}


def _founding_asked(_world: World) -> Data:
    return {"name": f"银杏支队{key()[:6]}", "rank": "detachment", "region_code": "210682",
            "purpose": "送课下乡", "reason": "有二十个人", "request_key": key()}  # fmt: skip


def _transfer(_world: World) -> Data:
    return {"organisation_id": str(factories.team().id), "reason": "搬家了"}


def _place(world: World) -> Data:
    event = db.session.get(Event, world.a.open)
    return {"registration_id": factories.registration(event).id}


def _ticket(world: World) -> Data:
    return {"code": ticket_code("R", _place(world)["registration_id"], 1)}


def _offered(world: World) -> Data:
    with one_commit():
        offer = in_line(db.session.get(Event, world.a.open))
    return place(offer.id)


_later = count(480, 24)  # so that nobody is wanted twice at one time


def _full_post(world: World) -> Data:
    with one_commit():
        event = factories.event(**_side_rows(world), starts_at=NOON + next(_later) * HOUR)
        post = factories.post(factories.shift(event), max_people=1)
        factories.assignment(post)
    return {"post_id": post.id}


def _looked_for(world: World) -> Data:
    of = _full_post(world)
    with one_commit():
        row = db.session.query(factories.Assignment).filter_by(post_id=of["post_id"]).one()
        db.session.add(StandInSearch(assignment_id=row.id, asked_at=NOON))
    return {"token": link_token(STAND_IN, row.id)}


def _stood_by(world: World) -> Data:
    of = _full_post(world)
    with one_commit():
        standing_by(of["post_id"], world.a.volunteer)
    return of


def _standby(world: World) -> Data:
    with one_commit():
        offer = standing_by(world.a.empty_post, factories.volunteer().id)
    return standby(offer.id)


def _in_line(world: World) -> Data:
    with one_commit():
        offer = in_line(db.session.get(Event, world.a.open))
    return {"registration_id": offer.entry.registration_id}


def _family(world: World) -> Data:
    with one_commit():
        row = factories.registration(db.session.get(Event, world.a.open), companions=2)
    return {"code": ticket_code("R", row.id, 1)}


class _Over:
    """Remembers who served at the event whose hours are confirmed next."""

    def __init__(self) -> None:
        self.served = 0

    def __call__(self, world: World) -> Data:
        with one_commit():
            event = factories.event(**_side_rows(world), starts_at=NOON - 72 * HOUR)
            row = factories.assignment(factories.post(factories.shift(event)))
        self.served = row.id
        return {"event_id": event.id}


_over = _Over()


def _pick(world: World) -> Data:
    with one_commit():
        volunteer = factories.volunteer()
    return {"further": [f"{world.a.empty_post}:{volunteer.id}"], "proposed": []}


def _added(world: World) -> Data:
    with one_commit():
        volunteer = factories.volunteer()
    return {"post_id": str(world.a.empty_post), "volunteer_id": str(volunteer.id), "how": "phone"}


def _scanned(world: World) -> Data:
    return {"scan_id": scan_id(), "text": ticket_code("R", world.a.expected, 1), "direction": "in",
            "method": "camera", "happened_at": "2026-09-05T12:00:00+08:00", "device": "phone 1"}  # fmt: skip  # noqa: E501


def _named(_world: World) -> Data:
    return {"intent": "name", "name-name": "赵麦芽", "name-tail": "1234",
            "name-scan_id": scan_id()}  # fmt: skip


def _undone(world: World) -> Data:
    return {"scan": str(world.a.scan), "scan_id": scan_id()}


def _phone(world: World) -> Data:
    with one_commit():
        device = scan_device(world.a.running, world.a.organiser)
    return {"event_id": world.a.running, "device_id": device.id}


def _conflict(world: World) -> Data:
    with one_commit():
        waiting = conflict(world.a.running)
    return {"event_id": world.a.running, "conflict_id": waiting.id}


def _queue(world: World) -> Data:
    scan = _scanned(world) | {"seq": 1, "local": "accepted"}
    told = json.dumps({"sent_at": "2026-09-05T12:00:00+08:00", "scans": [scan]})
    return {"file": (io.BytesIO(told.encode()), "scans-1.json")}


def _enrolment(world: World) -> Data:
    token = link_token(ENROLMENT, _phone(world)["device_id"])
    return {"token": token, "secret": uuid.uuid4().hex}


POSTER_WALK_IN = Request(
    "checkin.self_check_in", "anonymous",
    lambda _w: {"intent": "walk_in", "walk_in-companions": "1", "walk_in-age_band": "",
                "walk_in-scan_id": scan_id()},
    name="walk in",
)  # fmt: skip

# What a mail program does by itself when its reader wants no more: the address is the secret.
# Means something only half way through signing in: tests/accounts/test_second_factor.py.
# Half way in: tests/accounts/test_family.py. From a phone that shows its secret:
# tests/checkin/test_phone_requests.py.
HALF_WAY = {"accounts.second_step", "accounts.choose", "checkin.scan_batch"}
BY_ADDRESS_ALONE = {"notifications.unsubscribe", "checkin.enrol_phone"}


def _new_plan(world):
    return {"run_id": plan(world.a.organiser, world.a.empty_post, factories.volunteer().id).id}


def _waiting_plan(world):
    found = plan(world.a.organiser, world.a.empty_post, world.newcomer_volunteer)
    found.state = PlanState.WAITING
    db.session.commit()
    return {"run_id": found.id}


def _to_swap(world):
    """Return a place of somebody, and what they fill in to swap it for somebody else's."""
    shift = db.session.get(Shift, world.a.shift)
    asked = swap(shift)
    given, wanted = (db.session.get(Assignment, each) for each in (asked.from_id, asked.to_id))
    return given, {"post_id": wanted.post_id, "phone": wanted.volunteer.person.phone}


_swapping = {}


def _new_swap_page(world):
    given, form = _to_swap(world)
    _swapping.update(form)
    key = invitation(given.id)["token"]
    return {"assignment_id": given.id, "key": key}


def _asked_to_swap(world):
    asked = swap(db.session.get(Shift, world.a.shift)).id
    db.session.commit()
    return {"token": link_token(SWAP, asked)}


def _swap_to_decide(world):
    asked = swap(db.session.get(Shift, world.a.shift))
    asked.state = ExchangeState.WAITING
    db.session.commit()
    return {"event_id": world.a.open, "exchange_id": asked.id}


REQUESTS: tuple[Request, ...] = (
    Request("assignments.propose_swap", "anonymous", lambda _w: dict(_swapping),
            fresh=_new_swap_page),
    Request("assignments.answer_swap", "anonymous", lambda _w: {"answer": "yes"},
            fresh=_asked_to_swap),
    Request("assignments.set_exchange_approval", "organiser a", lambda _w: {"on": "1"}),
    Request("assignments.decide_exchange", "organiser a", lambda _w: {"answer": "yes"},
            fresh=_swap_to_decide),
    Request("planning.ask_for_plan", "organiser a", lambda _w: {"reach": "all"}),
    Request("planning.stop_plan", "organiser a", fresh=_waiting_plan),
    Request("planning.confirm_plan", "organiser a", lambda _w: {"everything": "1"},
            fresh=_new_plan),
    Request("planning.plan_again", "organiser a", lambda _w: {"fit": "301", "effort": "fast"},
            fresh=_new_plan),
    Request("accounts.sign_in", "anonymous",
            lambda _w: {"contact": PHONE, "password": PASSWORD, "next": "/me"}),
    Request("accounts.request_code", "anonymous", lambda _w: {"contact": PHONE, "next": "/me"}),
    Request("accounts.enter_code", "anonymous", _code),
    Request("accounts.demo_sign_in", "anonymous", lambda _w: {"role": "volunteer"}),
    Request("accounts.sign_out", "volunteer a"),
    Request("accounts.me", "volunteer a", lambda _w: {"password": "九月的第一场雪啊"}),
    Request("accounts.sign_out_others", "volunteer a"),
    Request("accounts.family", "volunteer a"),
    Request("accounts.change_number", "volunteer a", _other_number),
    Request("accounts.begin_second_factor", "volunteer b", fresh=_no_second),
    Request("accounts.second_factor", "volunteer b", _second_code, fresh=_begun_second),
    Request("privacy.correct_name", "volunteer a", _another_name, texts=("name",)),
    Request("privacy.give_consent", "volunteer a", fresh=_taken_back),
    Request("privacy.withdraw_consent", "volunteer a", fresh=_agreed_to_share),
    Request("privacy.download", "volunteer a"),
    Request("privacy.contact_changes", "city", _lost_number, texts=("reason",)),
    Request("privacy.refuse_change", "office a", fresh=_waiting_change),
    Request("privacy.approve_change", "office a", fresh=_waiting_change),
    Request("privacy.change_number", "city", _another_number),
    Request("volunteers.join", "anonymous", _join, texts=("name",)),
    Request("volunteers.profile", "volunteer a", _profile, texts=("name",)),
    Request("volunteers.agree_to_conduct", "volunteer a", fresh=_no_conduct),
    Request("volunteers.refuse_entry", "volunteer a", fresh=_entered),
    Request("recognition.appeal", "volunteer a", lambda _w: {"text": "我在现场"},
            texts=("text",), fresh=_missed),
    Request("recognition.agree_to_appeal", "organiser a", fresh=_appealed),
    Request("recognition.refuse_appeal", "organiser a", fresh=_appealed),
    Request("recognition.plan_training", "organiser a",
            lambda _w: {"kind": "first_aid", "months": "12"}),
    Request("recognition.take_back_credential", "organiser a", fresh=_trained),
    Request("people.enter_one", "organiser a", _rung_up, texts=("name",)),
    Request("people.make_card", "organiser a", fresh=_carded),
    Request("people.revoke_card", "organiser a", fresh=_carded),
    Request("people.claim_account", "anonymous", _on_card),
    Request("people.send_list", "organiser a", _list, upload="file"),
    Request("people.make_export", "organiser a", lambda _w: {"kind": "csv"}, fresh=_sharing),
    Request("people.set_sharing", "volunteer a", lambda _w: {"agrees": "y"},
            fresh=_not_sharing),
    Request("people.add_tag", "organiser a", lambda _w: {"text": f"队{key()[:8]}"},
            texts=("text",), fresh=_untagged),
    Request("people.add_note", "organiser a", lambda _w: {"text": "先打电话"}, texts=("text",)),
    Request("people.remove_mark", "organiser a", fresh=_marked),
    Request("people.save_filter", "organiser a", lambda _w: {"q": "lin", "name": key()[:12]},
            texts=("name",), fresh=_no_filters),
    Request("people.drop_filter", "organiser a", fresh=_kept_filter),
    Request("people.write", "organiser a",
            lambda _w: {"title": "改到北门", "text": "周六八点", "step": "send",
                        "request_key": key()}, texts=("title", "text")),
    Request("people.print_phones", "organiser a", fresh=_callable),
    Request("people.merge_twins", "city", _twins),
    Request("people.not_twins", "city", _twins),
    Request("people.undo_merge", "city", fresh=_merged),
    Request("people.take_list", "organiser a", fresh=_open_list),
    Request("people.drop_list", "organiser a", fresh=_open_list),
    Request("guardians.my_guardian", "volunteer a",
            lambda _w: {"name": "孙大山", "phone": "13700008888", "relation": "mother"},
            texts=("name",), fresh=_under_age),
    Request("guardians.consent", "anonymous", lambda _w: {"agrees": "y"}, fresh=_guardian_asked),
    Request("complaints.file", "anonymous", _complaint, texts=("text", "contact")),
    Request("complaints.look_up", "anonymous", _written_down),
    Request("complaints.track", "anonymous", lambda _w: {"text": "还是没有坡道"}, texts=("text",)),
    Request("complaints.take", "office a"),
    Request("complaints.note", "office a", lambda _w: {"note-text": "去看过了"},
            texts=("note-text",)),
    Request("complaints.handle", "office a", lambda _w: {"text": "月底修好"}, texts=("text",)),
    Request("complaints.close", "office a", fresh=_another_complaint),
    Request("guardians.take_back", "anonymous", fresh=_guardian_agreed_at_link),
    Request("guardians.withdraw", "office a", fresh=_guardian_agreed),
    Request("credentials.my_credentials", "volunteer a", _claim, texts=("issuer",)),
    Request("credentials.my_credentials", "volunteer a", _claim_with_scan, name="with a scan",
            upload="scan"),
    Request("credentials.remove", "volunteer a", fresh=_waiting),
    Request("credentials.judge", "organiser a", lambda _w: {"expires": "2027-09-30"},
            fresh=_waiting),
    Request("credentials.reject", "organiser a", lambda _w: {"no-reason": "看不清"},
            texts=("no-reason",), fresh=_waiting),
    Request("credentials.show_number", "organiser a"),
    Request("teams.my_teams", "volunteer a", _team),
    Request("teams.leave_team", "volunteer a", fresh=_joined),
    Request("talks.my_talks", "volunteer a", _talk_form, texts=("title", "summary", "needs")),
    Request("talks.edit_talk", "volunteer a", _talk_form, texts=("title", "summary", "needs")),
    Request("talks.offer_for", "organiser a", _talk_form, texts=("title", "summary", "needs")),
    Request("talks.show_talk", "organiser a", lambda w: {
        "post_id": str(w.a.empty_post), "note": "有车接", "request_key": key()}, texts=("note",)),
    Request("talks.note_answer", "organiser a", lambda _w: {
        "answer": "propose", "proposed_on": "2026-10-03", "words": "那天在"}, texts=("words",),
            fresh=_asked_talk),
    Request("talks.reply", "anonymous", lambda _w: {
        "answer": "propose", "proposed_on": "2026-10-03", "words": "那天在"}, texts=("words",),
            fresh=_talk_link),
    Request("teams.join_team", "volunteer a", lambda _w: {"reason": "想讲课", "request_key": key()},
            texts=("reason",), fresh=_team_to_join),
    Request("teams.found_team", "neighbour", _founding_asked,
            texts=("name", "purpose", "reason")),
    Request("teams.accept_invite", "volunteer a", fresh=_invited),
    Request("teams.show_phone", "volunteer a", lambda _w: {"shows": "y"}, fresh=_joined),
    Request("teams.transfer", "volunteer a", _transfer, texts=("reason",), fresh=_joined),
    Request("teams.withdraw_request", "volunteer a", fresh=_own_request),
    Request("teams.withdraw_founding", "volunteer a", fresh=_own_founding),
    Request("teams.answer_request", "organiser a", lambda _w: {"answer": "欢迎", "accepts": "yes"},
            texts=("answer",), fresh=_request_to_answer),
    Request("teams.answer_founding", "organiser a", lambda _w: {"answer": "好", "accepts": "yes"},
            texts=("answer",), fresh=_founding_to_answer),
    Request("teams.edit_face", "organiser a", lambda _w: {
        "purpose": "讲课", "how_to_join": "来就行", "contact_phone": "04152123456",
        "is_open": "y"}, texts=("purpose", "how_to_join")),
    Request("teams.name_function", "organiser a", lambda _w: {"function": "deputy"},
            fresh=_newcomer),
    Request("teams.remove_member", "organiser a", lambda _w: {"reason": "搬走了"},
            texts=("reason",), fresh=_newcomer),
    Request("teams.dissolve", "organiser a", lambda _w: {"reason": "人太少"}, texts=("reason",),
            fresh=_team_to_go),
    Request("teams.invite", "organiser a", lambda _w: {
        "days": "7", "most_uses": "30", "request_key": key()}),
    Request("teams.revoke_invite", "organiser a", fresh=_own_invite),
    Request("volunteers.show_contact", "organiser a"),
    Request("assignments.sign_up", "newcomer"),
    Request("assignments.look_for_stand_in", "volunteer a", lambda _w: {"on": "1", "key": ""},
            fresh=_own_assignment),
    Request("assignments.take_over", "newcomer", fresh=_looked_for),
    Request("assignments.stand_by", "newcomer", fresh=_full_post),
    Request("assignments.stand_down", "volunteer a", fresh=_stood_by),
    Request("assignments.accept_standby", "anonymous", fresh=_standby),
    Request("assignments.decline_standby", "anonymous", fresh=_standby),
    Request("assignments.switch_refills", "organiser a", lambda _w: {"on": "0"}),
    Request("assignments.withdraw", "volunteer a", lambda _w: {"reason": "有事", "key": ""},
            texts=("reason",), fresh=_own_assignment),
    Request("assignments.accept_invitation", "anonymous", fresh=_asked),
    Request("assignments.decline_invitation", "anonymous",
            lambda _w: {"reason": "有事", "key": ""}, texts=("reason",), fresh=_declined),
    Request("assignments.confirm_reminder", "anonymous", lambda _w: {"seen": "0"},
            fresh=_reminded),
    Request("assignments.decline_reminder", "anonymous", fresh=_reminded),
    Request("assignments.decline_reminder", "anonymous", lambda _w: {"reason": "有事", "key": ""},
            name="with a reason", texts=("reason",), fresh=_not_coming),
    Request("assignments.follow", "volunteer a",
            lambda _w: {"campaign": ["caravan"], "skill": ["guide"], "place": ["210682118"]}),
    Request("assignments.renew_calendar", "volunteer a"),
    Request("notifications.mark_read", "volunteer a"),
    Request("notifications.preferences", "volunteer a",
            lambda _w: {"language": "en", "topic_digest": ["email"]}),
    Request("notifications.unsubscribe", "anonymous", fresh=_unsubscribed),
    Request("admin.send_again", "city", fresh=_failed_again),
    Request("admin.route_again", "city", fresh=_failed_message),
    Request("admin.send_all_again", "city", fresh=_failed_channel),
    Request("admin.edit_reminders", "city", _reminders),
    Request("admin.workdays", "city", _workdays, upload="file"),
    Request("observances.announce", "city", _announced, texts=("source",)),
    Request("observances.withdraw", "city", fresh=_announced_before),
    Request("assignments.note_confirmed", "organiser a", lambda _w: {"phones": ""},
            fresh=_assignment),
    Request("assignments.take_back_confirmed", "organiser a", lambda _w: {"phones": ""},
            fresh=_confirmed_assignment),
    Request("assignments.note_cannot_come", "organiser a", lambda _w: {"phones": ""},
            fresh=_assignment),
    Request("assignments.show_phones_at_risk", "organiser a"),
    Request("assignments.change_event", "organiser a", _moved, texts=("reason",),
            fresh=_movable),
    Request("assignments.show_phones", "organiser a"),
    Request("assignments.note_call", "organiser a", _called, fresh=_no_call),
    Request("assignments.invite", "organiser a", _pick),
    Request("assignments.add_to_roster", "organiser a", _added),
    Request("assignments.remove", "organiser a", lambda _w: {"reason": "改期", "key": ""},
            texts=("reason",), fresh=_assignment),
    Request("events.new_event", "organiser a", _new_event, texts=EVENT_TEXTS,
            query="?campaign=caravan"),
    Request("events.edit_event", "organiser a", _edited_event, texts=EVENT_TEXTS),
    Request("events.publish_event", "organiser a", fresh=_ready_draft),
    Request("events.cancel_event", "organiser a", lambda _w: {"reason": "台风"},
            texts=("reason",), fresh=_new_for_one),
    Request("events.cancel_event", "organiser a", name="of a draft", fresh=_ready_draft),
    Request("events.copy_event", "organiser a", lambda _w: {"request_key": key()}),
    Request("tables.send_table", "organiser a", _venues, upload="file",
            fresh=lambda _w: {"kind": "venues"}),
    Request("tables.take_table", "organiser a",
            lambda _w: {"content": "名称,类型,所在地\n测试小学,中小学,通远堡镇\n",
                        "request_key": key()}, fresh=lambda _w: {"kind": "venues"}),
    Request("pages.change_events", "organiser a",
            lambda world: {"events": [str(world.a.open)], "action": "copy", "request_key": key(),
                           "return_to": "/organise/season?view=list"}),
    Request("events.new_shift", "organiser a",
            lambda world: _shift(world) | {"request_key": key()}, texts=("title",),
            fresh=_ready_draft),
    Request("events.edit_shift", "organiser a", _shift, texts=("title",), fresh=_spare_shift),
    Request("events.delete_shift", "organiser a", fresh=_spare_shift),
    Request("events.new_post", "organiser a",
            lambda world: _post(world) | {"request_key": key()}, texts=("title", "duties"),
            fresh=_spare_shift),
    Request("events.edit_post", "organiser a", _post, texts=("title", "duties"),
            fresh=_spare_post),
    Request("events.delete_post", "organiser a", fresh=_spare_post),
    Request("events.new_series", "organiser a", _weekly, fresh=_new_for_one),
    Request("events.event_resources", "organiser a",
            lambda _w: {"what": "vehicle", "number": "1", "min_seats": "5"},
            fresh=_new_for_one),
    Request("events.book_resource", "organiser a", fresh=_free_thing_for_event),
    Request("events.release_booking", "organiser a", fresh=_booked_for_event),
    Request("events.drop_requirement", "organiser a", fresh=_needed),
    Request("events.withdraw_event", "organiser a", fresh=_new_for_one),
    Request("trips.new_trip", "organiser a", _new_trip, texts=TRIP_TEXTS),
    Request("trips.edit_trip", "organiser a", _edited_trip, texts=TRIP_TEXTS),
    Request("trips.publish_trip", "organiser a", fresh=_draft_trip),
    Request("trips.discard_trip", "organiser a", fresh=_draft_trip),
    Request("trips.report_trip", "organiser a", lambda _w: {"odometer_start_km": "1000"}),
    Request("trips.book_resource", "organiser a", fresh=_free_thing_for_trip),
    Request("trips.release_booking", "organiser a", fresh=_booked_for_trip),
    Request("assignments.change_trip", "organiser a", _changed_trip, texts=("reason",),
            fresh=_movable_trip),
    Request("assignments.show_trip_phones", "organiser a", fresh=_changed_stop),
    Request("assignments.note_trip_call", "organiser a", _trip_called),
    Request("resources.new_resource", "organiser a", _thing,
            texts=("name", "plate", "contents")),
    Request("resources.edit_resource", "organiser a", _edited_thing, texts=("name", "contents")),
    Request("resources.book", "organiser a", _booked, texts=("title",), fresh=_free_thing),
    Request("resources.release", "organiser a", fresh=_booked_thing),
    Request("regions.new_venue", "organiser a", _venue, texts=VENUE_TEXTS),
    Request("regions.edit_venue", "organiser a", _venue, texts=VENUE_TEXTS),
    Request("regions.mark_remote", "city", lambda _w: {"is_remote": "remote"}),
    Request("registrations.register", "anonymous", _attendee, texts=("name",)),
    Request("registrations.wait", "anonymous", _attendee, texts=("name",)),
    Request("registrations.wait_by_phone", "organiser a", _attendee, texts=("name",)),
    Request("registrations.accept_offer", "anonymous", fresh=_offered),
    Request("registrations.decline_offer", "anonymous", fresh=_offered),
    Request("registrations.promote", "organiser a", lambda _w: {"reason": "行动不便"},
            texts=("reason",), fresh=_in_line),
    Request("registrations.bring_fewer", "anonymous", lambda _w: {"companions": "0"},
            fresh=_family),
    Request("registrations.withdraw", "anonymous", fresh=_ticket),
    Request("registrations.register_by_phone", "organiser a", _attendee, texts=("name",)),
    Request("registrations.cancel_registration", "organiser a", lambda _w: {"next": ""},
            fresh=_place),
    Request("checkin.scan", "organiser a",
            lambda world: {"code": ticket_code("R", world.a.expected, 1), "direction": "in",
                           "scan_id": scan_id()}),
    Request("checkin.scan", "organiser a", _scanned, name="by script", is_json=True),
    Request("checkin.tick", "organiser a",
            lambda world: {"key": f"r{world.a.expected}", "direction": "in", "q": "赵",
                           "scan_id": scan_id(), "next": ""}),
    Request("checkin.walk_in", "organiser a",
            lambda _w: {"name": "孙到场", "companions": "1", "age_band": "",
                        "scan_id": scan_id()}, texts=("name",)),
    Request("checkin.count", "organiser a", lambda _w: {"people": "5", "scan_id": scan_id()}),
    Request("checkin.undo", "organiser a", _undone),
    Request("checkin.add_device", "organiser a", lambda _w: {"door": "西门"}, texts=("door",)),
    Request("checkin.set_phone_tails", "organiser a", lambda _w: {"are_shown": "y"}),
    Request("checkin.revoke_device", "organiser a", fresh=_phone),
    Request("checkin.settle_conflict", "organiser a",
            lambda _w: {"choice": "counted", "scan_id": scan_id()}, fresh=_conflict),
    Request("checkin.import_queue", "organiser a", _queue, upload="file"),
    Request("checkin.enrol_phone", "anonymous", _enrolment, is_json=True),
    POSTER_WALK_IN,
    Request("checkin.self_check_in", "anonymous",
            lambda world: {"intent": "code", "code-code": ticket_code("R", world.a.expected, 1),
                           "code-scan_id": scan_id()}, name="by code"),
    Request("checkin.self_check_in", "anonymous", _named, name="by name"),
    Request("checkin.self_check_in", "volunteer a",
            lambda world: {"intent": "own", "key": f"v{world.a.on_duty}", "direction": "in",
                           "scan_id": scan_id()}, name="by account"),
    Request("checkin.self_check_in", "anonymous",
            lambda world: {"intent": "companions", "companions-done": world.a.scan_name,
                           "companions-people": "2", "companions-scan_id": scan_id()},
            name="family"),
    Request("recognition.confirm", "organiser a", _confirmed, fresh=_over),
    Request("recognition.leaving", "anonymous", lambda _w: {"left_at": "2026-09-05T09:30"},
            fresh=_never_checked_out),
    Request("recognition.claim", "volunteer a", _wanted_hours,
            texts=("content", "reason", "evidence")),
    Request("recognition.withdraw_claim", "volunteer a", fresh=_own_claim),
    Request("recognition.object_to", "newcomer", lambda _w: {"text": "没见到人"}, texts=("text",)),
    Request("recognition.agree", "office a", fresh=_another_claim),
    Request("recognition.refuse_claim", "organiser a", lambda _w: {"answer": "没有人见到"},
            texts=("answer",), fresh=_another_claim),
    Request("recognition.revoke_claim", "organiser a", lambda _w: {"answer": "查实没有到场"},
            texts=("answer",), fresh=_credited_claim),
    Request("recognition.settle_objection", "organiser a", lambda _w: {"verdict": "dismissed"},
            fresh=_another_objection),
    # The last: it takes away the offices that there are, for it works only where there is none.
    Request("organisations.set_up_site", "anonymous", _first_office, texts=("name",),
            fresh=_new_site),
    # The last one: whoever sent it is gone.
    Request("privacy.confirm_close", "newcomer", lambda _w: {"is_sure": "y"}),
)  # fmt: skip
