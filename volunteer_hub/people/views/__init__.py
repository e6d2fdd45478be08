"""Pages on which people's records are kept, many at once."""

from volunteer_hub.people.views import cards, desk, exports, lists, twins, writing
from volunteer_hub.people.views.base import blueprint

__all__ = ["blueprint", "cards", "desk", "exports", "lists", "twins", "writing"]
