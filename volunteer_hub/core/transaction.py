"""Where a unit of work begins and ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from volunteer_hub.core import csrf
from volunteer_hub.core.database import begin_writing, db


@contextmanager
def transaction() -> Iterator[None]:
    """Keep everything written inside, or, when an error leaves the block, none of it.

    Opened once per request, job or command, at its edge. Actions never open one, so any two
    actions can be put in the same block. What was read before the block is read again inside it:
    on SQLite one writer runs at a time, from its first read, so rules never judge stale rows.

    Raises:
        BusyError: Other writers held the database for too long.
        StalePageError: The request that writes carries no valid form token.
    """
    csrf.require_valid_token()
    db.session.rollback()
    begin_writing()
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


@contextmanager
def step() -> Iterator[None]:
    """Keep what one step of an open transaction writes, or, when an error leaves it, none of that.

    For many things in one transaction of which some may be refused.
    """
    with db.session.begin_nested():
        yield


@contextmanager
def short_write() -> Iterator[None]:
    """Keep an access-log row about a page that was only read: the one write a GET may make.

    Opened after the page's rows were read and rendered; rows read before stay usable.
    """
    db.session.commit()
    begin_writing()
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
