from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from volunteer_hub.core import outbox
from volunteer_hub.core.outbox import to_person
from volunteer_hub.organisations.models import Organisation
from volunteer_hub.teams import queries

ASKED: Final = "team_asked"
ANSWERED: Final = "team_answered"
CHANGED: Final = "team_changed"


def tell_responsible(team: Organisation, *, about: str, path: str, by: int, now: datetime) -> None:
    """Tell whoever answers for a unit or team that it is asked for something.

    Args:
        team: Which.
        about: ``join``, ``transfer`` or ``found``.
        path: Where it is answered.
        by: Who asks.
        now: When.
    """
    for person_id in queries.responsible_for(team.id, but=by):
        params = {"team": team.name, "about": about, "path": path}
        outbox.enqueue(ASKED, to=to_person(person_id), now=now, params=params)


def tell_applicant(
    person_id: int, team: str, *, outcome: str, answer: str, path: str, now: datetime
) -> None:
    """Tell somebody how what they asked for was decided.

    Args:
        person_id: Who asked.
        team: Its name.
        outcome: ``accepted``, ``declined``, ``founded`` or ``not_founded``.
        answer: What was said to them; may be empty.
        path: Where they see it.
        now: When.
    """
    params = {"team": team, "outcome": outcome, "answer": answer, "path": path}
    outbox.enqueue(ANSWERED, to=to_person(person_id), now=now, params=params)


def tell_changed(
    person_ids: Iterable[int], team: Organisation, *, change: str, why: str, now: datetime
) -> None:
    """Tell people what became of their place in a team.

    Args:
        person_ids: Whom.
        team: Which.
        change: An ending, or the function they have now.
        why: What was said about it; may be empty.
        now: When.
    """
    params = {"team": team.name, "change": change, "why": why, "path": "/me/teams"}
    drafts = [
        outbox.Draft(kind=CHANGED, to=to_person(person_id), params=params)
        for person_id in person_ids
    ]
    outbox.enqueue_all(drafts, now=now)
