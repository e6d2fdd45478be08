"""What binds an event to others, as the stops of a trip are bound to each other by the road.

Features lie above this one, so each says at its ``init_app`` what it objects to when somebody
changes one event alone, and how it follows when that was done.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from volunteer_hub.events.drafts import EventDraft
from volunteer_hub.events.errors import FieldProblem

if TYPE_CHECKING:
    from volunteer_hub.events.models import Event

Objections = Callable[["Event", EventDraft], list[FieldProblem]]
Follow = Callable[["Event", int, datetime], None]


class Bond(NamedTuple):
    """What one feature has to do with the time and place of single events.

    Attributes:
        objections: Given a held event and its new plan, says why it cannot be.
        follow: Given a held event that was changed, who did it and when, brings along what goes
            with it. Both cost nothing where the feature does not know the event.
    """

    objections: Objections
    follow: Follow


_bonds: dict[str, Bond] = {}


def register(feature: str, bond: Bond) -> None:
    """Let a feature have its say; called from its ``init_app``. Registering again replaces."""
    _bonds[feature] = bond


def objections(event: Event, draft: EventDraft) -> list[FieldProblem]:
    """Return why a held event cannot be changed to this plan by itself."""
    return [problem for bond in _bonds.values() for problem in bond.objections(event, draft)]


def follow(event: Event, *, by: int, now: datetime) -> None:
    """Bring along what goes with an event that was just changed or called off."""
    for bond in _bonds.values():
        bond.follow(event, by, now)
