"""Starting a real city: regions, words, campaigns, units, and the way to the first account."""

from __future__ import annotations

import argparse
from pathlib import Path

from tools import site

NEXT = """
Next, to serve it:
  on this machine, for a look      python3 run.py
  phones on the local network      python3 run.py --lan
  everybody, behind a TLS proxy    VH_ENVIRONMENT=production VH_PUBLIC_URL=https://... \\
                                   VH_SECRET_KEY=... python3 run.py
{key}Settings: docs/settings.md; backups: docs/operations.md
"""
KEY = "The key of this site is kept in {path}; VH_SECRET_KEY must be the same one.\n"


def init(arguments: list[str]) -> None:
    """Prepare a real site and print a link that lets its first office account be made, once."""
    options = _options(arguments)
    app = site.build()
    loads = [
        ["regions", "load", *_file(options.regions)],
        ["catalogue", "load"],
        ["programmes", "load"],
    ]
    if options.units:
        loads.append(["organisations", "load", *_file(options.units)])
    site.prepare_real(app, *loads)
    site.command(app, "accounts", "set-up-link", must_work=True)
    key = app.config["DATA_DIR"] / "secret_key"
    print(NEXT.format(key=KEY.format(path=key) if key.exists() else ""), end="", flush=True)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python3 run.py init",
        description="Prepare a real site. Run again, it adds and changes, it never removes.",
    )
    parser.add_argument(
        "--regions", type=Path, metavar="FILE.csv",
        help="another city's regions, with the columns of volunteer_hub/regions/data/regions.csv",
    )  # fmt: skip
    parser.add_argument(
        "--units", type=Path, metavar="FILE.csv",
        help="units and teams: columns name, kind, region, parent",
    )  # fmt: skip
    return parser.parse_args(arguments)


def _file(path: Path | None) -> list[str]:
    return ["--file", str(path)] if path else []
