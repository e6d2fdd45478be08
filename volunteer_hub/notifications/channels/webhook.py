from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from volunteer_hub.notifications.channels.base import HandOver, Parcel
from volunteer_hub.notifications.channels.sms import signed
from volunteer_hub.notifications.channels.web import Line, line_to, require_success
from volunteer_hub.notifications.recipients import Recipient


@dataclass(frozen=True, slots=True)
class WebhookChannel:
    """Another system of the office that is told what the office is told, as signed JSON."""

    url: str
    secret: str
    per_second: float | None = None
    timeout_s: float = 10
    name: str = "webhook"

    def reaches(self, recipient: Recipient) -> bool:
        """Tell whether this is meant for the office as a whole."""
        return recipient.is_group

    @contextmanager
    def connect(self) -> Iterator[HandOver]:
        """Open a connection to the other system."""
        with line_to(self.url, timeout_s=self.timeout_s) as line:
            yield lambda parcel: self._post(line, parcel)

    def _post(self, line: Line, parcel: Parcel) -> None:
        content = {
            "kind": parcel.kind,
            "title": parcel.message.subject,
            "text": "\n".join(parcel.message.lines[1:]),
            "url": parcel.url,
        }
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        at = str(int(parcel.now.timestamp()))
        signature = "v1=" + signed(self.secret, (at, parcel.key, body))
        headers = {
            "Idempotency-Key": parcel.key,
            "X-Timestamp": at,
            "X-Signature": signature,
        }
        require_success(line.post(body.encode(), headers))
