"""Choosing whom to ask for which post. Pure: no web, no database, no clock, no chance.

A caller states a ``Problem`` of volunteers, shifts and posts, and gets

- ``solve``: a ``Plan`` for all posts at once, with what no plan could exceed (``bound``);
  ``check`` finds the hard rules a plan would break;
- ``Live``: a plan kept at hand, from which ``backfill`` fills a place that falls free and
  ``quick_rank`` and ``quick_shortfall`` answer within a few milliseconds;
- ``rank`` and ``refusals``: whom to ask for one post, and what keeps one person from it;
- ``explain`` and ``why_unfilled``: why the plan is what it is, as values a page puts into words.
"""

from volunteer_hub.matching.backfill import Move, backfill, carry_out, leave
from volunteer_hub.matching.check import check
from volunteer_hub.matching.conditions import Condition
from volunteer_hub.matching.engine.live import Live
from volunteer_hub.matching.explain import Explanation, explain
from volunteer_hub.matching.keeping import Kept, keep, plan_digest, reseeded, restore
from volunteer_hub.matching.lookup import MalformedProblemError
from volunteer_hub.matching.opening import Opening, first_refusals, what_would_open
from volunteer_hub.matching.plan import Plan, Rule, Shortage, Violation
from volunteer_hub.matching.problem import (
    DAY_MINUTES,
    WEEK_MINUTES,
    Declined,
    Pin,
    Post,
    Problem,
    Shift,
    Taken,
    Volunteer,
    Window,
)
from volunteer_hub.matching.progress import Stage, Watch, unwatched
from volunteer_hub.matching.quick import quick_rank, quick_shortfall
from volunteer_hub.matching.ranking import Candidate, Verdict, rank, refusals
from volunteer_hub.matching.reasons import Reason, ReasonCode
from volunteer_hub.matching.scoring import Parts, Score
from volunteer_hub.matching.shortfall import Shortfall, Step, why_unfilled
from volunteer_hub.matching.solver import BrokenPlanError, bound, solve
from volunteer_hub.matching.weights import Limits, Method, Priority, Travel, Weights

__all__ = [
    "DAY_MINUTES",
    "WEEK_MINUTES",
    "BrokenPlanError",
    "Candidate",
    "Condition",
    "Declined",
    "Explanation",
    "Kept",
    "Limits",
    "Live",
    "MalformedProblemError",
    "Method",
    "Move",
    "Opening",
    "Parts",
    "Pin",
    "Plan",
    "Post",
    "Priority",
    "Problem",
    "Reason",
    "ReasonCode",
    "Rule",
    "Score",
    "Shift",
    "Shortage",
    "Shortfall",
    "Stage",
    "Step",
    "Taken",
    "Travel",
    "Verdict",
    "Violation",
    "Volunteer",
    "Watch",
    "Weights",
    "Window",
    "backfill",
    "bound",
    "carry_out",
    "check",
    "explain",
    "first_refusals",
    "keep",
    "leave",
    "plan_digest",
    "quick_rank",
    "quick_shortfall",
    "rank",
    "refusals",
    "reseeded",
    "restore",
    "solve",
    "unwatched",
    "what_would_open",
    "why_unfilled",
]
