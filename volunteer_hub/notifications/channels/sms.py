from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from volunteer_hub.notifications.channels.base import HandOver, Parcel
from volunteer_hub.notifications.channels.web import Line, line_to, require_success
from volunteer_hub.notifications.recipients import Recipient
from volunteer_hub.notifications.topics import Means


def signed(secret: str, parts: tuple[str, ...]) -> str:
    """Return the signature over some texts, one a line: HMAC-SHA256, in hexadecimal."""
    return hmac.new(secret.encode(), "\n".join(parts).encode(), hashlib.sha256).hexdigest()


def sms_text(parcel: Parcel, signature: str) -> str:
    """Return the whole text message: signature, sentence, link."""
    text = f"【{signature}】{parcel.message.short}"
    return f"{text} {parcel.url}" if parcel.url else text


@dataclass(frozen=True, slots=True)
class SmsChannel:
    """Text messages through a gateway that takes signed JSON (docs/channels.md).

    Attributes:
        url: Of the gateway.
        key: Who we are to it.
        secret: What requests are signed with.
        signature: The registered 签名, without its brackets.
        templates: The provider's template for each kind it has one for.
    """

    url: str
    key: str
    secret: str
    signature: str
    templates: Mapping[str, str] = field(default_factory=dict)
    per_second: float | None = None
    timeout_s: float = 10
    name: str = Means.SMS

    def reaches(self, recipient: Recipient) -> bool:
        """Tell whether they have a mobile number."""
        return recipient.phone is not None and recipient.phone.startswith("1")

    @contextmanager
    def connect(self) -> Iterator[HandOver]:
        """Open a connection to the gateway."""
        with line_to(self.url, timeout_s=self.timeout_s) as line:
            yield lambda parcel: self._send(line, parcel)

    def _send(self, line: Line, parcel: Parcel) -> str | None:
        body = json.dumps(self._request(parcel), ensure_ascii=False, separators=(",", ":"))
        at = str(int(parcel.now.timestamp()))
        headers = {
            "Idempotency-Key": parcel.key,
            "X-Key": self.key,
            "X-Timestamp": at,
            "X-Signature": "v1=" + signed(self.secret, (at, parcel.key, body)),
        }
        answer = line.post(body.encode(), headers)
        require_success(answer)
        return _remote_id(answer.body)

    def _request(self, parcel: Parcel) -> dict[str, object]:
        return {
            "to": parcel.recipient.phone,
            "kind": parcel.kind,
            "text": sms_text(parcel, self.signature),
            "signature": self.signature,
            "template": self.templates.get(parcel.kind),
            "variables": {**parcel.message.variables, "link": parcel.url or ""},
            "language": parcel.recipient.language,
        }


def _remote_id(body: bytes) -> str | None:
    """Return what the gateway calls the message, if it says so."""
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    found = answer.get("id") if isinstance(answer, dict) else None
    return str(found)[:80] if found else None
