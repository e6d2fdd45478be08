from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError

from volunteer_hub.accounts import contacts, queries, rules
from volunteer_hub.accounts.errors import ContactTakenError
from volunteer_hub.accounts.keyed import keyed
from volunteer_hub.accounts.models import (
    AccountSession,
    Consent,
    Person,
    Purpose,
    SignInCode,
    SignInTry,
    TryKind,
)
from volunteer_hub.accounts.rules import CodeVerdict, Limit
from volunteer_hub.core import audit, outbox, pinyin
from volunteer_hub.core.database import db, take_turns
from volunteer_hub.core.sealing import seal


@dataclass(frozen=True, slots=True)
class CodeResult:
    """What a typed code is worth, whom it lets in, and how often it may still be typed."""

    verdict: CodeVerdict
    person_id: int | None = None
    tries_left: int = 0


def create_person(
    name: str, contact: str, *, now: datetime, is_demo: bool = False, shares: bool = False
) -> Person:
    """Add someone with an account.

    Args:
        name: What they are called.
        contact: Phone number or e-mail address, in its one spelling (``rules.read_contact``).
        now: When.
        is_demo: Whether the person is invented.
        shares: Whether they may share the phone of others; its owner was asked before.

    Raises:
        ContactTakenError: Somebody has this contact already.
        SameNameError: Somebody of that name is behind this phone already.
        PhoneFullError: Too many are.
    """
    seat = contacts.free_seat(contact, name, shares=shares)
    spelling, initials = pinyin.of_name(name)
    is_email = rules.is_email(contact)
    person = Person(
        name=name,
        pinyin=spelling,
        initials=initials,
        phone=None if is_email else contact,
        phone_seat=seat,
        email=contact if is_email else None,
        created_at=now,
        is_demo=is_demo,
    )
    try:
        with db.session.begin_nested():
            db.session.add(person)
    except IntegrityError:  # on PostgreSQL two people may sign up with one number at once
        raise ContactTakenError from None
    audit.record("account.create", person, by=person.id, now=now)
    return person


def rename_person(person_id: int, name: str) -> None:
    """Give the person another name, and the spellings it is found by."""
    person = queries.person_by_id(person_id)
    if person.name != name:
        person.name = name
        person.pinyin, person.initials = pinyin.of_name(name)


def change_contact(person_id: int, contact: str, *, lost: str, by: int, now: datetime) -> None:
    """Give somebody another phone number or e-mail address for one that they lost.

    Whoever has the lost one by now gets in with nothing: their devices are signed out, codes that
    were sent there and the password are worth nothing.

    Args:
        person_id: Who.
        contact: The new one, in its one spelling.
        lost: Which they lost: ``phone`` or ``email``.
        by: Who decided.
        now: When.

    Raises:
        ContactTakenError: Somebody has it already.
    """
    person = queries.person_by_id(person_id)
    contacts.free_seat(contact, person.name, shares=False)
    old = {"phone": person.phone, "email": person.email}
    sent_there = SignInCode.contact == old[lost]
    db.session.execute(delete(SignInCode).where(sent_there))
    setattr(person, lost, None)
    person.password_hash = None
    contacts.put(person, contact)
    audit.record("account.change_contact", person, by=by, now=now, personal=(person_id, old))
    _revoke_others(person_id, None, now)
    db.session.flush()


def give_consent(
    person_id: int, purposes: Iterable[Purpose], *, channel: str, now: datetime
) -> None:
    """Write down what a person agreed to, and to which wording; agreed already, nothing changes."""
    known = {
        consent.purpose
        for consent in queries.consents_of(person_id)
        if consent.withdrawn_at is None
        and consent.wording_version == rules.version_of(consent.purpose)
    }
    for purpose in purposes:
        if purpose not in known:
            db.session.add(
                Consent(
                    person_id=person_id,
                    purpose=purpose,
                    wording_version=rules.version_of(purpose),
                    channel=channel,
                    given_at=now,
                )
            )


def send_code(contact: str, *, address: str, now: datetime) -> Limit | None:
    """Send a new one-time code if somebody has this contact; return the limit that forbids it.

    Nothing that the caller can see depends on whether somebody has it: an unknown contact gets a
    code too, which is sent to nobody.

    Args:
        contact: Phone number or e-mail address, in its one spelling.
        address: The network address that asks.
        now: When.
    """
    limit = count_code(contact, address=address, now=now)
    if limit is not None:
        return limit
    code = make_code(contact, now=now)
    person = queries.find_person(contact)
    if person is not None:
        minutes = rules.CODE_LIFETIME.seconds // 60
        message = outbox.Draft(
            kind=rules.CODE_KIND,
            to=outbox.to_person(person.id),
            expires_at=now + rules.CODE_LIFETIME,
            params={"sealed": seal(person.id, {"code": code, "minutes": minutes})},
            # Whoever reads along in the other one must not get in.
            over=outbox.Means.EMAIL if rules.is_email(contact) else outbox.Means.SMS,
        )
        outbox.enqueue_all([message], now=now)
    return None


def count_code(contact: str, *, address: str, now: datetime) -> Limit | None:
    """Count a code that is asked for, or return the limit that forbids to send it."""
    _count_in_turn(contact, address)
    asked = queries.tries_with(TryKind.CODE, contact, now=now)
    from_here = queries.tries_from(TryKind.CODE, address, now=now)
    limit = rules.code_limit(asked, now=now) or rules.address_limit(from_here, now=now)
    if limit is None:
        _note_try(TryKind.CODE, contact, address, now)
    return limit


def make_code(contact: str, *, now: datetime) -> str:
    """Return a new one-time code for this contact, which makes older ones worthless."""
    code = f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}}"
    contacts.keep_code(contact, code, now=now)
    return code


def use_code(contact: str, code: str, *, now: datetime) -> CodeResult:
    """Return whom a typed code lets in; a right one is used up, a wrong one counts as a try.

    Behind a phone that a family shares it lets nobody in by itself: they say who they are.
    """
    return _try_code(contact, code, must_be_known=True, now=now)


def prove_contact(contact: str, code: str, *, now: datetime) -> CodeResult:
    """Return whether a typed code proves that somebody has a contact, known or not."""
    return _try_code(contact, code, must_be_known=False, now=now)


def _try_code(contact: str, code: str, *, must_be_known: bool, now: datetime) -> CodeResult:
    newest = queries.lock_newest_code(contact)
    if newest is None:
        return CodeResult(CodeVerdict.SPENT)
    verdict = rules.code_verdict(
        expires_at=newest.expires_at,
        used_at=newest.used_at,
        tries=newest.tries,
        is_equal=hmac.compare_digest(newest.code_hash, keyed("code", contact, code)),
        now=now,
    )
    if verdict is CodeVerdict.RIGHT:
        people = queries.people_behind(contact) if must_be_known else []
        if people or not must_be_known:
            newest.used_at = now
            return CodeResult(verdict, _let_in(people, now))
    if verdict is CodeVerdict.SPENT:
        return CodeResult(verdict)
    newest.tries += 1
    left = rules.CODE_TRIES - newest.tries
    return CodeResult(CodeVerdict.WRONG if left else CodeVerdict.SPENT, tries_left=left)


def _let_in(people: Sequence[Person], now: datetime) -> int | None:
    if len(people) != 1:
        return None
    note_sign_in(people[0], now=now)
    return people[0].id


def note_sign_in(person: Person, *, now: datetime) -> None:
    """Write down that somebody signed in with a code."""
    audit.record("account.sign_in", person, by=person.id, now=now, details={"by": "code"})


def begin_password_try(contact: str, *, address: str, now: datetime) -> Limit | None:
    """Count a password about to be checked, or return the limit that forbids checking it.

    Counted before it is checked, so that many tries at once cannot slip under the limit; a right
    password takes its contact's tries back.
    """
    _count_in_turn(contact, address)
    failed = queries.tries_with(TryKind.PASSWORD, contact, now=now)
    from_here = queries.tries_from(TryKind.PASSWORD, address, now=now)
    limit = rules.password_limit(failed, now=now) or rules.address_limit(from_here, now=now)
    if limit is None:
        _note_try(TryKind.PASSWORD, contact, address, now)
    return limit


def accept_password(
    person_id: int, contact: str, *, checked: str, renewed: str | None, now: datetime
) -> bool:
    """Take back the tries of a right password; tell whether it still is the person's password.

    Args:
        person_id: Whose.
        contact: What was typed with it.
        checked: The hash it was checked against, outside of the transaction.
        renewed: A stronger hash of the same password, when the kept one is of older strength.
        now: When.
    """
    person = queries.person_by_id(person_id)
    if person.password_hash != checked or person.erased_at is not None:
        return False
    if renewed is not None:
        person.password_hash = renewed
    forget_password_tries(contact)
    audit.record("account.sign_in", person, by=person.id, now=now, details={"by": "password"})
    return True


def forget_password_tries(contact: str) -> None:
    """Take back what was counted of a contact, because the right word was given."""
    db.session.execute(
        delete(SignInTry).where(
            SignInTry.kind == TryKind.PASSWORD,
            SignInTry.contact_key == keyed("contact", contact),
        )
    )


def note_demo_sign_in(person_id: int, *, now: datetime) -> None:
    """Write down that somebody tries out an invented person's role."""
    person = queries.person_by_id(person_id)
    audit.record("account.sign_in", person, by=person.id, now=now, details={"by": "demo"})


def set_password(
    person_id: int, password_hash: str, *, by: int | None, keep: str | None, now: datetime
) -> None:
    """Give the person another password and sign out every other device.

    Args:
        person_id: Whose.
        password_hash: What is kept of it.
        by: Who does it; None for a command.
        keep: The token hash of the device that stays signed in; None for none.
        now: When.
    """
    person = queries.person_by_id(person_id)
    person.password_hash = password_hash
    audit.record("account.set_password", person, by=by, now=now)
    _revoke_others(person_id, keep, now)


def sign_out_others(person_id: int, *, keep: str, now: datetime) -> int:
    """Sign the person out everywhere but here; return on how many devices."""
    person = queries.person_by_id(person_id)
    count = _revoke_others(person_id, keep, now)
    audit.record("account.sign_out_others", person, by=person_id, now=now, details={"count": count})
    return count


def _revoke_others(person_id: int, keep: str | None, now: datetime) -> int:
    others = [one for one in queries.live_sessions(person_id, now=now) if one.token_hash != keep]
    for session in others:
        session.revoked_at = now
    return len(others)


def _count_in_turn(contact: str, address: str) -> None:
    """Let the tries of one contact, and of one address, be counted one after another."""
    take_turns(keyed("contact", contact))
    take_turns(keyed("address", address))


def _note_try(kind: TryKind, contact: str, address: str, now: datetime) -> None:
    db.session.add(
        SignInTry(
            kind=kind,
            contact_key=keyed("contact", contact),
            address_key=keyed("address", address),
            tried_at=now,
        )
    )


def open_session(
    person_id: int, token_hash: str, *, device: str = "", expires_at: datetime, now: datetime
) -> AccountSession:
    """Add a signed-in device for the person."""
    opened = AccountSession(
        token_hash=token_hash,
        person=queries.person_by_id(person_id),
        created_at=now,
        expires_at=expires_at,
        device=device,
    )
    db.session.add(opened)
    db.session.flush()
    return opened


def revoke_session(token_hash: str, *, now: datetime) -> None:
    """Sign one device out; a second time changes nothing."""
    statement = select(AccountSession).where(
        AccountSession.token_hash == token_hash, AccountSession.revoked_at.is_(None)
    )
    live = db.session.scalar(statement)
    if live is not None:
        live.revoked_at = now


def forget_what_is_over(*, now: datetime) -> None:
    """Delete tries and codes of yesterday and before, and devices signed out a month ago."""
    db.session.execute(delete(SignInTry).where(SignInTry.tried_at < now - rules.TRIES_KEPT))
    db.session.execute(delete(SignInCode).where(SignInCode.created_at < now - rules.TRIES_KEPT))
    db.session.execute(
        delete(AccountSession).where(
            or_(
                AccountSession.expires_at < now - rules.SESSIONS_KEPT,
                AccountSession.revoked_at < now - rules.SESSIONS_KEPT,
            )
        )
    )


def withdraw_consent(person_id: int, purpose: Purpose, *, now: datetime) -> bool:
    """Note that somebody took back what they agreed to; tell whether there was anything to take."""
    held = [
        consent
        for consent in queries.consents_of(person_id)
        if consent.purpose is purpose and consent.withdrawn_at is None
    ]
    for consent in held:
        consent.withdrawn_at = now
    return bool(held)
