from __future__ import annotations

from volunteer_hub.admin.views import messages, reminders, workdays
from volunteer_hub.admin.views.base import blueprint

__all__ = ["blueprint", "messages", "reminders", "workdays"]
