"""TLS in front of waitress, which has none: bytes in, bytes out, on one thread.

The site must know who a visitor is (limits on sign-in count by address). No header says so, since
anybody could write one: the server is asked from which of our own connections a request came.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from typing import Any, Final

HANDSHAKE_S: Final = 10.0
IDLE_S: Final = 75.0  # A little more than waitress itself waits.
FLUSH_S: Final = 3.0
MOST_VISITS: Final = 500
CHUNK: Final = 64 * 1024
TLS_HANDSHAKE: Final = b"\x16"  # What a visitor who speaks TLS sends first.
_Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Front:
    """Listens for https and passes what is said on to a server on this machine."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext) -> None:
        """Take the port.

        Args:
            host: Where to listen.
            port: The port of it.
            context: With the certificate.

        Raises:
            OSError: The address is taken or not this machine's.
        """
        self._listener = socket.create_server((host, port), backlog=256)
        self._listener.setblocking(False)
        self._context = context
        self._visitors: dict[str, str] = {}  # by the port of our connection to the server
        self._visits: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="front", daemon=True)
        self._server_port = 0
        self.port = int(self._listener.getsockname()[1])

    def knowing_visitors(self, application: _Application) -> _Application:
        """Return the application told who its visitors are."""

        def application_of_visitor(environ: dict[str, Any], start: Any) -> Iterable[bytes]:  # noqa: ANN401 - WSGI
            visitor = self._visitors.get(environ.get("REMOTE_PORT", ""))
            if visitor is not None:
                environ["REMOTE_ADDR"] = environ["REMOTE_HOST"] = visitor
            return application(environ, start)

        return application_of_visitor

    def start(self, server_port: int) -> None:
        """Let visitors in to the server at this port of this machine."""
        self._server_port = server_port
        self._thread.start()

    def stop(self) -> None:
        """Take no more visitors, and pass on what the server has already answered."""
        if not self._thread.is_alive():
            self._listener.close()
            return
        asyncio.run_coroutine_threadsafe(self._finish(), self._loop).result(FLUSH_S * 2)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(FLUSH_S)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._accepting = self._loop.create_task(self._accept())
        self._loop.run_forever()
        self._loop.close()

    async def _finish(self) -> None:
        self._accepting.cancel()
        self._listener.close()
        if self._visits:
            await asyncio.wait(self._visits, timeout=FLUSH_S)

    async def _accept(self) -> None:
        while True:
            try:
                connection, address = await self._loop.sock_accept(self._listener)
            except OSError:  # Out of file descriptors, or the visitor is gone again.
                await asyncio.sleep(0.1)
                continue
            if len(self._visits) >= MOST_VISITS:
                connection.close()
                continue
            visit = self._loop.create_task(self._visit(connection, address[0]))
            self._visits.add(visit)
            visit.add_done_callback(self._visits.discard)

    async def _visit(self, connection: socket.socket, visitor: str) -> None:
        """Serve one visitor until either side ends it or both fall silent."""
        try:
            async with asyncio.timeout(HANDSHAKE_S):
                if await self._first_byte(connection) != TLS_HANDSHAKE:
                    await self._send_to_https(connection)
                    return
                outside = await self._speak_tls(connection)
                inside = await asyncio.open_connection("127.0.0.1", self._server_port)
        except (OSError, TimeoutError):
            connection.close()
            return
        ours = str(inside[1].get_extra_info("sockname")[1])
        self._visitors[ours] = visitor
        try:
            await _pump(outside, inside)
        finally:
            del self._visitors[ours]
            await asyncio.gather(_close(outside[1]), _close(inside[1]))

    async def _first_byte(self, connection: socket.socket) -> bytes:
        """Look at what a visitor says first, and leave it there to be read."""
        can_read = asyncio.Event()
        self._loop.add_reader(connection, can_read.set)
        try:
            await can_read.wait()
        finally:
            self._loop.remove_reader(connection)
        return connection.recv(1, socket.MSG_PEEK)

    async def _send_to_https(self, connection: socket.socket) -> None:
        """Answer a visitor who typed the address without https: the same place, by https."""
        with connection:
            head = (await self._loop.sock_recv(connection, CHUNK)).decode("latin-1")
            first, *lines = head.split("\r\n")
            host = next((line[5:].strip() for line in lines if line[:5].lower() == "host:"), "")
            path = first.split(" ")[1] if first.count(" ") == 2 else ""
            if host and path.startswith("/"):
                answer = f"HTTP/1.1 307 -\r\nLocation: https://{host}{path}\r\n"
            else:
                answer = "HTTP/1.1 400 -\r\n"
            whole = answer + "Content-Length: 0\r\nConnection: close\r\n\r\n"
            await self._loop.sock_sendall(connection, whole.encode("latin-1"))

    async def _speak_tls(
        self, connection: socket.socket
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader = asyncio.StreamReader(loop=self._loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=self._loop)
        transport, _ = await self._loop.connect_accepted_socket(
            lambda: protocol, connection, ssl=self._context, ssl_handshake_timeout=HANDSHAKE_S
        )
        return reader, asyncio.StreamWriter(transport, protocol, reader, self._loop)


_Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _pump(outside: _Stream, inside: _Stream) -> None:
    """Pass bytes both ways until one side ends."""
    ways = [
        asyncio.ensure_future(_pass_on(outside[0], inside[1])),
        asyncio.ensure_future(_pass_on(inside[0], outside[1])),
    ]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)


async def _close(writer: asyncio.StreamWriter) -> None:
    """Say good-bye once everything is said; whoever does not listen is not waited for."""
    writer.close()
    with contextlib.suppress(OSError, TimeoutError):
        await asyncio.wait_for(writer.wait_closed(), FLUSH_S)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass bytes one way until they end, or stall for too long on either side."""
    while chunk := await asyncio.wait_for(reader.read(CHUNK), IDLE_S):
        writer.write(chunk)
        await asyncio.wait_for(writer.drain(), IDLE_S)
