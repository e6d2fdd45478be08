"""Where run.py serves and how: the settings that the site itself does not know."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass

from config import NO, YES, SettingsError

HOST, PORT, THREADS = "127.0.0.1", 5000, 8
MOST_THREADS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Where to serve, with how many threads, whom to believe."""

    host: str = HOST
    port: int = PORT
    threads: int = THREADS
    trusted_proxy: str = ""
    scheme: str = "http"

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Listening:
        """Read ``VH_HOST``, ``VH_PORT``, ``VH_THREADS`` and ``VH_TRUSTED_PROXY``.

        Raises:
            SettingsError: One of them cannot be right.
        """
        return cls(
            host=env.get("VH_HOST", "").strip() or HOST,
            port=_number(env, "VH_PORT", PORT, most=65535),
            threads=_number(env, "VH_THREADS", THREADS, most=MOST_THREADS),
            trusted_proxy=_address(env, "VH_TRUSTED_PROXY"),
        )

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine gets in."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def wants_demo(env: Mapping[str, str] = os.environ) -> bool:
    """Read ``VH_DEMO``: whether a new database on a laptop gets demo data.

    Raises:
        SettingsError: It is neither 1 nor 0.
    """
    text = env.get("VH_DEMO", "").strip().lower() or "1"
    if text not in YES | NO:
        raise SettingsError(f"VH_DEMO is {text!r}; it must be 1 or 0.")
    return text in YES


def _number(env: Mapping[str, str], name: str, otherwise: int, *, most: int) -> int:
    text = env.get(name, "").strip() or str(otherwise)
    number = int(text) if text.isascii() and text.isdigit() else -1
    if not 1 <= number <= most:
        raise SettingsError(f"{name} is {text!r}; it must be a whole number from 1 to {most}.")
    return number


def _address(env: Mapping[str, str], name: str) -> str:
    text = env.get(name, "").strip()
    try:
        return str(ipaddress.ip_address(text)) if text else ""
    except ValueError:
        raise SettingsError(
            f"{name} is {text!r}; it must be one address, like 127.0.0.1."
        ) from None
