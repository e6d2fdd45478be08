"""Who is to be reminded, and who may not come after all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, select

from volunteer_hub.accounts.models import Person
from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.assignments.queries.changes import change_key
from volunteer_hub.assignments.queries.places import WITH_EVENT, WITH_PERSON
from volunteer_hub.assignments.queries.plans import reminder_plans
from volunteer_hub.assignments.rules import Promise, Step, due_step, is_at_risk, last_asking
from volunteer_hub.core import outbox
from volunteer_hub.core.database import db
from volunteer_hub.events.concerned import can_be_told
from volunteer_hub.events.models import Event, Post, Shift, Status
from volunteer_hub.events.queries import in_scope
from volunteer_hub.notifications.queries import lost_among
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.volunteers.models import Volunteer

AT_ONCE: Final = 500
# Whoever was told of a change is asked, also where no reminder does.
AT_LEAST: Final = timedelta(days=1)


class _Row(NamedTuple):
    """What the rules ask about one promise, and where it belongs."""

    assignment_id: int
    event_id: int
    campaign_id: int
    starts_at: datetime
    agreed_at: datetime
    changed_at: datetime | None
    confirmed_at: datetime | None
    confirmed_by_id: int | None
    phone: str | None
    email: str | None

    @property
    def promise(self) -> Promise:
        """The promise as the rules see it."""
        return Promise(
            starts_at=self.starts_at,
            agreed_at=self.agreed_at,
            changed_at=self.changed_at,
            confirmed_at=self.confirmed_at,
            steps=reminder_plans().of(self.campaign_id),
        )

    def question(self, now: datetime) -> str | None:
        """Return the key of the message that asked them last, or None when none did."""
        step = last_asking(self.promise, now=now)
        if step is not None:
            return reminder_key(self.assignment_id, step, self.starts_at)
        if self.promise.must_agree_anew and self.changed_at is not None:
            return change_key(self.event_id, self.changed_at, self.assignment_id)
        return None


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder whose time it is, and the key it is queued under."""

    row: Assignment
    step: Step
    key: str


@dataclass(frozen=True, slots=True)
class AtRisk:
    """Someone who may not come, or whom staff rang and who will.

    Attributes:
        row: Their promise.
        can_be_told: Whether there is a channel to them at all.
        was_missed: The message that asked them last failed on every channel.
    """

    row: Assignment
    can_be_told: bool
    was_missed: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether somebody rang them."""
        return self.row.confirmed_at is not None


@dataclass(frozen=True, slots=True)
class AtRiskEvent:
    """An event with whoever may not come, by shift and name."""

    event: Event
    people: tuple[AtRisk, ...]

    @property
    def waiting(self) -> int:
        """How many are still to be rung."""
        return sum(not each.is_settled for each in self.people)


def promise_of(row: Assignment) -> Promise:
    """Return what a volunteer who agreed knows and said, as the rules see it."""
    shift = row.post.shift
    return Promise(
        starts_at=shift.starts_at,
        agreed_at=row.answered_at or row.created_at,
        changed_at=shift.event.changed_at,
        confirmed_at=row.confirmed_at,
        steps=reminder_plans().of(shift.event.campaign_id),
    )


def due_reminders(*, now: datetime, limit: int) -> list[Reminder]:
    """Return reminders whose time it is and that were not queued before, up to ``limit``."""
    rows = _read(_agreed(now))
    steps = {row: due_step(row.promise, now=now) for row in rows}
    keys = {
        reminder_key(row.assignment_id, step, row.starts_at): (row.assignment_id, step)
        for row, step in steps.items()
        if step is not None
    }
    for known in outbox.queued_keys(keys):
        del keys[known]
    due = list(keys.items())[:limit]
    found = _by_id({assignment_id for _key, (assignment_id, _step) in due})
    return [Reminder(found[who], step, key) for key, (who, step) in due]


def reminder_key(assignment_id: int, step: Step, starts_at: datetime) -> str:
    """Return what makes a reminder the only one of its kind; a moved shift has its own."""
    return f"remind:{assignment_id}:{step.name}:{starts_at:%Y%m%d%H%M}"


def at_risk_counts(event_ids: Collection[int], *, now: datetime) -> dict[int, int]:
    """Return how many people may not come to each event of the next days."""
    counts = dict.fromkeys(event_ids, 0)
    for row, reached in _reached(_read(_agreed(now), Event.id.in_(event_ids)), now):
        counts[row.event_id] += is_at_risk(row.promise, can_be_told=reached, now=now)
    return counts


def at_risk_in(scope: Scope, *, now: datetime) -> dict[int, int]:
    """Return how many people may not come to the events of a member of staff, the next first.

    Events at which everybody was rung stay in the list, with zero.
    """
    counts: dict[int, int] = {}
    for row, reached in _reached(_read(_agreed(now), in_scope(scope)), now):
        if _is_listed(row, reached=reached, now=now):
            counts.setdefault(row.event_id, 0)
            counts[row.event_id] += not row.promise.is_confirmed
    return counts


def at_risk_of(event_ids: Sequence[int], *, now: datetime) -> list[AtRiskEvent]:
    """Return events with whoever may not come and whoever staff rang, in the order given."""
    listed = {
        row.assignment_id: (row, reached)
        for row, reached in _reached(_read(_agreed(now), Event.id.in_(event_ids)), now)
        if _is_listed(row, reached=reached, now=now)
    }
    people: dict[int, list[AtRisk]] = {}
    for found in sorted(_by_id(listed).values(), key=_by_shift_and_name):
        row, reached = listed[found.id]
        told = can_be_told(phone=row.phone, email=row.email)
        one = AtRisk(found, told, was_missed=told and not reached)
        people.setdefault(row.event_id, []).append(one)
    return [
        AtRiskEvent(people[each][0].row.post.shift.event, tuple(people[each]))
        for each in event_ids
        if each in people
    ]


def _reached(rows: Collection[_Row], now: datetime) -> list[tuple[_Row, bool]]:
    """Return rows with whether messages reach them: there is a channel, and the last one came."""
    questions = {row: row.question(now) for row in rows if not row.promise.is_confirmed}
    lost = lost_among({key for key in questions.values() if key is not None})
    return [
        (row, can_be_told(phone=row.phone, email=row.email) and questions.get(row) not in lost)
        for row in rows
    ]


def _agreed(now: datetime) -> ColumnElement[bool]:
    """Return the condition that someone agreed to a shift whose reminders may have begun."""
    return and_(
        Assignment.state == State.ACCEPTED,
        Event.status == Status.PUBLISHED,
        Shift.starts_at > now,
        Shift.starts_at <= now + max(reminder_plans().longest_lead, AT_LEAST),
        Person.erased_at.is_(None),
    )


def _read(*conditions: ColumnElement[bool]) -> list[_Row]:
    statement: Select[*tuple[Any, ...]] = (
        select(
            Assignment.id,
            Event.id,
            Event.campaign_id,
            Shift.starts_at,
            Assignment.answered_at,
            Assignment.created_at,
            Event.changed_at,
            Assignment.confirmed_at,
            Assignment.confirmed_by_id,
            Person.phone,
            Person.email,
        )
        .join(Assignment.post)
        .join(Post.shift)
        .join(Shift.event)
        .join(Assignment.volunteer)
        .join(Volunteer.person)
        .where(*conditions)
        .order_by(Event.starts_at, Event.id, Assignment.id)
    )
    return [
        _Row(first, event_id, campaign_id, starts_at, answered_at or created_at, *rest)
        for first, event_id, campaign_id, starts_at, answered_at, created_at, *rest in (
            db.session.execute(statement)
        )
    ]


def _is_listed(row: _Row, *, reached: bool, now: datetime) -> bool:
    """Tell whether someone stands on the call list, before or after they were rung."""
    if row.promise.is_confirmed:
        return row.confirmed_by_id is not None
    return is_at_risk(row.promise, can_be_told=reached, now=now)


def _by_id(ids: Collection[int]) -> dict[int, Assignment]:
    found: dict[int, Assignment] = {}
    ordered = sorted(ids)
    for start in range(0, len(ordered), AT_ONCE):
        some = ordered[start : start + AT_ONCE]
        statement = (
            select(Assignment)
            .where(Assignment.id.in_(some))
            .options(*WITH_PERSON, *WITH_EVENT)
            .order_by(Assignment.id)
        )
        found |= {row.id: row for row in db.session.scalars(statement)}
    return found


def _by_shift_and_name(row: Assignment) -> tuple[datetime, int, str, int]:
    return row.post.shift.starts_at, row.post_id, row.volunteer.person.pinyin, row.id
