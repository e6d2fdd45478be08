"""Lists of volunteers: received, looked at row by row, taken or thrown away."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from volunteer_hub.core import audit
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.core.numbers import Number, value_of
from volunteer_hub.core.text import N_
from volunteer_hub.people import queries
from volunteer_hub.people.actions.entering import Cause, enter
from volunteer_hub.people.errors import NotReadyError
from volunteer_hub.people.models import ListRow, PeopleList
from volunteer_hub.people.rules import entries, judging
from volunteer_hub.people.rules.entries import Column, EntryDraft, Headings, Known
from volunteer_hub.people.rules.stages import Stage, Verdict

ROWS_AT_ONCE: Final = 500
TAKEN_AT_ONCE: Final = 200
KEPT: Final = "keep.lists"
NUMBER: Final = Number(
    key=KEPT, label=N_("名单上有问题的行"), usual=30, least=1, most=180,
    why=N_("名单交来后保留多久，好改了再传；以后删除"),
)  # fmt: skip
_OPEN: Final = (Stage.READING, Stage.READY, Stage.BROKEN)


@dataclass(slots=True)
class _Seen:
    """A row that was read, and what it is worth."""

    line: int
    cells: Mapping[Column, str]
    draft: EntryDraft
    person_id: int | None = None
    is_known: bool = False

    @property
    def verdict(self) -> Verdict:
        if not self.draft.is_sound:
            return Verdict.WRONG
        return Verdict.SAME if self.is_known else Verdict.NEW


def receive(
    organisation_id: int, content: bytes, headings: Headings, *, by: int, now: datetime
) -> PeopleList:
    """Keep a list that somebody sent in; nothing of it is taken yet.

    Args:
        organisation_id: For which.
        content: The file.
        headings: Where in it stands what.
        by: Who sends it.
        now: When.
    """
    received = PeopleList(
        organisation_id=organisation_id,
        by_person_id=by,
        sent_at=now,
        stage=Stage.READING,
        content=content,
        places=json.dumps(
            {"places": headings.places, "unused": headings.unused}, ensure_ascii=False
        ),
        first_line=headings.line + 1,
    )
    db.session.add(received)
    db.session.flush()
    details = {"organisation": organisation_id}
    audit.record("people_list.receive", received, by=by, now=now, details=details)
    return received


def known_now(now: datetime) -> Known:
    """Return what rows are compared with today."""
    today = now.astimezone(LOCAL).date()
    return Known(today, queries.home_finder(), queries.skill_finder())


def judge_rows(
    list_id: int,
    rows: Sequence[tuple[int, Mapping[Column, str], EntryDraft]],
    *,
    seen: int,
    is_last: bool,
) -> bool:
    """Keep what the next rows of a list are worth; tell whether the list is still being read.

    Args:
        list_id: Which list.
        rows: Line, cells and draft of each.
        seen: How many rows had been looked at before, so that two workers never both go on.
        is_last: Whether there are no more.
    """
    found = queries.lock_list(list_id)
    if found is None or found.stage is not Stage.READING or found.rows_read != seen:
        return False
    judged = _judged([_Seen(*row) for row in rows], list_id)
    db.session.add_all(_kept(list_id, row) for row in judged)
    counts = Counter(row.verdict for row in judged)
    found.rows_read += len(rows)
    found.new_count += counts[Verdict.NEW]
    found.same_count += counts[Verdict.SAME]
    found.wrong_count += counts[Verdict.WRONG]
    if is_last:
        found.stage, found.content = Stage.READY, None
    return not is_last


def _judged(rows: list[_Seen], list_id: int) -> list[_Seen]:
    """Return the rows, those about people who are known or came before told apart."""
    sound = [row for row in rows if row.draft.is_sound]
    contacts = {row.draft.contact for row in sound}
    numbers = {row.draft.number for row in sound if row.draft.number}
    by_contact, by_number = queries.people_with(contacts), queries.people_numbered(numbers)
    lines = queries.earlier_lines(
        list_id,
        [queries.contact_key(contact) for contact in contacts],
        [queries.number_key(number) for number in numbers],
    )
    for row in sound:
        for key, column in _keys(row.draft):
            line = lines.get(key)
            if line is not None:
                judging.blame_double(row.draft, column, line)
        known = judging.who_it_is(
            row.draft, by_contact.get(row.draft.contact), by_number.get(row.draft.number)
        )
        row.is_known, row.person_id = known is not None, known
        if row.draft.is_sound:
            lines.update({key: row.line for key, _ in _keys(row.draft)})
    return rows


def _keys(draft: EntryDraft) -> list[tuple[str, Column]]:
    keys = [(queries.contact_key(draft.contact), Column.PHONE)]
    if draft.number:
        keys.append((queries.number_key(draft.number), Column.NUMBER))
    return keys


def _kept(list_id: int, row: _Seen) -> ListRow:
    draft = row.draft
    return ListRow(
        list_id=list_id,
        line=row.line,
        verdict=row.verdict,
        contact_key=queries.contact_key(draft.contact) if draft.contact else None,
        number_key=queries.number_key(draft.number) if draft.number else None,
        person_id=row.person_id,
        said=json.dumps(entries.packed(row.cells, draft.reasons), ensure_ascii=False),
    )


def begin_taking(list_id: int, *, by: int, now: datetime) -> PeopleList:
    """Decide that the good rows of a list become volunteers; the rest is done piece by piece.

    Raises:
        NotReadyError: The list was taken, or is not read to its end yet.
    """
    found = queries.lock_list(list_id)
    if found is None or found.stage is not Stage.READY or not found.new_count:
        raise NotReadyError
    found.stage = Stage.TAKING
    details = {"new": found.new_count, "same": found.same_count, "wrong": found.wrong_count}
    audit.record("people_list.take", found, by=by, now=now, details=details)
    return found


def take_some(list_id: int, *, now: datetime) -> bool:
    """Enter the next people of a list; tell whether there are more.

    Who came in another way meanwhile is known by now, and is left as they are.
    """
    found = queries.lock_list(list_id)
    if found is None or found.stage is not Stage.TAKING:
        return False
    rows = queries.rows_with(list_id, Verdict.NEW, most=TAKEN_AT_ONCE)
    if not rows:
        _finish(found, now)
        return False
    known = known_now(now)
    seen = {row.line: _read_again(row, known) for row in rows}
    _judge_again(list(seen.values()), found)
    fresh = [row for row in rows if seen[row.line].verdict is Verdict.NEW]
    cause = Cause(
        organisation_id=found.organisation_id,
        organisation_name=found.organisation.name,
        by=found.by_person_id,
        channel="list",
        list_id=list_id,
    )
    for row in rows:
        row.verdict = seen[row.line].verdict
        _note_again(row, seen[row.line])
    taken = _entered(fresh, seen, cause, now=now)
    for row, person_id in taken:
        row.verdict, row.person_id = Verdict.TAKEN, person_id
    found.taken_count += len(taken)
    found.new_count -= len(fresh) - len(taken)
    found.wrong_count += len(fresh) - len(taken)
    return True


def _entered(
    rows: list[ListRow], seen: Mapping[int, _Seen], cause: Cause, *, now: datetime
) -> list[tuple[ListRow, int]]:
    """Enter the people of these rows, all at once or, when one of them cannot be, one by one."""
    try:
        with db.session.begin_nested():
            volunteers = enter([seen[row.line].draft for row in rows], cause, now=now)
    except IntegrityError:
        if len(rows) > 1:
            return [pair for row in rows for pair in _entered([row], seen, cause, now=now)]
        for row in rows:  # somebody joined with this contact in this very moment
            seen[row.line].draft.blame(Column.PHONE, N_("这个手机号、邮箱或编号刚刚被登记了"))
            row.verdict = Verdict.WRONG
            _note_again(row, seen[row.line])
        return []
    return list(zip(rows, (each.person_id for each in volunteers), strict=True))


def _read_again(row: ListRow, known: Known) -> _Seen:
    cells, _ = entries.unpacked(row.kept)
    return _Seen(row.line, cells, entries.read_entry(cells, known, is_merged=False))


def _judge_again(rows: list[_Seen], of: PeopleList) -> None:
    """Tell apart who came in since the list was read; its own rows are no doubles of themselves."""
    contacts = {row.draft.contact for row in rows}
    numbers = {row.draft.number for row in rows if row.draft.number}
    by_contact, by_number = queries.people_with(contacts), queries.people_numbered(numbers)
    for row in rows:
        if row.draft.is_sound:
            row.person_id = judging.who_it_is(
                row.draft, by_contact.get(row.draft.contact), by_number.get(row.draft.number)
            )
            row.is_known = row.person_id is not None
    counts = Counter(row.verdict for row in rows)
    of.new_count -= counts[Verdict.SAME] + counts[Verdict.WRONG]
    of.same_count += counts[Verdict.SAME]
    of.wrong_count += counts[Verdict.WRONG]


def _note_again(row: ListRow, seen: _Seen) -> None:
    if seen.verdict is not Verdict.NEW:
        row.person_id = seen.person_id
        row.said = json.dumps(entries.packed(seen.cells, seen.draft.reasons), ensure_ascii=False)


def _finish(found: PeopleList, now: datetime) -> None:
    """Forget the rows of people who are in the register now; those that are wrong stay a month."""
    found.stage, found.finished_at = Stage.DONE, now
    db.session.flush()
    _forget_rows(found.id, but=Verdict.WRONG)
    details = {"taken": found.taken_count, "wrong": found.wrong_count}
    audit.record("people_list.done", found, by=None, now=now, details=details)


def drop_list(list_id: int, *, by: int, now: datetime) -> None:
    """Throw a list away before it is taken; nothing that it says of people is kept.

    Raises:
        NotReadyError: It is taken already.
    """
    found = queries.lock_list(list_id)
    if found is None or found.stage not in _OPEN:
        raise NotReadyError
    found.stage, found.content, found.finished_at = Stage.DROPPED, None, now
    _forget_rows(list_id)
    audit.record("people_list.drop", found, by=by, now=now)


def note_rows_fetched(found: PeopleList, *, by: int, now: datetime) -> None:
    """Write down that somebody took the rows away that could not be taken."""
    audit.record("people_list.fetch_wrong", found, by=by, now=now)


def give_up(list_id: int, *, now: datetime) -> None:
    """Note that a file turned out to be broken further down; what was read of it is forgotten."""
    found = queries.lock_list(list_id)
    if found is not None and found.stage is Stage.READING:
        found.stage, found.content, found.finished_at = Stage.BROKEN, None, now
        _forget_rows(list_id)


def forget_old_rows(*, now: datetime) -> None:
    """Forget what lists said of people long ago, and the lists that nobody took."""
    limit = now - timedelta(days=value_of(KEPT))
    old = select(PeopleList).where(PeopleList.sent_at < limit)
    for found in db.session.scalars(old.where(PeopleList.stage.in_(_OPEN)).with_for_update()):
        found.stage, found.content, found.finished_at = Stage.DROPPED, None, now
    ids = select(PeopleList.id).where(PeopleList.sent_at < limit, PeopleList.stage != Stage.TAKING)
    db.session.execute(delete(ListRow).where(ListRow.list_id.in_(ids)))


def _forget_rows(list_id: int, *, but: Verdict | None = None) -> None:
    gone = delete(ListRow).where(ListRow.list_id == list_id)
    db.session.execute(gone.where(ListRow.verdict != but) if but else gone)
