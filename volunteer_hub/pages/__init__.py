"""Pages that put several features together: front, event, organiser's desk, help, switches."""

from __future__ import annotations

from flask import Flask

from volunteer_hub.pages import navigation
from volunteer_hub.pages.views import (
    about,
    blueprint,
    bulk,
    organise,
    public,
    season,
    switches,
    trips,
)

# Importing them adds their views to the blueprint.
PARTS = (about, bulk, organise, public, season, switches, trips)


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.register_blueprint(blueprint)
    app.context_processor(navigation.context)
