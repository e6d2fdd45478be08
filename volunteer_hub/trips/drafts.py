"""What planners fill in, as plain values that rules judge and actions write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class StopDraft:
    """A stop as somebody wants it; ``event_id`` of one that exists."""

    venue_id: int
    starts_at: datetime
    minutes: int
    audience_codes: tuple[str, ...] = ()
    expected_people: int | None = None
    event_id: int | None = None

    @property
    def ends_at(self) -> datetime:
        """Return when it is over."""
        return self.starts_at + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class TripDraft:
    """A trip as somebody wants it; see the model for what the fields mean."""

    organisation_id: int
    title: str
    leaves_at: datetime
    stops: tuple[StopDraft, ...]
    depot_id: int | None = None
    set_up_minutes: int = 30
    pack_up_minutes: int = 30
    day_starts_minute: int = 7 * 60
    goes_home: bool = True
    contact_name: str = ""
    contact_phone: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDraft:
    """What a stop came to, as somebody filled it in; None is not known."""

    odometer_km: int | None = None
    exhibits: int | None = None
    leaflets: int | None = None
    people: int | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was filled in."""
        return (self.odometer_km, self.exhibits, self.leaflets, self.people) == (None,) * 4
