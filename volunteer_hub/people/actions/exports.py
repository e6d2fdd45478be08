"""Files about volunteers that go to others, and whether a person wants to stand in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select

from volunteer_hub.accounts import actions as accounts
from volunteer_hub.accounts import queries as people
from volunteer_hub.accounts.models import Purpose
from volunteer_hub.core import audit
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.core.numbers import Number, value_of
from volunteer_hub.core.text import N_
from volunteer_hub.people import queries
from volunteer_hub.people.errors import UnderAgeSharingError
from volunteer_hub.people.models import ExportRow, PeopleExport
from volunteer_hub.volunteers.models import Volunteer

KEPT: Final = "keep.exports"
# 网络数据安全管理条例 art. 12: three years at least.
NUMBER: Final = Number(
    key=KEPT, label=N_("谁导出过名册、里面有谁"), usual=1095, least=1095, most=3650,
    why=N_("导出后保留多久；只有编号，按规定不少于三年"),
)  # fmt: skip
AT_ONCE: Final = 1000
PHONES: Final = "phones"


def note_export(
    shape: str,
    volunteer_ids: Sequence[int],
    *,
    organisation_id: int | None,
    by: int,
    now: datetime,
) -> None:
    """Keep who made a file about whom.

    Args:
        shape: The code of the kind of file.
        volunteer_ids: Who stands in it.
        organisation_id: Of which organisation they all are; None for of several.
        by: Who made it.
        now: When.
    """
    made = PeopleExport(
        shape=shape,
        organisation_id=organisation_id,
        by_person_id=by,
        made_at=now,
        people_count=len(volunteer_ids),
    )
    db.session.add(made)
    db.session.flush()
    for start in range(0, len(volunteer_ids), AT_ONCE):
        some = volunteer_ids[start : start + AT_ONCE]
        ids = db.session.scalars(select(Volunteer.person_id).where(Volunteer.id.in_(some)))
        rows = [{"export_id": made.id, "person_id": person_id} for person_id in ids]
        db.session.execute(insert(ExportRow), rows)
    details = {"shape": shape, "organisation": organisation_id, "people": len(volunteer_ids)}
    audit.record("people.export", made, by=by, now=now, details=details)


def note_phones(volunteer_ids: Sequence[int], *, by: int, now: datetime) -> None:
    """Keep who printed a list with whose phone numbers."""
    if volunteer_ids:
        note_export(PHONES, volunteer_ids, organisation_id=None, by=by, now=now)


def set_sharing(person_id: int, purpose: str, *, agrees: bool, now: datetime) -> None:
    """Note that somebody wants their details to go to a recipient, or not any more.

    Doing it twice changes nothing.

    Raises:
        UnderAgeSharingError: They agree, and are not of age.
    """
    if agrees:
        require_of_age(person_id, now=now)
    person = people.person_by_id(person_id)
    known = Purpose(purpose)
    if agrees == people.has_agreed(person_id, known):
        return
    if agrees:
        accounts.give_consent(person_id, [known], channel="web", now=now)
    else:
        accounts.withdraw_consent(person_id, known, now=now)
    action = "account.give_consent" if agrees else "account.withdraw_consent"
    audit.record(action, person, by=person_id, now=now, details={"purpose": purpose})


def require_of_age(person_id: int, *, now: datetime) -> None:
    """Let pass whoever may agree that their details go to others.

    Raises:
        UnderAgeSharingError: They are not of age.
    """
    if not queries.may_share(person_id, on=now.astimezone(LOCAL).date()):
        raise UnderAgeSharingError


def forget_old_exports(*, now: datetime) -> None:
    """Forget files that were made long ago."""
    limit = now - timedelta(days=value_of(KEPT))
    old = select(PeopleExport.id).where(PeopleExport.made_at < limit)
    db.session.execute(delete(ExportRow).where(ExportRow.export_id.in_(old)))
    db.session.execute(delete(PeopleExport).where(PeopleExport.made_at < limit))
