"""Pages on which people's records are kept, many at once."""

from volunteer_hub.people.views import desk, exports, lists, twins, writing
from volunteer_hub.people.views.base import blueprint

__all__ = ["blueprint", "desk", "exports", "lists", "twins", "writing"]
