"""Handing a message to another system over HTTP, and what its answers mean."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from volunteer_hub.notifications.channels.base import (
    TIMEOUT_S,
    ChannelDownError,
    RefusedError,
    TryAgainError,
)

MOST_OF_AN_ANSWER: Final = 65_536
LONGEST_PAUSE_S: Final = 3600
# The message was looked at and not taken, yet may be later: time-out, conflict, too early.
_LATER: Final = frozenset({408, 409, 425})
# It was not looked at: who we are, how fast we are, or the other side itself is the trouble.
_NOT_OURS: Final = frozenset({401, 403, 404, 429, 502, 503})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said."""

    status: int
    body: bytes
    retry_after: str | None


class Line:
    """An open connection to the one host that an address names. It follows no redirects."""

    def __init__(self, url: str, *, timeout_s: float = TIMEOUT_S) -> None:
        """Connect.

        Raises:
            ChannelDownError: Nobody answers there, or not as TLS demands.
        """
        parts = urlsplit(url)
        self._path = parts.path or "/"
        self._query = parts.query
        host, port = parts.hostname or "", parts.port
        if parts.scheme == "https":
            self._connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                host, port, timeout=timeout_s, context=ssl.create_default_context()
            )
        else:
            self._connection = http.client.HTTPConnection(host, port, timeout=timeout_s)
        try:
            self._connection.connect()
        except OSError as error:
            raise ChannelDownError(f"cannot connect: {error}") from error

    def post(self, body: bytes, headers: Mapping[str, str], *, more_query: str = "") -> Answer:
        """Send a JSON body and return the answer.

        Raises:
            TryAgainError: No answer came. The message may have been taken all the same.
        """
        query = "&".join(part for part in (self._query, more_query) if part)
        target = f"{self._path}?{query}" if query else self._path
        all_headers = {"Content-Type": "application/json; charset=utf-8", **headers}
        try:
            self._connection.request("POST", target, body, all_headers)
            answer = self._connection.getresponse()
            read = answer.read(MOST_OF_AN_ANSWER)
        except (OSError, http.client.HTTPException) as error:
            # Whatever comes next on this connection would be the answer to this message.
            self.close()
            raise TryAgainError(f"no answer: {type(error).__name__} {error}") from error
        return Answer(answer.status, read, answer.getheader("Retry-After"))

    def close(self) -> None:
        """Hang up; the next message opens a connection again."""
        self._connection.close()


@contextmanager
def line_to(url: str, *, timeout_s: float = TIMEOUT_S) -> Iterator[Line]:
    """Open a connection for the block.

    Raises:
        ChannelDownError: Nobody answers there.
    """
    line = Line(url, timeout_s=timeout_s)
    try:
        yield line
    finally:
        line.close()


def require_success(answer: Answer) -> None:
    """Return when the message was taken.

    Raises:
        TryAgainError: It was not, and may be later.
        RefusedError: It never will be.
        ChannelDownError: It was not looked at.
    """
    if 200 <= answer.status < 300:
        return
    why = f"{answer.status}: {answer.body.decode(errors='replace')}"
    if answer.status in _NOT_OURS or 300 <= answer.status < 400:
        raise ChannelDownError(why, pause=_pause(answer.retry_after))
    if answer.status in _LATER or answer.status >= 500:
        raise TryAgainError(why)
    raise RefusedError(why)


def _pause(retry_after: str | None) -> timedelta | None:
    if retry_after is None or not (retry_after.isascii() and retry_after.isdigit()):
        return None
    return timedelta(seconds=min(int(retry_after[:9]), LONGEST_PAUSE_S))
