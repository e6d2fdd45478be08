from __future__ import annotations

from datetime import datetime

from sqlalchemy import Table, delete, func, select, update

from volunteer_hub.accounts import actions as accounts
from volunteer_hub.accounts import queries as people_of
from volunteer_hub.accounts.models import Person, Purpose
from volunteer_hub.assignments import actions as assignments
from volunteer_hub.assignments import queries as posts
from volunteer_hub.assignments.models import State
from volunteer_hub.core import audit
from volunteer_hub.core.database import Model, db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.sealing import destroy_key
from volunteer_hub.people import actions as sharing
from volunteer_hub.people import queries as people
from volunteer_hub.privacy import queries, rules
from volunteer_hub.privacy.errors import (
    CannotWithdrawError,
    NeedsClosingError,
    StillResponsibleError,
)
from volunteer_hub.privacy.models import Erasure
from volunteer_hub.privacy.owners import Subject, owned, table_of
from volunteer_hub.privacy.queries import Closed
from volunteer_hub.privacy.registry import HELD, NAMED, Fate, section
from volunteer_hub.registrations import actions as registrations
from volunteer_hub.registrations import queries as tickets
from volunteer_hub.volunteers import actions as volunteers
from volunteer_hub.volunteers import queries as offers


def correct_name(person_id: int, name: str, *, now: datetime) -> None:
    """Give somebody the name they say is right."""
    person = queries.lock_live_person(person_id)
    if person.name != name:
        accounts.rename_person(person_id, name)
        audit.record("account.rename", person, by=person_id, now=now)


def note_download(person_id: int, *, now: datetime) -> None:
    """Write down that somebody took a copy of what is held about them."""
    person = queries.live_person(person_id)
    audit.record("account.download", person, by=person_id, now=now)


def withdraw_consent(person_id: int, purpose: str, *, now: datetime) -> None:
    """Take back one consent; what was done before stays right.

    Raises:
        NotFoundError: Nobody is asked for such a consent.
        NeedsClosingError: Without it there can be no account.
        CannotWithdrawError: There is none that holds.
    """
    known, person = _purpose(purpose), queries.lock_live_person(person_id)
    if known is Purpose.PRIVACY_NOTICE:
        raise NeedsClosingError
    if not accounts.withdraw_consent(person_id, known, now=now):
        raise CannotWithdrawError
    if known in (Purpose.VOLUNTEER_TERMS, Purpose.SUGGESTIONS):
        is_pausing = known is Purpose.VOLUNTEER_TERMS
        volunteers.stop_being_asked(person_id, is_pausing=is_pausing, now=now)
    details = {"purpose": purpose}
    audit.record("account.withdraw_consent", person, by=person_id, now=now, details=details)


def give_consent(person_id: int, purpose: str, *, now: datetime) -> None:
    """Agree anew to something that was taken back.

    Raises:
        NotFoundError: Nobody is asked for such a consent.
        UnderAgeSharingError: Their details would go to others, and they are not of age.
    """
    known, person = _purpose(purpose), queries.lock_live_person(person_id)
    if known in {shape.consent for shape in people.shapes_asking()}:
        sharing.require_of_age(person_id, now=now)
    accounts.give_consent(person_id, [known], channel="web", now=now)
    details = {"purpose": purpose}
    audit.record("account.give_consent", person, by=person_id, now=now, details=details)


def _purpose(purpose: str) -> Purpose:
    try:
        return Purpose(purpose)
    except ValueError:
        raise NotFoundError from None


def close_account(person_id: int, *, now: datetime) -> Closed:
    """Forget a person: what cannot be known of them any more is deleted, blanked or sealed.

    Places and tickets of what has not begun are given back first, and organisers are told. What
    stays are ids, times and hours that nobody can tell whose they were.

    Args:
        person_id: Whose account.
        now: When.

    Raises:
        NotFoundError: There is no such account any more.
        StillResponsibleError: Others depend on it.
    """
    if queries.is_responsible(person_id):
        raise StillResponsibleError
    return _close(person_id, by=person_id, now=now)


def note_minors_exported(person_id: int, year: int, *, now: datetime) -> None:
    """Write down that somebody took the list of who looked at the data of people under age."""
    person = queries.live_person(person_id)
    audit.record("privacy.export_minors", person, by=person_id, now=now, details={"year": year})


def close_unasked(person_id: int, *, now: datetime) -> None:
    """Forget a child whose guardian never agreed."""
    _close(person_id, by=None, now=now)


def close_again(closed: Closed, *, now: datetime) -> None:
    """Close an account that an older backup brought back, whatever its person does in it."""
    _close(closed.person_id, by=None, now=now)


def _close(person_id: int, *, by: int | None, now: datetime) -> Closed:
    volunteer = offers.find_volunteer_of(person_id)
    if volunteer is not None:
        offers.lock_volunteer(volunteer.id)
    # Events before posts, as whoever edits them holds them.
    _give_tickets_back(Subject.of(queries.live_person(person_id)), now=now)
    if volunteer is not None:
        _give_places_back(volunteer.id, now=now)
    person = queries.lock_live_person(person_id)
    audit.record("account.close", person, by=by, now=now)
    db.session.flush()
    # Records that were merged into this one are the same person's, and found by nothing else.
    merged = queries.merged_into(volunteer.id) if volunteer is not None else []
    for other in merged:
        _forget(other, now=now)
    return _forget(Subject.of(person), now=now)


def _forget(subject: Subject, *, now: datetime) -> Closed:
    created_at = people_of.person_by_id(subject.person_id).created_at
    closed = Closed(subject.person_id, rules.mark_of(subject.person_id, created_at), now)
    _delete(subject)
    _blank(subject, now=now)
    destroy_key(subject.person_id)
    known = select(Erasure.id).where(Erasure.person_id == subject.person_id)
    if db.session.scalar(known) is None:
        db.session.add(Erasure(person_id=subject.person_id, mark=closed.mark, closed_at=now))
    db.session.flush()
    db.session.expire_all()
    return closed


def _give_places_back(volunteer_id: int, *, now: datetime) -> None:
    """Leave posts and the lines for posts, post by post, in one order for everybody."""
    rows = {row.post_id: row for row in queries.places_to_give_back(volunteer_id, now=now)}
    stood_by = {post.id for post, _offer_id in posts.posts_stood_by(volunteer_id)}
    for post_id in sorted(rows.keys() | stood_by):
        if post_id in stood_by:
            assignments.stand_down(post_id, volunteer_id, now=now)
        row = rows.get(post_id)
        if row is not None and row.state is State.INVITED:
            assignments.decline_invitation(row.id, "", now=now)
        elif row is not None:
            assignments.withdraw(row.id, "", now=now)


def _give_tickets_back(subject: Subject, *, now: datetime) -> None:
    held = section("registration")
    if held is not None:
        for registration in queries.tickets_to_give_back(held, subject, now=now):
            registrations.withdraw(tickets.code_of(registration), now=now)


def _delete(subject: Subject) -> None:
    """Delete rows, those that refer to others first."""
    fates = {held.table: held for held in HELD if held.fate is Fate.DELETED}
    for table in reversed(Model.metadata.sorted_tables):
        held = fates.get(table.name)
        if held is not None and held.table != "person_key":
            db.session.execute(delete(table).where(owned(held, subject)))


def _blank(subject: Subject, *, now: datetime) -> None:
    """Write over what rows say; the person comes last, for others are found by it."""
    for held in reversed((*HELD, *NAMED)):
        if not held.blank:
            continue
        table, values = table_of(held.table), dict(held.blank)
        if held.table == "volunteer":
            values["home_region_id"] = _county_of(table)
        if held.table == Person.__tablename__:
            values["erased_at"] = now
        db.session.execute(update(table).where(owned(held, subject)).values(values))
    consents = table_of("consent")
    db.session.execute(
        update(consents)
        .where(consents.c.person_id == subject.person_id, consents.c.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
    )


def _county_of(volunteer: Table) -> object:
    region = table_of("region")
    return (
        select(func.coalesce(region.c.county_id, region.c.id))
        .where(region.c.id == volunteer.c.home_region_id)
        .scalar_subquery()
    )
