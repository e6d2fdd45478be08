"""What planners fill in, as plain values that rules judge and actions write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from volunteer_hub.resources.rules import Kind, Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceDraft:
    """A resource as somebody describes it; see the model for what the fields mean."""

    organisation_id: int
    kind: Kind
    name: str
    plate: str = ""
    licence_class: str | None = None
    seats: int | None = None
    valid_until: date | None = None
    checked_on: date | None = None
    contents: str = ""
    before_minutes: int = 0
    after_minutes: int = 0
    is_shared: bool = True
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """What resources are booked for: one event, one trip of several, or neither."""

    event_id: int | None = None
    trip_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingDraft:
    """For what and when somebody wants a resource, without the time before and after."""

    purpose: Purpose
    title: str
    starts_at: datetime
    ends_at: datetime
    holder: Holder | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementDraft:
    """What an event needs: so many of a kind, of a size, or one particular resource."""

    kind: Kind
    number: int = 1
    min_seats: int | None = None
    resource_id: int | None = None
