"""What the invented volunteers agreed to and have: the code of conduct, credentials."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from volunteer_hub.accounts.models import Consent, Purpose
from volunteer_hub.accounts.rules import version_of
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.credentials.models import Credential
from volunteer_hub.credentials.queries import number_key
from volunteer_hub.credentials.rules import State
from volunteer_hub.demo.cast import Cast

# Most have none.
KINDS: Final = ("first_aid", "", "driving", "", "", "teacher", "", "doctor", "", "", "", "")


def make_papers(cast: Cast, *, now: datetime) -> None:
    """Add what everyone agreed to, and credentials: verified, running out, not verified yet."""
    db.session.add_all(
        Consent(
            person_id=volunteer.person_id,
            purpose=Purpose.CODE_OF_CONDUCT,
            wording_version=version_of(Purpose.CODE_OF_CONDUCT),
            channel="web",
            given_at=now - timedelta(days=19),
        )
        for volunteer in cast.volunteers
    )
    today, judge = now.astimezone(LOCAL).date(), cast.staff["city_office"].id
    for number, volunteer in enumerate(cast.volunteers):
        kind = KINDS[number % len(KINDS)]
        if not kind:
            continue
        is_judged, written = number % 4 != 3, f"DEMO{1000 + number}"
        db.session.add(
            Credential(
                volunteer_id=volunteer.id,
                kind_code=kind,
                number=written,
                number_key=number_key(kind, written),
                expires_on=today + timedelta(days=(number * 37) % 700 + 5),
                state=State.VERIFIED if is_judged else State.CLAIMED,
                claimed_at=now - timedelta(days=15, hours=number % 9),
                judged_at=now - timedelta(days=12) if is_judged else None,
                judged_by_id=judge if is_judged else None,
            )
        )
    db.session.flush()
