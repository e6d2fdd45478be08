"""Two plans at the planning desk, the second with something changed: to look at and to compare."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from volunteer_hub import matching
from volunteer_hub.core.database import db
from volunteer_hub.demo.cast import Cast
from volunteer_hub.organisations.queries import scope_of
from volunteer_hub.planning import actions, queries, working
from volunteer_hub.planning.queries import Wanted
from volunteer_hub.planning.rules import Reach

AHEAD: Final = timedelta(days=21)


def make_plans(cast: Cast, *, now: datetime) -> None:
    """Plan three weeks of the demo organiser's events, and once more for shorter ways."""
    scope = scope_of(cast.staff["organiser"].id)
    wanted = Wanted(reach=Reach.ALL, from_at=now, until_at=now + AHEAD)
    if not queries.open_posts(wanted, scope, now=now):
        return
    first = actions.ask_for_plan(wanted, scope=scope, now=now)
    _make(now)
    changes = actions.Changes(weights={"nearness": 600, "kept_bonus": 0})
    actions.ask_again(first.id, changes, scope=scope, now=now)
    _make(now)


def _make(now: datetime) -> None:
    """Do what the worker does, within the transaction that holds all of the demo."""
    db.session.flush()
    claimed = actions.claim_next(now=now)
    if claimed is None:
        return
    asked = working.asked_of(queries.run_by_id(claimed[0]), now=now)
    kept = matching.keep(asked.problem)
    actions.keep_frame(*claimed, kept)
    actions.keep_people(*claimed, kept.people)
    answer = working.answer_of(asked, working.solved(asked))
    actions.finish(*claimed, answer, now=now)
    db.session.flush()
