"""The site as ``run.py`` serves it, on demo data in a folder of its own: for tests and pictures."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.ports import free_port

ROOT = Path(__file__).resolve().parents[1]
START_S = 90
STOP_S = 30
PAUSE_S = 0.05


@dataclass(frozen=True, slots=True)
class ServedSite:
    """A site that is running now."""

    url: str
    log: Path

    def said(self) -> str:
        """Return what the server and its worker printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def served(folder: Path) -> Iterator[ServedSite]:
    """Serve the site until the block ends; it must then end cleanly.

    Args:
        folder: Where it keeps its data; an empty one gets demo data.

    Raises:
        RuntimeError: The server did not start, or did not end as it should.
    """
    port = free_port()
    site = ServedSite(f"http://127.0.0.1:{port}", folder / "server.log")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VH_")}
    settings = {"VH_DATA_DIR": str(folder), "VH_PORT": str(port), "VH_SETUP": "0"}
    with site.log.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "run.py"],
            cwd=ROOT, env=kept | settings, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            _wait_for(site, process)
            yield site
            _stop(site, process)
        finally:
            process.kill()
            process.wait()


def _wait_for(site: ServedSite, process: subprocess.Popen[bytes]) -> None:
    # Without the machine's proxy settings, which a loopback address must not go through.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            opener.open(f"{site.url}/healthz", timeout=START_S).close()
        except urllib.error.URLError:
            time.sleep(PAUSE_S)
        else:
            return
    raise RuntimeError(f"The site did not start:\n{site.said()}")


def _stop(site: ServedSite, process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        code = process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"The site did not end when told to:\n{site.said()}") from None
    if code != 0:
        raise RuntimeError(f"The site ended with code {code}:\n{site.said()}")
