from __future__ import annotations

from volunteer_hub.assignments.views import invitations, mine, roster, staff
from volunteer_hub.assignments.views.base import blueprint

__all__ = ["blueprint", "invitations", "mine", "roster", "staff"]
