"""What the worker does with lists of people: reads them, takes them, forgets them."""

from __future__ import annotations

from datetime import datetime

from volunteer_hub.core.transaction import transaction
from volunteer_hub.people import actions, queries, working
from volunteer_hub.people.rules.stages import Stage


def work_on_lists(now: datetime) -> None:
    """Go on with every list that somebody waits for."""
    for list_id in queries.lists_in(Stage.READING):
        working.read_list(list_id, now=now)
    for list_id in queries.lists_in(Stage.TAKING):
        working.take_list(list_id, now=now)


def forget_lists(now: datetime) -> None:
    """Forget what lists of a month ago say of people."""
    with transaction():
        actions.forget_old_rows(now=now)


def forget_exports(now: datetime) -> None:
    """Forget files that were made longer ago than the law asks to know of them."""
    with transaction():
        actions.forget_old_exports(now=now)


def forget_merges(now: datetime) -> None:
    """Forget which rows came from where, once a merge cannot be undone any more."""
    with transaction():
        actions.forget_old_merges(now=now)
