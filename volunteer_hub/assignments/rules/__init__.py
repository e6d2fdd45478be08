"""May a volunteer take a post, when are they reminded, who may not come after all. Pure."""

from __future__ import annotations

from volunteer_hub.assignments.rules.digests import digest_week
from volunteer_hub.assignments.rules.places import (
    Applicant,
    Commitment,
    Opening,
    Refusal,
    Source,
    Span,
    Standing,
    State,
    accept_refusal,
    invitation_expiry,
    is_closed,
    missing_skills,
    sign_up_refusal,
    standing,
)
from volunteer_hub.assignments.rules.promises import (
    ASK_FROM,
    Promise,
    Step,
    asks,
    due_step,
    is_asked,
    is_at_risk,
    next_moment,
)
from volunteer_hub.assignments.rules.workdays import hours_are_due_on, hours_are_overdue

__all__ = [
    "ASK_FROM",
    "Applicant",
    "Commitment",
    "Opening",
    "Promise",
    "Refusal",
    "Source",
    "Span",
    "Standing",
    "State",
    "Step",
    "accept_refusal",
    "asks",
    "digest_week",
    "due_step",
    "hours_are_due_on",
    "hours_are_overdue",
    "invitation_expiry",
    "is_asked",
    "is_at_risk",
    "is_closed",
    "missing_skills",
    "next_moment",
    "sign_up_refusal",
    "standing",
]
