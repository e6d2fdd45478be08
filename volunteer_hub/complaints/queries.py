from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import joinedload, selectinload

from volunteer_hub.complaints import rules
from volunteer_hub.complaints.models import Complaint
from volunteer_hub.complaints.rules import State
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.numbers import value_of
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.workdays.queries import work_calendar

PER_PAGE: Final = 20


@dataclass(frozen=True, slots=True)
class ComplaintPage:
    """One page of a list of complaints."""

    complaints: list[Complaint]
    total: int
    page: int
    pages: int


def due_on(filed_on: date) -> date:
    """Return the last day of an answer: so many working days after it was filed."""
    return work_calendar().later(filed_on, value_of(rules.DAYS_KEY))


def seen_by(scope: Scope) -> ColumnElement[bool]:
    """Return which complaints are somebody's business: the city's all, a county's its own."""
    return true() if scope.is_city_wide else Complaint.county_id.in_(scope.county_ids)


def complaint_by_id(complaint_id: int) -> Complaint:
    """Return a complaint with all that was said.

    Raises:
        NotFoundError: There is no such complaint.
    """
    return _one(Complaint.id == complaint_id)


def is_there(complaint_id: int) -> bool:
    """Tell whether there is such a complaint."""
    return db.session.get(Complaint, complaint_id) is not None


def complaint_for_staff(complaint_id: int, scope: Scope) -> Complaint:
    """Return a complaint with all that was said, for an office whose business it is.

    Raises:
        NotFoundError: There is no such complaint, or it is not this office's business.
    """
    return _one(Complaint.id == complaint_id, seen_by(scope))


def lock_complaint(complaint_id: int, *conditions: ColumnElement[bool]) -> Complaint:
    """Return a complaint, kept from changing until the transaction ends.

    Raises:
        NotFoundError: There is none on these conditions.
    """
    statement = (
        select(Complaint)
        .where(Complaint.id == complaint_id, *conditions)
        .with_for_update(of=Complaint)
        .execution_options(populate_existing=True)
    )
    return _there(db.session.scalar(statement))


def _one(*conditions: ColumnElement[bool]) -> Complaint:
    statement = (
        select(Complaint)
        .where(*conditions)
        .options(
            selectinload(Complaint.entries),
            joinedload(Complaint.county),
            joinedload(Complaint.handled_by),
        )
    )
    return _there(db.session.scalar(statement))


def _there(complaint: Complaint | None) -> Complaint:
    if complaint is None:
        raise NotFoundError
    return complaint


def complaints_for(scope: Scope, states: Collection[State], *, page: int = 1) -> ComplaintPage:
    """Return an office's complaints in these states, what is due first comes first."""
    condition = (seen_by(scope), Complaint.state.in_(states))
    total = db.session.scalar(select(func.count(Complaint.id)).where(*condition)) or 0
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(page, 1), pages)
    statement = (
        select(Complaint)
        .where(*condition)
        .order_by(Complaint.due_on, Complaint.id)
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE)
        .options(joinedload(Complaint.county))
    )
    return ComplaintPage(list(db.session.scalars(statement)), total, page, pages)


def counts_for(scope: Scope, *, today: date) -> dict[str, int]:
    """Return how many of an office's complaints stand how, and how many are late."""
    statement = (
        select(Complaint.state, func.count()).where(seen_by(scope)).group_by(Complaint.state)
    )
    counts = {str(state): count for state, count in db.session.execute(statement)}
    late = select(func.count(Complaint.id)).where(
        seen_by(scope), Complaint.state.in_(rules.WAITING), Complaint.due_on < today
    )
    return counts | {"late": db.session.scalar(late) or 0}


def of_person(person_id: int) -> list[Complaint]:
    """Return what somebody filed while they were signed in, the newest first."""
    statement = (
        select(Complaint).where(Complaint.person_id == person_id).order_by(Complaint.id.desc())
    )
    return list(db.session.scalars(statement.limit(PER_PAGE)))


def nearly_due(*, today: date, within: timedelta) -> list[Complaint]:
    """Return complaints whose last day is near or past."""
    statement = (
        select(Complaint)
        .where(Complaint.state.in_(rules.WAITING), Complaint.due_on <= today + within)
        .order_by(Complaint.id)
    )
    return list(db.session.scalars(statement))
