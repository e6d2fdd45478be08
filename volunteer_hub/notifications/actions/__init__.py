"""Every write to messages: their way out, what happens to them there, what people want of them."""

from __future__ import annotations

from volunteer_hub.notifications.actions.delivering import (
    claim_deliveries,
    drop_what_waits_for_nothing,
    expire_deliveries,
    mark_failed,
    mark_sent,
    note_channel_down,
    note_channel_up,
    put_back,
    release,
    route_again,
    send_again,
    send_all_again,
    take_turn,
)
from volunteer_hub.notifications.actions.reading import (
    mark_all_read,
    set_preferences,
    unsubscribe,
)
from volunteer_hub.notifications.actions.routing import expire_unrouted, route_messages

__all__ = [
    "claim_deliveries",
    "drop_what_waits_for_nothing",
    "expire_deliveries",
    "expire_unrouted",
    "mark_all_read",
    "mark_failed",
    "mark_sent",
    "note_channel_down",
    "note_channel_up",
    "put_back",
    "release",
    "route_again",
    "route_messages",
    "send_again",
    "send_all_again",
    "set_preferences",
    "take_turn",
    "unsubscribe",
]
