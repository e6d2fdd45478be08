"""Science days: days, weeks and months of the year that outreach is planned around.

Each has a rule that gives its dates (``data/science_days.csv``). Some are announced every year:
until the office enters what the notice says, they are expected at their usual time, and said to be.
"""

from __future__ import annotations

from flask import Flask

from volunteer_hub.observances.views import blueprint


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.register_blueprint(blueprint)
