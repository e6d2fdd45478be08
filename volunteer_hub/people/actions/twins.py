"""Two records that are one person's become one, and two again when that was wrong.

What names a person is found in the tables themselves, so that a table added later is not
forgotten: every column called ``person_id`` or ``volunteer_id`` that refers to one, and messages.
Rows that the kept person has already (one skill, one post) stay where they are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Index, Table, UniqueConstraint, and_, select, update

from volunteer_hub.accounts import queries as accounts
from volunteer_hub.accounts.models import Person
from volunteer_hub.core import audit
from volunteer_hub.core.database import Model, db
from volunteer_hub.core.numbers import Number, value_of
from volunteer_hub.core.outbox import OutboxMessage, RecipientKind
from volunteer_hub.core.text import N_
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.organisations.rules import Function
from volunteer_hub.people import queries
from volunteer_hub.people.errors import CannotUndoError, NotMergeableError
from volunteer_hub.people.models import NotTwins, PersonMerge
from volunteer_hub.volunteers.models import Volunteer

NUMBER: Final = Number(
    key=queries.KEPT, label=N_("合并了的记录还能分开"), usual=30, least=7, most=90,
    why=N_("合并后多少天内可以分开；以后不再保存哪些资料是从哪边来的"),
)  # fmt: skip
# How somebody signs in stays with each record: what is merged by mistake must let nobody in.
LEFT: Final = frozenset({
    "account_session", "appointment", "claim_card", "not_twins", "recovery_code", "saved_filter",
    "second_factor", "volunteer",
})  # fmt: skip
WAYS: Final = {"person_id": Person.__tablename__, "volunteer_id": Volunteer.__tablename__}
Moved = list[tuple[str, int]]
# Told of both, by id, when their rows have moved: what both had twice is for its feature to end.
Merged = Callable[[int, int, datetime], None]
_told: list[Merged] = []


def when_merged(work: Merged) -> None:
    """Let a feature end what somebody has twice once two of their records are one.

    Args:
        work: Called with who is kept, who is gone, and the moment.
    """
    if work not in _told:
        _told.append(work)


def merge(kept_id: int, gone_id: int, *, scope: Scope, now: datetime) -> PersonMerge:
    """Give everything of one volunteer to another, who is the same person.

    Args:
        kept_id: Who stays.
        gone_id: Whose record is not shown any more.
        scope: Whose business both must be.
        now: When.

    Neither gets the other's phone number or address: with them one would sign in as the other.

    Raises:
        NotFoundError: One of them is gone, or is not this person's business.
        NotMergeableError: They are one record, do not look like one person's, or one of them works
            for an office or runs a team.
    """
    if kept_id == gone_id:
        raise NotMergeableError
    both = queries.lock_pair(kept_id, gone_id, scope)
    kept, gone = both[kept_id], both[gone_id]
    if _is_staff(kept.person_id) or _is_staff(gone.person_id) or not queries.are_alike(kept, gone):
        raise NotMergeableError
    rows = {f"{table.name}.{name}": _move(table, name, gone, kept) for table, name in _places()}
    rows["outbox_message"] = _move_messages(gone.person_id, kept.person_id)
    db.session.expire_all()
    for work in _told:
        work(kept_id, gone_id, now)
    made = PersonMerge(
        kept_volunteer_id=kept_id,
        gone_volunteer_id=gone_id,
        by_person_id=scope.person_id,
        merged_at=now,
        moved="",
    )
    made.moved = json.dumps({"rows": rows, "was": _hide(gone, now)}, ensure_ascii=False)
    db.session.add(made)
    db.session.flush()
    details = {"kept": kept_id, "gone": gone_id}
    audit.record("volunteer.merge", made, by=scope.person_id, now=now, details=details)
    db.session.expire_all()
    return made


def _is_staff(person_id: int) -> bool:
    functions = {each.function for each in organisations.memberships_of(person_id)}
    return bool(functions - {Function.MEMBER}) or organisations.is_in_office(person_id)


def _places() -> Iterator[tuple[Table, str]]:
    """Yield each table with the column that says whose its rows are."""
    for table in Model.metadata.sorted_tables:
        for name, of in WAYS.items():
            column = table.columns.get(name)
            if table.name not in LEFT and column is not None and _refers_to(column, of):
                yield table, name


def _refers_to(column: Column[Any], table: str) -> bool:
    return any(key.column.table.name == table for key in column.foreign_keys)


def _move(table: Table, name: str, gone: Volunteer, kept: Volunteer) -> list[int]:
    """Give the rows of one person to another; return the ids of those that moved."""
    old, new = (gone.id, kept.id) if name == "volunteer_id" else (gone.person_id, kept.person_id)
    rows = db.session.execute(select(table).where(table.c[name] == old)).mappings().all()
    moved = [row["id"] for row in rows if not _has_it(table, name, new, row)]
    for row_id in moved:
        db.session.execute(update(table).where(table.c.id == row_id).values({name: new}))
    return moved


def _has_it(table: Table, name: str, new: int, row: Any) -> bool:  # noqa: ANN401 - of any table
    """Tell whether the kept person has a row that leaves no room for this one."""
    for columns in _unique(table, name):
        taken = select(table.c.id).where(
            table.c[name] == new,
            *(table.c[other] == row[other] for other in columns if other != name),
        )
        if db.session.execute(taken.limit(1)).first() is not None:
            return True
    return False


def _unique(table: Table, name: str) -> Iterator[list[str]]:
    """Yield the columns that together are unique, where the person is one of them."""
    rules: Iterable[Any] = [*table.constraints, *table.indexes]
    for rule in rules:
        is_unique = isinstance(rule, UniqueConstraint) or (
            isinstance(rule, Index) and bool(rule.unique)
        )
        columns = [column.name for column in rule.columns] if is_unique else []
        if name in columns:
            yield columns


def _move_messages(old: int, new: int) -> list[int]:
    mine = (
        OutboxMessage.recipient_kind == RecipientKind.PERSON,
        OutboxMessage.recipient_id == old,
    )
    ids = list(db.session.scalars(select(OutboxMessage.id).where(*mine)))
    db.session.execute(
        update(OutboxMessage).where(OutboxMessage.id.in_(ids)).values(recipient_id=new)
    )
    return ids


_BLANKED: Final = ("name", "pinyin", "initials", "phone", "phone_seat", "email")


def _hide(gone: Volunteer, now: datetime) -> dict[str, Any]:
    """Let nobody find the one who is gone; return what was blanked."""
    person = accounts.person_by_id(gone.person_id)
    was = {name: getattr(person, name) for name in _BLANKED}
    person.name, person.pinyin, person.initials = "", "", ""
    person.phone = person.email = None
    person.erased_at = now
    db.session.flush()
    return was


def undo_merge(merge_id: int, *, scope: Scope, now: datetime) -> None:
    """Make two records of one again: each gets back what it brought.

    What happened since stays with the one who was kept.

    Raises:
        NotFoundError: There is no such merge, or it is not this person's business.
        CannotUndoError: It was undone, is too long ago, or somebody else has the number by now.
    """
    made, kept, gone = queries.lock_merge(merge_id, scope)
    limit = now - timedelta(days=value_of(queries.KEPT))
    if made.undone_at is not None or made.moved is None or made.merged_at < limit:
        raise CannotUndoError
    content = json.loads(made.moved)
    person = accounts.person_by_id(gone.person_id)
    if _is_taken(content["was"]):
        raise CannotUndoError
    for name, value in content["was"].items():
        setattr(person, name, value)
    person.erased_at = None
    db.session.flush()
    _give_back(content["rows"], kept, gone)
    made.undone_at, made.undone_by_id, made.moved = now, scope.person_id, None
    details = {"kept": kept.id, "gone": gone.id}
    audit.record("volunteer.unmerge", made, by=scope.person_id, now=now, details=details)
    db.session.flush()
    db.session.expire_all()


def _is_taken(was: dict[str, Any]) -> bool:
    """Tell whether somebody else has the number, or the place behind it, or the address by now."""
    behind = accounts.people_behind(was["phone"]) if was["phone"] else []
    is_seated = any(each.phone_seat == was.get("phone_seat", 0) for each in behind)
    return is_seated or bool(was["email"] and accounts.find_person(was["email"]))


def _give_back(rows: dict[str, list[int]], kept: Volunteer, gone: Volunteer) -> None:
    for place, ids in rows.items():
        table_name, _, name = place.partition(".")
        table, column = Model.metadata.tables[table_name], name or "recipient_id"
        is_volunteer = name == "volunteer_id"
        old, new = (kept.id, gone.id) if is_volunteer else (kept.person_id, gone.person_id)
        db.session.execute(
            update(table).where(table.c.id.in_(ids), table.c[column] == old).values({column: new})
        )


def say_not_twins(first_id: int, second_id: int, *, scope: Scope, now: datetime) -> None:
    """Note that two records are two people's; saying it again changes nothing.

    Raises:
        NotFoundError: One of them is gone, or is not this person's business.
    """
    queries.lock_pair(first_id, second_id, scope)
    low, high = sorted((first_id, second_id))
    there = select(NotTwins.id).where(
        NotTwins.volunteer_id == low, NotTwins.other_volunteer_id == high
    )
    if db.session.scalar(there) is None:
        said = NotTwins(
            volunteer_id=low, other_volunteer_id=high, by_person_id=scope.person_id, said_at=now
        )
        db.session.add(said)
        db.session.flush()
        audit.record("volunteer.not_twins", said, by=scope.person_id, now=now)


def forget_old_merges(*, now: datetime) -> None:
    """Forget which rows came from where, once a merge cannot be undone any more."""
    limit = now - timedelta(days=value_of(queries.KEPT))
    old = select(PersonMerge).where(PersonMerge.merged_at < limit, PersonMerge.moved.is_not(None))
    for merge in db.session.scalars(old.order_by(PersonMerge.id).with_for_update()):
        kept = db.session.get_one(Volunteer, merge.kept_volunteer_id)
        _tie(json.loads(merge.moved or "{}").get("was", {}), kept.person)
        merge.moved = None


def _tie(was: dict[str, Any], person: Person) -> None:
    """Give what only the old number leads to another way to its person, who is the same.

    Nobody will know the number any more, and rows must be found when the account is closed.
    """
    tables, phone = Model.metadata.tables, was.get("phone")
    registration, row = tables["registration"], tables["people_list_row"]
    keys = [queries.contact_key(each) for each in (phone, was.get("email")) if each]
    ways: list[tuple[Table, ColumnElement[bool]]] = [(row, row.c.contact_key.in_(keys))]
    # Somebody else may have the number by now, or had it beside them.
    others = bool(phone and accounts.people_behind(phone))
    if phone:
        named = [registration.c.name == was["name"]] if others else []
        ways.append((registration, and_(registration.c.phone == phone, *named)))
    if phone and not others:
        for name in ("event", "venue", "organisation"):
            table = tables[name]
            rung = update(table).where(table.c.contact_phone == phone)
            db.session.execute(rung.values(contact_phone=person.phone or ""))
    for table, is_theirs in ways:
        alone = (table.c.person_id.is_(None), is_theirs)
        db.session.execute(update(table).where(*alone).values(person_id=person.id))
