"""What messages about a post say, and where they lead."""

from __future__ import annotations

from typing import Any, Final

from volunteer_hub.assignments.models import Assignment
from volunteer_hub.core.tokens import link_token
from volunteer_hub.events.models import Event, Post
from volunteer_hub.regions.queries import path_of, venue_in_words

INVITATION: Final = "invitation"
REMINDER: Final = "reminder"
STAND_IN: Final = "stand-in"


def invitation_path(row: Assignment) -> str:
    """Return where on this site a volunteer sees and answers what they were asked."""
    return f"/i/{link_token(INVITATION, row.id)}"


def reminder_path(row: Assignment) -> str:
    """Return where on this site a volunteer says again that they come, or that they cannot."""
    return f"/r/{link_token(REMINDER, row.id)}"


def facts_of(post: Post) -> dict[str, Any]:
    """Return what messages about a post say: nothing personal."""
    event = post.shift.event
    return {
        "event": event.title,
        "when": post.shift.starts_at.isoformat(),
        "until": post.shift.ends_at.isoformat(),
        "place": place_in_words(event),
        "post": post.title,
    }


def place_in_words(event: Event) -> str:
    """Return where an event is, with the region; empty when that is not settled."""
    if event.venue is not None:
        return venue_in_words(event.venue)
    return path_of(event.region_id)
