"""Which reminders are sent before the shifts of which events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from volunteer_hub.assignments.models import ReminderPlan
from volunteer_hub.assignments.rules import USUAL_STEPS, Step, Steps, in_order
from volunteer_hub.core.database import db
from volunteer_hub.core.remembered import Remembered
from volunteer_hub.programmes.models import Campaign

PLAN_ACTION = "reminders.plan"
FOR_ALL = ""


@dataclass(frozen=True, slots=True)
class Plans:
    """The reminders of every campaign.

    Attributes:
        usual: What holds where nothing else is said.
        own: What was said for a campaign, by its code.
        codes: The codes of the campaigns, by their ids.
    """

    usual: Steps
    own: dict[str, Steps] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)

    def of(self, campaign_id: int) -> Steps:
        """Return the reminders of a campaign's events."""
        return self.own.get(self.codes.get(campaign_id, FOR_ALL), self.usual)

    @property
    def longest_lead(self) -> timedelta:
        """How long before a shift the first reminder of any event is sent."""
        leads = [step.lead for steps in (self.usual, *self.own.values()) for step in steps]
        return max(leads, default=timedelta(days=1))


def _read() -> Plans:
    rows = {
        row.campaign_code: as_steps(row.steps) for row in db.session.scalars(select(ReminderPlan))
    }
    usual = rows.pop(FOR_ALL, USUAL_STEPS)
    codes = dict(db.session.execute(select(Campaign.id, Campaign.code)).all())
    return Plans(usual, rows, codes)


REMEMBERED = Remembered(_read, load_action=PLAN_ACTION)


def reminder_plans() -> Plans:
    """Return the reminders before shifts as they are set now."""
    return REMEMBERED.get()


def find_plan(campaign_code: str) -> ReminderPlan | None:
    """Return what was set for a campaign, held until the end of a transaction that writes."""
    statement = select(ReminderPlan).where(ReminderPlan.campaign_code == campaign_code)
    return db.session.scalar(statement.with_for_update())


def as_steps(kept: Iterable[tuple[int, bool]]) -> Steps:
    """Return steps as a row keeps them, the first one first."""
    return in_order(Step(timedelta(minutes=minutes), asks) for minutes, asks in kept)
