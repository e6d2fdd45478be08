"""Builders: every argument has a dull default, so a test names only what it is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count

from sqlalchemy import select

from volunteer_hub.accounts.models import Person
from volunteer_hub.assignments.models import Assignment, Source, State
from volunteer_hub.core.database import db
from volunteer_hub.core.text import random_code
from volunteer_hub.core.tokens import code_hash, ticket_code
from volunteer_hub.events.models import Event, Post, PostSkill, Shift, Status
from volunteer_hub.organisations.models import Appointment, Function, Membership, Organisation
from volunteer_hub.organisations.rules import Rank
from volunteer_hub.programmes.models import Campaign
from volunteer_hub.recognition.models import (
    ClaimState,
    EntryKind,
    Evidence,
    HoursClaim,
    HoursEntry,
    HoursKind,
    ServiceRecord,
)
from volunteer_hub.recognition.models import (
    Source as HoursSource,
)
from volunteer_hub.regions.models import Region, Venue
from volunteer_hub.registrations.models import Channel, Registration, RegistrationState
from volunteer_hub.resources.models import Booking, Requirement, Resource
from volunteer_hub.resources.rules import Kind, Purpose
from volunteer_hub.trips.models import Trip
from volunteer_hub.volunteers.models import AvailabilityWindow, Volunteer, VolunteerSkill

NOON = datetime(2026, 9, 5, 4, 0, tzinfo=UTC)  # Saturday 12:00 in Dandong
HOUR = timedelta(hours=1)
TOWNSHIP = "210682118"  # 凤城市通远堡镇
_serial = count(1)


def _kept(row):
    db.session.add(row)
    db.session.commit()
    return row


def region(code=TOWNSHIP):
    return db.session.scalars(select(Region).where(Region.code == code)).one()


def campaign(code="caravan"):
    return db.session.scalars(select(Campaign).where(Campaign.code == code)).one()


def person(name="林小禾", phone=None, email=None, password_hash=None):
    phone = phone or (None if email else f"138{next(_serial):08d}")
    return _kept(
        Person(name=name, pinyin="linxiaohe", initials="lxh", phone=phone, email=email,
               password_hash=password_hash, created_at=NOON)
    )  # fmt: skip


def organisation(name=None, region_code="210682", kind="science_association"):
    return _kept(
        Organisation(
            name=name or f"示例科协{next(_serial)}",
            kind_code=kind,
            region_id=region(region_code).id,
            created_at=NOON,
        )
    )


def team(below=None, name=None, rank=Rank.DETACHMENT, region_code="210682"):
    """Build a volunteer team below a unit or a team."""
    below = below or organisation(region_code=region_code)
    made = organisation(name or f"示例支队{next(_serial)}", region_code, kind=below.kind_code)
    made.parent_id, made.rank, made.is_open = below.id, rank, False
    return _kept(made)


def organiser(of=None, name="周望星", function=Function.ORGANISER):
    of = of or organisation()
    who = person(name=name)
    _kept(Membership(person_id=who.id, organisation_id=of.id, function=function, joined_at=NOON))
    return who


def member(volunteer, of):
    """Let a volunteer say that they belong to an organisation."""
    to = {"person_id": volunteer.person_id, "organisation_id": of.id}
    return _kept(Membership(**to, function=Function.MEMBER, joined_at=NOON))


def office(region_code="210600", name="吴办示"):
    who = person(name=name)
    _kept(Appointment(person_id=who.id, region_id=region(region_code).id, appointed_at=NOON))
    return who


def venue(
    name="通远堡镇中心小学",
    region_code=TOWNSHIP,
    type_code="school",
    capacity=None,
    at=(None, None),
):
    return _kept(
        Venue(name=name, pinyin="tongyuanpu", initials="typ", type_code=type_code,
              region_id=region(region_code).id, capacity=capacity, created_at=NOON,
              lat=at[0], lng=at[1])
    )  # fmt: skip


def resource(name=None, of=None, kind=Kind.VEHICLE, valid_until=date(2027, 6, 30), **more):
    """Build a caravan of twelve seats, inspected for long, unless told otherwise."""
    of = of or organisation()
    return _kept(
        Resource(
            organisation_id=of.id,
            kind=kind,
            name=name or f"科普大篷车 {next(_serial)} 号",
            seats=more.pop("seats", 12 if kind is Kind.VEHICLE else None),
            licence_class=more.pop("licence_class", "B1" if kind is Kind.DRIVER else None),
            valid_until=valid_until,
            created_at=NOON,
            **more,
        )
    )


def booking(of=None, for_event=None, starts_at=NOON + 24 * HOUR, hours=3, **more):
    of = of or resource()
    ends_at = starts_at + hours * HOUR
    if for_event is not None:
        starts_at, ends_at = for_event.starts_at, for_event.ends_at
    return _kept(
        Booking(
            resource_id=of.id,
            event_id=for_event.id if for_event else None,
            purpose=more.pop("purpose", Purpose.EVENT if for_event else Purpose.OTHER),
            title=more.pop("title", for_event.title if for_event else "省馆借用"),
            starts_at=starts_at,
            ends_at=ends_at,
            busy_from=starts_at - timedelta(minutes=of.before_minutes),
            busy_until=ends_at + timedelta(minutes=of.after_minutes),
            booked_by_id=person().id,
            booked_at=NOON,
        )
    )


def requirement(of, kind=Kind.VEHICLE, number=1, min_seats=None, resource_id=None):
    return _kept(
        Requirement(event_id=of.id, kind=kind, number=number, min_seats=min_seats,
                    resource_id=resource_id)
    )  # fmt: skip


def event(
    title="科普大篷车进校园",
    by=None,
    of=None,
    at_venue=None,
    starts_at=NOON + 24 * HOUR,
    hours=3,
    status=Status.PUBLISHED,
    campaign_code="caravan",
    **more,
):
    of = of or organisation()
    by = by or organiser(of)
    at_venue = at_venue or venue()
    return _kept(
        Event(
            organisation_id=of.id,
            campaign_id=campaign(campaign_code).id,
            venue_id=at_venue.id,
            region_id=at_venue.region_id,
            title=title,
            audience_codes=["youth"],
            starts_at=starts_at,
            ends_at=starts_at + hours * HOUR,
            status=status,
            poster_code=random_code(10),
            created_by_id=by.id,
            created_at=NOON - 240 * HOUR,
            published_at=NOON - 200 * HOUR if status is not Status.DRAFT else None,
            **more,
        )
    )


def trip(of=None, by=None, stops=(), depot=None, leaves_at=None, **more):
    """Build a trip of these events, which leaves an hour and a half before the first."""
    stops = sorted(stops, key=lambda each: each.starts_at)
    of = of or (stops[0].organisation if stops else organisation())
    leaves_at = leaves_at or (stops[0].starts_at if stops else NOON + 24 * HOUR) - 1.5 * HOUR
    row = _kept(
        Trip(
            organisation_id=of.id,
            campaign_id=campaign().id,
            depot_id=depot.id if depot else None,
            title=more.pop("title", "大篷车凤城行"),
            leaves_at=leaves_at,
            returns_at=more.pop("returns_at", None)
            or (stops[-1].ends_at if stops else leaves_at) + 1.5 * HOUR,
            set_up_minutes=30,
            pack_up_minutes=30,
            day_starts_minute=7 * 60,
            goes_home=more.pop("goes_home", True),
            created_by_id=(by or organiser(of)).id,
            created_at=NOON - 240 * HOUR,
            **more,
        )
    )
    for event in stops:
        event.trip_id = row.id
    db.session.commit()
    return row


def shift(of=None, title="上午场", starts_at=None, hours=2):
    of = of or event()
    starts_at = starts_at or of.starts_at
    return _kept(
        Shift(event_id=of.id, title=title, starts_at=starts_at, ends_at=starts_at + hours * HOUR)
    )


def post(in_shift=None, title="讲解员", min_people=1, max_people=2, skills=()):
    in_shift = in_shift or shift()
    needed = [PostSkill(skill_code=code, level=level) for code, level in skills]
    return _kept(
        Post(shift_id=in_shift.id, title=title, min_people=min_people, max_people=max_people,
             skills=needed)
    )  # fmt: skip


def volunteer(
    name="林小禾",
    home=TOWNSHIP,
    skills=(),
    windows=((5, 0, 1440), (6, 0, 1440)),
    radius_km=60,
    who=None,
):
    who = who or person(name=name)
    return _kept(
        Volunteer(
            person_id=who.id,
            home_region_id=region(home).id,
            travel_radius_km=radius_km,
            joined_at=NOON - 1000 * HOUR,
            skills=[VolunteerSkill(skill_code=code, level=level) for code, level in skills],
            windows=[
                AvailabilityWindow(weekday=day, starts_minute=start, ends_minute=end)
                for day, start, end in windows
            ],
        )
    )


def assignment(of=None, to=None, state=State.ACCEPTED, source=Source.SIGN_UP, expires_at=None):
    of, to = of or post(), to or volunteer()
    row = Assignment(
        post_id=of.id,
        volunteer_id=to.id,
        state=state,
        source=source,
        reasons=[],
        created_at=NOON - HOUR,
        expires_at=expires_at or (NOON + 12 * HOUR if state is State.INVITED else None),
        answered_at=NOON if state is not State.INVITED else None,
    )
    db.session.add(row)
    db.session.flush()
    if state is State.ACCEPTED:
        row.pass_hash = code_hash(ticket_code("V", row.id, row.pass_revision))
    return _kept(row)


def registration(
    of=None, name="赵麦芽", phone=None, companions=0, state=RegistrationState.CONFIRMED
):
    of = of or event()
    row = Registration(
        event_id=of.id,
        name=name,
        pinyin="zhaomaiya",
        initials="zmy",
        phone=phone,
        companions=companions,
        state=state,
        channel=Channel.WEB,
        created_at=NOON,
    )
    db.session.add(row)
    db.session.flush()
    row.ticket_hash = code_hash(ticket_code("R", row.id, row.ticket_revision))
    return _kept(row)


def record(of=None, minutes=120, kind=HoursKind.TIMED, by=None, at=None, **more):
    """Build the confirmed record of an assignment, with its row in the ledger."""
    of = of or assignment()
    event = of.post.shift.event
    by = by or event.created_by_id
    row = _kept(
        ServiceRecord(
            volunteer_id=more.pop("volunteer_id", of.volunteer_id), event_id=event.id,
            assignment_id=of.id, kind=kind, served_at=more.pop("served_at", event.starts_at),
            planned_minutes=minutes, minutes=minutes, working={}, event_title=event.title,
            place="", content="讲解", organisation_name="示例", confirmed_by_id=by,
            responsible_name=more.pop("responsible_name", "周望星"),
            confirmed_at=at or NOON, **more,
        )
    )  # fmt: skip
    if kind is not HoursKind.NO_SHOW:
        is_timed = kind is HoursKind.TIMED
        _kept(
            HoursEntry(
                record_id=row.id, event_id=event.id, kind=EntryKind.CREDIT, minutes=minutes,
                source=HoursSource.SCANS if is_timed else HoursSource.CLAIM,
                evidence=Evidence.SCANNED if is_timed else Evidence.VOUCHED,
                rule_version="usual-1", working={}, by_id=by, at=at or NOON,
            )
        )  # fmt: skip
    return row


def claim(event, volunteer, state=ClaimState.WAITING, by=None, **more):
    """Build hours that a volunteer asks for, or somebody for them."""
    return _kept(
        HoursClaim(
            event_id=event.id, volunteer_id=volunteer.id, starts_at=event.starts_at,
            ends_at=event.starts_at + 2 * HOUR, content="布展", state=state,
            minutes=more.pop("minutes", 120),
            reason=more.pop("reason", "忘了签到"), evidence="队长在场",
            asked_by_id=by or volunteer.person_id, asked_at=NOON, **more,
        )
    )  # fmt: skip
