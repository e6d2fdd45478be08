"""Every read of events: one of them, lists of them, and what their plans say."""

from __future__ import annotations

from volunteer_hub.events.queries.finding import (
    WITH_PLACE,
    WITH_POSTS,
    WITH_SHIFTS,
    event_by_poster,
    event_for_staff,
    in_scope,
    lock_event,
    lock_event_for_staff,
    lock_post,
    lock_post_for_staff,
    lock_shift_for_staff,
    post_for_staff,
    public_event,
    shift_for_staff,
)
from volunteer_hub.events.queries.lists import (
    PER_PAGE,
    EventPage,
    Shelf,
    counts_in_scope,
    events_in_scope,
    events_of_campaign,
)
from volunteer_hub.events.queries.plans import (
    draft_of,
    draft_of_post,
    draft_of_shift,
    facts_of,
    last_organisation_of,
    phase_of,
    publish_checklist,
)
from volunteer_hub.events.queries.resources import LOOK_AHEAD_DAYS, free_days, resources_of

__all__ = [
    "LOOK_AHEAD_DAYS",
    "PER_PAGE",
    "WITH_PLACE",
    "WITH_POSTS",
    "WITH_SHIFTS",
    "EventPage",
    "Shelf",
    "counts_in_scope",
    "draft_of",
    "draft_of_post",
    "draft_of_shift",
    "event_by_poster",
    "event_for_staff",
    "events_in_scope",
    "events_of_campaign",
    "facts_of",
    "free_days",
    "in_scope",
    "last_organisation_of",
    "lock_event",
    "lock_event_for_staff",
    "lock_post",
    "lock_post_for_staff",
    "lock_shift_for_staff",
    "phase_of",
    "post_for_staff",
    "public_event",
    "publish_checklist",
    "resources_of",
    "shift_for_staff",
]
