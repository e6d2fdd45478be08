"""Every write to assignments: places taken and freed, promises, calls, what the clock does."""

from __future__ import annotations

from volunteer_hub.assignments.actions.calendars import renew_feed
from volunteer_hub.assignments.actions.changes import note_call, show_phones, take_back_call
from volunteer_hub.assignments.actions.clockwork import (
    AT_ONCE,
    expire_invitations,
    follow_cancelled_events,
    follow_changed_events,
    remind_of_overdue_hours,
    send_digests,
    send_reminders,
)
from volunteer_hub.assignments.actions.exchanges import (
    SWAP,
    accept_swap,
    decide_exchange,
    decline_swap,
    propose_swap,
    set_approval,
    take_back_swap,
)
from volunteer_hub.assignments.actions.follows import follow
from volunteer_hub.assignments.actions.line import STANDBY, offer_path, settle_post
from volunteer_hub.assignments.actions.merging import end_what_is_double
from volunteer_hub.assignments.actions.places import (
    ERRORS,
    Outcome,
    Pick,
    accept_invitation,
    confirm_by_phone,
    decline_invitation,
    invite,
    remove,
    sign_up,
    withdraw,
)
from volunteer_hub.assignments.actions.plans import plan_reminders
from volunteer_hub.assignments.actions.promises import (
    cannot_come,
    confirm,
    note_confirmed,
    plan_mark,
    show_phones_at_risk,
    take_back_confirmed,
)
from volunteer_hub.assignments.actions.refills import go_on_asking, switch_refills
from volunteer_hub.assignments.actions.stand_ins import (
    decide_stand_in,
    look_for_stand_in,
    stop_looking,
    take_over,
)
from volunteer_hub.assignments.actions.standby import (
    accept_standby,
    decline_standby,
    stand_by,
    stand_down,
)
from volunteer_hub.assignments.actions.telling import (
    INVITATION,
    REMINDER,
    STAND_IN,
    facts_of,
    invitation_path,
    place_in_words,
    reminder_path,
)
from volunteer_hub.assignments.actions.waves import next_wave

__all__ = [
    "AT_ONCE",
    "ERRORS",
    "INVITATION",
    "REMINDER",
    "STANDBY",
    "STAND_IN",
    "SWAP",
    "Outcome",
    "Pick",
    "accept_invitation",
    "accept_standby",
    "accept_swap",
    "cannot_come",
    "confirm",
    "confirm_by_phone",
    "decide_exchange",
    "decide_stand_in",
    "decline_invitation",
    "decline_standby",
    "decline_swap",
    "end_what_is_double",
    "expire_invitations",
    "facts_of",
    "follow",
    "follow_cancelled_events",
    "follow_changed_events",
    "go_on_asking",
    "invitation_path",
    "invite",
    "look_for_stand_in",
    "next_wave",
    "note_call",
    "note_confirmed",
    "offer_path",
    "place_in_words",
    "plan_mark",
    "plan_reminders",
    "propose_swap",
    "remind_of_overdue_hours",
    "reminder_path",
    "remove",
    "renew_feed",
    "send_digests",
    "send_reminders",
    "set_approval",
    "settle_post",
    "show_phones",
    "show_phones_at_risk",
    "sign_up",
    "stand_by",
    "stand_down",
    "stop_looking",
    "switch_refills",
    "take_back_call",
    "take_back_confirmed",
    "take_back_swap",
    "take_over",
    "withdraw",
]
