"""Demo data: a believable half year around today, with invented people in real places.

`cast` makes organisations, venues and people; `season` plans events; `life` lets people sign up,
register and come. The same day always gives the same data.
"""

from __future__ import annotations

from flask import Flask

from volunteer_hub.demo import cli, queries


def init_app(app: Flask) -> None:
    """Register the demo commands, and let every page know whether demo data is loaded."""
    app.cli.add_command(cli.commands)
    app.cli.add_command(cli.shipped)
    known: dict[str, bool] = {}

    @app.context_processor
    def demo_mark() -> dict[str, bool]:
        # Asked until it is true: loading happens once, and removing it restarts the site. A live
        # site gets none while it runs, so there one answer is enough.
        is_settled = "has_demo" in known and not app.config["IS_DEVELOPMENT"]
        if not (is_settled or known.get("has_demo")):
            known["has_demo"] = queries.has_demo()
        return {"has_demo": known["has_demo"]}
