"""What the planner's board reads: events with what they lack, all at once however many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import and_, select

from volunteer_hub.core.database import db
from volunteer_hub.events.models import Event, Status
from volunteer_hub.events.queries import WITH_PLACE, in_scope
from volunteer_hub.events.rules import MAX_EVENT
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.pages.queries import Narrowed
from volunteer_hub.resources import queries as resources
from volunteer_hub.resources import rules
from volunteer_hub.resources.models import Requirement
from volunteer_hub.resources.rules import Candidate, Span, State

AT_MOST: Final = 500
PER_PAGE: Final = 50


def planned(
    scope: Scope, start: datetime, end: datetime, wanted: Narrowed, *, page: int = 1
) -> tuple[list[Event], bool]:
    """Return a page of the events between two moments, by time, and whether there are more."""
    statement = (
        select(Event)
        .where(
            in_scope(scope),
            *wanted.conditions,
            Event.ends_at > start,
            Event.starts_at.between(start - MAX_EVENT, end),
        )
        .order_by(Event.starts_at, Event.id)
        .options(*WITH_PLACE)
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE + 1)
    )
    found = list(db.session.scalars(statement))
    return found[:PER_PAGE], len(found) > PER_PAGE


def watched(scope: Scope, start: datetime, end: datetime, wanted: Narrowed) -> list[Event]:
    """Return drafts and published events until a moment, by time.

    Those that are over are among them as long as nobody confirmed their figures.
    """
    mine = [in_scope(scope), *wanted.conditions]
    over = and_(Event.status == Status.PUBLISHED, Event.ends_at <= start)
    coming = and_(
        Event.status.in_([Status.DRAFT, Status.PUBLISHED]),
        Event.ends_at > start,
        Event.starts_at.between(start - MAX_EVENT, end),
    )
    found: list[Event] = []
    for condition in (over, coming):
        statement = (
            select(Event)
            .where(*mine, condition)
            .order_by(Event.starts_at, Event.id)
            .options(*WITH_PLACE)
            .limit(AT_MOST)
        )
        found += db.session.scalars(statement)
    return found


def unmet_of(events: Sequence[Event], *, now: datetime) -> dict[int, list[State]]:
    """Return how each requirement that is not met stands, of the events that are not over."""
    coming = {event.id: Span(event.starts_at, event.ends_at) for event in events
              if event.ends_at > now}  # fmt: skip
    needs = defaultdict(list)
    rows = select(Requirement).where(Requirement.event_id.in_(coming)).order_by(Requirement.id)
    for row in db.session.scalars(rows):
        needs[row.event_id].append(resources.need_of(row))
    if not needs:
        return {}
    known = [resources.facts_of(row) for row in resources.resources(with_retired=True)]
    whole = Span(
        min(coming[event_id].start for event_id in needs),
        max(coming[event_id].end for event_id in needs),
    )
    busy = resources.busy_around([each.id for each in known], whole)
    found: dict[int, list[State]] = {}
    for event_id, wanted in needs.items():
        use = coming[event_id]
        others = [each for each in busy if each.event_id != event_id]
        own = {each.resource_id for each in busy if each.event_id == event_id}
        candidates = []
        for each in known:
            standing, in_the_way = rules.standing(each, use, others)
            candidates.append(Candidate(each, standing, each.id in own, in_the_way))
        verdicts = rules.verdicts(wanted, candidates)
        found[event_id] = [each.state for each in verdicts if each.state is not State.MET]
    return {event_id: states for event_id, states in found.items() if states}


def in_scope_of(scope: Scope, event_ids: Sequence[int]) -> list[Event]:
    """Return those of some events that are this member of staff's business, by time."""
    statement = (
        select(Event)
        .where(and_(Event.id.in_(event_ids), in_scope(scope)))
        .order_by(Event.starts_at, Event.id)
        .options(*WITH_PLACE)
    )
    return list(db.session.scalars(statement))
