"""What a volunteer follows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from volunteer_hub.assignments import queries
from volunteer_hub.assignments.models import Follow
from volunteer_hub.assignments.queries import Wish
from volunteer_hub.core import audit
from volunteer_hub.core.database import db
from volunteer_hub.volunteers import queries as volunteers


def follow(volunteer_id: int, wishes: Collection[Wish], *, now: datetime) -> None:
    """Let a volunteer follow exactly this from now on.

    Raises:
        NotFoundError: There is no such volunteer.
    """
    volunteer = volunteers.lock_volunteer(volunteer_id)
    known = {(row.kind, row.code): row for row in queries.follows_of(volunteer_id)}
    for wish, row in known.items():
        if wish not in wishes:
            db.session.delete(row)
    for kind, code in sorted(set(wishes) - set(known)):
        db.session.add(Follow(volunteer_id=volunteer_id, kind=kind, code=code, created_at=now))
    db.session.flush()
    audit.record(
        "volunteer.follow", volunteer, by=volunteer.person_id, now=now,
        details={"wishes": sorted(f"{kind}:{code}" for kind, code in wishes)},
    )  # fmt: skip
