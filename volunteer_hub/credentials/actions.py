from __future__ import annotations

from datetime import date, datetime
from typing import Final

from volunteer_hub.core import audit, outbox
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.credentials import queries, rules
from volunteer_hub.credentials.errors import (
    AlreadyJudgedError,
    AlreadyThereError,
    OwnCredentialError,
    TooManyCredentialsError,
)
from volunteer_hub.credentials.models import Credential
from volunteer_hub.credentials.rules import CredentialDraft, State
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.volunteers import queries as volunteers

AT_ONCE: Final = 500
MINE: Final = "/me/credentials"


def claim(person_id: int, draft: CredentialDraft, *, now: datetime) -> Credential:
    """Write down a credential that a volunteer says they have; it counts once it is verified.

    Raises:
        NotFoundError: The person is no volunteer.
        TooManyCredentialsError: They filled in as many as anybody may.
        AlreadyThereError: They filled in the same before.
    """
    volunteer = volunteers.lock_volunteer(volunteers.volunteer_of(person_id).id)
    there = queries.credentials_of(volunteer.id)
    key = queries.number_key(draft.kind, draft.number)
    if any((each.kind_code, each.number_key) == (draft.kind, key) for each in there):
        raise AlreadyThereError
    if len(there) >= rules.MOST:
        raise TooManyCredentialsError
    credential = Credential(
        volunteer_id=volunteer.id,
        kind_code=draft.kind,
        number=rules.written(draft.number),
        number_key=key,
        issuer=draft.issuer,
        expires_on=draft.expires_on,
        scan=draft.scan,
        scan_type=rules.scan_type(draft.scan) if draft.scan else None,
        claimed_at=now,
    )
    db.session.add(credential)
    db.session.flush()
    details = {"kind": draft.kind}
    audit.record("credential.claim", credential, by=person_id, now=now, details=details)
    return credential


def grant(volunteer_id: int, draft: CredentialDraft, *, by: int, now: datetime) -> Credential:
    """Write down a credential that a training gave, verified by whoever confirmed who was there.

    Granted a second time, it holds as long as is said then.

    Args:
        volunteer_id: To whom.
        draft: Which; its number is the same for all of one training.
        by: Who confirmed that they were there.
        now: When.
    """
    key = queries.number_key(draft.kind, draft.number)
    there = queries.credentials_of(volunteer_id)
    same = (each for each in there if (each.kind_code, each.number_key) == (draft.kind, key))
    row = next(same, None)
    if row is None:
        row = Credential(
            volunteer_id=volunteer_id,
            kind_code=draft.kind,
            number=rules.written(draft.number),
            number_key=key,
            issuer=draft.issuer,
            claimed_at=now,
        )
        db.session.add(row)
    longest = rules.longest_for(draft.kind, today=now.astimezone(LOCAL).date())
    until = draft.expires_on
    row.expires_on = min(until or longest, longest) if longest else until
    row.state, row.judged_at, row.judged_by_id = State.VERIFIED, now, by
    db.session.flush()
    audit.record("credential.grant", row, by=by, now=now, details={"kind": draft.kind})
    return row


def remove(credential_id: int, person_id: int, *, now: datetime) -> None:
    """Delete a credential with its number and scan because its holder wishes it.

    Raises:
        NotFoundError: They have no such credential.
    """
    credential = queries.own_credential(credential_id, person_id)
    details = {"kind": credential.kind_code, "volunteer_id": credential.volunteer_id}
    audit.record("credential.remove", credential, by=person_id, now=now, details=details)
    db.session.delete(credential)


def verify(
    credential_id: int, expires_on: date | None, *, scope: Scope, now: datetime
) -> Credential:
    """Note that somebody saw the credential and that it is good; its holder is told.

    Args:
        credential_id: Which.
        expires_on: Its last day, as the verifier read it; None when it holds for ever. Kinds that
            hold for a year at most are cut to that.
        scope: Who verifies it, and whose business is theirs.
        now: The moment.

    Raises:
        NotFoundError: There is no such credential, or it is not this person's business.
        OwnCredentialError: It is their own.
        AlreadyJudgedError: Somebody judged it before.
    """
    credential = _to_judge(credential_id, scope)
    longest = rules.longest_for(credential.kind_code, today=now.astimezone(LOCAL).date())
    if longest is not None:
        expires_on = min(expires_on or longest, longest)
    credential.expires_on = expires_on
    _judge(credential, State.VERIFIED, "", scope=scope, now=now)
    return credential


def reject(credential_id: int, reason: str, *, scope: Scope, now: datetime) -> Credential:
    """Note that the credential cannot be accepted, and why; its holder is told.

    Raises:
        NotFoundError: There is no such credential, or it is not this person's business.
        OwnCredentialError: It is their own.
        AlreadyJudgedError: Somebody judged it before.
    """
    credential = _to_judge(credential_id, scope)
    _judge(credential, State.REJECTED, reason, scope=scope, now=now)
    return credential


def show_number(credential_id: int, *, scope: Scope, now: datetime) -> str:
    """Return the whole number, for staff to compare; that they looked is written down.

    Raises:
        NotFoundError: There is no such credential, or it is not this person's business.
    """
    credential = queries.credential_for_staff(credential_id, scope)
    audit.record("credential.show_number", credential, by=scope.person_id, now=now)
    return credential.number


def note_scan_seen(credential_id: int, *, by: int, scope: Scope, now: datetime) -> None:
    """Write down that a member of staff looked at a scan.

    Raises:
        NotFoundError: There is no such credential, or it is not this person's business.
    """
    credential = queries.credential_for_staff(credential_id, scope)
    audit.record("credential.show_scan", credential, by=by, now=now)


def remind_of_expiry(*, now: datetime) -> int:
    """Remind holders 30 and 7 days before a credential runs out; return how many were reminded."""
    today = now.astimezone(LOCAL).date()
    due = queries.to_remind(today=today, limit=AT_ONCE)
    drafts = [
        outbox.Draft(
            kind="credential_expiring",
            to=outbox.to_person(row.volunteer.person_id),
            dedupe_key=key,
            params={
                "credential": row.kind_code,
                "until": row.expires_on.isoformat() if row.expires_on else "",
                "path": MINE,
            },
        )
        for row, _days, key in due
    ]
    if drafts:
        outbox.enqueue_all(drafts, now=now)
    return len(drafts)


def _to_judge(credential_id: int, scope: Scope) -> Credential:
    credential = queries.lock_credential_for_staff(credential_id, scope)
    if scope.is_of_teams_only:
        raise NotFoundError
    if credential.volunteer.person_id == scope.person_id:
        raise OwnCredentialError
    if credential.state is not State.CLAIMED:
        raise AlreadyJudgedError
    return credential


def _judge(
    credential: Credential, state: State, reason: str, *, scope: Scope, now: datetime
) -> None:
    credential.state, credential.reason = state, reason
    credential.judged_at, credential.judged_by_id = now, scope.person_id
    db.session.flush()
    action = "credential.verify" if state is State.VERIFIED else "credential.reject"
    audit.record(action, credential, by=scope.person_id, now=now)
    params = {"credential": credential.kind_code, "path": MINE}
    if reason:
        params["reason"] = reason
    outbox.enqueue(
        f"credential_{state.value}",
        to=outbox.to_person(credential.volunteer.person_id),
        now=now,
        params=params,
    )
