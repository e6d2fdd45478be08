"""What counts of somebody's places, and what they say is wrong about it: read and decided."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, or_, select, true
from sqlalchemy.orm import aliased, joinedload

from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.core import audit, outbox
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.events.models import Event, Post, Shift, Status
from volunteer_hub.events.queries import in_scope
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.recognition.errors import (
    AppealDecidedError,
    NotAppealableError,
    SecondLookError,
)
from volunteer_hub.recognition.models import (
    AppealState,
    HoursKind,
    ReliabilityAppeal,
    ServiceRecord,
)
from volunteer_hub.recognition.reliability import (
    APPEALABLE,
    COUNTED_FOR,
    Outcome,
    Reliability,
    outcome,
    reliability,
)
from volunteer_hub.volunteers import queries as volunteers
from volunteer_hub.volunteers.models import Volunteer

AGREED, REFUSED = "appeal_agreed", "appeal_refused"
PATH = "/me/reliability"


@dataclass(frozen=True, slots=True)
class Counted:
    """One place that counts, or would without an excuse."""

    assignment_id: int
    event_title: str
    starts_at: datetime
    outcome: Outcome
    appeal: AppealState | None

    @property
    def may_be_appealed(self) -> bool:
        """Tell whether its holder may still say that it is wrong."""
        return self.appeal is None and self.outcome in APPEALABLE


def counted_of(
    volunteer_ids: Collection[int], *, now: datetime, scope: Scope | None = None
) -> dict[int, list[Counted]]:
    """Return what counts of these volunteers' places in the last two years, the newest first.

    Args:
        volunteer_ids: Whose.
        now: The moment.
        scope: Whose business they must be; None for their own eyes and for plans.
    """
    known = volunteers.known_to(scope) if scope else true()
    other = aliased(Assignment)
    # A stand-in takes a place over in the very moment in which it is given back.
    handed_over = exists().where(
        other.post_id == Assignment.post_id,
        other.volunteer_id != Assignment.volunteer_id,
        or_(
            other.created_at == Assignment.answered_at, other.answered_at == Assignment.answered_at
        ),
    )
    statement = (
        select(
            Assignment.volunteer_id, Assignment.id, Assignment.state, Assignment.answered_at,
            Shift.starts_at, Event.title, ServiceRecord.kind, ReliabilityAppeal.state, handed_over,
        )
        .join(Post, Post.id == Assignment.post_id)
        .join(Shift, Shift.id == Post.shift_id)
        .join(Event, Event.id == Shift.event_id)
        .join(Volunteer, Volunteer.id == Assignment.volunteer_id)
        .outerjoin(ServiceRecord, ServiceRecord.assignment_id == Assignment.id)
        .outerjoin(ReliabilityAppeal, ReliabilityAppeal.assignment_id == Assignment.id)
        .where(
            Assignment.volunteer_id.in_(volunteer_ids),
            known,
            Assignment.state.in_([State.ACCEPTED, State.WITHDRAWN]),
            Event.status != Status.CANCELLED,
            Shift.ends_at <= now,
            Shift.starts_at > now - COUNTED_FOR,
        )
        .order_by(Shift.starts_at.desc(), Assignment.id.desc())
    )  # fmt: skip
    found: dict[int, list[Counted]] = {}
    for (
        volunteer_id,
        row_id,
        state,
        answered_at,
        starts_at,
        title,
        kind,
        appeal,
        is_handed,
    ) in db.session.execute(statement):
        became = outcome(
            came=_came(kind),
            withdrew_at=answered_at if state is State.WITHDRAWN else None,
            starts_at=starts_at,
            was_excused=bool(is_handed and state is State.WITHDRAWN)
            or appeal is AppealState.AGREED,
        )
        if became is not None:
            counted = Counted(row_id, title, starts_at, became, appeal)
            found.setdefault(volunteer_id, []).append(counted)
    return found


def _came(kind: HoursKind | None) -> bool | None:
    return None if kind is None else kind is not HoursKind.NO_SHOW


def reliability_of(volunteer_ids: Collection[int], *, now: datetime) -> dict[int, Reliability]:
    """Return how these volunteers kept their word, for whoever plans; in one statement."""
    counted = counted_of(volunteer_ids, now=now)
    return {
        each: reliability(row.outcome for row in counted.get(each, ())) for each in volunteer_ids
    }


def appeal(person_id: int, assignment_id: int, text: str, *, now: datetime) -> ReliabilityAppeal:
    """Say that what counts of one's place is wrong; saying it again changes nothing.

    Raises:
        NotFoundError: It is no place of theirs that counts.
        NotAppealableError: There is nothing in it that counts against them.
    """
    volunteer = volunteers.lock_volunteer(volunteers.volunteer_of(person_id).id)
    rows = counted_of([volunteer.id], now=now).get(volunteer.id, [])
    row = next((each for each in rows if each.assignment_id == assignment_id), None)
    if row is None:
        raise NotFoundError
    known = db.session.scalar(
        select(ReliabilityAppeal).where(ReliabilityAppeal.assignment_id == assignment_id)
    )
    if known is not None:
        return known
    if not row.may_be_appealed:
        raise NotAppealableError
    made = ReliabilityAppeal(
        assignment_id=assignment_id,
        volunteer_id=volunteer.id,
        text=text,
        state=AppealState.WAITING,
        asked_at=now,
    )
    db.session.add(made)
    db.session.flush()
    audit.record("reliability.appeal", made, by=person_id, now=now)
    return made


def waiting(scope: Scope) -> list[ReliabilityAppeal]:
    """Return what waits for a decision at events of this member of staff's, the first one first."""
    statement = _in_scope(scope).where(ReliabilityAppeal.state == AppealState.WAITING)
    loaded = statement.options(
        joinedload(ReliabilityAppeal.volunteer).joinedload(Volunteer.person),
        joinedload(ReliabilityAppeal.assignment)
        .joinedload(Assignment.post)
        .joinedload(Post.shift)
        .joinedload(Shift.event),
    )
    return list(db.session.scalars(loaded.order_by(ReliabilityAppeal.id)))


def _in_scope(scope: Scope) -> Select[ReliabilityAppeal]:
    own = (
        select(Assignment.id)
        .join(Post, Post.id == Assignment.post_id)
        .join(Shift, Shift.id == Post.shift_id)
        .join(Event, Event.id == Shift.event_id)
        .where(in_scope(scope))
    )
    return select(ReliabilityAppeal).where(ReliabilityAppeal.assignment_id.in_(own))


def decide(appeal_id: int, *, is_right: bool, scope: Scope, now: datetime) -> ReliabilityAppeal:
    """Decide about what somebody says is wrong; a second person does, and they are told.

    Raises:
        NotFoundError: There is none, or it is not this person's business.
        SecondLookError: They wrote down themselves what is said to be wrong, or it is about them.
        AppealDecidedError: Somebody decided before.
    """
    statement = _in_scope(scope).where(ReliabilityAppeal.id == appeal_id)
    found = db.session.scalar(
        statement.with_for_update(of=ReliabilityAppeal).execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFoundError
    if scope.person_id in _not_second(found):
        raise SecondLookError
    if found.state is not AppealState.WAITING:
        raise AppealDecidedError
    found.state = AppealState.AGREED if is_right else AppealState.REFUSED
    found.decided_by_id, found.decided_at = scope.person_id, now
    details = {"is_right": is_right}
    audit.record("reliability.decide", found, by=scope.person_id, now=now, details=details)
    outbox.enqueue(
        AGREED if is_right else REFUSED,
        to=outbox.to_person(found.volunteer.person_id),
        now=now,
        dedupe_key=f"appeal:{found.id}",
        params={"event": found.assignment.post.shift.event.title, "path": PATH},
    )
    return found


def _not_second(found: ReliabilityAppeal) -> set[int | None]:
    """Return who may not decide: whoever confirmed it, and the person themselves."""
    confirmed = select(ServiceRecord.confirmed_by_id).where(
        ServiceRecord.assignment_id == found.assignment_id
    )
    return {db.session.scalar(confirmed), found.volunteer.person_id}
