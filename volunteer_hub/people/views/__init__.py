"""Pages on which people's records are kept, many at once."""

from volunteer_hub.people.views import exports, lists
from volunteer_hub.people.views.base import blueprint

__all__ = ["blueprint", "exports", "lists"]
