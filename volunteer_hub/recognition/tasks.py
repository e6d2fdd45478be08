"""What the clock does about hours."""

from __future__ import annotations

from datetime import datetime

from volunteer_hub.core.transaction import transaction
from volunteer_hub.recognition.actions import claims, departures
from volunteer_hub.recognition.queries import claims as waiting


def follow_departures(now: datetime) -> None:
    """Ask those whom nobody checked out when they left, and stop asking after some hours."""
    with transaction():
        departures.ask_when_they_left(now=now)
        departures.close_departures(now=now)


def credit_claims(now: datetime) -> None:
    """Credit what hung out for long enough and nobody objects to, each by itself."""
    for claim_id in waiting.claims_past_notice(now=now):
        with transaction():
            claims.credit_after_notice(claim_id, now=now)
