"""Serve the site with waitress, with the worker beside it, until told to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from types import FrameType
from typing import Any, Self

from flask import Flask
from waitress import create_server, wasyncore

from tools.listening import Listening

DRAIN_S = 8.0  # Container engines kill after 10 s.
CALM_S = 60.0


class Worker:
    """The one worker process beside the server, started again when it ends by itself."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self._restarts = 0
        self._start()

    def _start(self) -> None:
        # Its standard input is a pipe that nobody writes to: it ends when this process does,
        # however that happens, and the worker ends with it.
        environment = {**os.environ, "VH_WORKER_OF": str(os.getpid())}
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, env=environment)
        self._started_at_s = time.monotonic()
        self._is_missed = False

    def look_after(self) -> None:
        """Start the worker again if it ended; wait longer each time it ends soon."""
        if self._process.poll() is None:
            return
        age_s = time.monotonic() - self._started_at_s
        self._restarts = 0 if age_s > CALM_S else self._restarts
        if not self._is_missed:
            print(f"The worker ended with code {self._process.returncode}.", flush=True)
            self._is_missed = True
        if age_s >= min(CALM_S, 2.0**self._restarts):
            self._restarts += 1
            self._close_pipe()
            self._start()

    def stop(self) -> None:
        """End the worker; what it is doing is finished first, within reason."""
        self._process.terminate()
        try:
            self._process.wait(DRAIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._close_pipe()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def _close_pipe(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()


class Server:
    """A listening waitress server that finishes the requests in flight before it stops."""

    def __init__(self, app: Flask, listening: Listening) -> None:
        """Take the port.

        Raises:
            OSError: The address is taken or not this machine's.
            ValueError: The host is no address and no name.
        """
        self._is_stopping = False
        # A list of sockets or none would make waitress return something else than one server.
        self._server: Any = create_server(
            app,
            host=listening.host,
            port=listening.port,
            threads=listening.threads,
            url_scheme=listening.scheme,
            connection_limit=1000,
            asyncore_use_poll=True,
            channel_timeout=60,
            ident=None,
            **_proxy_options(listening.trusted_proxy),
        )

    @property
    def port(self) -> int:
        """The port that was taken."""
        return int(self._server.effective_port)

    def run(self, worker: Worker) -> None:
        """Serve until SIGTERM or Ctrl-C, then finish what was begun."""
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        while not self._is_stopping:
            self._turn(timeout_s=1.0)
            worker.look_after()
        print("Finishing ...", flush=True)
        self._drain()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._is_stopping:
            os._exit(1)  # Asked twice: at once.
        self._is_stopping = True
        self._server.pull_trigger()

    def _turn(self, *, timeout_s: float) -> None:
        wasyncore.loop(timeout=timeout_s, use_poll=True, map=self._server._map, count=1)

    def _drain(self) -> None:
        """Take no new connections; waitress alone would cut the answers that are on their way."""
        self._server.del_channel()
        self._server.socket.close()
        deadline = time.monotonic() + DRAIN_S
        while self._is_busy() and time.monotonic() < deadline:
            self._turn(timeout_s=0.05)
        self._server.task_dispatcher.shutdown(timeout=1)
        for channel in list(self._server.active_channels.values()):
            channel.handle_close()  # Whoever passes our answers on sees that there are no more.

    def _is_busy(self) -> bool:
        return any(
            channel.requests or channel.request or channel.total_outbufs_len
            for channel in list(self._server.active_channels.values())
        )


def take_port(app: Flask, listening: Listening) -> Server:
    """Return a server that has its port, or end saying why it cannot have it."""
    try:
        return Server(app, listening)
    except (OSError, ValueError) as error:
        sys.exit(cannot_serve(listening, error))


def cannot_serve(listening: Listening, error: Exception) -> str:
    """Return why a port cannot be had, and how to use another."""
    return (
        f"Cannot serve at {listening.host}:{listening.port}: {error}\n"
        "To use another: VH_PORT=5001 python3 run.py"
    )


def _proxy_options(address: str) -> dict[str, Any]:
    """Believe what this proxy says about the visitor's address, and nobody else."""
    if not address:
        return {}
    headers = {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"}
    return {"trusted_proxy": address, "trusted_proxy_count": 1, "trusted_proxy_headers": headers}


def leave_when_told() -> None:
    """End on SIGTERM and on Ctrl-C without a traceback, undoing what is half done."""

    def leave(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)


def end_with_parent() -> None:
    """In the worker: leave when the server that started it is gone."""
    if "VH_WORKER_OF" in os.environ:
        threading.Thread(target=_leave_at_end_of_input, daemon=True).start()


def _leave_at_end_of_input() -> None:
    # Not through sys.stdin, whose lock this thread would still hold when the interpreter ends.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
