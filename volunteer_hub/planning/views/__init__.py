from __future__ import annotations

from volunteer_hub.planning.views import comparing, desk, fairness, plans
from volunteer_hub.planning.views.base import blueprint

__all__ = ["blueprint", "comparing", "desk", "fairness", "plans"]
