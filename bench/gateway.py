"""A gateway for text messages that takes everything: ``python -m bench.gateway PAUSE_S``.

It prints its port, answers each message after the pause, tells on GET how many it took, and ends
with its standard input. Messages on one connection are answered one after the other.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Final

_LENGTH: Final = b"content-length:"


class Gateway:
    """Counts what it takes."""

    def __init__(self, pause_s: float) -> None:
        """Say how long each answer takes."""
        self._pause_s, self._taken = pause_s, 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection until it is closed."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                body = b"%d" % self._taken
                if head.startswith(b"POST"):
                    await reader.readexactly(_length_of(head))
                    await asyncio.sleep(self._pause_s)
                    self._taken += 1
                    body = b'{"id":"%d"}' % self._taken
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


def _length_of(head: bytes) -> int:
    lines = head.lower().split(b"\r\n")
    return next(int(line[len(_LENGTH) :]) for line in lines if line.startswith(_LENGTH))


async def main() -> None:
    """Serve until standard input ends."""
    server = await asyncio.start_server(Gateway(float(sys.argv[1])).serve, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
