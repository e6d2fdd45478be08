from __future__ import annotations

from datetime import datetime
from typing import Final

from volunteer_hub.core import audit, outbox
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db, take_turns
from volunteer_hub.core.tokens import link_token
from volunteer_hub.guardians import queries, rules
from volunteer_hub.guardians.errors import (
    AskedTooOftenError,
    CareMissingError,
    ConsentClosedError,
    NotMinorError,
    OwnPhoneError,
)
from volunteer_hub.guardians.models import GuardianConsent
from volunteer_hub.guardians.rules import Given, GuardianDraft, Standing
from volunteer_hub.volunteers import queries as volunteers

PURPOSE: Final = "guardian"  # of the link in the message


def ask(person_id: int, draft: GuardianDraft, *, now: datetime) -> GuardianConsent:
    """Send a guardian the link at which they may agree; older links are worth nothing any more.

    Raises:
        NotFoundError: The person is no volunteer.
        NotMinorError: They are of age.
        OwnPhoneError: The number is their own.
        AskedTooOftenError: They asked several times today, or this number was asked as often.
    """
    volunteer = volunteers.lock_volunteer(volunteers.volunteer_of(person_id).id)
    if volunteers.bearing_of(volunteer).is_adult_on(now.astimezone(LOCAL).date()):
        raise NotMinorError
    if draft.phone == volunteer.person.phone:
        raise OwnPhoneError
    key = queries.phone_key(draft.phone)
    take_turns(f"guardian {key}")
    if queries.asked_lately(volunteer.id, key, now=now) >= rules.MOST_A_DAY:
        raise AskedTooOftenError
    _end_older_links(volunteer.id, now=now)
    consent = GuardianConsent(
        volunteer_id=volunteer.id,
        guardian_name=draft.name,
        guardian_phone=draft.phone,
        phone_key=key,
        relation=draft.relation,
        requested_at=now,
        expires_at=now + rules.LINK_LIFETIME,
        channel="link",
    )
    db.session.add(consent)
    db.session.flush()
    audit.record("guardian.ask", consent, by=person_id, now=now)
    outbox.enqueue(
        "guardian_request",
        to=outbox.to_guardian(consent.id),
        now=now,
        expires_at=consent.expires_at,
        params={"path": f"/guardian/{link_token(PURPOSE, consent.id)}"},
    )
    return consent


def _end_older_links(volunteer_id: int, *, now: datetime) -> None:
    newest = queries.newest_of(volunteer_id)
    if newest is not None and queries.standing_of(newest, now=now) is Standing.OPEN:
        newest.expires_at = now


def give(consent_id: int, given: Given, *, now: datetime) -> GuardianConsent:
    """Note that the guardian agreed to the text as it is now; the child is told.

    Args:
        consent_id: Which request.
        given: What they said besides.
        now: The moment.

    Raises:
        NotFoundError: There is no such request.
        ConsentClosedError: It was answered before, is too old, or was taken back.
        CareMissingError: The child's age asks for more.
    """
    volunteers.lock_volunteer(queries.consent_by_id(consent_id).volunteer_id)
    consent = queries.lock_consent(consent_id)
    if queries.standing_of(consent, now=now) is not Standing.OPEN:
        raise ConsentClosedError
    care = queries.care_of(consent.volunteer, on=now.astimezone(LOCAL).date())
    if rules.lacks_something(care, given):
        raise CareMissingError
    consent.given_at, consent.wording_version = now, rules.VERSION
    consent.text_hash = rules.text_hash(rules.whole_text(care))
    if care.is_child:
        consent.child_version = rules.CHILD_VERSION
    if care.is_accompanied:
        consent.companion_name = given.companion_name
        consent.companion_phone = given.companion_phone or consent.guardian_phone
    db.session.flush()
    audit.record(
        "guardian.give", consent, by=None, now=now, details={"text_hash": consent.text_hash}
    )
    outbox.enqueue(
        "guardian_agreed",
        to=outbox.to_person(consent.volunteer.person_id),
        now=now,
        params={"path": "/me/suggestions"},
    )
    outbox.enqueue(
        "guardian_receipt",
        to=outbox.to_guardian(consent.id),
        now=now,
        params={"path": f"/guardian/{link_token(PURPOSE, consent.id)}"},
    )
    return consent


def withdraw(volunteer_id: int, *, by: int | None, now: datetime) -> int:
    """Note that the guardian took their consent back; the child is told.

    Places the child has stay until an organiser looks at them; nothing new is given.

    Args:
        volunteer_id: Whose guardian.
        by: Who noted it, having heard it on the phone or read it on paper, and that they may is for
            the caller to ask; None when the guardian did so by their link.
        now: The moment.

    Returns:
        How many consents ended.
    """
    volunteers.lock_volunteer(volunteer_id)
    held = queries.lock_held_consents(volunteer_id)
    for consent in held:
        consent.withdrawn_at, consent.withdrawn_by_id = now, by
        audit.record("guardian.withdraw", consent, by=by, now=now)
    for consent in held[:1]:
        outbox.enqueue(
            "guardian_withdrew",
            to=outbox.to_person(consent.volunteer.person_id),
            now=now,
            params={"path": "/me/guardian"},
        )
    return len(held)


def withdraw_by_link(consent_id: int, *, now: datetime) -> int:
    """Note that the guardian took their consent back at their link; twice changes nothing.

    Raises:
        NotFoundError: There is no such request, or nobody agreed to it: who got the link may be a
            stranger whose number the child mistyped.
    """
    return withdraw(queries.given_consent(consent_id).volunteer_id, by=None, now=now)
