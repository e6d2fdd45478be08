"""The second factor: set up, confirmed, asked for at sign-in, replaced by a code on paper."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select

from volunteer_hub.accounts import queries, totp
from volunteer_hub.accounts.errors import DemoKeepsOpenError, SecondFactorStandsError
from volunteer_hub.accounts.keyed import keyed
from volunteer_hub.accounts.models import RecoveryCode, SecondFactor
from volunteer_hub.core import audit
from volunteer_hub.core.database import db
from volunteer_hub.core.text import random_code, read_crockford

RECOVERY_CODES: Final = 10
_LONG: Final = 10
_WHAT: Final = "recovery"


def begin(person_id: int, *, now: datetime) -> bytes:
    """Return a new secret to share with the app; it counts once a code of it was typed.

    Raises:
        DemoKeepsOpenError: It is an invented person, whom everybody may try out.
        SecondFactorStandsError: There is one; only a code of it takes it away.
    """
    person = queries.person_by_id(person_id)
    if person.is_demo:
        raise DemoKeepsOpenError
    found = _locked(person_id)
    if found is not None and found.confirmed_at is not None:
        raise SecondFactorStandsError
    if found is not None:
        return found.secret
    made = SecondFactor(
        person_id=person_id, secret=secrets.token_bytes(totp.SECRET_BYTES), begun_at=now
    )
    db.session.add(made)
    db.session.flush()
    return made.secret


def pending_secret(person_id: int) -> bytes | None:
    """Return the secret that somebody has begun to set up, or None."""
    statement = select(SecondFactor).where(
        SecondFactor.person_id == person_id, SecondFactor.confirmed_at.is_(None)
    )
    found = db.session.scalar(statement)
    return found.secret if found else None


def confirm(person_id: int, typed: str, *, now: datetime) -> list[str] | None:
    """Let the secret count if the typed code is right; return new codes for paper, or None."""
    found = _locked(person_id)
    if found is None or found.confirmed_at is not None:
        return None
    step = totp.matching_step(found.secret, typed, after=found.last_step, now=now)
    if step is None:
        return None
    found.confirmed_at, found.last_step = now, step
    audit.record("account.second_factor", found, by=person_id, now=now)
    return _new_codes(person_id, now=now)


def pass_with(person_id: int, typed: str, *, now: datetime) -> bool:
    """Tell whether a typed code of the app, or one from paper, lets in; either is used up."""
    found = _locked(person_id)
    if found is None or found.confirmed_at is None:
        return False
    step = totp.matching_step(found.secret, typed, after=found.last_step, now=now)
    if step is not None:
        found.last_step = step
        return True
    return _use_recovery(found, typed, now=now)


def remove(person_id: int, *, by: int | None, now: datetime) -> None:
    """Forget somebody's second factor and their codes on paper."""
    found = _locked(person_id)
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    if found is not None:
        audit.record("account.second_factor_off", found, by=by, now=now)
        db.session.delete(found)


def codes_left(person_id: int) -> int:
    """Return how many codes on paper are not used up."""
    unused = (RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(select(func.count(RecoveryCode.id)).where(*unused)) or 0


def _use_recovery(found: SecondFactor, typed: str, *, now: datetime) -> bool:
    hashed = keyed(_WHAT, str(found.person_id), read_crockford(typed))
    unused = select(RecoveryCode).where(
        RecoveryCode.person_id == found.person_id, RecoveryCode.used_at.is_(None)
    )
    for code in db.session.scalars(unused):
        if hmac.compare_digest(code.code_hash, hashed):
            code.used_at = now
            audit.record("account.recovery_code", found, by=found.person_id, now=now)
            return True
    return False


def _new_codes(person_id: int, *, now: datetime) -> list[str]:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = [random_code(_LONG) for _ in range(RECOVERY_CODES)]
    db.session.add_all(
        RecoveryCode(person_id=person_id, code_hash=keyed(_WHAT, str(person_id), code), made_at=now)
        for code in codes
    )
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _locked(person_id: int) -> SecondFactor | None:
    statement = select(SecondFactor).where(SecondFactor.person_id == person_id).with_for_update()
    return db.session.scalar(statement.execution_options(populate_existing=True))
