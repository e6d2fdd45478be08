"""What is held about people, table by table: what, why, how long, whose, and what closing does.

The one list that everything else is made of: the page of what is collected, what somebody sees and
downloads about themselves, and what is deleted when they close their account. A test refuses a
column that is not here.
"""

from __future__ import annotations

from typing import Final

from volunteer_hub.privacy.registry.account import ACCOUNT
from volunteer_hub.privacy.registry.offers import VOLUNTEER
from volunteer_hub.privacy.registry.service import DUTY, NAMED, SERVICE, WITHOUT_ACCOUNT
from volunteer_hub.privacy.registry.shape import Fate, Held, Item

__all__ = ["EVERYTHING", "HELD", "NAMED", "NOT_ABOUT_PEOPLE", "WITHOUT_ACCOUNT", "Fate", "Held",
           "Item", "section"]  # fmt: skip

HELD: Final = (*ACCOUNT, *VOLUNTEER, *SERVICE, *DUTY)
EVERYTHING: Final = (*HELD, *NAMED, *WITHOUT_ACCOUNT)

# Tables that say nothing about people besides who, by id, wrote a row.
NOT_ABOUT_PEOPLE: Final = frozenset({
    "announced_days", "booking", "campaign", "catalogue_entry", "channel_state", "checkpoint",
    "door_setting", "erasure", "event_search", "event_series", "exchange_approval",
    "hours_policy", "job_run", "page_change",
    "people_export", "people_list", "people_message", "plan_run", "post", "post_skill", "refill",
    "refill_pause", "refill_step", "region", "reminder_plan", "request_key", "requirement",
    "scan_conflict", "scan_device", "shift", "site_number", "special_day", "stand_in_search",
    "stop_report", "team_invite", "training",
    "work_year",
})  # fmt: skip


def section(table: str) -> Held | None:
    """Return what is held in a table about a person with an account, or None."""
    return next((held for held in HELD if held.table == table), None)
