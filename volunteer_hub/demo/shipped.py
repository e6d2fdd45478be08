"""The lists that demo data is made from."""

from __future__ import annotations

import json
from typing import Any

from volunteer_hub.core.paths import PACKAGE


def shipped(name: str) -> list[Any]:
    """Return one of the lists in ``demo/data``."""
    path = PACKAGE / "demo" / "data" / f"{name}.json"
    rows: list[Any] = json.loads(path.read_text(encoding="utf-8"))
    return rows
