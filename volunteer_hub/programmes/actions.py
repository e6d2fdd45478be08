from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from volunteer_hub.core import audit
from volunteer_hub.core.database import db
from volunteer_hub.core.paths import PACKAGE
from volunteer_hub.programmes import queries
from volunteer_hub.programmes.models import Campaign

SHIPPED: Final = PACKAGE / "programmes" / "data" / "campaigns.json"
_COLUMNS: Final = (
    "zh",
    "en",
    "summary_zh",
    "summary_en",
    "clause",
    "icon",
    "audience_codes",
    "theme_code",
    "form_code",
    "template",
)


def load_shipped_campaigns(*, now: datetime | None = None) -> int:
    """Load the campaigns that come with the product; returns how many there are."""
    return load_campaigns(json.loads(SHIPPED.read_text(encoding="utf-8")), now=now)


def load_campaigns(
    rows: Iterable[dict[str, Any]], *, now: datetime | None = None, by: int | None = None
) -> int:
    """Add campaigns, or bring known ones (by code) up to date; returns how many rows there were.

    Args:
        rows: As in ``data/campaigns.json``; their order is the order on pages.
        now: The moment, for the audit; None leaves no line there, as when a database is made.
        by: Who loads them; None is the command line.
    """
    known = {campaign.code: campaign for campaign in db.session.scalars(select(Campaign))}
    campaign: Campaign | None = None
    position = 0
    for position, row in enumerate(rows, start=1):
        campaign = known.get(row["code"]) or Campaign(code=row["code"])
        for column in _COLUMNS:
            setattr(campaign, column, row[column])
        campaign.position = position
        db.session.add(campaign)
    if campaign is not None and now is not None:
        db.session.flush()
        audit.record(queries.LOAD_ACTION, campaign, by=by, now=now, details={"rows": position})
    queries.REMEMBERED.forget()
    return position
