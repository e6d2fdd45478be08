from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from tests.factories import NOON, person
from volunteer_hub.accounts import actions, tasks
from volunteer_hub.accounts.models import AccountSession
from volunteer_hub.core import jobs
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction

DAY = timedelta(days=1)


def test_tidying_runs_by_itself_and_keeps_live_devices(app):
    who = person()
    with transaction():
        for number, ended in enumerate((NOON - 31 * DAY, NOON - 29 * DAY, NOON + DAY)):
            actions.open_session(who.id, f"{number}", expires_at=ended, now=NOON - 60 * DAY)
    assert "accounts.tidy" in [job.name for job in jobs.registered()]
    tasks.tidy(NOON)
    assert db.session.scalar(select(func.count(AccountSession.id))) == 2
