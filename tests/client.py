"""A test client that is as strict as a careful reviewer."""

from __future__ import annotations

import json
import re
import secrets
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import html5lib
from flask import g
from flask import session as flask_session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy import event

from volunteer_hub.accounts.models import AccountSession
from volunteer_hub.accounts.sessions import _hash
from volunteer_hub.core.database import db

LABELLED = {"input", "select", "textarea"}
UNLABELLED_TYPES = {"hidden", "submit", "button"}


class CarefulClient(FlaskClient):
    """Fails a test whose request forgot to commit, or whose page is not sound HTML.

    Posts carry a valid form token unless ``csrf=False``.
    """

    reads_pages = True

    def open(self, *args, csrf=True, **kwargs):
        _forget_the_last_request()
        if csrf and kwargs.get("method") in {"POST", "PUT", "DELETE"}:
            headers = dict(kwargs.get("headers") or {})
            headers.setdefault("X-CSRFToken", self._form_token())
            kwargs["headers"] = headers
        response = super().open(*args, **kwargs)
        forgotten = db.session.info.get("written") or db.session.dirty or db.session.new
        assert not forgotten, "written outside a transaction() block"
        if self.reads_pages and response.mimetype == "text/html" and response.data:
            check_page(response.text, is_fragment="<html" not in response.text[:400])
        return response

    def _form_token(self) -> str:
        with self.session_transaction() as session:
            session.setdefault("csrf_token", secrets.token_hex(20))
            raw = session["csrf_token"]
        with self.application.test_request_context():
            flask_session["csrf_token"] = raw
            return generate_csrf()

    def sign_in(self, person) -> None:
        """Sign this client in as the person, as the sign-in page would."""
        token = secrets.token_urlsafe(16)
        now = datetime(2026, 1, 1, tzinfo=UTC)
        db.session.add(
            AccountSession(
                token_hash=_hash(token),
                person_id=person.id,
                created_at=now - timedelta(days=3650),
                expires_at=now + timedelta(days=3650),
            )
        )
        db.session.commit()
        with self.session_transaction() as session:
            session["_user_id"] = token
            session["_fresh"] = True


class HurriedClient(CarefulClient):
    """Does not read the pages: on another database they are the same, and were read there."""

    reads_pages = False


def _forget_the_last_request() -> None:
    """Make requests share nothing, although one test keeps one application context."""
    for name in list(g):
        g.pop(name)
    info = db.session().info
    for key in [key for key in info if key != "written"]:
        info.pop(key)


# Form tokens, versions of files, ids and moments: what differs between two views of one page.
_PASSING = re.compile(r"[0-9A-Za-z_.-]{16,}|[0-9]+")
_ID = re.compile(r'\sid="([^"]*)"')
_sound: set[int] = set()


def check_page(text: str, *, is_fragment: bool = False) -> None:
    """Fail when a page is not strict HTML5 or breaks a rule of the house.

    A page that was sound is not read again because its numbers are others: four in ten are of
    that kind, and reading takes longer than making them.
    """
    ids = _ID.findall(text)
    seen = hash((_PASSING.sub("0", text), len(ids) == len(set(ids)), is_fragment))
    if seen not in _sound:
        _read_page(text, is_fragment=is_fragment)
        _sound.add(seen)


def _read_page(text: str, *, is_fragment: bool) -> None:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parseFragment(text) if is_fragment else parser.parse(text)
    problems = [
        f"{code} {details} at {where}"
        for where, code, details in parser.errors
        if not (is_fragment and code == "expected-doctype-but-got-start-tag")
    ]
    assert not problems, f"not HTML5: {problems[:4]}"
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    _check_ids(elements)
    _check_labels(elements)
    _check_inline(elements)
    if not is_fragment:
        headings = [element for element in elements if element.tag == "h1"]
        assert len(headings) == 1, f"a page has one h1, this one has {len(headings)}"


def _check_ids(elements) -> None:
    ids = [element.get("id") for element in elements if element.get("id")]
    doubled = {name for name in ids if ids.count(name) > 1}
    assert not doubled, f"ids used twice: {doubled}"


def _check_labels(elements) -> None:
    labelled = {element.get("for") for element in elements if element.tag == "label"}
    labels = [element for element in elements if element.tag == "label"]
    wrapped = {id(inner) for label in labels for inner in label.iter()}
    for element in elements:
        if element.tag not in LABELLED or element.get("type") in UNLABELLED_TYPES:
            continue
        named = element.get("aria-label") or element.get("aria-labelledby")
        assert named or element.get("id") in labelled or id(element) in wrapped, (
            f"no label for {element.get('name')}"
        )


def _check_inline(elements) -> None:
    for element in elements:
        handlers = [name for name in element.attrib if name.startswith("on")]
        assert not handlers, f"inline handler {handlers} on {element.tag}"
        assert element.get("style") is None, f"inline style on {element.tag}"
        if element.get("type") == "application/ld+json":  # says something, does nothing
            assert json.loads(element.text)["@context"] == "https://schema.org"
        elif element.tag == "style" or (element.tag == "script" and not element.get("src")):
            raise AssertionError(f"inline {element.tag}")


@contextmanager
def counted_queries():
    """Yield a list that grows by every statement sent to the database."""
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "PRAGMA")):
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
