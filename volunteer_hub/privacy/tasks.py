from __future__ import annotations

from datetime import datetime
from pathlib import Path

from flask import current_app

from volunteer_hub.core.transaction import transaction
from volunteer_hub.privacy import actions, ledger, queries, retention


def forget(now: datetime) -> None:
    """Forget what was kept long enough."""
    while True:
        with transaction():
            count = retention.tidy(now=now)
        if count == 0:
            break
    for person_id in queries.children_without_consent(now=now):
        with transaction():
            actions.close_unasked(person_id, now=now)


def keep_ledger(now: datetime) -> None:
    """Close again whom an older backup brought back, and name every closed account in the file."""
    data_dir: Path | None = current_app.config.get("DATA_DIR")
    if data_dir is not None:
        ledger.replay(ledger.path_in(data_dir), now=now)
        ledger.note_closed(data_dir)
