"""What a person follows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from volunteer_hub.assignments import queries
from volunteer_hub.assignments.models import Follow
from volunteer_hub.assignments.queries import Wish
from volunteer_hub.core import audit
from volunteer_hub.core.database import db


def follow(person_id: int, wishes: Collection[Wish], *, now: datetime) -> None:
    """Let a person follow exactly this from now on."""
    person = queries.lock_follower(person_id)
    known = {(row.kind, row.code): row for row in queries.follows_of(person_id)}
    for wish, row in known.items():
        if wish not in wishes:
            db.session.delete(row)
    for kind, code in sorted(set(wishes) - set(known)):
        db.session.add(Follow(person_id=person_id, kind=kind, code=code, created_at=now))
    db.session.flush()
    audit.record(
        "person.follow", person, by=person_id, now=now,
        details={"wishes": sorted(f"{kind}:{code}" for kind, code in wishes)},
    )  # fmt: skip
