from __future__ import annotations

from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.text import N_


class ComplaintClosedError(DomainError):
    """It is over, so that nothing more is said about it."""

    code = "complaint_closed"
    message = N_("这一件已经办结了")
    next_step = N_("还有话要说，请另外写一件。")
