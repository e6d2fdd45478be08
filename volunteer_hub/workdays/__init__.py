"""Which days people work: weekends, public holidays, and the weekends worked instead of them.

The state council publishes each year's days in the November before. Those of past years come with
the project; the office adds a year by importing a file (docs/operations.md). A year nobody
published yet is counted Monday to Friday, and said to be so.
"""

from __future__ import annotations

from flask import Flask

from volunteer_hub.workdays import cli


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.cli.add_command(cli.commands)
