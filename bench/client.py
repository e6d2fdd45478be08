"""The visitors: a few kept connections that ask again as soon as they were answered."""

from __future__ import annotations

import re
import selectors
import socket
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Final
from urllib.parse import urlencode, urljoin, urlsplit

from bench.figures import Sample

HOST: Final = "127.0.0.1"
CONNECTIONS: Final = 8
PATIENCE_S: Final = 30.0
GZIP: Final = 16 + zlib.MAX_WBITS
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ZIPPED = re.compile(rb"\r\ncontent-encoding: *gzip", re.IGNORECASE)
_TAG = re.compile(r"<(script|img|link|use)\s([^>]*)>")
_ATTRIBUTE = re.compile(r"""([a-z-]+)="([^"]*)\"""")
_LINKS: Final = frozenset({"stylesheet", "icon", "manifest"})
_CSS_FETCHED = re.compile(r"""url\(["']?(?!data:)([^"')]+)""")


class WrongAnswerError(Exception):
    """The site did not answer as the benchmark needs it to."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, unpacked."""

    status: int
    body: bytes


def read_answer(buffer: bytes | bytearray) -> Answer | None:
    """Return the answer that these bytes are, or None while some of it is missing.

    Raises:
        WrongAnswerError: It does not say how long it is.
    """
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(buffer[: end + 2])
    length = _LENGTH.search(head)
    if length is None:
        raise WrongAnswerError(f"an answer of unknown length: {head[:200]!r}")
    body = bytes(buffer[end + 4 :])
    if len(body) < int(length[1]):
        return None
    return Answer(int(head[9:12]), zlib.decompress(body, GZIP) if _ZIPPED.search(head) else body)


@dataclass(slots=True)
class _Connection:
    socket: socket.socket
    asked_at: float = 0.0
    buffer: bytearray = field(default_factory=bytearray)

    def ask(self, request: bytes) -> None:
        self.buffer.clear()
        self.asked_at = time.perf_counter()
        self.socket.sendall(request)


class Load:
    """One cell: keeps every connection busy until the time is up or the requests are used up."""

    def __init__(
        self,
        port: int,
        requests: Iterator[bytes],
        is_right: Callable[[Answer], bool],
        *,
        connections: int = CONNECTIONS,
    ) -> None:
        """Say what is asked, and how a right answer is known.

        Args:
            port: Where the server listens.
            requests: Whole requests, one after the other.
            is_right: Looks at the unpacked body too.
            connections: How many ask at the same time.
        """
        self._connections = connections
        self._port, self._requests, self._is_right = port, requests, is_right
        self._latencies: list[float] = []
        self._wrong = 0
        self._first_wrong = ""

    def run(self, *, seconds: float, cpu_s: Callable[[], float]) -> Sample:
        """Ask and wait until all is answered.

        Args:
            seconds: After this long nothing more is asked.
            cpu_s: Tells what the processes under test have used so far.

        Raises:
            WrongAnswerError: A connection was closed or went silent.
        """
        with ExitStack() as stack, selectors.DefaultSelector() as selector:
            for _ in range(self._connections):
                connected = stack.enter_context(socket.create_connection((HOST, self._port)))
                connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                selector.register(connected, selectors.EVENT_READ, _Connection(connected))
            used_before, started = cpu_s(), time.perf_counter()
            for key in list(selector.get_map().values()):
                self._ask_next(key.data, selector, started + seconds)
            while selector.get_map():
                ready = selector.select(timeout=PATIENCE_S)
                if not ready:
                    raise WrongAnswerError(f"no answer in {PATIENCE_S:.0f} s")
                for key, _events in ready:
                    self._take(key.data, selector, started + seconds)
            lasted = time.perf_counter() - started
        return Sample(
            [latency * 1000 for latency in self._latencies],
            lasted,
            cpu_s() - used_before,
            self._wrong,
            self._first_wrong,
        )

    def _ask_next(
        self, connection: _Connection, selector: selectors.BaseSelector, deadline: float
    ) -> None:
        request = next(self._requests, None) if time.perf_counter() < deadline else None
        if request is None:
            selector.unregister(connection.socket)
        else:
            connection.ask(request)

    def _take(
        self, connection: _Connection, selector: selectors.BaseSelector, deadline: float
    ) -> None:
        received = connection.socket.recv(1 << 18)
        if not received:
            raise WrongAnswerError(f"closed half-way: {bytes(connection.buffer[:200])!r}")
        connection.buffer += received
        answer = read_answer(connection.buffer)
        if answer is None:
            return
        latency = time.perf_counter() - connection.asked_at
        self._ask_next(connection, selector, deadline)  # First: the server should not wait for us.
        if self._is_right(answer):
            self._latencies.append(latency)
            return
        self._wrong += 1
        self._first_wrong = self._first_wrong or f"{answer.status} {answer.body[:300]!r}"


class Visitor:
    """One browser: keeps cookies and asks one thing at a time."""

    def __init__(self, port: int, host: str) -> None:
        """Say where the server listens and which name the site goes by."""
        self._port, self._host = port, host
        self.cookies: dict[str, str] = {}

    @property
    def cookie(self) -> str:
        """What the browser sends back."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str, int]:
        """Return status, body as text and the bytes that came over the wire."""
        connection = HTTPConnection(HOST, self._port, timeout=PATIENCE_S)
        headers = {"Host": self._host, "Accept-Encoding": "gzip", "Cookie": self.cookie}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        sent = None if form is None else urlencode(form)
        connection.request("GET" if form is None else "POST", path, sent, headers)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                cookie, _, kept = value.partition(";")[0].partition("=")
                self.cookies[cookie] = kept
        size = len(body) + sum(len(name) + len(value) + 4 for name, value in response.getheaders())
        if response.getheader("Content-Encoding") == "gzip":
            body = zlib.decompress(body, GZIP)
        return response.status, body.decode("utf-8", "replace"), size

    def page_bytes(self, path: str, *, with_lazy: bool) -> int:
        """Return what a first visit to this page costs, with all that a browser fetches for it.

        Args:
            path: The page.
            with_lazy: Also the pictures that wait until they are nearly in sight.

        Raises:
            WrongAnswerError: Something of it is not there.
        """
        status, body, total = self.ask(path)
        if status != 200:
            raise WrongAnswerError(f"{path}: {status} {body[:200]}")
        waiting, seen = fetched_by(path, body, with_lazy=with_lazy), {path}
        while waiting:
            address = waiting.pop()
            if address in seen:
                continue
            seen.add(address)
            status, body, size = self.ask(address)
            if status != 200:
                raise WrongAnswerError(f"{address}: {status}")
            total += size
            if urlsplit(address).path.endswith(".css"):
                waiting |= {urljoin(address, found) for found in _CSS_FETCHED.findall(body)}
        return total


def fetched_by(path: str, page: str, *, with_lazy: bool) -> set[str]:
    """Return the addresses of this site that a browser fetches together with the page."""
    found = set()
    for tag, text in _TAG.findall(page):
        attributes = dict(_ATTRIBUTE.findall(text))
        is_wanted = tag != "link" or attributes.get("rel") in _LINKS
        if is_wanted and (with_lazy or attributes.get("loading") != "lazy"):
            found.add(attributes.get("src") or attributes.get("href") or "")
    addresses = {urljoin(path, each.partition("#")[0].replace("&amp;", "&")) for each in found}
    return {each for each in addresses if each.startswith("/") and each != path}
