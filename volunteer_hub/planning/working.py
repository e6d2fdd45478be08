"""The worker's part: a plan is claimed, what there is to decide is kept, solved, and explained."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, or_

from volunteer_hub import matching
from volunteer_hub.assignments import facts
from volunteer_hub.assignments import problem as questions
from volunteer_hub.core import clock, jobs
from volunteer_hub.core.numbers import value_of
from volunteer_hub.core.transaction import transaction
from volunteer_hub.matching import Live, Pin, Plan, Problem, Stage, Volunteer
from volunteer_hub.matching.engagements import Engagements
from volunteer_hub.matching.lookup import Lookup
from volunteer_hub.matching.ranking import judge
from volunteer_hub.organisations.queries import scope_of
from volunteer_hub.planning import actions, queries
from volunteer_hub.planning.actions import Answer, NewRow
from volunteer_hub.planning.models import PlanRun
from volunteer_hub.planning.queries import Wanted
from volunteer_hub.planning.rules import limits_of
from volunteer_hub.planning.weighing import as_weights
from volunteer_hub.volunteers import queries as volunteers

log = logging.getLogger(__name__)
EXPLAINED: Final = 200  # posts that stay short, the first first


class StoppedError(Exception):
    """Somebody ended the plan, another worker has it, or this worker is to end."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one plan is to decide, and what of it was settled before."""

    problem: Problem
    settled: frozenset[Pin]
    seed: int
    limits: matching.Limits


def work_on_next(now: datetime) -> float | None:
    """Make the plan that waits longest; return 0 when there may be more to do."""
    with transaction():
        claimed = actions.claim_next(now=now)
    if claimed is None:
        return None
    make(*claimed, now=now)
    return None if jobs.is_stopping() else 0.0


def make(run_id: int, attempt: int, *, now: datetime) -> None:
    """Make one plan that was claimed."""

    def on_the_way(stage: Stage, number: int) -> None:
        with transaction():
            moment = clock.now()
            goes_on = actions.note_progress(run_id, attempt, stage, number, now=moment)
        if not goes_on or jobs.is_stopping():
            raise StoppedError

    try:
        asked = asked_of(queries.run_by_id(run_id), now=now)
        _keep(run_id, attempt, asked.problem)
        plan = solved(asked, on_the_way)
        answer = answer_of(asked, plan)
    except StoppedError:
        with transaction():
            actions.hand_back(run_id, attempt, now=clock.now())
        return
    except Exception:
        log.exception("plan %s failed", run_id)
        with transaction():
            actions.fail(run_id, attempt, now=clock.now())
        return
    with transaction():
        if not actions.finish(run_id, attempt, answer, now=clock.now()):
            actions.hand_back(run_id, attempt, now=clock.now())


def asked_of(run: PlanRun, *, now: datetime) -> Asked:
    """Return what a plan is to decide, as things stand."""
    scope = scope_of(run.by_person_id)
    wanted = Wanted(
        reach=run.reach,
        from_at=run.from_at,
        until_at=run.until_at,
        event_id=run.event_id,
        campaign_code=run.campaign_code,
    )
    weights = as_weights(value_of, run.weights)
    posts = queries.open_posts(wanted, scope, now=now)
    if not posts:
        nothing = Problem(volunteers=(), shifts=(), posts=(), weights=weights)
        return Asked(nothing, frozenset(), run.seed, limits_of(run.effort))
    among = and_(facts.may_be_proposed(), volunteers.asked_by(scope))
    whom = or_(among, facts.engaged_at(posts))
    found = questions.question_of(posts, whom, proposing=True, now=now).problem
    settled = frozenset(found.pins)
    people = _without(found, queries.left_out_of(run.id))
    rows = queries.rows_of(run.parent_id) if run.parent_id is not None else []
    locked = [Pin(row.volunteer_id, row.post_id) for row in queries.rows_of(run.id)]
    asked = replace(
        found,
        volunteers=people,
        pins=(*found.pins, *_still_possible(found, people, locked)),
        previous=tuple(Pin(row.volunteer_id, row.post_id) for row in rows),
        weights=weights,
    )
    return Asked(asked, settled, run.seed, limits_of(run.effort))


def _without(found: Problem, left_out: set[int]) -> tuple[Volunteer, ...]:
    """Return the volunteers but those to do without; who was asked before cannot be undone."""
    pinned = {pin.volunteer_id for pin in found.pins}
    return tuple(one for one in found.volunteers if one.id not in left_out or one.id in pinned)


def _still_possible(
    found: Problem, people: Sequence[Volunteer], locked: Iterable[Pin]
) -> Iterable[Pin]:
    """Yield locked proposals that the hard rules still allow, next to all that is settled."""
    lookup = Lookup.of(found)
    there, pins = {one.id for one in people}, set(found.pins)
    for pin in sorted(set(locked) - pins):
        if pin.volunteer_id not in there or pin.post_id not in lookup.posts:
            continue
        post = lookup.posts[pin.post_id]
        engagements = Engagements(lookup, pins)
        is_free = engagements.heads(post.id) < post.max_people
        if is_free and not engagements.unmet(lookup.volunteers[pin.volunteer_id], post):
            pins.add(pin)
            yield pin


def _keep(run_id: int, attempt: int, problem: Problem) -> None:
    kept = matching.keep(problem)
    with transaction():
        goes_on = actions.keep_frame(run_id, attempt, kept)
    order = sorted(kept.people)
    for first in range(0, len(order), actions.AT_ONCE):
        if goes_on:
            with transaction():
                said = {who: kept.people[who] for who in order[first : first + actions.AT_ONCE]}
                goes_on = actions.keep_people(run_id, attempt, said)
    if not goes_on:
        raise StoppedError


def solved(asked: Asked, watch: Callable[[Stage, int], None] = matching.unwatched) -> Plan:
    """Return the answer; the same question, seed and limits always give the same one."""
    renamed, who = matching.reseeded(asked.problem, asked.seed)
    plan = matching.solve(renamed, limits=asked.limits, watch=watch)
    named = sorted(Pin(who[pin.volunteer_id], pin.post_id) for pin in plan.assignments)
    return replace(plan, assignments=tuple(named))


def answer_of(asked: Asked, plan: Plan) -> Answer:
    """Return what is kept of a plan: each new assignment with its reasons, how posts stand."""
    lookup = Lookup.of(asked.problem)
    engagements = Engagements(lookup, plan.assignments)
    rows = [
        _row(engagements, pin) for pin in plan.assignments if pin not in asked.settled
    ]  # fmt: skip
    return Answer(
        rows=rows,
        posts=_posts(asked, plan),
        outcome=outcome_of(plan),
        engine=plan.engine,
        digest=matching.plan_digest(plan.assignments),
        settled=frozenset((pin.volunteer_id, pin.post_id) for pin in asked.settled),
    )


def _row(engagements: Engagements, pin: Pin) -> NewRow:
    lookup = engagements.lookup
    found = judge(engagements, lookup.volunteers[pin.volunteer_id], lookup.posts[pin.post_id])
    return NewRow(*pin, questions.as_stored(found), asdict(found.parts))


def outcome_of(plan: Plan) -> dict[str, Any]:
    """Return how good a plan is, and how good any could be."""
    return {
        "open_seats": plan.score.open_seats,
        "missing_experience": plan.score.missing_experience,
        "quality": plan.score.quality,
        "total": plan.score.total,
        "bound": plan.bound,
        "gap": plan.gap,
        "best_open_seats": plan.best_open_seats,
        "steps": plan.steps,
        "clashes": len(plan.violations),
    }


def _posts(asked: Asked, plan: Plan) -> list[dict[str, Any]]:
    """Return how each post stands in the plan, by time, and why some stay short."""
    problem, short = asked.problem, {each.post_id: each.missing for each in plan.unfilled}
    had, proposed = _heads(asked.settled), _heads(set(plan.assignments) - asked.settled)
    live = Live.of(problem, plan) if short else None
    explained = set(list(short)[:EXPLAINED])
    shifts = {shift.id: shift for shift in problem.shifts}
    order = sorted(problem.posts, key=lambda post: (shifts[post.shift_id].start, post.id))
    return [
        {
            "id": post.id,
            "had": had.get(post.id, 0),
            "proposed": proposed.get(post.id, 0),
            "missing": short.get(post.id, 0),
            "why": _why(live, post.id) if live and post.id in explained else None,
        }
        for post in order
    ]


def _heads(pins: Iterable[Pin]) -> dict[int, int]:
    heads: dict[int, int] = {}
    for pin in pins:
        heads[pin.post_id] = heads.get(pin.post_id, 0) + 1
    return heads


def _why(live: Live, post_id: int) -> dict[str, Any]:
    why = matching.quick_shortfall(live, post_id, limit=0)
    openings = matching.what_would_open(live, post_id, missing=why.missing)
    return {
        "binding": why.binding,
        "considered": why.considered,
        "failing_only": {str(each): count for each, count in why.failing_only.items()},
        "openings": [
            {"condition": str(each.condition), "by": each.by, "people": each.people}
            for each in openings
        ],
    }


def replayed(run: PlanRun) -> tuple[str, Plan] | None:
    """Return a plan made once more from what was kept, and the digest of that; None if forgotten.

    Nothing is written, and nothing but what was kept is read.
    """
    kept = queries.kept_of(run)
    if kept is None:
        return None
    asked = Asked(matching.restore(kept), frozenset(), run.seed, limits_of(run.effort))
    return kept.digest, solved(asked)
