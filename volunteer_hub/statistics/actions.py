from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from volunteer_hub.core import audit, outbox
from volunteer_hub.core.outbox import Draft
from volunteer_hub.events.models import Event


def note_download(what: str, event: Event, *, by: int, now: datetime) -> None:
    """Keep in the audit who took personal values out of the system (网数条例 art. 12)."""
    audit.record("download." + what, event, by=by, now=now)


def send_digests(digests: Sequence[Draft], *, now: datetime) -> None:
    """Queue digests that were put together before."""
    outbox.enqueue_all(digests, now=now)
