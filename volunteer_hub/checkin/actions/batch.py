"""What a phone tells about many scans at once, some of them long after they were made.

The rows are those of single scans; they are read and written in a few statements for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from typing import Any, Final

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from volunteer_hub.checkin import queries, rules
from volunteer_hub.checkin.actions import conflicts, special
from volunteer_hub.checkin.actions.sent import Batch, Result, Sent
from volunteer_hub.checkin.actions.stays import reconcile
from volunteer_hub.checkin.errors import DoorNotOpenError
from volunteer_hub.checkin.models import Scan
from volunteer_hub.checkin.queries import Holders, Key, Stored, Subject
from volunteer_hub.checkin.rules import (
    Conflict,
    Door,
    Mark,
    Outcome,
    Reading,
    Reason,
    Standing,
    Who,
)
from volunteer_hub.core.database import Model, db
from volunteer_hub.core.errors import BusyError
from volunteer_hub.core.tokens import code_hash, hash_of_canonical

__all__ = ["Batch", "Result", "Sent", "import_batch", "record_batch"]

_SCAN: Final = Model.metadata.tables[Scan.__tablename__]


@dataclass(slots=True)
class _Tried:
    """One scan on its way into the log."""

    sent: Sent
    happened_at: datetime
    reading: Reading
    fingerprint: str | None
    subject: Subject | None = None
    is_by_roster: bool = False
    reason: Reason = Reason.UNKNOWN
    first: Mark | None = None
    conflicts: list[Conflict] = field(default_factory=list)


def record_batch(door: Door, batch: Batch, *, by: int | None, now: datetime) -> list[Result]:
    """Keep what a phone tells, each scan once, and return an answer to each in its order.

    A scan that is there already gets its stored answer before anything else is looked at; one
    that comes with other words under the same name is noted for the organiser. The rest is judged
    in the order in which it happened, by clocks that were put right.

    Args:
        door: The event's door, held alone.
        batch: What the phone sent.
        by: Who imports it by hand; None when the phone itself did.
        now: When it arrived.

    Raises:
        BusyError: Another door took one of these names at the same moment.
        DoorNotOpenError: The event was not published.
    """
    if door.is_draft:
        raise DoorNotOpenError
    stored = queries.stored_scans([sent.scan_id for sent in batch.scans])
    fresh = _without_repeats(batch.scans, stored)
    offset = rules.true_offset(now, batch.sent_at, batch.measured)
    answers: dict[str, Result] = {}
    recorder = _Recorder(door, batch, by=by, now=now)
    for is_special, group in groupby(_in_order(fresh, offset, door, now), _is_special):
        tried = list(group)
        kept = special.record(door, batch, tried, by=by, now=now) if is_special else recorder(tried)
        answers.update((result.scan_id, result) for result in kept)
    answers.update(_repeated(door, batch.scans, stored, answers, now=now))
    if fresh and rules.is_skewed(offset):
        conflicts.note_once(door, batch, answers, Conflict.SKEW, now=now)
    return [answers[sent.scan_id] for sent in batch.scans]


def import_batch(door: Door, batch: Batch, *, by: int, now: datetime) -> list[Result]:
    """Keep what a phone gave out by hand, as if it had sent it; noted, for a person to compare.

    A file lies about for hours: that it arrives late says nothing about the phone's clock.

    Args:
        door: The event's door, held alone.
        batch: What the file holds.
        by: Who imports it.
        now: The moment.
    """
    written_at = now - batch.measured if batch.measured is not None else None
    results = record_batch(door, replace(batch, sent_at=written_at), by=by, now=now)
    answers = {result.scan_id: result for result in results}
    conflicts.note_once(door, batch, answers, Conflict.IMPORTED, now=now)
    return results


def _without_repeats(scans: Iterable[Sent], stored: dict[str, Stored]) -> list[Sent]:
    """Return what is new; of two with one name in the same message the first counts."""
    fresh: dict[str, Sent] = {}
    for sent in scans:
        if sent.scan_id not in stored:
            fresh.setdefault(sent.scan_id, sent)
    return list(fresh.values())


def _is_special(tried: _Tried) -> bool:
    return tried.sent.is_special


def _in_order(
    scans: Iterable[Sent], offset: timedelta, door: Door, now: datetime
) -> Iterator[_Tried]:
    """Yield scans by the time they happened; one phone's never against its own counting."""
    made: list[_Tried] = []
    for _device, group in groupby(sorted(scans, key=_device_and_seq), lambda sent: sent.device):
        latest = now
        for sent in reversed(list(group)):
            claimed = sent.claimed_at + offset if sent.claimed_at else None
            latest = min(latest, rules.true_moment(claimed, starts_at=door.starts_at, now=now))
            reading = rules.read_text(sent.text) if sent.text else _NOTHING
            printed = _fingerprint(sent, reading)
            made.append(_Tried(sent, latest, reading, printed))
    made.reverse()
    return iter(sorted(made, key=lambda tried: (tried.happened_at, tried.sent.seq)))


def _fingerprint(sent: Sent, reading: Reading) -> str | None:
    if reading.code is not None:
        return hash_of_canonical(reading.code)
    return code_hash(sent.text) if sent.text else None


_NOTHING: Final = Reading(None, is_ours=False)


def _device_and_seq(sent: Sent) -> tuple[str, int]:
    return sent.device, sent.seq


class _Recorder:
    """Judges and keeps ordinary scans of one message."""

    def __init__(self, door: Door, batch: Batch, *, by: int | None, now: datetime) -> None:
        self._door, self._batch, self._by, self._now = door, batch, by, now

    def __call__(self, tried: Sequence[_Tried]) -> list[Result]:
        holders = self._hold(tried)
        keys = {subject.key for subject in holders.by_key.values()}
        marks = queries.marks_of(keys)
        for number, each in enumerate(tried):
            self._judge(each, holders, marks, stand_in=-1 - number)
        rows = self._keep(tried)
        self._note_stays(tried, marks, rows)
        conflicts.note(
            self._door,
            [(rows[each.sent.scan_id], kind) for each in tried for kind in each.conflicts],
            now=self._now,
        )
        conflicts.note_travel(self._door, _came(tried, rows), now=self._now)
        return [_result(each) for each in tried]

    def _hold(self, tried: Iterable[_Tried]) -> Holders:
        hashes = {each.fingerprint for each in tried if each.fingerprint and each.reading.code}
        return queries.lock_holders(hashes, {each.sent.key for each in tried if each.sent.key})

    def _judge(
        self, each: _Tried, holders: Holders, marks: dict[Key, list[Mark]], *, stand_in: int
    ) -> None:
        """Find out who it is and answer; what was seen of them grows by this scan."""
        subject = self._find(each, holders)
        if subject is None:
            each.reason = (
                Reason.UNKNOWN if each.reading.is_ours or each.sent.key else Reason.NOT_OURS
            )
            each.conflicts += conflicts.of_nobody(each.reason, each.sent.was_admitted)
            return
        each.subject = subject
        known = marks.setdefault(subject.key, [])
        comes_once = subject.key.who is Who.ATTENDEE
        found = rules.found_at(known, each.happened_at, each.sent.direction, comes_once=comes_once)
        each.reason = self._verdict(each, subject, found)
        each.first = found.first if each.reason in _REPEATED else None
        each.conflicts += conflicts.of_known(each, self._batch.device, each.reason)
        if each.reason in _SEEN:
            known.append(_as_mark(each, self._batch, row_id=stand_in))
            known.sort()

    def _find(self, each: _Tried, holders: Holders) -> Subject | None:
        by_code = holders.by_hash.get(each.fingerprint or "") if each.reading.code else None
        if by_code is not None or each.sent.key is None:
            return by_code
        by_key = holders.by_key.get(each.sent.key)
        if by_key is None or by_key.event_id != self._door.event_id:
            return None  # nobody of this event: their name is not for this door
        if each.sent.text and not each.sent.was_admitted:
            return None  # a replaced ticket, and the phone turned it away
        each.is_by_roster = bool(each.sent.text)
        return by_key

    def _verdict(self, each: _Tried, subject: Subject, found: rules.Found) -> Reason:
        standing = Standing(
            who=subject.key.who,
            event_id=subject.event_id,
            is_cancelled=subject.is_cancelled,
            has_come=found.has_come,
            is_there=found.is_there,
            starts_at=subject.starts_at,
            is_waiting=subject.is_waiting,
        )
        reason = self._asked(standing, each)
        late = rules.late_verdict(reason, was_admitted=each.sent.was_admitted, is_named=True)
        if late is not reason:  # they were let in; unless they had been in before
            again = self._asked(replace(standing, is_cancelled=False), each)
            return late if again is Reason.OK else again
        return Reason.ADMITTED if each.is_by_roster and reason is Reason.OK else reason

    def _asked(self, standing: Standing, each: _Tried) -> Reason:
        return rules.verdict(
            standing,
            door=self._door,
            is_ours=each.reading.is_ours,
            direction=each.sent.direction,
            now=self._now,
        )

    def _keep(self, tried: Sequence[_Tried]) -> dict[str, int]:
        """Write the rows in one statement, and return where they are."""
        run_many(_new_scans(db.engine.dialect.name), [self._values(each) for each in tried])
        names = [each.sent.scan_id for each in tried]
        rows = queries.rows_of(names, self._door.event_id)
        if len(rows) != len(names):  # another door took a name in between: all is tried again
            raise BusyError
        return rows

    def _values(self, each: _Tried) -> dict[str, Any]:
        subject, sent, device = each.subject, each.sent, self._batch.device
        is_attendee = subject is not None and subject.key.who is Who.ATTENDEE
        return {
            "scan_id": sent.scan_id,
            "event_id": self._door.event_id,
            "registration_id": subject.key.id if subject and is_attendee else None,
            "assignment_id": subject.key.id if subject and not is_attendee else None,
            "direction": sent.direction,
            "method": sent.method,
            "outcome": rules.outcome_of(each.reason),
            "reason": each.reason,
            "people": subject.people if subject else 1,
            "first_scan_id": each.first.row_id if each.first and each.first.row_id > 0 else None,
            "device": sent.device or None,
            "code_fingerprint": each.fingerprint,
            "by_person_id": self._by,
            "happened_at": each.happened_at,
            "stored_at": self._now,
            "device_id": device.id if device else None,
            "checkpoint_id": device.checkpoint_id if device else None,
            "seq": sent.seq,
            "local_outcome": sent.local,
            "claimed_at": sent.claimed_at,
            "evidence": rules.evidence_of(sent.method),
        }

    def _note_stays(
        self, tried: Sequence[_Tried], marks: dict[Key, list[Mark]], rows: dict[str, int]
    ) -> None:
        stood_in = {-1 - number: rows[each.sent.scan_id] for number, each in enumerate(tried)}
        people = {
            each.subject.key: each.subject
            for each in tried
            if each.subject is not None and each.reason in _SEEN
        }
        known = {
            key: [
                mark._replace(row_id=stood_in.get(mark.row_id, mark.row_id)) for mark in marks[key]
            ]
            for key in people
        }
        reconcile(self._door, people, known, by=self._by, now=self._now)


_REPEATED: Final = frozenset({Reason.ALREADY_IN, Reason.ALREADY_OUT})
_SEEN: Final = _REPEATED | {Reason.OK, Reason.ADMITTED, Reason.NOT_IN}


def _as_mark(each: _Tried, batch: Batch, *, row_id: int) -> Mark:
    device = batch.device
    return Mark(
        at=each.happened_at,
        row_id=row_id,
        direction=each.sent.direction,
        is_accepted=rules.outcome_of(each.reason) is Outcome.ACCEPTED,
        device_id=device.id if device else None,
        checkpoint_id=device.checkpoint_id if device else None,
        method=each.sent.method,
    )


def _came(tried: Iterable[_Tried], rows: dict[str, int]) -> list[conflicts.Seen]:
    """Return the volunteers who came or left, for whether they can have been here at all."""
    return [
        conflicts.Seen(each.subject.key.id, each.happened_at, rows[each.sent.scan_id])
        for each in tried
        if each.subject is not None
        and each.subject.key.who is Who.VOLUNTEER
        and rules.outcome_of(each.reason) is Outcome.ACCEPTED
    ]


def _result(each: _Tried) -> Result:
    subject, first = each.subject, each.first
    return Result(
        scan_id=each.sent.scan_id,
        outcome=rules.outcome_of(each.reason),
        reason=each.reason,
        direction=each.sent.direction,
        at=each.happened_at,
        name=subject.name if subject else "",
        post=subject.post_title if subject else "",
        people=subject.people if subject else 1,
        first_at=first.at if first else None,
        first_checkpoint_id=first.checkpoint_id if first else None,
    )


def _repeated(
    door: Door,
    scans: Iterable[Sent],
    stored: dict[str, Stored],
    fresh: dict[str, Result],
    *,
    now: datetime,
) -> dict[str, Result]:
    """Return the stored answers to what was there before, and note what differs from it."""
    own = {name: kept for name, kept in stored.items() if kept.event_id == door.event_id}
    answers = {
        answer.scan_id: Result.of(answer)
        for answer in queries.answers_to([kept.row_id for kept in own.values()])
    }
    foreign = stored.keys() - own.keys()
    answers.update((name, Result.refused(name)) for name in foreign)
    differing = [own[sent.scan_id].row_id for sent in scans
                 if sent.scan_id in own and _differs(sent, own[sent.scan_id])]  # fmt: skip
    differing += _named_twice(door, scans, fresh)
    conflicts.note(door, [(row_id, Conflict.OTHER_BODY) for row_id in differing], now=now)
    return answers


def _differs(sent: Sent, kept: Stored) -> bool:
    if sent.is_special:
        return False  # what it said besides is not kept, so that nothing can be compared
    printed = _fingerprint(sent, rules.read_text(sent.text))
    return sent.direction is not kept.direction or printed != kept.code_fingerprint


def _named_twice(door: Door, scans: Iterable[Sent], fresh: dict[str, Result]) -> list[int]:
    """Return the rows of scans whose name this message uses twice, for different things."""
    first: dict[str, Sent] = {}
    names = [
        sent.scan_id
        for sent in scans
        if sent.scan_id in fresh
        and (kept := first.setdefault(sent.scan_id, sent)) is not sent
        and (kept.text, kept.direction) != (sent.text, sent.direction)
    ]
    return list(queries.rows_of(names, door.event_id).values()) if names else []


def run_many(statement: Insert, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows in one statement, without the mapper."""
    if rows:
        db.session.connection().execute(statement, rows)


@cache
def _new_scans(database: str) -> Insert:
    insert = postgresql.insert if database == "postgresql" else sqlite.insert
    return insert(_SCAN).on_conflict_do_nothing(index_elements=["scan_id"])
