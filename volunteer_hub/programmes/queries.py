from __future__ import annotations

from sqlalchemy import select

from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.remembered import Remembered
from volunteer_hub.programmes.models import Campaign
from volunteer_hub.programmes.rules import CampaignEntry

LOAD_ACTION = "campaigns.load"


def _read() -> dict[str, CampaignEntry]:
    rows = db.session.scalars(select(Campaign).order_by(Campaign.position, Campaign.id))
    return {
        row.code: CampaignEntry(
            id=row.id,
            code=row.code,
            zh=row.zh,
            en=row.en,
            summary_zh=row.summary_zh,
            summary_en=row.summary_en,
            clause=row.clause,
            icon=row.icon,
            audience_codes=tuple(row.audience_codes),
            theme_code=row.theme_code,
            form_code=row.form_code,
            raw_template=row.template,
            is_active=row.is_active,
        )
        for row in rows
    }


REMEMBERED = Remembered(_read, load_action=LOAD_ACTION)


def campaigns() -> list[CampaignEntry]:
    """Return the campaigns in use, those that need volunteers most often first."""
    return [campaign for campaign in REMEMBERED.get().values() if campaign.is_active]


def find_campaign(code: str | None) -> CampaignEntry | None:
    """Return the campaign, also when it is out of use, or None."""
    return REMEMBERED.get().get(code) if code else None


def campaign_by_code(code: str) -> CampaignEntry:
    """Return the campaign, also when it is out of use.

    Raises:
        NotFoundError: There is no such campaign.
    """
    found = find_campaign(code)
    if found is None:
        raise NotFoundError
    return found
