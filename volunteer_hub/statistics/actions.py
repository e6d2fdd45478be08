from __future__ import annotations

from datetime import datetime

from volunteer_hub.core import audit
from volunteer_hub.events.models import Event


def note_download(what: str, event: Event, *, by: int, now: datetime) -> None:
    """Keep in the audit who took personal values out of the system (网数条例 art. 12)."""
    audit.record("download." + what, event, by=by, now=now)
