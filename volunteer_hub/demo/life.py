"""What people did: took posts, registered, came, and had their hours confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from volunteer_hub.assignments.models import Assignment, Source, State
from volunteer_hub.checkin.models import Attendance, Direction, Method, Outcome, Reason, Scan
from volunteer_hub.core.database import Model, db
from volunteer_hub.core.pinyin import of_name
from volunteer_hub.core.tokens import code_hash, ticket_code
from volunteer_hub.demo.cast import Cast, people_names
from volunteer_hub.events.models import Event, Post, Shift, Status
from volunteer_hub.recognition.actions.ledger import facts_of
from volunteer_hub.recognition.models import (
    EntryKind,
    Evidence,
    HoursEntry,
    HoursKind,
    ServiceRecord,
)
from volunteer_hub.recognition.models import Source as HoursSource
from volunteer_hub.recognition.rules import NOTHING, Before, Stay, Working, worked
from volunteer_hub.registrations.models import Channel, Registration, RegistrationState
from volunteer_hub.volunteers.models import Volunteer

SHOWS_UP: Final = 0.93
_BUSY_GAP: Final = timedelta(hours=1)


@dataclass(slots=True)
class Life:
    """What links people to events, made step by step."""

    cast: Cast
    events: list[Event]
    random: Random
    now: datetime
    agreed: dict[int, list[Assignment]] = field(default_factory=dict)  # by event
    expected: dict[int, list[Registration]] = field(default_factory=dict)  # by event
    stays: dict[int, Attendance] = field(default_factory=dict)  # by assignment
    credited: dict[int, Before] = field(default_factory=dict)  # by volunteer

    def take_posts(self) -> None:
        """Let volunteers agree to posts: past events fully, coming ones in part."""
        busy: dict[int, list[tuple[datetime, datetime]]] = {}
        for event in self.events:
            if event.status is not Status.DRAFT:
                self.agreed[event.id] = [
                    row
                    for shift in event.shifts
                    for post in shift.posts
                    for row in self._staff(event, shift, post, busy)
                ]
        rows = [row for of_event in self.agreed.values() for row in of_event]
        _save(rows)
        for row in rows:
            if row.state is State.ACCEPTED:
                row.pass_hash = code_hash(ticket_code("V", row.id, row.pass_revision))
        db.session.flush()

    def _staff(
        self,
        event: Event,
        shift: Shift,
        post: Post,
        busy: dict[int, list[tuple[datetime, datetime]]],
    ) -> list[Assignment]:
        wanted = self._wanted(event, post)
        rows: list[Assignment] = []
        for volunteer in self._able(post):
            if len(rows) >= wanted:
                break
            spans = busy.setdefault(volunteer.id, [])
            if any(shift.starts_at < end + _BUSY_GAP and start < shift.ends_at + _BUSY_GAP
                   for start, end in spans):  # fmt: skip
                continue
            spans.append((shift.starts_at, shift.ends_at))
            rows.append(self._assignment(event, post, volunteer))
        return rows

    def _wanted(self, event: Event, post: Post) -> int:
        if event.starts_at <= self.now + timedelta(hours=1):
            return self.random.randint(post.min_people, post.max_people)
        if self.random.random() < 0.45:
            return post.min_people
        return self.random.randint(0, max(0, post.min_people - 1))

    def _able(self, post: Post) -> list[Volunteer]:
        needed = {skill.skill_code: skill.level for skill in post.skills}
        able = [
            volunteer
            for volunteer in self.cast.volunteers
            if all(
                any(own.skill_code == code and own.level >= level for own in volunteer.skills)
                for code, level in needed.items()
            )
        ]
        return self.random.sample(able, len(able))

    def _assignment(self, event: Event, post: Post, volunteer: Volunteer) -> Assignment:
        state = State.CANCELLED if event.status is Status.CANCELLED else State.ACCEPTED
        created_at = min(self.now, event.starts_at) - timedelta(days=self.random.randint(1, 14))
        return Assignment(
            post_id=post.id,
            volunteer_id=volunteer.id,
            state=state,
            source=self.random.choice((Source.SIGN_UP, Source.SIGN_UP, Source.MATCHER)),
            reasons=[],
            created_at=created_at,
            answered_at=created_at + timedelta(hours=3),
        )

    def register(self) -> None:
        """Let people register, a few with names, many without."""
        names = people_names()
        for event in self.events:
            if event.status is not Status.DRAFT and event.is_registration_open:
                crowd = self._crowd(event)
                self.expected[event.id] = [self._registration(event, names) for _ in range(crowd)]
        rows = [row for of_event in self.expected.values() for row in of_event]
        _save(rows)
        for row in rows:
            row.ticket_hash = code_hash(ticket_code("R", row.id, row.ticket_revision))
        db.session.flush()

    def _crowd(self, event: Event) -> int:
        most = min(event.capacity or 30, 30)
        if event.starts_at <= self.now:
            return self.random.randint(most // 2, int(most * 0.7))
        if event.starts_at > self.now + timedelta(days=10):
            most = max(1, most // 4)
        return self.random.randint(most // 3, max(1, int(most * 0.6)))

    def _registration(self, event: Event, names: list[str]) -> Registration:
        name = self.random.choice(names) if self.random.random() < 0.7 else None
        is_called_off = event.status is Status.CANCELLED or self.random.random() < 0.04
        state = RegistrationState.CANCELLED if is_called_off else RegistrationState.CONFIRMED
        created_at = min(self.now, event.starts_at) - timedelta(hours=self.random.randint(3, 200))
        pinyin, initials = of_name(name) if name else ("", "")
        return Registration(
            event_id=event.id,
            name=name,
            pinyin=pinyin,
            initials=initials,
            phone=f"1390001{self.random.randint(1000, 9999)}" if name else None,
            companions=self.random.randint(0, event.max_companions),
            state=state,
            channel=self.random.choice((Channel.WEB, Channel.WEB, Channel.PHONE)),
            created_at=created_at,
            cancelled_at=created_at if is_called_off else None,
        )

    def come(self) -> None:
        """Let most of those who agreed or registered come to what is over or running."""
        for event in self.events:
            if event.starts_at <= self.now and event.status in (Status.PUBLISHED, Status.CONFIRMED):
                self._attend(event)
        db.session.flush()

    def _attend(self, event: Event) -> None:
        is_over = event.ends_at <= self.now
        share = SHOWS_UP if is_over else 0.35
        rows: list[Attendance] = []
        rows += [
            self._served(event, assignment, is_over=is_over)
            for assignment in self.agreed[event.id]
            if assignment.post.shift.starts_at <= self.now and self.random.random() < share
        ]
        for registration in self.expected.get(event.id, []):
            is_expected = registration.state is RegistrationState.CONFIRMED
            if is_expected and self.random.random() < share:
                in_at = self._moment(event.starts_at, -20, 25, not_after=self.now)
                rows.append(
                    Attendance(
                        event_id=event.id,
                        registration_id=registration.id,
                        people=1 + registration.companions,
                        in_at=in_at,
                    )
                )
        rows.sort(key=lambda row: row.in_at)
        scans = [self._scan(row) for row in rows]
        _save(scans)
        for row, scan in zip(rows, scans, strict=True):
            row.in_scan_id = scan.id
            if row.assignment_id is not None:
                self.stays[row.assignment_id] = row
        _save(rows)
        self._count_crowd(event)

    def _served(self, event: Event, assignment: Assignment, *, is_over: bool) -> Attendance:
        shift = assignment.post.shift
        in_at = self._moment(shift.starts_at, -25, 5, not_after=self.now)
        forgot = self.random.random() < 0.04 and event.status is Status.PUBLISHED
        out_at = None
        if is_over and not forgot:
            out_at = max(in_at, self._moment(shift.ends_at, -15, 15))
        return Attendance(
            event_id=event.id, assignment_id=assignment.id, in_at=in_at, out_at=out_at
        )

    def _moment(
        self, about: datetime, least: int, most: int, *, not_after: datetime | None = None
    ) -> datetime:
        moment = about + timedelta(minutes=self.random.randint(least, most))
        return min(moment, not_after) if not_after else moment

    def _scan(self, row: Attendance) -> Scan:
        return Scan(
            scan_id=self._uuid(),
            event_id=row.event_id,
            registration_id=row.registration_id,
            assignment_id=row.assignment_id,
            direction=Direction.IN,
            method=self.random.choice((Method.CAMERA, Method.CAMERA, Method.SEARCH, Method.POSTER)),
            outcome=Outcome.ACCEPTED,
            reason=Reason.OK,
            people=row.people or 1,
            happened_at=row.in_at,
            stored_at=row.in_at,
            by_person_id=self.cast.staff["organiser"].id,
        )

    def _count_crowd(self, event: Event) -> None:
        """Count pupils of a school visit with the counter, a class at a time."""
        if event.is_registration_open and event.max_companions:
            return
        for _ in range(self.random.randint(2, 6)):
            at = self._moment(event.starts_at, 0, 60, not_after=self.now)
            scan = Scan(
                scan_id=self._uuid(),
                event_id=event.id,
                direction=Direction.COUNT,
                method=Method.COUNTER,
                outcome=Outcome.ACCEPTED,
                reason=Reason.OK,
                people=self.random.randint(18, 45),
                happened_at=at,
                stored_at=at,
                by_person_id=self.cast.staff["organiser"].id,
            )
            db.session.add(scan)

    def _uuid(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def confirm(self) -> None:
        """Write the service record of confirmed events."""
        by = self.cast.staff["organiser"]
        for event in self.events:
            if event.status is Status.CONFIRMED:
                rows = self.agreed[event.id]
                made = [self._record(event, row, by.id, by.name) for row in rows]
                _save([record for record, _ in made])
                _save([_credit(*each) for each in made if each[0].kind is HoursKind.TIMED])

    def _record(
        self, event: Event, row: Assignment, by: int, responsible: str
    ) -> tuple[ServiceRecord, Working]:
        shift = row.post.shift
        came = self.stays.get(row.id)
        stays = [Stay(came.in_at, came.out_at)] if came else []
        before = self.credited.get(row.volunteer_id, NOTHING)
        working = worked(stays, starts_at=shift.starts_at, ends_at=shift.ends_at, before=before)
        self.credited[row.volunteer_id] = before.with_more(working)
        record = ServiceRecord(
            volunteer_id=row.volunteer_id,
            event_id=event.id,
            assignment_id=row.id,
            kind=HoursKind.TIMED if stays else HoursKind.NO_SHOW,
            served_at=shift.starts_at,
            in_at=working.came_at,
            out_at=working.left_at,
            planned_minutes=working.planned,
            minutes=working.minutes,
            working={"answer": "as_timed" if stays else "no_show", "counted": working.counted},
            event_title=event.title,
            place=event.venue.name if event.venue else "",
            content=row.post.title,
            organisation_name=event.organisation.name,
            responsible_name=responsible,
            confirmed_by_id=by,
            confirmed_at=event.confirmed_at or self.now,
        )
        return record, working


def _credit(record: ServiceRecord, working: Working) -> HoursEntry:
    return HoursEntry(
        record_id=record.id,
        event_id=record.event_id,
        kind=EntryKind.CREDIT,
        source=HoursSource.SCANS,
        evidence=Evidence.SCANNED,
        minutes=working.minutes,
        rule_version=working.policy.version,
        working=facts_of(working),
        by_id=record.confirmed_by_id,
        at=record.confirmed_at,
    )


def _save(rows: Sequence[Model]) -> None:
    db.session.add_all(rows)
    db.session.flush()
