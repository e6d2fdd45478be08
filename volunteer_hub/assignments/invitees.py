"""Whom to ask next for a post that somebody left: the matcher's order, and who was asked least."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import and_, or_

from volunteer_hub import matching
from volunteer_hub.assignments import facts, problem, queries, rules
from volunteer_hub.assignments.actions import Pick
from volunteer_hub.assignments.models import Refill, Source
from volunteer_hub.assignments.rules import Limits
from volunteer_hub.events.models import Post
from volunteer_hub.organisations.queries import scope_of
from volunteer_hub.volunteers import queries as volunteers
from volunteer_hub.waiting import queries as lines
from volunteer_hub.waiting.queries import Line

MOST_RANKED: Final = 60


def picks_for(post: Post, refill: Refill, *, limits: Limits, now: datetime) -> list[Pick]:
    """Return whom to ask in the next wave for a post, perhaps nobody; writes nothing.

    Args:
        post: With its skills, shift and event.
        refill: How far filling it has come.
        limits: What an operator set.
        now: The moment.
    """
    need, _kept = queries.need_of(post, refill, now=now)
    count = rules.wave_size(need, limits)
    if count < 1 or post.shift.starts_at <= now:
        return []
    among = volunteers.asked_by(scope_of(post.shift.event.created_by_id))
    whom = or_(and_(facts.may_be_proposed(), among), facts.engaged_at([post]))
    question = problem.question_of([post], whom, proposing=True, now=now)
    stood_by = lines.volunteers_in(Line(post_id=post.id))  # they were offered it, or will be
    live = matching.Live(question.problem, question.problem.pins)
    found = matching.quick_rank(live, post.id, limit=MOST_RANKED)
    ranked = {each.volunteer_id: each for each in found if each.volunteer_id not in stood_by}
    asked = queries.asking_of(ranked, now=now)
    return [
        Pick(post.id, each, Source.MATCHER, problem.as_stored(ranked[each]))
        for each in rules.choose(list(ranked), asked, count, limits=limits)
    ]
