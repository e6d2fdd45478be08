"""What phones at the door cost: many scans told at once, and scans while many people look on."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final

from flask import Flask

from bench.client import Answer
from bench.fill import tickets_for
from volunteer_hub.checkin import actions
from volunteer_hub.core import clock
from volunteer_hub.core.database import db
from volunteer_hub.core.tokens import link_token
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.models import Event

AT_ONCE: Final = 500
BATCHES: Final = 3
BOARDS: Final = 50
BATCH: Final = "/scan/batch"
Ask = Callable[[dict[str, str], bytes], Answer]


class Phone:
    """An enrolled phone at the door of one event, with a list of people who come."""

    def __init__(self, app: Flask, ask: Ask, event_id: int) -> None:
        """Enrol it, and let enough people register."""
        self._ask, self._secret = ask, uuid.uuid4().hex
        with app.app_context():
            now = clock.now()
            with transaction():
                event = db.session.get_one(Event, event_id)
                device = actions.add_device(event, "", by=event.created_by_id, now=now)
                token = link_token(actions.ENROLMENT, device.id)
                actions.enrol(token, self._secret, now=now)
                people = tickets_for([event_id], AT_ONCE * BATCHES, now)
        self._codes = iter([text for _event_id, text in people])

    def batch_us(self) -> float:
        """Return the microseconds of CPU for one scan among many in one message.

        Raises:
            RuntimeError: Not all of them were accepted.
        """
        body = json.dumps({"sent_at": _now(), "scans": list(self._scans())}).encode()
        request = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": BATCH,
            "HTTP_AUTHORIZATION": f"Bearer {self._secret}",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
        }
        begun = time.process_time()
        answer = self._ask(request, body)
        used = time.process_time() - begun
        if answer.body.count(b'"accepted"') != AT_ONCE:
            raise RuntimeError(f"{answer.status} {answer.body[:300]!r}")
        return used * 1e6 / AT_ONCE

    def _scans(self) -> Iterator[dict[str, object]]:
        for number in range(AT_ONCE):
            yield {
                "scan_id": str(uuid.uuid4()),
                "seq": number,
                "text": next(self._codes),
                "direction": "in",
                "method": "camera",
                "happened_at": _now(),
                "local": "accepted",
                "device": "bench",
            }


class Boards:
    """People who look at the live board of an event; each asks whether there is news."""

    def __init__(self, ask: Ask, cookie: str, event_id: int) -> None:
        self._ask = ask
        self._request = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": f"/organise/events/{event_id}/door/board",
            "HTTP_COOKIE": cookie,
            "HTTP_HX_REQUEST": "true",
        }

    def look(self) -> None:
        """Let one of them ask.

        Raises:
            RuntimeError: The board was not shown.
        """
        answer = self._ask(self._request, b"")
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} {answer.body[:300]!r}")


def _now() -> str:
    return datetime.now(UTC).isoformat()  # noqa: TID251 - the phone's own clock
