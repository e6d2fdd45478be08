"""Lists of people on their way: read row by row, then taken, in transactions of their own.

Long ones are the worker's; short ones are done while whoever sent them waits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice

from volunteer_hub.core import jobs, sheets
from volunteer_hub.core.sheets import SheetError
from volunteer_hub.core.transaction import transaction
from volunteer_hub.people import actions, queries
from volunteer_hub.people.actions.lists import known_now
from volunteer_hub.people.rules import entries
from volunteer_hub.people.rules.entries import Column, EntryDraft, Known

Row = tuple[int, Mapping[Column, str], EntryDraft]


def read_list(list_id: int, *, now: datetime) -> None:
    """Look at the rows of a list, some at a time, from where that was broken off."""
    found = queries.content_of(list_id)
    if found is None:
        return
    content, places, first_line, seen = found
    known = known_now(now)
    rows = _drafts(content, places, first_line, known)
    try:
        waiting = islice(rows, seen, None)
        some = list(islice(waiting, actions.ROWS_AT_ONCE))
        is_more = True
        while is_more and not jobs.is_stopping():
            following = list(islice(waiting, actions.ROWS_AT_ONCE))
            with transaction():
                is_more = actions.judge_rows(list_id, some, seen=seen, is_last=not following)
            seen += len(some)
            some = following
    except SheetError:
        with transaction():
            actions.give_up(list_id, now=now)


def _drafts(
    content: bytes, places: Mapping[Column, int], first_line: int, known: Known
) -> Iterator[Row]:
    """Yield the rows of people; empty ones are nobody."""
    merged = sheets.merged_rows(content)
    for line, row in enumerate(sheets.rows_of(content), start=1):
        cells = entries.cells_of(row, places) if line >= first_line else {}
        if cells:
            yield line, cells, entries.read_entry(cells, known, is_merged=line in merged)


def take_list(list_id: int, *, now: datetime) -> None:
    """Enter the people of a list, some at a time."""
    is_more = True
    while is_more and not jobs.is_stopping():
        with transaction():
            is_more = actions.take_some(list_id, now=now)
