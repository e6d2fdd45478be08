"""Volunteer Hub: events, volunteers and attendance for grassroots science outreach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from volunteer_hub import (
    accounts,
    admin,
    assignments,
    catalogue,
    checkin,
    complaints,
    credentials,
    demo,
    events,
    guardians,
    listings,
    notifications,
    observances,
    organisations,
    pages,
    people,
    planning,
    privacy,
    programmes,
    recognition,
    regions,
    registrations,
    resources,
    statistics,
    tables,
    talks,
    teams,
    trips,
    volunteers,
    waiting,
    workdays,
)
from volunteer_hub.core import (
    access,
    cookies,
    crashes,
    csrf,
    database,
    encryption,
    formats,
    i18n,
    jobs,
    kept,
    paths,
    problems,
    requests,
    security,
)
from volunteer_hub.core import pages as page_values
from volunteer_hub.core.text import N_
from volunteer_hub.matching.cli import commands as match_commands

if TYPE_CHECKING:
    from config import Settings

PARTS = (
    requests,
    cookies,
    database,
    i18n,
    csrf,
    formats,
    page_values,
    security,
    problems,
    crashes,
    access,
    kept,
)
FEATURES = (
    catalogue,
    workdays,
    observances,
    accounts,
    regions,
    notifications,
    organisations,
    programmes,
    volunteers,
    credentials,
    guardians,
    complaints,
    people,
    teams,
    resources,
    events,
    trips,
    waiting,
    assignments,
    registrations,
    listings,
    tables,
    planning,
    checkin,
    talks,
    recognition,
    statistics,
    admin,
    privacy,
    pages,
    demo,
)


def create_app(settings: Settings) -> Flask:
    """Build one web application from its settings."""
    app = Flask(__name__, template_folder=str(paths.TEMPLATES), static_folder=str(paths.STATIC))
    app.config.from_mapping(_flask_config(settings))
    for part in PARTS:
        part.init_app(app)
    app.cli.add_command(jobs.commands)
    app.cli.add_command(encryption.commands)
    app.cli.add_command(match_commands)
    for feature in FEATURES:
        feature.init_app(app)
    return app


def _flask_config(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "DATA_KEYS": settings.data_keys,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "IS_DEVELOPMENT": settings.environment == "development",
        "PUBLIC_URL": settings.public_url.rstrip("/"),
        "SITE": _site(settings),
        "CHANNEL_SETTINGS": settings,
        "REQUIRES_SECOND_FACTOR": settings.second_factor,
        "MESSAGES_A_DAY": settings.messages_a_day,
        "INVITATIONS_AT_ONCE": settings.invitations_at_once,
        "INVITATIONS_A_WEEK": settings.invitations_a_week,
        "TRUSTED_HOSTS": list(settings.trusted_hosts) or None,
        "MAX_CONTENT_LENGTH": 8 * 1024 * 1024,
        "SESSION_COOKIE_NAME": "__Host-vh" if settings.secure_cookies else "vh",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_SECURE": settings.secure_cookies,
    }


USUAL_NAME = N_("丹东科普志愿服务")  # the setting's default, so that it has English


def _site(settings: Settings) -> dict[str, str]:
    """Return what every page says about who runs it."""
    return {
        "name": settings.site_name,
        "address": settings.public_url.rstrip("/"),
        "owner": settings.site_owner,
        "icp_no": settings.icp_no,
        "psb_no": settings.psb_no,
        "map_review_no": settings.map_review_no,
        "complaint_phone": settings.complaint_phone,
    }


__all__ = ["FEATURES", "create_app"]
