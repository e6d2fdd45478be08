"""What features above add to the page of one volunteer that staff see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from volunteer_hub.volunteers.models import Volunteer

Make = Callable[["Volunteer"], Mapping[str, Any]]


class Card(NamedTuple):
    """A piece of the page: which template, with which values."""

    template: str
    values: Mapping[str, Any]


_cards: dict[str, Make] = {}


def register(template: str, make: Make) -> None:
    """Add a card; ``make`` returns what its template uses, as one mapping called ``card``."""
    _cards[template] = make


def cards_of(volunteer: Volunteer) -> list[Card]:
    """Return the cards of a volunteer, by the order in which features registered."""
    return [Card(template, make(volunteer)) for template, make in _cards.items()]
