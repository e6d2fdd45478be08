"""Who makes a request: the signed session cookie names a row that can be revoked."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flask import Flask, g, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from volunteer_hub.accounts import actions, queries, rules
from volunteer_hub.core import clock, csrf
from volunteer_hub.core.pages import safe_next

LIFETIME: Final = timedelta(days=30)
FRESH_FOR: Final = timedelta(minutes=15)
_CODE_AT: Final = "code_at"
_SECOND: Final = "second_for"
_HAS_SECOND: Final = "second"
_AWAITED: Final = "code_for"
_AWAITED_NEXT: Final = "code_next"
_PROVEN: Final = "proven"
_ASKS_WHO: Final = "asks_who"
login_manager = LoginManager()


@dataclass(slots=True)
class SignedInPerson(UserMixin):
    """The person behind a request, as views and templates see them."""

    person_id: int
    name: str
    token: str
    unread: int = 0

    def get_id(self) -> str:
        """Return what the session cookie keeps: a random token, not the person's id."""
        return self.token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@login_manager.user_loader  # type: ignore[untyped-decorator]
def _load(token: str) -> SignedInPerson | None:
    is_page = request.method == "GET"  # whatever else is asked shows no count
    found = queries.find_signed_in(_hash(token), with_unread=is_page, now=clock.now())
    return SignedInPerson(found.person_id, found.name, token, found.unread) if found else None


def start(person_id: int, *, by_code: bool = False, has_passed: bool = False) -> None:
    """Sign this browser in as the person; call inside a transaction.

    Whoever has a second factor is only known by then, and asked for it (``awaited_second``).

    The old session is thrown away first, so that a token planted before sign-in is worth nothing.

    Args:
        person_id: Who signs in.
        by_code: Whether they just proved with a code that the contact is theirs.
        has_passed: Whether they passed the second factor as well.
    """
    now = clock.now()
    if not has_passed and queries.has_second_factor(person_id):
        if current_user.is_authenticated:
            actions.revoke_session(current_token_hash(), now=now)
            logout_user()
        session.clear()
        session[_SECOND] = [person_id, now.timestamp(), by_code]
        csrf.renew()
        return
    if current_user.is_authenticated:
        actions.revoke_session(current_token_hash(), now=now)
    token = secrets.token_urlsafe(32)
    account_session = actions.open_session(
        person_id,
        _hash(token),
        device=rules.device_of(request.user_agent.string),
        expires_at=now + LIFETIME,
        now=now,
    )
    session.clear()
    g.pop("roles", None)  # of whoever was signed in before
    session.permanent = True
    session[_HAS_SECOND] = has_passed
    if by_code:
        session[_CODE_AT] = now.timestamp()
    login_user(SignedInPerson(person_id, account_session.person.name, token))
    csrf.renew()


def end(token: str) -> None:
    """Sign this browser out and make its token worthless; call inside a transaction."""
    actions.revoke_session(_hash(token), now=clock.now())
    forget()


def forget() -> None:
    """Sign this browser out after its row is gone; call inside a transaction."""
    logout_user()
    session.clear()


def current_token_hash() -> str:
    """Return what the database keeps of this browser's token."""
    return _hash(current_user.token)


def is_fresh_by_code() -> bool:
    """Tell whether this browser was signed in with a one-time code a short while ago."""
    signed_in_at = session.get(_CODE_AT, 0.0)
    return bool(clock.now().timestamp() - signed_in_at < FRESH_FOR.total_seconds())


def awaited_second() -> tuple[int, bool] | None:
    """Return who has yet to pass the second factor in this browser, and whether by a code."""
    waiting = session.get(_SECOND)
    if waiting is None:
        return None
    person_id, since, by_code = waiting
    is_late = clock.now().timestamp() - since > FRESH_FOR.total_seconds()
    return None if is_late else (int(person_id), bool(by_code))


def has_passed_second() -> bool:
    """Tell whether whoever is signed in here passed a second factor."""
    return bool(session.get(_HAS_SECOND))


def note_second(*, has_passed: bool) -> None:
    """Remember that whoever is signed in here has just set up a second factor, or removed it."""
    session[_HAS_SECOND] = has_passed


def remember_next(next_path: str) -> None:
    """Remember where to go once the second factor is passed."""
    session[_AWAITED_NEXT] = safe_next(next_path, "")


def await_code(contact: str, next_path: str | None, *, asks_who: bool = False) -> None:
    """Remember, in this browser, which contact a code was sent to and where to go with it.

    Args:
        contact: Where it was sent.
        next_path: Where to go.
        asks_who: Whether to ask who they are although only one is known to have the contact.
    """
    session[_AWAITED], session[_AWAITED_NEXT] = contact, safe_next(next_path, "")
    session[_ASKS_WHO] = asks_who


def asks_who() -> bool:
    """Tell whether this browser is to be asked who sits in front of it."""
    return bool(session.get(_ASKS_WHO))


def note_proven(contact: str) -> None:
    """Remember, in this browser, that a code proved whose contact it is; nobody is signed in."""
    session[_PROVEN] = [contact, clock.now().timestamp()]


def proven_contact() -> str | None:
    """Return the contact that this browser proved to have a short while ago."""
    contact, since = session.get(_PROVEN) or ("", 0.0)
    is_fresh = clock.now().timestamp() - since < FRESH_FOR.total_seconds()
    return str(contact) if contact and is_fresh else None


def note_code() -> None:
    """Remember that whoever is signed in here has just typed a code sent to them."""
    session[_CODE_AT] = clock.now().timestamp()


def awaited_code() -> tuple[str | None, str | None]:
    """Return which contact this browser awaits a code for, and where to go with it."""
    return session.get(_AWAITED), session.get(_AWAITED_NEXT) or None


def init_app(app: Flask) -> None:
    """Attach sign-in to the application."""
    app.config["PERMANENT_SESSION_LIFETIME"] = LIFETIME
    # The row it names ends when it ends; a cookie written anew with every page lives no longer.
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
    login_manager.session_protection = None  # phones change networks; the row is what counts
    login_manager.init_app(app)
