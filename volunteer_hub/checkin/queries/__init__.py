"""Every read of the door, by what it is about."""

from __future__ import annotations

from volunteer_hub.checkin.queries.figures import (
    Counts,
    Present,
    attendance_of,
    counted_at,
    counts_of,
    intervals_of,
    people_reached,
)
from volunteer_hub.checkin.queries.people import (
    Found,
    Key,
    Subject,
    attendances_of,
    find_people,
    key_of_attendance,
    lock_subject,
    lock_subject_by_code,
    standing_of,
    subject_of_assignment,
    subject_of_registration,
)
from volunteer_hub.checkin.queries.scans import (
    Answer,
    LogPage,
    answer_to,
    event_at_door,
    find_scan,
    find_undoing,
    key_of_scan,
    recent_answers,
    scan_log,
    scan_of_event,
)
from volunteer_hub.checkin.queries.tickets import (
    Ticket,
    code_of_pass,
    own_places,
    ticket_with_code,
)

__all__ = [
    "Answer",
    "Counts",
    "Found",
    "Key",
    "LogPage",
    "Present",
    "Subject",
    "Ticket",
    "answer_to",
    "attendance_of",
    "attendances_of",
    "code_of_pass",
    "counted_at",
    "counts_of",
    "event_at_door",
    "find_people",
    "find_scan",
    "find_undoing",
    "intervals_of",
    "key_of_attendance",
    "key_of_scan",
    "lock_subject",
    "lock_subject_by_code",
    "own_places",
    "people_reached",
    "recent_answers",
    "scan_log",
    "scan_of_event",
    "standing_of",
    "subject_of_assignment",
    "subject_of_registration",
    "ticket_with_code",
]
