"""Every read of service time, by what it is about."""

from __future__ import annotations

from volunteer_hub.recognition.queries.records import (
    Recorded,
    Totals,
    confirmed_minutes,
    entries_of,
    last_year,
    lock_record,
    minutes_of_record,
    owner_of,
    records_of_event,
    records_of_volunteer,
    totals_of,
)
from volunteer_hub.recognition.queries.serving import (
    Served,
    credited_before,
    policy_for,
    served_at,
    stays_of,
    volunteers_at,
)

__all__ = [
    "Recorded",
    "Served",
    "Totals",
    "confirmed_minutes",
    "credited_before",
    "entries_of",
    "last_year",
    "lock_record",
    "minutes_of_record",
    "owner_of",
    "policy_for",
    "records_of_event",
    "records_of_volunteer",
    "served_at",
    "stays_of",
    "totals_of",
    "volunteers_at",
]
