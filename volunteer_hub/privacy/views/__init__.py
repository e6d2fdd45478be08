from __future__ import annotations

from volunteer_hub.privacy.views import mine, office
from volunteer_hub.privacy.views.base import blueprint

__all__ = ["blueprint", "mine", "office"]
