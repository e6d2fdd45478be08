"""Every write of service time."""

from __future__ import annotations

from volunteer_hub.recognition import queries
from volunteer_hub.recognition.actions.confirming import HoursDraft, confirm_hours, possible_answers
from volunteer_hub.recognition.actions.ledger import adjust, credit, reverse

__all__ = [
    "HoursDraft",
    "adjust",
    "confirm_hours",
    "credit",
    "possible_answers",
    "queries",
    "reverse",
]
