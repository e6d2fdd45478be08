"""Whether a resource can be had, whether an event has what it needs, and when it could. Pure."""

from __future__ import annotations

from volunteer_hub.resources.rules.needs import (
    MAX_NUMBER,
    Candidate,
    Need,
    State,
    Verdict,
    fits,
    free_spans,
    verdicts,
)
from volunteer_hub.resources.rules.standing import (
    DATED,
    LICENCE_SEATS,
    LONGEST,
    MAX_BUFFER_MINUTES,
    MAX_SEATS,
    Busy,
    Kind,
    Purpose,
    ResourceFacts,
    Span,
    Standing,
    booking_problem,
    is_hindered,
    may_drive,
    standing,
)

__all__ = [
    "DATED",
    "LICENCE_SEATS",
    "LONGEST",
    "MAX_BUFFER_MINUTES",
    "MAX_NUMBER",
    "MAX_SEATS",
    "Busy",
    "Candidate",
    "Kind",
    "Need",
    "Purpose",
    "ResourceFacts",
    "Span",
    "Standing",
    "State",
    "Verdict",
    "booking_problem",
    "fits",
    "free_spans",
    "is_hindered",
    "may_drive",
    "standing",
    "verdicts",
]
