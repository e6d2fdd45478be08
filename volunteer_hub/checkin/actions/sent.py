"""What phones send about scans, and what they are answered; plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from volunteer_hub.checkin.queries import Answer, Device, Key
from volunteer_hub.checkin.rules import Direction, Method, Outcome, Reason
from volunteer_hub.registrations.rules import RegistrationDraft


class Sent(NamedTuple):
    """One scan as a phone tells it.

    Attributes:
        scan_id: Made where the scan was made; the same one always gets the same answer.
        seq: The phone's own counting.
        direction: In, out or a count.
        method: How the person was found.
        text: What was scanned or typed.
        key: Whom the phone's list named, beside a code or instead of one.
        claimed_at: What the phone's clock said.
        local: What the phone answered by itself, or its holder decided.
        device: The phone's name for itself; one phone may carry the scans of another.
        people: How many, for a count.
        walk_in: What somebody without a place said.
        undoes: The scan that this one takes back.
    """

    scan_id: str
    seq: int
    direction: Direction
    method: Method
    text: str = ""
    key: Key | None = None
    claimed_at: datetime | None = None
    local: Outcome | None = None
    device: str = ""
    people: int = 1
    walk_in: RegistrationDraft | None = None
    undoes: str = ""

    @property
    def was_admitted(self) -> bool:
        """Whether the people at the door let them in."""
        return self.local is Outcome.ACCEPTED

    @property
    def is_special(self) -> bool:
        """Whether it is more than a code or a name: it is kept by itself."""
        return self.walk_in is not None or bool(self.undoes) or self.direction is Direction.COUNT


@dataclass(frozen=True, slots=True)
class Batch:
    """One message of a phone.

    Attributes:
        scans: At most as many as one transaction may hold.
        device: Which phone; None when somebody imports a file.
        sent_at: What its clock said as it sent the message.
        measured: What it believes must be added to its clock.
    """

    scans: Sequence[Sent]
    device: Device | None = None
    sent_at: datetime | None = None
    measured: timedelta | None = None


class Result(NamedTuple):
    """The answer to one scan, the same whenever it is asked for."""

    scan_id: str
    outcome: Outcome
    reason: Reason | str
    direction: Direction
    at: datetime | None
    name: str = ""
    post: str = ""
    people: int = 1
    first_at: datetime | None = None
    first_checkpoint_id: int | None = None

    @classmethod
    def of(cls, answer: Answer) -> Result:
        """Return what was answered before."""
        return cls(
            scan_id=answer.scan_id,
            outcome=answer.outcome,
            reason=answer.reason,
            direction=answer.direction,
            at=answer.happened_at,
            name=answer.name,
            post=answer.post_title,
            people=answer.people,
            first_at=answer.first_at,
            first_checkpoint_id=answer.first_checkpoint_id,
        )

    @classmethod
    def refused(cls, scan_id: str) -> Result:
        """Return the answer to what cannot be kept here at all."""
        return cls(scan_id, Outcome.REJECTED, "bad_scan", Direction.IN, None)
