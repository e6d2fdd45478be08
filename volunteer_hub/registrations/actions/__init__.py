"""Every write to registrations: places taken and given back, who waits, what people are told."""

from __future__ import annotations

from volunteer_hub.registrations.actions.line import (
    accept_offer,
    decline_offer,
    promote,
    settle_line,
    wait,
    wait_by_phone,
)
from volunteer_hub.registrations.actions.places import (
    add_at_the_door,
    add_companions,
    bring_fewer,
    cancel,
    cancel_walk_in,
    register,
    register_by_phone,
    take_back_companions,
    tell_of_changes,
    withdraw,
)
from volunteer_hub.registrations.actions.rows import ERRORS
from volunteer_hub.registrations.actions.telling import AT_ONCE, OFFER, remind

__all__ = [
    "AT_ONCE",
    "ERRORS",
    "OFFER",
    "accept_offer",
    "add_at_the_door",
    "add_companions",
    "bring_fewer",
    "cancel",
    "cancel_walk_in",
    "decline_offer",
    "promote",
    "register",
    "register_by_phone",
    "remind",
    "settle_line",
    "take_back_companions",
    "tell_of_changes",
    "wait",
    "wait_by_phone",
    "withdraw",
]
