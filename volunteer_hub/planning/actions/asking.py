"""Somebody asks for a plan, or for another one with something changed, or wants it to end."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from volunteer_hub.core import audit
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db, take_turns
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.planning import queries
from volunteer_hub.planning.errors import NothingToPlanError, TooManyPlansError
from volunteer_hub.planning.models import PlanPerson, PlanRow, PlanRun
from volunteer_hub.planning.queries import Wanted
from volunteer_hub.planning.rules import LIVE, OVER, Effort, PlanState, RowState

MOST_AT_ONCE: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to be otherwise in another plan.

    Attributes:
        locked: Proposals, by id, that are to stay as they are.
        left_out: Volunteers to do without.
        weights: What counts otherwise than usual.
    """

    locked: Collection[int] = ()
    left_out: Collection[int] = ()
    weights: Mapping[str, int] = field(default_factory=dict)
    effort: Effort = Effort.USUAL


def ask_for_plan(wanted: Wanted, *, scope: Scope, now: datetime) -> PlanRun:
    """Queue a plan for the posts that are meant.

    Raises:
        NothingToPlanError: None of them wants anybody.
        TooManyPlansError: Several plans of this person are in the making.
    """
    _require_room(scope.person_id)
    if not queries.open_posts(wanted, scope, now=now):
        raise NothingToPlanError
    return _queued(wanted, now.astimezone(LOCAL).date().toordinal(), scope=scope, now=now)


def ask_again(run_id: int, changes: Changes, *, scope: Scope, now: datetime) -> PlanRun:
    """Queue another plan for the same posts, with something changed.

    Raises:
        NotFoundError: There is no such plan, or it is not this person's business.
        TooManyPlansError: Several plans of this person are in the making.
    """
    _require_room(scope.person_id)
    before = queries.run_for_staff(run_id, scope)
    wanted = Wanted(
        reach=before.reach,
        from_at=before.from_at,
        until_at=before.until_at,
        event_id=before.event_id,
        campaign_code=before.campaign_code,
    )
    run = _queued(wanted, before.seed, scope=scope, now=now)
    run.parent_id, run.weights, run.effort = before.id, dict(changes.weights), changes.effort
    known = queries.rows_of(before.id)
    _lock_again(run, [row for row in known if row.id in set(changes.locked)])
    out = queries.left_out_of(before.id) | set(changes.left_out)
    for who in sorted(queries.people_there(out)):
        db.session.add(PlanPerson(run_id=run.id, volunteer_id=who, said={}, is_left_out=True))
    return run


def _lock_again(run: PlanRun, rows: list[PlanRow]) -> None:
    there = queries.people_there({row.volunteer_id for row in rows})
    for row in rows:
        if row.volunteer_id in there:
            again = PlanRow(run_id=run.id, post_id=row.post_id, volunteer_id=row.volunteer_id)
            again.state, again.is_locked, again.parts = RowState.PROPOSED, True, row.parts
            again.reasons = row.reasons
            db.session.add(again)


def _queued(wanted: Wanted, seed: int, *, scope: Scope, now: datetime) -> PlanRun:
    run = PlanRun(
        by_person_id=scope.person_id,
        reach=wanted.reach,
        event_id=wanted.event_id,
        campaign_code=wanted.campaign_code,
        from_at=wanted.from_at,
        until_at=wanted.until_at,
        state=PlanState.WAITING,
        asked_at=now,
        seed=seed,
    )
    db.session.add(run)
    db.session.flush()
    audit.record("plan.ask", run, by=scope.person_id, now=now, details={"reach": wanted.reach})
    return run


def _require_room(person_id: int) -> None:
    take_turns(f"plans of {person_id}")
    if queries.live_count(person_id) >= MOST_AT_ONCE:
        raise TooManyPlansError


def stop(run_id: int, *, scope: Scope, now: datetime) -> None:
    """End a plan in the making; one that is over stays as it is.

    Raises:
        NotFoundError: There is no such plan, or it is not this person's business.
    """
    queries.run_for_staff(run_id, scope)
    run = queries.lock_run(run_id)
    if run.state in OVER:
        return
    run.is_stopping = True
    if run.state is LIVE[0]:
        run.state, run.finished_at = PlanState.CANCELLED, now
    audit.record("plan.stop", run, by=scope.person_id, now=now)
