"""Chat groups of the office: a robot of WeCom, DingTalk or Feishu posts what concerns it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from volunteer_hub.notifications.channels.base import (
    ChannelDownError,
    HandOver,
    Parcel,
    RefusedError,
)
from volunteer_hub.notifications.channels.web import Answer, Line, line_to, require_success
from volunteer_hub.notifications.recipients import Recipient

# What one robot may post: 20 messages a minute at WeCom and DingTalk.
ROBOT_PER_SECOND: Final = 1 / 3
MOST_BYTES: Final = 2000
# The codes that mean "too fast": WeCom, DingTalk (two), Feishu (two).
_TOO_FAST: Final = frozenset({45009, 130101, 660026, 9499, 11232})
_OTHERS_FAULT: Final = frozenset({-1})


@dataclass(frozen=True, slots=True)
class Post:
    """What is sent to a robot: a JSON body, and what its address gets besides."""

    body: dict[str, Any]
    query: str = ""


def _wecom(text: str, _secret: str, _parcel: Parcel) -> Post:
    return Post({"msgtype": "text", "text": {"content": text}})


def _dingtalk(text: str, secret: str, parcel: Parcel) -> Post:
    body = {"msgtype": "text", "text": {"content": text}}
    if not secret:
        return Post(body)
    at_ms = str(int(parcel.now.timestamp() * 1000))
    mac = hmac.new(secret.encode(), f"{at_ms}\n{secret}".encode(), hashlib.sha256).digest()
    return Post(body, urlencode({"timestamp": at_ms, "sign": base64.b64encode(mac).decode()}))


def _feishu(text: str, secret: str, parcel: Parcel) -> Post:
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
    if secret:
        at = str(int(parcel.now.timestamp()))
        mac = hmac.new(f"{at}\n{secret}".encode(), b"", hashlib.sha256).digest()
        body |= {"timestamp": at, "sign": base64.b64encode(mac).decode()}
    return Post(body)


FORMATS: Final[Mapping[str, Callable[[str, str, Parcel], Post]]] = {
    "wecom": _wecom,
    "dingtalk": _dingtalk,
    "feishu": _feishu,
}


@dataclass(frozen=True, slots=True)
class RobotChannel:
    """One robot in one group. None of the three can tell a repetition, so a post may come twice.

    Attributes:
        name: Whose robot it is, a key of ``FORMATS``.
        url: Its webhook, which holds its key.
        secret: What DingTalk and Feishu sign with; may be empty.
    """

    name: str
    url: str
    secret: str = ""
    per_second: float | None = ROBOT_PER_SECOND
    timeout_s: float = 10

    def reaches(self, recipient: Recipient) -> bool:
        """Tell whether this is meant for a group."""
        return recipient.is_group

    @contextmanager
    def connect(self) -> Iterator[HandOver]:
        """Open a connection to the robot's host."""
        with line_to(self.url, timeout_s=self.timeout_s) as line:
            yield lambda parcel: self._post(line, parcel)

    def _post(self, line: Line, parcel: Parcel) -> None:
        post = FORMATS[self.name](group_text(parcel), self.secret, parcel)
        body = json.dumps(post.body, ensure_ascii=False).encode()
        _require_taken(line.post(body, {}, more_query=post.query))


def group_text(parcel: Parcel) -> str:
    """Return what a group reads: title, text without greeting, link."""
    parts = [parcel.message.subject, *parcel.message.lines[1:], parcel.url or ""]
    text = "\n".join(part for part in parts if part)
    return text.encode()[:MOST_BYTES].decode(errors="ignore")


def _require_taken(answer: Answer) -> None:
    """Return when the robot posted it; all three answer 200 and a code in the body."""
    require_success(answer)
    said = answer.body.decode(errors="replace")
    try:
        found = json.loads(said)
        code = found.get("errcode", found.get("code", found.get("StatusCode")))
    except (ValueError, AttributeError) as error:
        raise ChannelDownError(f"no robot answers there: {said}") from error
    if code == 0:
        return
    if code in _TOO_FAST or code in _OTHERS_FAULT or code is None:
        raise ChannelDownError(said)
    raise RefusedError(said)
