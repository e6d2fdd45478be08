"""The first plan: the most urgent and scarcest posts choose first, each the person worth most."""

from __future__ import annotations

from volunteer_hub.matching.roster import Roster


def urgent_first(roster: Roster) -> list[int]:
    """Return the posts in the order in which they choose."""

    def order(post_id: int) -> tuple[int, float, int]:
        seats = max(1, roster.lookup.posts[post_id].min_people)
        return (-roster.urgency(post_id), len(roster.worths[post_id]) / seats, post_id)

    return sorted(roster.worths, key=order)


def fill_minimums(roster: Roster) -> None:
    """Fill every post to its minimum as far as people are free."""
    for post_id in urgent_first(roster):
        while roster.missing(post_id):
            volunteer_id = roster.best_addition(post_id)
            if volunteer_id is None:
                break
            roster.add(volunteer_id, post_id)


def add_extras(roster: Roster) -> None:
    """Go on to the maximums with people who are worth more than an extra person costs."""
    for post_id in urgent_first(roster):
        while roster.has_room(post_id):
            volunteer_id = roster.best_addition(post_id)
            if volunteer_id is None or roster.gain(volunteer_id, post_id) <= 0:
                break
            roster.add(volunteer_id, post_id)
