"""One message to very many people: queued in batches, so that nobody waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from volunteer_hub.core import outbox
from volunteer_hub.core.outbox import Draft
from volunteer_hub.core.transaction import transaction
from volunteer_hub.notifications import queries

# A transaction of so many rows holds the database for about a tenth of a second.
AT_ONCE: Final = 1000


def broadcast(
    drafts: Iterable[Draft], *, now: datetime, tell: Callable[[int], None] | None = None
) -> int:
    """Queue messages in transactions of their own, other writers going in between.

    Broken off, it can be repeated: what was queued under the same keys stays as it is.

    Args:
        drafts: What to queue, each with a dedupe key.
        now: The moment.
        tell: Called after each batch with how many were queued so far.

    Returns:
        How many there were.
    """
    queued = 0
    waiting = iter(drafts)
    while some := list(islice(waiting, AT_ONCE)):
        with transaction():
            outbox.enqueue_all(some, now=now)
        queued += len(some)
        if tell is not None:
            tell(queued)
    return queued


def announcement(batch: str, title: str, text: str) -> Iterator[Draft]:
    """Yield an announcement for everybody who has an account.

    Args:
        batch: A name for it; announcing again under the same name reaches nobody twice.
        title: What it is about.
        text: What it says.
    """
    for person_id in queries.everybody():
        yield Draft(
            kind="announcement",
            to=outbox.to_person(person_id),
            params={"title": title, "text": text, "path": "/"},
            dedupe_key=f"announcement:{batch}:{person_id}",
            batch=batch,
        )
