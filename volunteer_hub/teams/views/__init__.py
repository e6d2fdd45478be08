"""The pages of this feature: for everybody, for members, for whoever answers for a team."""

from volunteer_hub.teams.views import mine, public, staff, steering
from volunteer_hub.teams.views.base import blueprint

__all__ = ["blueprint", "mine", "public", "staff", "steering"]
