"""Tags, notes and saved filters of the people desk, and messages to many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select

from volunteer_hub.core import audit, outbox
from volunteer_hub.core.database import db, take_turns
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.people import queries
from volunteer_hub.people.errors import TooManyFiltersError, TooManyTagsError
from volunteer_hub.people.models import PeopleMessage, SavedFilter, VolunteerMark
from volunteer_hub.people.rules.marks import MOST_FILTERS, MOST_TAGS, MarkKind
from volunteer_hub.volunteers import queries as volunteers

WRITTEN: Final = "desk_message"


def mark(volunteer_id: int, kind: MarkKind, text: str, *, scope: Scope, now: datetime) -> None:
    """Put a tag or a note to a volunteer; the same tag again changes nothing.

    Raises:
        NotFoundError: The volunteer is not this person's business.
        TooManyTagsError: There are enough tags.
    """
    volunteer = volunteers.volunteer_for_staff(volunteer_id, scope)
    take_turns(f"marks {volunteer_id}")
    organisation_id = queries.marking_organisation(scope)
    there = select(VolunteerMark.text).where(
        VolunteerMark.volunteer_id == volunteer_id,
        VolunteerMark.kind == kind,
        VolunteerMark.organisation_id.is_(organisation_id)
        if organisation_id is None
        else VolunteerMark.organisation_id == organisation_id,
    )
    if kind is MarkKind.TAG:
        tags = db.session.scalars(there).all()
        if text in tags:
            return
        if len(tags) >= MOST_TAGS:
            raise TooManyTagsError
    made = VolunteerMark(
        volunteer_id=volunteer_id,
        organisation_id=organisation_id,
        kind=kind,
        text=text,
        by_person_id=scope.person_id,
        made_at=now,
    )
    db.session.add(made)
    db.session.flush()
    details = {"mark": made.id, "kind": str(kind)}
    audit.record("volunteer.mark", volunteer, by=scope.person_id, now=now, details=details)


def unmark(mark_id: int, *, scope: Scope, now: datetime) -> int:
    """Take a tag or a note away; return whose it was.

    Raises:
        NotFoundError: There is none, or it is not this person's business.
    """
    found = queries.mark_for_staff(mark_id, scope)
    volunteer = volunteers.volunteer_with_person(found.volunteer_id)
    details = {"mark": mark_id, "kind": str(found.kind)}
    audit.record("volunteer.unmark", volunteer, by=scope.person_id, now=now, details=details)
    db.session.delete(found)
    return volunteer.id


def save_filter(person_id: int, name: str, wanted: Mapping[str, str]) -> None:
    """Keep what somebody looks for under a name; the same name again replaces it.

    Raises:
        TooManyFiltersError: They have enough of them.
    """
    take_turns(f"filters {person_id}")
    known = {each.name: each for each in queries.saved_filters(person_id)}
    if name in known:
        known[name].wanted = dict(wanted)
    elif len(known) >= MOST_FILTERS:
        raise TooManyFiltersError
    else:
        db.session.add(SavedFilter(person_id=person_id, name=name, wanted=dict(wanted)))


def drop_filter(filter_id: int, person_id: int) -> None:
    """Forget what somebody looked for.

    Raises:
        NotFoundError: There is none, or it is somebody else's.
    """
    db.session.delete(queries.saved_filter(filter_id, person_id))


def note_message(
    person_ids: Sequence[int], *, organisation_id: int | None, by: int, now: datetime
) -> int:
    """Keep that somebody writes to many, and return under which number."""
    written = PeopleMessage(
        organisation_id=organisation_id,
        by_person_id=by,
        sent_at=now,
        people_count=len(person_ids),
    )
    db.session.add(written)
    db.session.flush()
    details = {"organisation": organisation_id, "people": len(person_ids)}
    audit.record("people.write", written, by=by, now=now, details=details)
    return written.id


def drafts(
    message_id: int, person_ids: Sequence[int], words: Mapping[str, str]
) -> Iterator[outbox.Draft]:
    """Yield the message for each of them.

    Args:
        message_id: Under which number it is kept.
        person_ids: To whom.
        words: Title, text, and whose staff writes it.
    """
    for person_id in person_ids:
        yield outbox.Draft(
            kind=WRITTEN,
            to=outbox.to_person(person_id),
            params={**words, "path": "/me/messages"},
            dedupe_key=f"desk-message:{message_id}:{person_id}",
            batch=f"desk-message:{message_id}",
        )
