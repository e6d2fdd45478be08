"""A crowd to write to, and messages for all of it, within the site's own code.

``python -m bench.crowd people N`` adds N people; ``python -m bench.crowd queue NAME`` queues a
message to each of them; ``python -m bench.crowd route`` chooses the channels of all that wait;
``python -m bench.crowd write SECONDS`` is another writer, who tells how long each turn took.
Each prints what it did as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from itertools import count
from typing import Any, Final

from flask import Flask
from sqlalchemy import insert

from tools import site
from volunteer_hub.accounts.models import Person
from volunteer_hub.core import clock, once, outbox
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import Draft
from volunteer_hub.core.transaction import transaction
from volunteer_hub.notifications import broadcasts, queries, tasks

FIRST_PHONE: Final = 15_000_000_000
ROWS_AT_ONCE: Final = 1000
PAUSE_S: Final = 0.01  # between two turns of the other writer


def people(app: Flask, wanted: str) -> dict[str, Any]:
    """Add that many people with a number."""
    now = clock.now()
    with app.app_context(), transaction():
        for start in range(0, int(wanted), ROWS_AT_ONCE):
            rows = [
                {"name": "林小禾", "phone": str(FIRST_PHONE + number), "created_at": now}
                for number in range(start, min(int(wanted), start + ROWS_AT_ONCE))
            ]
            db.session.execute(insert(Person), rows)
    return {"people": int(wanted)}


def queue(app: Flask, name: str) -> dict[str, Any]:
    """Queue a message to everybody, and tell how long that took."""
    now = clock.now()
    with app.app_context():
        started = time.perf_counter()
        everybody = queries.everybody()
        queued = broadcasts.broadcast((_draft(each, name) for each in everybody), now=now)
        took = time.perf_counter() - started
    return {"queued": queued, "seconds": took}


def _draft(person_id: int, name: str) -> Draft:
    """Return the message; an emergency, since the bench also runs at night."""
    return Draft(
        kind="announcement",
        to=outbox.to_person(person_id),
        params={"title": "山洪预警", "text": "今天下午的活动全部改期，请不用到场。", "path": "/"},
        dedupe_key=f"announcement:{name}:{person_id}",
        batch=name,
        emergency="the benchmark",
    )


def route(app: Flask, _nothing: str = "") -> dict[str, Any]:
    """Choose the channels of everything that waits."""
    with app.app_context():
        started = time.perf_counter()
        rounds = 1
        while tasks.route(clock.now()) is not None:
            rounds += 1
    return {"rounds": rounds, "seconds": time.perf_counter() - started}


def write(app: Flask, seconds: str) -> dict[str, Any]:
    """Write one small row again and again, as check-ins do; return how long each turn took."""
    waits: list[float] = []
    with app.app_context():
        until = time.perf_counter() + float(seconds)
        for number in count():
            started = time.perf_counter()
            if started > until:
                break
            with transaction():
                once.remember(f"bench-{started}-{number}", "/", now=clock.now())
            waits.append(time.perf_counter() - started)
            time.sleep(PAUSE_S)
    return {"waits": waits}


COMMANDS: Final[dict[str, Callable[..., dict[str, Any]]]] = {
    "people": people, "queue": queue, "route": route, "write": write,
}  # fmt: skip

if __name__ == "__main__":
    made = site.build()
    sys.stdout.write(json.dumps(COMMANDS[sys.argv[1]](made, *sys.argv[2:])))
