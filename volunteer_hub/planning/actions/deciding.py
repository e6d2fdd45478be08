"""Somebody confirms proposals of a plan: each is judged again at this moment, one after another.

Plans overlap, people answer and events change while a plan waits to be confirmed. So people and
posts are held first, in the house's order, the hard rules are asked anew next to what everybody
does now, and what is in the way is written to the row; the others become invitations.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_

from volunteer_hub.assignments import actions as assignments
from volunteer_hub.assignments import problem
from volunteer_hub.assignments import queries as places
from volunteer_hub.assignments.actions import Pick
from volunteer_hub.assignments.models import Source
from volunteer_hub.assignments.queries import PostCount
from volunteer_hub.assignments.rules import Asked, Limits
from volunteer_hub.core import audit
from volunteer_hub.core.database import db
from volunteer_hub.events.models import Post
from volunteer_hub.events.queries import lock_post
from volunteer_hub.matching import Pin
from volunteer_hub.matching.engagements import Engagements
from volunteer_hub.matching.lookup import Lookup
from volunteer_hub.matching.objections import objections
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.planning import queries
from volunteer_hub.planning.errors import PlanNotReadyError
from volunteer_hub.planning.models import PlanRow
from volunteer_hub.planning.rules import PlanState, RowState
from volunteer_hub.volunteers import queries as volunteers
from volunteer_hub.volunteers.models import Volunteer

Refusals = list[dict[str, Any]]
CLOSED: Final = "closed"
FULL: Final = "full"
ASKED_ALREADY: Final = "asked_already"
ASKED_ENOUGH: Final = "asked_enough"
NOT_THERE: Final = "not_there"


@dataclass(frozen=True, slots=True)
class Decided:
    """How many people were asked, and how many stood in each other's way."""

    invited: int
    conflicts: int


def decide(
    run_id: int,
    row_ids: Collection[int],
    *,
    scope: Scope,
    limits: Limits,
    now: datetime,
    goes_on: bool = False,
) -> Decided:
    """Turn proposals into invitations; what has become impossible is noted row by row.

    Confirming twice changes nothing. Rows that are not of this plan are left alone.

    Args:
        run_id: The plan.
        row_ids: Which of its proposals.
        scope: Who confirms.
        limits: How often somebody may be asked in a week.
        now: The moment.
        goes_on: Whether posts go on asking by themselves when somebody declines or never answers.

    Raises:
        NotFoundError: There is no such plan, or it is not this person's business.
        PlanNotReadyError: It is not done.
    """
    run = queries.run_for_staff(run_id, scope)
    if run.state is not PlanState.DONE:
        raise PlanNotReadyError
    seen = [row for row in queries.rows_of(run_id) if row.id in set(row_ids)]
    rows = _held(seen)
    if not rows:
        return Decided(0, 0)
    refused, picks = _judged(rows, scope=scope, limits=limits, now=now)
    asked = _invite(picks, by=scope.person_id, now=now)
    for post_id in sorted({what for _, what in asked}) if goes_on else ():
        assignments.go_on_asking(post_id, now=now)
    for row in rows:
        _note(row, refused, asked, by=scope.person_id, now=now)
    decided = Decided(len(asked), len(rows) - len(asked))
    details = {"invited": decided.invited, "conflicts": decided.conflicts}
    audit.record("plan.confirm", run, by=scope.person_id, now=now, details=details)
    return decided


def _held(seen: Iterable[PlanRow]) -> list[PlanRow]:
    """Return what of the rows is still to be decided: people, posts and rows are held."""
    wanted = {row.id: (row.volunteer_id, row.post_id) for row in seen}
    people = places.existing_volunteers({who for who, _ in wanted.values()})
    for who in sorted(people):
        volunteers.lock_volunteer(who)
    for post_id in sorted(queries.posts_there({what for _, what in wanted.values()})):
        lock_post(post_id)
    return [row for row in queries.lock_rows(wanted) if row.state is not RowState.INVITED]


def _judged(
    rows: Iterable[PlanRow], *, scope: Scope, limits: Limits, now: datetime
) -> tuple[dict[int, Refusals], list[PlanRow]]:
    """Return what stands against each row that cannot be, and the rows that can."""
    judge = _Judge.of(list(rows), scope=scope, limits=limits, now=now)
    refused: dict[int, Refusals] = {}
    picks = []
    for row in sorted(rows, key=lambda row: (-sum(row.parts.values()), row.id)):
        against = judge.against(row)
        if against:
            refused[row.id] = against
        else:
            judge.take(row)
            picks.append(row)
    return refused, picks


@dataclass(slots=True)
class _Judge:
    """How things stand at this moment, and what was taken since."""

    lookup: Lookup
    pins: list[Pin]
    posts: Mapping[int, Post]
    heads: dict[int, int]
    open_posts: set[int]
    asked: dict[int, Asked]
    limits: Limits

    @classmethod
    def of(
        cls, rows: Collection[PlanRow], *, scope: Scope, limits: Limits, now: datetime
    ) -> _Judge:
        post_ids = {row.post_id for row in rows}
        people = {row.volunteer_id for row in rows}
        posts = queries.posts_by_id(post_ids)
        # Whoever left the team since is not theirs to ask; the others still are.
        whom = and_(Volunteer.id.in_(people), volunteers.asked_by(scope))
        question = problem.question_of(list(posts.values()), whom, proposing=True, now=now)
        counts = places.counts_of_posts(post_ids)
        lookup = Lookup.of(question.problem)
        return cls(
            lookup=lookup,
            pins=list(lookup.pins),
            posts=posts,
            heads={each: _heads(counts.get(each)) for each in post_ids},
            open_posts=queries.still_manages(scope, post_ids, now=now),
            asked=places.asking_of(people, now=now),
            limits=limits,
        )

    def against(self, row: PlanRow) -> Refusals:
        """Return what stands against a row, perhaps nothing."""
        who, what = row.volunteer_id, row.post_id
        if what not in self.open_posts:
            return [{"code": CLOSED}]
        if who not in self.lookup.volunteers:
            return [{"code": NOT_THERE}]
        return self._rules_against(who, what) or self._numbers_against(who, what)

    def _rules_against(self, who: int, what: int) -> Refusals:
        engagements = Engagements(self.lookup, self.pins)
        if engagements.holds(who, what):
            return [{"code": ASKED_ALREADY}]
        volunteer, post = self.lookup.volunteers[who], self.lookup.posts[what]
        shift = self.lookup.shifts[post.shift_id]
        found = objections(engagements.unmet(volunteer, post), volunteer, shift, post)
        return [{"code": str(each.code), **each.values} for each in found]

    def _numbers_against(self, who: int, what: int) -> Refusals:
        if self.heads[what] >= self.posts[what].max_people:
            return [{"code": FULL}]
        if self.asked.get(who, Asked()).unanswered >= self.limits.a_week:
            return [{"code": ASKED_ENOUGH}]
        return []

    def take(self, row: PlanRow) -> None:
        """Count a row as asked."""
        self.pins.append(Pin(row.volunteer_id, row.post_id))
        self.heads[row.post_id] += 1
        before = self.asked.get(row.volunteer_id, Asked())
        self.asked[row.volunteer_id] = replace(before, unanswered=before.unanswered + 1)


def _heads(count: PostCount | None) -> int:
    return count.accepted + count.invited + count.kept if count else 0


def _invite(rows: Iterable[PlanRow], *, by: int, now: datetime) -> set[tuple[int, int]]:
    """Ask people, event by event; return whom for what."""
    by_event: dict[int, list[Pick]] = {}
    for row in rows:
        pick = Pick(row.post_id, row.volunteer_id, Source.MATCHER, tuple(row.reasons))
        by_event.setdefault(row.post.shift.event_id, []).append(pick)
    asked: set[tuple[int, int]] = set()
    for event_id, picks in sorted(by_event.items()):
        asked |= assignments.invite(event_id, picks, by=by, now=now).asked
    return asked


def _note(
    row: PlanRow,
    refused: Mapping[int, Refusals],
    asked: Collection[tuple[int, int]],
    *,
    by: int,
    now: datetime,
) -> None:
    is_asked = (row.volunteer_id, row.post_id) in asked
    row.state = RowState.INVITED if is_asked else RowState.CONFLICT
    row.refusals = [] if is_asked else refused.get(row.id, [{"code": CLOSED}])
    row.decided_at, row.decided_by_id = now, by
    db.session.flush()
