"""What the buttons of the planner do to a form that is being filled in. Pure: text in, text out.

Nothing is saved yet, so this works on what the browser sent, not on what it means: what was typed
half stays as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from werkzeug.datastructures import MultiDict

Raw = MultiDict[str, str]
_KEY: Final = re.compile(r"stops-(\d{1,4})-(\w+)")
_TIME: Final = "starts_at"


def numbers(raw: Raw) -> list[int]:
    """Return the numbers of the stops in a form, in order."""
    return sorted({int(found[1]) for key in raw if (found := _KEY.fullmatch(key))})


def in_order(raw: Raw, order: Sequence[int]) -> Raw:
    """Return the form with these stops in this order, numbered anew from 0; others are gone."""
    places = {old: new for new, old in enumerate(order)}
    arranged: Raw = MultiDict()
    for key, values in raw.lists():
        found = _KEY.fullmatch(key)
        if found is None:
            arranged.setlist(key, values)
        elif int(found[1]) in places:
            arranged.setlist(f"stops-{places[int(found[1])]}-{found[2]}", values)
    return arranged


def added(raw: Raw, values: Mapping[str, str]) -> Raw:
    """Return the form with one more stop at the end."""
    there = numbers(raw)
    longer = in_order(raw, there)
    for name, value in values.items():
        longer[f"stops-{len(there)}-{name}"] = value
    return longer


def without(raw: Raw, place: int) -> Raw:
    """Return the form without the stop at a place, counted from 0."""
    return in_order(raw, [each for n, each in enumerate(numbers(raw)) if n != place])


def swapped(raw: Raw, place: int, other: int) -> Raw:
    """Return the form with two stops in each other's places; the times stay in their order."""
    order = numbers(raw)
    if not (0 <= place < len(order) and 0 <= other < len(order)):
        return in_order(raw, order)
    order[place], order[other] = order[other], order[place]
    changed = in_order(raw, order)
    one, two = f"stops-{place}-{_TIME}", f"stops-{other}-{_TIME}"
    times = changed.getlist(one), changed.getlist(two)
    changed.setlist(one, times[1])
    changed.setlist(two, times[0])
    return changed


def at_times(raw: Raw, times: Iterable[tuple[int, str]]) -> Raw:
    """Return the form with other starts at some places."""
    changed = in_order(raw, numbers(raw))
    for place, text in times:
        changed[f"stops-{place}-{_TIME}"] = text
    return changed
