"""The requests that are measured: what a phone at the door and a visitor's browser send."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle
from typing import Final

from bench.client import Answer, Visitor, WrongAnswerError

_FORM_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_DOOR_TOKEN = re.compile(r'data-csrf="([^"]+)"')
_ACCEPTED: Final = re.compile(rb'"outcome": *"accepted"')


@dataclass(frozen=True, slots=True)
class Door:
    """A signed-in organiser's cookie, and the token of the scanner's page."""

    host: str
    cookie: str
    token: str

    def scan_body(self, text: str) -> bytes:
        """Return what the scanner's script sends for one code."""
        message = {
            "scan_id": str(uuid.uuid4()),
            "text": text,
            "direction": "in",
            "method": "camera",
            "happened_at": datetime.now(UTC).isoformat(),  # noqa: TID251 - the phone's own clock
            "device": "bench",
        }
        return json.dumps(message).encode()

    def scans(self, tickets: Iterable[tuple[int, str]]) -> Iterator[bytes]:
        """Return a request for each ticket."""
        for event_id, text in tickets:
            body = self.scan_body(text)
            head = (
                f"POST {scan_path(event_id)} HTTP/1.1\r\nHost: {self.host}\r\n"
                f"Cookie: {self.cookie}\r\nX-CSRFToken: {self.token}\r\nAccept-Encoding: gzip\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            yield head.encode() + body


def scan_path(event_id: int) -> str:
    """Return where the scanner sends what it reads."""
    return f"/organise/events/{event_id}/door/scan"


def pages(host: str, paths: Iterable[str], *, cookie: str = "bench=1") -> Iterator[bytes]:
    """Return requests for these pages, over and over; with a cookie, so that none is a kept one."""
    sent = f"Cookie: {cookie}\r\n" if cookie else ""
    for path in cycle(list(paths)):
        head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\n"
        yield f"{head}{sent}\r\n".encode()


def is_accepted(answer: Answer) -> bool:
    """Tell whether the door let the holder in."""
    return answer.status == 200 and _ACCEPTED.search(answer.body) is not None


def is_page(answer: Answer) -> bool:
    """Tell whether this is a whole page."""
    return answer.status == 200 and b"</html>" in answer.body


def sign_in(visitor: Visitor, host: str, *, phone: str, password: str, event_id: int) -> Door:
    """Sign in as a person would, and open the scanner's page.

    Raises:
        WrongAnswerError: The site would not have it.
    """
    enter(visitor, phone=phone, password=password)
    _, page, _ = visitor.ask(f"/organise/events/{event_id}/door")
    return Door(host, visitor.cookie, _found(_DOOR_TOKEN, page))


def enter(visitor: Visitor, *, phone: str, password: str) -> None:
    """Sign in as a person would.

    Raises:
        WrongAnswerError: The site would not have it.
    """
    _, page, _ = visitor.ask("/sign-in?way=password")
    form = {"csrf_token": _found(_FORM_TOKEN, page), "contact": phone, "password": password}
    status, page, _ = visitor.ask("/sign-in", {**form, "next": ""})
    if status not in (302, 303):
        raise WrongAnswerError(f"signing in: {status} {page[:300]}")


def _found(pattern: re.Pattern[str], page: str) -> str:
    match = pattern.search(page)
    if match is None:
        raise WrongAnswerError(f"no token on this page: {page[:300]}")
    return match[1]
