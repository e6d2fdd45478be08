"""Which reminders are sent before shifts."""

from __future__ import annotations

from datetime import datetime, timedelta

from volunteer_hub.assignments import queries
from volunteer_hub.assignments.models import ReminderPlan
from volunteer_hub.assignments.rules import Steps, in_order
from volunteer_hub.core import audit
from volunteer_hub.core.database import db, take_turns

MINUTE = timedelta(minutes=1)


def plan_reminders(campaign_code: str, steps: Steps | None, *, by: int, now: datetime) -> None:
    """Set the reminders of a campaign's events from now on.

    Args:
        campaign_code: Of the campaign; empty for all that have none of their own.
        steps: The reminders, perhaps none at all; None to go back to what holds for all.
        by: Who sets them.
        now: When.
    """
    take_turns(f"reminder plan {campaign_code}")
    plan = queries.find_plan(campaign_code)
    if plan is None and steps is None:
        return
    if plan is None:
        plan = ReminderPlan(campaign_code=campaign_code, steps=[])
        db.session.add(plan)
    kept = [(step.lead // MINUTE, step.asks) for step in in_order(steps or ())]
    plan.steps = kept
    db.session.flush()
    details = {"campaign": campaign_code, "steps": kept if steps is not None else None}
    audit.record(queries.PLAN_ACTION, plan, by=by, now=now, details=details)
    if steps is None:
        db.session.delete(plan)
    db.session.flush()
    queries.PLANS.forget()
