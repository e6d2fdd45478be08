from __future__ import annotations

from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.text import N_


class VenueExistsError(DomainError):
    """A venue in use has this name in this region."""

    code = "venue_exists"
    message = N_("这个地方已经有同名的阵地")
    next_step = N_("请直接使用已有的阵地，或换一个能区分的名称。")
