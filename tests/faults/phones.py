"""A phone that tells a running site what it scanned, part after part."""

from __future__ import annotations

import http.client
import json
import sqlite3
import threading
import uuid
from contextlib import closing
from pathlib import Path

from tests.faults.running import PHONES_SECRET, Running

PART = 20
Told = dict[str, object]


def scans_of(folder: Path) -> list[Told]:
    """Return a scan of each ticket that the prepared folder has."""
    codes = (folder / "codes").read_text().split()
    return [
        {"scan_id": str(uuid.UUID(int=number + 1)), "seq": number, "text": code,
         "direction": "in", "method": "camera", "local": "accepted"}
        for number, code in enumerate(codes)
    ]  # fmt: skip


def tell(site: Running, part: list[Told]) -> list[Told]:
    """Return the answers to some scans."""
    headers = {"Authorization": f"Bearer {PHONES_SECRET}", "Content-Type": "application/json"}
    with closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)) as line:
        line.request("POST", "/scan/batch", json.dumps({"scans": part}), headers)
        answer = line.getresponse()
        assert answer.status == 200
        return json.loads(answer.read())["results"]


def telling(site: Running, scans: list[Told], answered: list[Told]) -> threading.Thread:
    """Let a phone tell all it has, a part at a time, until nobody answers any more."""

    def go() -> None:
        try:
            for start in range(0, len(scans), PART):
                answered.extend(tell(site, scans[start : start + PART]))
        except (OSError, http.client.HTTPException):
            return

    thread = threading.Thread(target=go)
    thread.start()
    return thread


def rows(folder: Path) -> set[tuple[int, int]]:
    """Return how many scans and stays are kept, and of how many names and scans they are."""
    with closing(sqlite3.connect(folder / "volunteer_hub.db")) as database:
        told = database.execute("SELECT count(*), count(DISTINCT scan_id) FROM scan")
        came = database.execute("SELECT count(*), count(DISTINCT in_scan_id) FROM attendance")
        return {told.fetchone(), came.fetchone()}
