"""Every write to events: planned, published, changed, called off, planned again."""

from __future__ import annotations

from volunteer_hub.events.actions.bookings import (
    book_for_event,
    drop_requirement,
    problems_of,
    release_from_event,
    require,
)
from volunteer_hub.events.actions.parts import (
    create_post,
    create_shift,
    delete_post,
    delete_shift,
    edit_post,
    edit_shift,
)
from volunteer_hub.events.actions.planning import (
    call_off,
    cancel_event,
    change_plan,
    confirm_event,
    copy_event,
    create_event,
    discard_draft,
    edit_event,
    move_event,
    publish_event,
)
from volunteer_hub.events.actions.series import edit_others, make_series
from volunteer_hub.events.actions.withdrawing import withdraw_event

__all__ = [
    "book_for_event",
    "call_off",
    "cancel_event",
    "change_plan",
    "confirm_event",
    "copy_event",
    "create_event",
    "create_post",
    "create_shift",
    "delete_post",
    "delete_shift",
    "discard_draft",
    "drop_requirement",
    "edit_event",
    "edit_others",
    "edit_post",
    "edit_shift",
    "make_series",
    "move_event",
    "problems_of",
    "publish_event",
    "release_from_event",
    "require",
    "withdraw_event",
]
