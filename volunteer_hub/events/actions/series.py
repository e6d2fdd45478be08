"""A series: the same event on many days, changed one by one, from one on, or all together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, datetime

from sqlalchemy import select

from volunteer_hub.core import audit
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.core.text import N_
from volunteer_hub.events import queries, rules
from volunteer_hub.events.actions.planning import duplicate, edit_event
from volunteer_hub.events.actions.steps import judge, lock_open_event
from volunteer_hub.events.drafts import EventDraft
from volunteer_hub.events.errors import FieldProblem, InSeriesError, UnsoundPlanError
from volunteer_hub.events.models import Event, EventSeries, Status
from volunteer_hub.events.rules import Reach
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.resources import actions as resources

_OPEN = (Status.DRAFT, Status.PUBLISHED)


def make_series(
    event_id: int,
    rule: str,
    *,
    is_holiday: Callable[[date], bool] | None,
    scope: Scope,
    now: datetime,
) -> EventSeries:
    """Plan the same event again on every day of a rule, as drafts; the event is the first of them.

    Shifts, posts, skills and what it needs are copied; people and bookings are not.

    Args:
        event_id: Which event.
        rule: As RFC 5545 writes it.
        is_holiday: Tells which days are left out; None to leave out none.
        scope: Who plans it.
        now: The moment.

    Raises:
        NotFoundError: There is no such event in this scope.
        EventClosedError: It is cancelled or confirmed.
        InSeriesError: It belongs to a series already.
        UnsoundPlanError: The rule never ends, gives no day, or too many.
    """
    source = lock_open_event(event_id, scope)
    if source.series_id is not None:
        raise InSeriesError
    found = rules.series_dates(rule, source.starts_at, now=now, is_holiday=is_holiday)
    if isinstance(found, FieldProblem):
        raise UnsoundPlanError([found])
    series = EventSeries(
        rule=rule,
        skips_holidays=is_holiday is not None,
        created_by_id=scope.person_id,
        created_at=now,
    )
    db.session.add(series)
    db.session.flush()
    source = queries.event_for_staff(event_id, scope)
    source.series_id = series.id
    with db.session.no_autoflush:
        copies = [
            duplicate(source, start - source.starts_at, by=scope.person_id, now=now)
            for start in found.starts
        ]
    for copy in copies:
        copy.series_id = series.id
    db.session.add_all(copies)
    db.session.flush()
    resources.copy_requirements(event_id, [copy.id for copy in copies])
    details = {"event": event_id, "events": len(copies)}
    audit.record("event_series.make", series, by=scope.person_id, now=now, details=details)
    return series


def edit_others(
    event_id: int,
    before: EventDraft,
    after: EventDraft,
    *,
    reach: Reach,
    scope: Scope,
    now: datetime,
) -> int:
    """Make what was changed in one event of a series so in others too; returns in how many.

    Times move by as much as this one's did. Called with the one already saved, in the same
    transaction, so that either all are changed or none. What is over or closed stays as it is.

    Args:
        event_id: Which event was changed.
        before: Its plan as it was.
        after: Its plan as it is now.
        reach: Which others.
        scope: Who changes them.
        now: The moment.

    Raises:
        UnsoundPlanError: One of them cannot be changed like this; it says which day's.
    """
    changed = [
        field.name
        for field in fields(EventDraft)
        if getattr(before, field.name) != getattr(after, field.name)
    ]
    others = _others(event_id, before, reach, scope, now) if changed else []
    values = {name: getattr(after, name) for name in changed}
    for other in others:
        draft = queries.draft_of(other)
        times = {
            "starts_at": draft.starts_at + (after.starts_at - before.starts_at),
            "ends_at": draft.ends_at + (after.ends_at - before.ends_at),
        }
        _edit(other, replace(draft, **values | times), scope, now)
    return len(others)


def _others(
    event_id: int, before: EventDraft, reach: Reach, scope: Scope, now: datetime
) -> list[Event]:
    if reach is Reach.ONE:
        return []
    series = select(Event.series_id).where(Event.id == event_id).scalar_subquery()
    since = max(now, before.starts_at) if reach is Reach.FOLLOWING else now
    statement = (
        select(Event)
        .where(
            Event.series_id == series,
            Event.id != event_id,
            Event.status.in_(_OPEN),
            Event.starts_at > since,
            queries.in_scope(scope),
        )
        .order_by(Event.id)
    )
    return list(db.session.scalars(statement))


def _edit(event: Event, draft: EventDraft, scope: Scope, now: datetime) -> None:
    try:
        edit_event(
            event.id,
            draft,
            scope=scope,
            expected_version=event.version,
            moves_shifts=True,
            now=now,
        )
    except UnsoundPlanError as error:
        day = event.starts_at.astimezone(LOCAL).date().isoformat()
        message = N_("系列里 %(day)s 那一场不能这样改。请先单独改好那一场，或只改这一场")
        judge([FieldProblem("reach", message, {"day": day}), *error.problems])
