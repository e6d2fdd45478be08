"""What the worker writes while it works on a plan; all of it under the plan's row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, insert, select, update

from volunteer_hub.assignments import queries as places
from volunteer_hub.core.database import db
from volunteer_hub.core.numbers import Number, value_of
from volunteer_hub.core.text import N_
from volunteer_hub.matching import Kept
from volunteer_hub.planning import queries
from volunteer_hub.planning.models import PlanPerson, PlanRow, PlanRun
from volunteer_hub.planning.rules import LIVE, MOST_ATTEMPTS, PlanState, RowState

# A worker that says nothing for so long is taken to have died; between two signs it solves one
# programme.
LEASE: Final = timedelta(minutes=5)
AT_ONCE: Final = 1000
KEEP: Final = Number(
    key="keep.plans", label=N_("人员安排方案"), usual=60, least=7, most=365,
    why=N_("方案排好后保留多久；以后连当时用到的志愿者情况一起删除"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewRow:
    """A proposal of a plan, as plain values."""

    volunteer_id: int
    post_id: int
    reasons: Sequence[Mapping[str, Any]]
    parts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the matcher answered, as plain values.

    Attributes:
        settled: Volunteer and post of each who was asked or had agreed when it began.
    """

    rows: Sequence[NewRow]
    posts: Sequence[Mapping[str, Any]]
    outcome: Mapping[str, Any]
    engine: str
    digest: str
    settled: frozenset[tuple[int, int]] = frozenset()


def claim_next(*, now: datetime) -> tuple[int, int] | None:
    """Take the plan that waits longest; return it and which attempt it is, or None.

    One whose worker died is taken again, a few times.
    """
    run = queries.lock_next(now=now)
    if run is None:
        return None
    run.attempts += 1
    if run.attempts > MOST_ATTEMPTS or run.is_stopping:
        run.state = PlanState.CANCELLED if run.is_stopping else PlanState.FAILED
        run.finished_at = now
        return claim_next(now=now)
    run.state, run.started_at, run.lease_until = PlanState.RUNNING, now, now + LEASE
    run.stage, run.step = "", 0
    db.session.flush()
    return run.id, run.attempts


def _mine(run_id: int, attempt: int) -> PlanRun | None:
    """Return the plan, held, if this attempt may still work on it."""
    run = queries.lock_run(run_id)
    is_mine = run.state is PlanState.RUNNING and run.attempts == attempt
    return run if is_mine and not run.is_stopping else None


def note_progress(run_id: int, attempt: int, stage: str, step: int, *, now: datetime) -> bool:
    """Write down how far it has come; return whether to go on."""
    run = _mine(run_id, attempt)
    if run is None:
        return False
    run.stage, run.step, run.lease_until = stage, step, now + LEASE
    return True


def keep_frame(run_id: int, attempt: int, kept: Kept) -> bool:
    """Keep what there was to decide, as far as it is about nobody; return whether to go on."""
    run = _mine(run_id, attempt)
    if run is None:
        return False
    run.frame, run.input_digest = dict(kept.frame), kept.digest
    db.session.execute(
        delete(PlanPerson).where(PlanPerson.run_id == run_id, PlanPerson.is_left_out.is_(False))
    )
    return True


def keep_people(run_id: int, attempt: int, said: Mapping[int, Mapping[str, Any]]) -> bool:
    """Keep what is about some volunteers; return whether to go on.

    Of whoever closed their account in the meantime nothing is kept.
    """
    if _mine(run_id, attempt) is None:
        return False
    there = queries.people_there(said)
    known = queries.left_out_of(run_id)
    rows = [
        {"run_id": run_id, "volunteer_id": who, "said": dict(said[who]), "is_left_out": False}
        for who in sorted(there - known)
    ]
    if rows:
        db.session.execute(insert(PlanPerson), rows)
    for who in sorted(there & known):
        mine = (PlanPerson.run_id == run_id, PlanPerson.volunteer_id == who)
        db.session.execute(update(PlanPerson).where(*mine).values(said=dict(said[who])))
    return True


def finish(run_id: int, attempt: int, answer: Answer, *, now: datetime) -> bool:
    """Keep the answer; return whether it was still wanted.

    Proposals for posts that were deleted meanwhile, or of people who closed their account, are
    left out. What else happened meanwhile is found when somebody confirms them.
    """
    there = queries.people_there({row.volunteer_id for row in answer.rows})
    run = _mine(run_id, attempt)
    if run is None:
        return False
    posts = queries.posts_there({row.post_id for row in answer.rows})
    locked = {(row.volunteer_id, row.post_id) for row in queries.rows_of(run_id) if row.is_locked}
    db.session.execute(delete(PlanRow).where(PlanRow.run_id == run_id))
    db.session.add_all(
        PlanRow(
            run_id=run_id,
            post_id=row.post_id,
            volunteer_id=row.volunteer_id,
            state=RowState.PROPOSED,
            is_locked=(row.volunteer_id, row.post_id) in locked,
            reasons=[dict(each) for each in row.reasons],
            parts=dict(row.parts),
        )
        for row in answer.rows
        if row.post_id in posts and row.volunteer_id in there
    )
    run.state, run.finished_at, run.lease_until = PlanState.DONE, now, None
    run.posts = [dict(each) for each in answer.posts]
    gone = {"gone_meanwhile": _gone(answer.settled)}
    run.outcome, run.engine = {**answer.outcome, **gone}, answer.engine
    run.result_digest = answer.digest
    return True


def _gone(settled: frozenset[tuple[int, int]]) -> int:
    """Return how many of those who were asked or had agreed are neither any more."""
    states = queries.settled_pairs({post_id for _, post_id in settled})
    return sum(states.get(pair) not in places.LIVE for pair in settled)


def hand_back(run_id: int, attempt: int, *, now: datetime) -> None:
    """End a plan somebody wants to end; give one back to whoever works next."""
    run = queries.lock_run(run_id)
    if run.state is not PlanState.RUNNING or run.attempts != attempt:
        return
    if run.is_stopping:
        run.state, run.finished_at = PlanState.CANCELLED, now
    else:
        run.state, run.attempts = PlanState.WAITING, run.attempts - 1
    run.lease_until = None


def fail(run_id: int, attempt: int, *, now: datetime) -> None:
    """Note that nothing comes of a plan."""
    run = _mine(run_id, attempt)
    if run is not None:
        run.state, run.finished_at, run.lease_until = PlanState.FAILED, now, None


def forget_old(*, now: datetime) -> int:
    """Delete plans that were kept long enough, with all they knew; return how many."""
    limit = now - timedelta(days=value_of(KEEP.key))
    due = select(PlanRun.id).where(PlanRun.asked_at < limit, PlanRun.state.not_in(LIVE)).limit(20)
    ids = list(db.session.scalars(due))
    _delete(ids)
    return len(ids)


def _delete(ids: Iterable[int]) -> None:
    gone = list(ids)
    if not gone:
        return
    for table in (PlanRow, PlanPerson):
        db.session.execute(delete(table).where(table.run_id.in_(gone)))
    db.session.execute(update(PlanRun).where(PlanRun.parent_id.in_(gone)).values(parent_id=None))
    db.session.execute(delete(PlanRun).where(PlanRun.id.in_(gone)))
