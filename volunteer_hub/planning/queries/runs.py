"""Plans and what is in them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from volunteer_hub.accounts.models import Person
from volunteer_hub.assignments.models import Assignment
from volunteer_hub.assignments.rules import State
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.events.models import Event, Post, Shift
from volunteer_hub.matching import Kept
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.planning.models import PlanPerson, PlanRow, PlanRun
from volunteer_hub.planning.rules import LIVE, PlanState, RowState
from volunteer_hub.regions.models import Venue
from volunteer_hub.volunteers.models import Volunteer

ROWS_PER_PAGE: Final = 24
MOST_RUNS: Final = 30


@dataclass(frozen=True, slots=True)
class RowPage:
    """One page of a plan's proposals, by shift, post and name."""

    rows: list[PlanRow]
    total: int
    page: int
    pages: int


def run_by_id(run_id: int) -> PlanRun:
    """Return a plan.

    Raises:
        NotFoundError: There is no such plan.
    """
    return _there(db.session.get(PlanRun, run_id))


def run_for_staff(run_id: int, scope: Scope) -> PlanRun:
    """Return a plan, for whoever asked for it and for the city's office.

    Raises:
        NotFoundError: There is no such plan, or it is not this person's business.
    """
    statement = select(PlanRun).where(PlanRun.id == run_id).options(joinedload(PlanRun.event))
    found = _there(db.session.scalar(statement))
    if found.by_person_id != scope.person_id and not scope.is_city_wide:
        raise NotFoundError
    return found


def _there(run: PlanRun | None) -> PlanRun:
    if run is None:
        raise NotFoundError
    return run


def runs_of(scope: Scope) -> list[PlanRun]:
    """Return the latest plans of whoever asks; the city's office sees everybody's."""
    statement = select(PlanRun).options(joinedload(PlanRun.by), joinedload(PlanRun.event))
    if not scope.is_city_wide:
        statement = statement.where(PlanRun.by_person_id == scope.person_id)
    statement = statement.order_by(PlanRun.asked_at.desc(), PlanRun.id.desc()).limit(MOST_RUNS)
    return list(db.session.scalars(statement))


def children_of(run: PlanRun) -> list[PlanRun]:
    """Return the plans next to this one: what it was made from, and what was made from it."""
    near = or_(PlanRun.parent_id == run.id, PlanRun.id == run.parent_id)
    beside = and_(PlanRun.parent_id == run.parent_id, PlanRun.parent_id.is_not(None))
    statement = select(PlanRun).where(
        or_(near, beside), PlanRun.id != run.id, PlanRun.state == PlanState.DONE
    )
    return list(db.session.scalars(statement.order_by(PlanRun.id.desc())))


def live_count(person_id: int) -> int:
    """Return how many plans of somebody are in the making."""
    statement = select(func.count(PlanRun.id)).where(
        PlanRun.by_person_id == person_id, PlanRun.state.in_(LIVE)
    )
    return db.session.scalar(statement) or 0


def lock_run(run_id: int) -> PlanRun:
    """Return a plan, held against other writers.

    Raises:
        NotFoundError: There is no such plan.
    """
    statement = select(PlanRun).where(PlanRun.id == run_id).with_for_update(of=PlanRun)
    return _there(db.session.scalar(statement.execution_options(populate_existing=True)))


def lock_next(*, now: datetime) -> PlanRun | None:
    """Return the plan that waits longest for a worker, held; None when there is none."""
    is_lost = and_(PlanRun.state == PlanState.RUNNING, PlanRun.lease_until < now)
    statement = (
        select(PlanRun)
        .where(or_(PlanRun.state == PlanState.WAITING, is_lost))
        .order_by(PlanRun.asked_at, PlanRun.id)
        .limit(1)
        .with_for_update(of=PlanRun, skip_locked=True)
    )
    return db.session.scalar(statement.execution_options(populate_existing=True))


def left_out_of(run_id: int) -> set[int]:
    """Return which volunteers a plan is to do without."""
    statement = select(PlanPerson.volunteer_id).where(
        PlanPerson.run_id == run_id, PlanPerson.is_left_out.is_(True)
    )
    return set(db.session.scalars(statement))


def kept_of(run: PlanRun) -> Kept | None:
    """Return what a plan was made from; None once that is forgotten."""
    if run.frame is None:
        return None
    statement = select(PlanPerson.volunteer_id, PlanPerson.said).where(PlanPerson.run_id == run.id)
    people = {who: said for who, said in db.session.execute(statement) if said}
    return Kept(run.frame, people)


def rows_of(run_id: int) -> list[PlanRow]:
    """Return all proposals of a plan, without names."""
    statement = select(PlanRow).where(PlanRow.run_id == run_id)
    return list(db.session.scalars(statement.order_by(PlanRow.post_id, PlanRow.volunteer_id)))


def page_of_rows(run_id: int, page: int) -> RowPage:
    """Return one page of a plan's proposals, with names, posts and places."""
    count = select(func.count(PlanRow.id)).where(PlanRow.run_id == run_id)
    total = db.session.scalar(count) or 0
    pages = max(1, -(-total // ROWS_PER_PAGE))
    number = max(1, min(page, pages))
    event = contains_eager(PlanRow.post).contains_eager(Post.shift).contains_eager(Shift.event)
    statement = (
        select(PlanRow)
        .join(PlanRow.post)
        .join(Post.shift)
        .join(Shift.event)
        .join(PlanRow.volunteer)
        .join(Volunteer.person)
        .where(PlanRow.run_id == run_id)
        .order_by(Shift.starts_at, Shift.id, Post.id, Person.pinyin, PlanRow.id)
        .limit(ROWS_PER_PAGE)
        .offset((number - 1) * ROWS_PER_PAGE)
        .options(
            event.joinedload(Event.venue).joinedload(Venue.region),
            event.joinedload(Event.region),
            contains_eager(PlanRow.volunteer).contains_eager(Volunteer.person),
        )
    )
    return RowPage(list(db.session.scalars(statement)), total, number, pages)


def row_ids_to_decide(run_id: int, chosen: Collection[int] | None) -> list[int]:
    """Return which proposals of a plan are still to be decided, those of one event together.

    Args:
        run_id: The plan.
        chosen: Of these only; None for all.
    """
    statement = (
        select(PlanRow.id)
        .join(PlanRow.post)
        .join(Post.shift)
        .where(PlanRow.run_id == run_id, PlanRow.state != RowState.INVITED)
        .order_by(Shift.starts_at, Shift.event_id, PlanRow.id)
    )
    if chosen is not None:
        statement = statement.where(PlanRow.id.in_(chosen))
    return list(db.session.scalars(statement))


def lock_rows(row_ids: Collection[int]) -> list[PlanRow]:
    """Return proposals, held against other writers; lock people and posts before."""
    statement = (
        select(PlanRow)
        .where(PlanRow.id.in_(row_ids))
        .order_by(PlanRow.id)
        .with_for_update(of=PlanRow)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(statement))


def people_there(volunteer_ids: Collection[int]) -> set[int]:
    """Return those of the volunteers whose account is not closed, held until that is written."""
    statement = (
        select(Volunteer.id)
        .join(Volunteer.person)
        .where(Volunteer.id.in_(volunteer_ids), Person.erased_at.is_(None))
        .order_by(Volunteer.id)
        .with_for_update(of=Volunteer, read=True)
    )
    return set(db.session.scalars(statement))


def posts_there(post_ids: Collection[int]) -> set[int]:
    """Return those of the posts that are still there."""
    return set(db.session.scalars(select(Post.id).where(Post.id.in_(post_ids))))


def settled_pairs(post_ids: Collection[int]) -> dict[tuple[int, int], State]:
    """Return how things stand between volunteers and these posts."""
    statement: Any = select(Assignment.volunteer_id, Assignment.post_id, Assignment.state).where(
        Assignment.post_id.in_(post_ids)
    )
    return {(who, what): state for who, what, state in db.session.execute(statement)}
