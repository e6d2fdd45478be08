"""Choosing whom to ask for which post. Pure: no web, no database, no clock, no chance.

A caller states a ``Problem`` of volunteers, shifts and posts, and gets

- ``solve``: a ``Plan`` for all posts at once, with what no plan could exceed (``bound``);
  ``check`` finds the hard rules a plan would break;
- ``rank`` and ``refusals``: whom to ask for one post, and what keeps one person from it;
- ``explain`` and ``why_unfilled``: why the plan is what it is, as values a page puts into words.
"""

from volunteer_hub.matching.check import check
from volunteer_hub.matching.conditions import Condition
from volunteer_hub.matching.explain import Explanation, explain
from volunteer_hub.matching.lookup import MalformedProblemError
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
    "Limits",
    "MalformedProblemError",
    "Method",
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
    "Step",
    "Taken",
    "Travel",
    "Verdict",
    "Violation",
    "Volunteer",
    "Weights",
    "Window",
    "bound",
    "check",
    "explain",
    "rank",
    "refusals",
    "solve",
    "why_unfilled",
]
