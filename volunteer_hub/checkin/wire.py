"""What phones at the door send and are sent, as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, TypeGuard

from volunteer_hub.checkin.actions import Batch, Result, Sent
from volunteer_hub.checkin.errors import BadScanError, BatchTooLargeError
from volunteer_hub.checkin.queries import Counts, Device, Key
from volunteer_hub.checkin.rules import (
    LONGEST_TEXT,
    MOST_SCANS,
    Direction,
    Method,
    Outcome,
)
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.formats import mask_name
from volunteer_hub.registrations.forms import LONGEST_NAME
from volunteer_hub.registrations.rules import MOST_COMPANIONS, RegistrationDraft

LONGEST_DEVICE: Final = 40
LONGEST_SECRET: Final = 64
SHORTEST_SECRET: Final = 32
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOST_NUMBER: Final = 2**31 - 1
_YEARS: Final = range(1990, 2200)  # that a broken clock may show; a calendar ends somewhere
_METHODS: Final = {
    str(each): each
    for each in (
        Method.CAMERA, Method.TYPED, Method.PHOTO, Method.SEARCH, Method.WALK_IN, Method.COUNTER,
    )
}  # fmt: skip
_DIRECTIONS: Final = {str(each): each for each in Direction}
_OUTCOMES: Final = {str(each): each for each in Outcome}


def read_json(raw: bytes) -> Any:  # noqa: ANN401 - whatever was sent
    """Return what a phone sent.

    Raises:
        BadScanError: It is no JSON.
    """
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadScanError from error


def read_batch(body: Any, device: Device | None) -> tuple[Batch, list[str | None]]:  # noqa: ANN401
    """Return a message as actions take it, and the name of each scan in it in its order.

    A scan that cannot be read has no name: the others are kept all the same.

    Args:
        body: What came as JSON.
        device: Which phone sent it; None for a file.

    Raises:
        BadScanError: It is no such message at all.
        BatchTooLargeError: It holds too many scans.
    """
    scans = body.get("scans") if isinstance(body, dict) else None
    if not isinstance(scans, list):
        raise BadScanError
    if len(scans) > MOST_SCANS:
        raise BatchTooLargeError
    read, names = [], []
    for number, scan in enumerate(scans):
        sent = _sent(scan, number)
        names.append(sent.scan_id if sent else None)
        if sent is not None:
            read.append(sent)
    offset_ms = body.get("offset_ms")
    measured = _measured(offset_ms) if _is_number(offset_ms) else None
    return Batch(read, device, _moment(body.get("sent_at")), measured), names


def read_file(body: Any) -> list[Batch]:  # noqa: ANN401 - whatever was in it
    """Return what a phone gave out by hand, in parts as small as messages are.

    Raises:
        BadScanError: It is no such file.
    """
    scans = body.get("scans") if isinstance(body, dict) else None
    if not isinstance(scans, list):
        raise BadScanError
    parts = range(0, max(len(scans), 1), MOST_SCANS)
    return [
        read_batch({**body, "scans": scans[start : start + MOST_SCANS]}, None)[0] for start in parts
    ]


def _measured(offset_ms: int) -> timedelta | None:
    return timedelta(milliseconds=offset_ms) if abs(offset_ms) <= MOST_NUMBER else None


def unsent_of(body: Mapping[str, Any]) -> int:
    """Return how many scans a phone says it still holds."""
    unsent = body.get("unsent")
    return min(max(unsent, 0), MOST_NUMBER) if _is_number(unsent) else 0


def _is_number(value: object) -> TypeGuard[int]:
    return type(value) is int


def _sent(scan: Any, number: int) -> Sent | None:  # noqa: ANN401 - whatever was sent
    """Return one scan of a message, or None when it is none."""
    try:
        return _read(scan, number)
    except (BadScanError, NotFoundError, TypeError, ValueError, OverflowError):
        return None


def _read(scan: Any, number: int) -> Sent | None:  # noqa: ANN401 - whatever was sent
    if not isinstance(scan, dict) or not is_scan_id(scan.get("scan_id")):
        return None
    get: Callable[..., Any] = scan.get
    direction, method = _DIRECTIONS.get(get("direction")), _METHODS.get(get("method"))
    text, seq, key = get("text", ""), get("seq", number), get("key")
    if direction is None or method is None or type(text) is not str or type(seq) is not int:
        return None
    if key is not None and type(key) is not str:
        return None
    sent = Sent(
        scan_id=get("scan_id"),
        seq=min(max(seq, 0), MOST_NUMBER),
        direction=direction,
        method=method,
        text=storable(text[: LONGEST_TEXT + 1]),
        key=Key.read(key) if key is not None else None,
        claimed_at=_moment(get("happened_at")),
        local=_OUTCOMES.get(get("local", "")),
        device=_device(get("device")),
    )
    return sent if _is_plain(scan, sent) else _special(scan, sent)


def _is_plain(scan: Mapping[str, Any], sent: Sent) -> bool:
    is_plain = "undoes" not in scan and sent.method not in (Method.WALK_IN, Method.COUNTER)
    if is_plain and sent.direction is Direction.COUNT:
        raise BadScanError
    if is_plain and not sent.text and sent.key is None:
        raise BadScanError
    return is_plain


def _special(scan: Mapping[str, Any], sent: Sent) -> Sent | None:
    if "undoes" in scan:
        undoes = scan["undoes"]
        return sent._replace(undoes=undoes) if is_scan_id(undoes) else None
    people = scan.get("people", 1)
    if type(people) is not int or abs(people) > MOST_COMPANIONS + 1:
        return None
    if sent.method is Method.COUNTER:
        return sent._replace(direction=Direction.COUNT, people=people)
    if people < 1:
        return None
    name = scan.get("name")
    said = storable(name).strip()[:LONGEST_NAME] if isinstance(name, str) else ""
    draft = RegistrationDraft(name=said or None, companions=people - 1)
    return sent._replace(direction=Direction.IN, walk_in=draft)


def _device(name: object) -> str:
    return storable(name)[:LONGEST_DEVICE] if type(name) is str else ""


def is_scan_id(text: object) -> bool:
    """Tell whether this is a name as phones and pages make them: a UUID in its one spelling."""
    return type(text) is str and _UUID.fullmatch(text) is not None


def is_secret(text: object) -> bool:
    """Tell whether this is a secret as phones make them."""
    return (
        isinstance(text, str)
        and text.isascii()
        and text.isalnum()
        and SHORTEST_SECRET <= len(text) <= LONGEST_SECRET
    )


def storable(text: str) -> str:
    """Return text as databases keep it: JSON may carry halves of characters, and none at all."""
    if text.isascii():
        return text.replace("\0", "")
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _moment(text: object) -> datetime | None:
    """Return the moment a phone named; one that cannot be read is as good as none."""
    if type(text) is not str:
        return None
    try:
        moment = datetime.fromisoformat(text)
        is_possible = moment.tzinfo is not None and moment.year in _YEARS
        return moment.astimezone(UTC) if is_possible else None
    except (ValueError, OverflowError):
        return None


def told(results: Mapping[str, Result], names: list[str | None], doors: Mapping[int, str]) -> Any:  # noqa: ANN401
    """Return the answers to the scans of a message, in its order.

    Args:
        results: The answers, by name.
        names: The names in their order; None for what could not be read.
        doors: The names of the event's doors.
    """
    tell = partial(_told, doors)
    return [tell(results[name]) if name is not None else _UNREADABLE for name in names]


_UNREADABLE: Final = {"scan_id": None, "outcome": "rejected", "reason": "bad_scan"}


def _told(doors: Mapping[int, str], result: Result) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "scan_id": result.scan_id,
        "outcome": result.outcome,
        "reason": result.reason,
        "direction": result.direction,
        "people": result.people,
    }
    if result.at is not None:
        answer["at"] = int(result.at.timestamp())
    if result.name:
        answer["name"] = mask_name(result.name)
    if result.post:
        answer["post"] = result.post
    if result.first_at is not None:
        answer["first_at"] = int(result.first_at.timestamp())
        answer["first_door"] = doors.get(result.first_checkpoint_id or 0, "")
    return answer


def told_counts(counts: Counts) -> dict[str, int]:
    """Return the figures that phones show."""
    return {
        "in": counts.came,
        "out": counts.left,
        "expected": counts.expected,
        "volunteers": counts.volunteers_there,
    }
