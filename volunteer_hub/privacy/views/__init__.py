from __future__ import annotations

from volunteer_hub.privacy.views import mine, office, recovery
from volunteer_hub.privacy.views.base import blueprint

__all__ = ["blueprint", "mine", "office", "recovery"]
