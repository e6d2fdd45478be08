"""What a start refuses, each in one line that names the setting: demo and real never meet."""

from __future__ import annotations

import os
from collections.abc import Mapping

from tools.listening import Listening

REAL = "VH_ENVIRONMENT", "VH_SECRET_KEY", "VH_PUBLIC_URL"
START_REAL = "VH_DATA_DIR=/another/folder python3 run.py init"


def demo_beside_real(
    env: Mapping[str, str] = os.environ, listening: Listening | None = None
) -> str | None:
    """Return what must not be set where demo data is, and what to do, or None.

    Args:
        env: The environment.
        listening: Where it is served; None when another program does that.
    """
    if listening is not None and not listening.is_loopback:
        return (
            f"VH_HOST is {listening.host}, but this site holds demo data, which is shown on this "
            f"machine only (127.0.0.1). A real site: {START_REAL}"
        )
    for name in REAL:
        given = env.get(name, "").strip()
        if given and not (name == "VH_ENVIRONMENT" and given == "development"):
            return (
                f"{name} is set, but this site holds demo data: invented people, with passwords "
                f"that everybody knows. Unset it, or start a real site: {START_REAL}"
            )
    return None


def open_development(listening: Listening, *, is_development: bool) -> str | None:
    """Return why a laptop's pages must not be served to a network, or None."""
    if listening.is_loopback or not is_development:
        return None
    return (
        f"VH_HOST is {listening.host}, but in development everybody who gets in reads all messages "
        "with their sign-in codes. Set VH_ENVIRONMENT=production, or use: python3 run.py --lan"
    )
