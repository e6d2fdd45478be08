"""Every read of messages: to people, of people, and of their way out."""

from __future__ import annotations

from volunteer_hub.notifications.queries.deliveries import (
    MessageFilter,
    Progress,
    Shelf,
    channels_that_are_down,
    counts_by_shelf,
    deliveries_of,
    failed_since,
    has_due_deliveries,
    has_messages_to_route,
    is_abandoned,
    is_fresh,
    lock_delivery,
    lock_message,
    messages_in,
    progress_of,
)
from volunteer_hub.notifications.queries.inbox import (
    Page,
    facts_of,
    messages_for_all,
    messages_of_person,
    recent_recipients,
)
from volunteer_hub.notifications.queries.missed import lost_among, missed_by
from volunteer_hub.notifications.queries.people import (
    Wish,
    find_recipient,
    people_to_write_to,
    sent_since,
    wanted_by,
    wishes_of,
)

__all__ = [
    "MessageFilter",
    "Page",
    "Progress",
    "Shelf",
    "Wish",
    "channels_that_are_down",
    "counts_by_shelf",
    "deliveries_of",
    "facts_of",
    "failed_since",
    "find_recipient",
    "has_due_deliveries",
    "has_messages_to_route",
    "is_abandoned",
    "is_fresh",
    "lock_delivery",
    "lock_message",
    "lost_among",
    "messages_for_all",
    "messages_in",
    "messages_of_person",
    "missed_by",
    "people_to_write_to",
    "progress_of",
    "recent_recipients",
    "sent_since",
    "wanted_by",
    "wishes_of",
]
