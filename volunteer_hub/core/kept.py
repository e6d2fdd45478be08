"""Public pages kept for visitors who only look: made once, given out until anything changes.

Most visitors have no session, and all of them get the same few pages. Such a page is kept, as it
goes over the wire, under the number of changes there were when it was begun. Every transaction that
writes a row such a page may show counts one more, before it commits, so whoever asks after that
commit gets the page anew, in every process. Whatever depends on the clock is at most half a
minute late.

Never kept: what is not asked for with GET, what somebody with any cookie but those of language and
size asks for, what sets a cookie, and any answer but 200.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from flask import Flask
from sqlalchemy import BigInteger, Connection, Engine, event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from volunteer_hub.core import clock
from volunteer_hub.core.cookies import HOST_ONLY
from volunteer_hub.core.database import Model, db
from volunteer_hub.core.i18n import ELDER_COOKIE, LANG_COOKIE, TEXT_COOKIE

KEPT_FOR: Final = timedelta(seconds=30)
MOST_BYTES: Final = 16 * 1024 * 1024
LONGEST_QUERY: Final = 300
# Tables of which such a page shows something.
SHOWN: Final = frozenset({
    "assignment", "campaign", "catalogue_entry", "event", "organisation", "post", "post_skill",
    "region", "registration", "shift", "site_number", "venue", "waiting_entry",
})  # fmt: skip
_CHOICES: Final = frozenset(
    prefix + name for prefix in ("", HOST_ONLY) for name in (LANG_COOKIE, ELDER_COOKIE, TEXT_COOKIE)
)
_COUNT: Final = "SELECT coalesce(sum(changes), 0) FROM page_change"
_ADD: Final = text("INSERT INTO page_change (changes) VALUES (1)")
_ONE_MORE: Final = {
    # Whoever writes meanwhile holds another row: nobody waits for anybody.
    "postgresql": text(
        "UPDATE page_change SET changes = changes + 1 WHERE id = (SELECT id FROM page_change "
        "ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)"
    ),
    "sqlite": text("UPDATE page_change SET changes = changes + 1"),
}
_FLAG: Final = "volunteer_hub_shown_rows_written"

Environ = dict[str, Any]
Key = tuple[str, ...]


class PageChange(Model):
    """How often rows that public pages show were written; the sum over all rows counts."""

    __tablename__ = "page_change"

    changes: Mapped[int] = mapped_column(BigInteger)


@dataclass(frozen=True, slots=True)
class Page:
    """An answer as it goes over the wire.

    Attributes:
        changes: How many changes there were when it was begun.
        until: When it is made anew in any case.
        since: When it was made; a clock that was set back makes it anew too.
        headers: All of them.
        body: Compressed, when that was asked for.
    """

    changes: int
    until: datetime
    since: datetime
    headers: list[tuple[str, str]]
    body: bytes
    etag: str


class Kept:
    """A WSGI application in front of another, which answers what it has kept."""

    def __init__(self, inner: Any, app: Flask) -> None:  # noqa: ANN401 - any WSGI application
        self._inner, self._app = inner, app
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._engine: Engine | None = None

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:  # noqa: ANN401
        """Answer from what is kept, or ask the application and keep what it says."""
        key = self._key_of(environ) if self._app.config["KEEPS_PAGES"] else None
        changes = None if key is None else self._changes()
        if key is None or changes is None:
            return self._inner(environ, start_response)  # type: ignore[no-any-return]
        page = self._find(key, changes)
        if page is not None:
            return _give(page, environ, start_response)
        if "HTTP_IF_NONE_MATCH" in environ or "HTTP_IF_MODIFIED_SINCE" in environ:
            return self._inner(environ, start_response)  # type: ignore[no-any-return]
        return self._make(key, changes, environ, start_response)

    def forget(self) -> None:
        """Forget every page."""
        with self._lock:
            self._pages.clear()
            self._bytes = 0

    def _key_of(self, environ: Environ) -> Key | None:
        """Return what tells this page from others, or None when it must not be kept."""
        path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        is_asked_plainly = environ["REQUEST_METHOD"] == "GET" and "HTTP_RANGE" not in environ
        if not is_asked_plainly or not _is_public(path) or len(query) > LONGEST_QUERY:
            return None
        cookies = environ.get("HTTP_COOKIE", "")
        if cookies and not _are_choices(cookies):
            return None
        takes_gzip = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
        return (
            environ["wsgi.url_scheme"], environ.get("HTTP_HOST", ""), environ["SCRIPT_NAME"], path,
            query, cookies, environ.get("HTTP_HX_REQUEST", ""), "gzip" if takes_gzip else "",
        )  # fmt: skip

    def _changes(self) -> int | None:
        """Return how many changes there were; None when the database does not say."""
        if self._engine is None:
            with self._app.app_context():
                self._engine = db.engine
        try:
            connection = self._engine.raw_connection()
            try:
                cursor = connection.cursor()
                cursor.execute(_COUNT)
                found: int = cursor.fetchone()[0]  # type: ignore[index]
                cursor.close()
            finally:
                connection.close()
        except (SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error):
            return None
        return int(found)

    def _find(self, key: Key, changes: int) -> Page | None:
        page = self._pages.get(key)
        if page is None or page.changes != changes or not page.since <= clock.now() < page.until:
            return None
        return page

    def _make(
        self,
        key: Key,
        changes: int,
        environ: Environ,
        start_response: Any,  # noqa: ANN401 - as WSGI has it
    ) -> Iterable[bytes]:
        told: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], *rest: object) -> object:
            told[:] = [status, headers]
            return start_response(status, headers, *rest)

        answer = self._inner(environ, start)
        try:
            body = b"".join(answer)
        finally:
            getattr(answer, "close", lambda: None)()
        status, headers = told
        names = {name.lower(): value for name, value in headers}
        if status.startswith("200") and "set-cookie" not in names:
            now = clock.now()
            self._keep(key, Page(changes, now + KEPT_FOR, now, headers, body,
                                 names.get("etag", "")))  # fmt: skip
        return [body]

    def _keep(self, key: Key, page: Page) -> None:
        with self._lock:
            before = self._pages.pop(key, None)
            self._bytes += len(page.body) - (len(before.body) if before else 0)
            self._pages[key] = page
            while self._bytes > MOST_BYTES:
                _key, oldest = self._pages.popitem(last=False)
                self._bytes -= len(oldest.body)


def _is_public(path: str) -> bool:
    """Tell whether this is one of the pages that show the same to everybody who only looks."""
    if path in ("/", "/events", "/events.ics", "/events.atom"):
        return True
    return path.startswith("/e/") and path[3:].isdecimal()


def _are_choices(cookies: str) -> bool:
    return all(part.partition("=")[0].strip() in _CHOICES for part in cookies.split(";"))


def _give(page: Page, environ: Environ, start_response: Any) -> Iterable[bytes]:  # noqa: ANN401
    asked = environ.get("HTTP_IF_NONE_MATCH", "")
    if page.etag and page.etag in (each.strip() for each in asked.split(",")):
        kept = [(k, v) for k, v in page.headers if not k.lower().startswith("content-")]
        start_response("304 NOT MODIFIED", kept)
        return []
    start_response("200 OK", list(page.headers))
    return [page.body]


def _note(conn: Connection, _cursor: object, statement: str, *_rest: object) -> None:
    """Note on the connection that its transaction writes something that public pages show."""
    if statement[:1] not in "IUD":
        return
    words = statement[:90].split(None, 3)
    name = words[1] if words[0] == "UPDATE" else words[2] if len(words) > 2 else ""
    if name.strip('"(') in SHOWN:
        conn.info[_FLAG] = True


def _count(conn: Connection) -> None:
    """Count one more, in the transaction that is about to commit."""
    if conn.info.pop(_FLAG, False):
        done = conn.execute(_ONE_MORE[conn.dialect.name])
        if not done.rowcount:
            conn.execute(_ADD)


def _drop(conn: Connection) -> None:
    if not conn.invalidated:  # the server is gone, and what was noted on the connection with it
        conn.info.pop(_FLAG, None)


def init_app(app: Flask) -> None:
    """Put what is kept in front of the application, and count what is written."""
    app.config.setdefault("KEEPS_PAGES", not app.config["IS_DEVELOPMENT"])
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", _note)
        event.listen(db.engine, "commit", _count)
        event.listen(db.engine, "rollback", _drop)
    kept = Kept(app.wsgi_app, app)
    app.extensions["kept"] = kept
    app.wsgi_app = kept  # type: ignore[method-assign]
