"""May this volunteer take this post at all? What the law and their own word say about it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from volunteer_hub.volunteers.rules.offers import AgeGroup, age_group


class Lack(enum.StrEnum):
    """What a volunteer lacks for a post, in the order in which it is told."""

    UNDER_AGE = "under_age"
    CONSENT = "consent"
    CREDENTIAL = "credential"
    RESERVE = "reserve"
    TRANSPORT = "transport"


# An organiser who asks somebody may overlook the rest, for they know whom they ask.
BINDING: Final = frozenset({Lack.UNDER_AGE, Lack.CONSENT, Lack.CREDENTIAL})


@dataclass(frozen=True, slots=True)
class Demands:
    """What a post asks of a person besides skills.

    Attributes:
        is_dangerous: There is some risk in it, so it is for adults.
        is_emergency: It is a call in an emergency, for adults of the reserve.
        needs_car: One must come by a car of one's own.
        credential: Code of the kind of credential it takes; empty for none.
    """

    is_dangerous: bool = False
    is_emergency: bool = False
    needs_car: bool = False
    credential: str = ""


@dataclass(frozen=True, slots=True)
class Bearing:
    """What a volunteer brings besides skills and time.

    Attributes:
        birth_year: None when they did not say, which declares them an adult.
        birth_month: None when they did not say.
        is_paused: They take a break.
        paused_until: The last day of the break; None when it has no end yet.
        is_in_reserve: They belong to the emergency reserve.
        has_car: They come by a car of their own.
        credentials: The last day on which each kind that was verified holds; ``date.max`` for ever.
        consent_until: The last day on which a guardian's consent holds; None when there is none.
    """

    birth_year: int | None = None
    birth_month: int | None = None
    is_paused: bool = False
    paused_until: date | None = None
    is_in_reserve: bool = False
    has_car: bool = False
    credentials: Mapping[str, date] = field(default_factory=dict)
    consent_until: date | None = None

    def is_adult_on(self, day: date) -> bool:
        """Tell whether they are of age on a day."""
        return age_group(day, self.birth_year, self.birth_month) is AgeGroup.ADULT

    def rests_on(self, day: date) -> bool:
        """Tell whether they take a break on a day."""
        return rests_on(day, is_paused=self.is_paused, until=self.paused_until)


def rests_on(day: date, *, is_paused: bool, until: date | None) -> bool:
    """Tell whether somebody takes a break on a day.

    Args:
        day: Which day.
        is_paused: They asked for a break.
        until: Its last day; None when it has no end yet.
    """
    return is_paused and (until is None or day <= until)


def lacks(demands: Demands, bearing: Bearing, *, first: date, last: date) -> list[Lack]:
    """Return what somebody lacks for a post, most serious first; nothing when they may take it.

    Args:
        demands: What the post asks for.
        bearing: What they bring.
        first: The local day on which the shift starts.
        last: The local day on which it ends, on which a credential must still hold.
    """
    is_adult = bearing.is_adult_on(first)
    consent = bearing.consent_until
    held = bearing.credentials.get(demands.credential)
    found = {
        Lack.UNDER_AGE: not is_adult and (demands.is_dangerous or demands.is_emergency),
        Lack.CONSENT: not is_adult and (consent is None or consent < last),
        Lack.CREDENTIAL: bool(demands.credential) and (held is None or held < last),
        Lack.RESERVE: demands.is_emergency and not bearing.is_in_reserve,
        Lack.TRANSPORT: demands.needs_car and not bearing.has_car,
    }
    return [lack for lack, is_lacking in found.items() if is_lacking]


def may_join_reserve(today: date, year: int | None, month: int | None) -> bool:
    """Tell whether somebody may be called in an emergency: only who is known to be of age."""
    return year is not None and age_group(today, year, month) is AgeGroup.ADULT
