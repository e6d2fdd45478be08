"""Ports for servers that tests, pictures and benchmarks start on this machine."""

from __future__ import annotations

import random
import socket
from typing import Final

HOST: Final = "127.0.0.1"
# Below those that the system hands out to clients: one of them could take ours before we listen.
RANGE: Final = range(20_000, 32_000)
TRIES: Final = 100


def free_port() -> int:
    """Return a port on which nobody listens.

    Raises:
        OSError: Every port that was tried is taken.
    """
    for port in random.SystemRandom().sample(RANGE, TRIES):
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) != 0:
                return port
    raise OSError("no port is free")
