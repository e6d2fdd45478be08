"""Settings, read once from the environment at start-up.

Every setting has a name starting with ``VH_`` and is described in docs/settings.md
(a test fails when one is missing there).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

Environment = Literal["development", "production"]

ROOT = Path(__file__).resolve().parent
DATA_DIR = ROOT / "var"
MAKE_KEY = 'python3 -c "import secrets; print(secrets.token_hex(32))"'
SHORTEST_KEY = 32
YES, NO = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


class SettingsError(Exception):
    """A setting is missing or cannot be understood; the message says which and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator can change without touching code."""

    secret_key: str
    database_url: str
    data_dir: Path = DATA_DIR
    environment: Environment = "development"
    public_url: str = "http://127.0.0.1:5000"
    timezone: str = "Asia/Shanghai"
    site_name: str = "丹东科普志愿服务"
    site_owner: str = ""
    icp_no: str = ""
    psb_no: str = ""
    map_review_no: str = ""
    complaint_phone: str = ""
    trusted_hosts: tuple[str, ...] = ()
    secure_cookies: bool = False

    @property
    def is_production(self) -> bool:
        """Whether this is a live site, where nothing may be guessed."""
        return self.environment == "production"

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """Read settings from ``VH_*`` variables; an empty one counts as not set.

        Raises:
            SettingsError: A setting is missing or cannot be understood.
        """
        names = [field.name for field in fields(cls)]
        texts = {name: env.get(f"VH_{name.upper()}", "").strip() for name in names}
        given: dict[str, Any] = {
            name: READERS.get(name, str)(text) for name, text in texts.items() if text
        }
        environment: Environment = given.setdefault("environment", "development")
        data_dir: Path = given.setdefault("data_dir", DATA_DIR)
        given.setdefault("database_url", f"sqlite:///{data_dir / 'volunteer_hub.db'}")
        if environment == "production":
            _require_for_production(given)
        else:
            given.setdefault("public_url", f"http://127.0.0.1:{env.get('VH_PORT') or 5000}")
            given["secret_key"] = given.get("secret_key") or _kept_key(data_dir)
        given.setdefault("secure_cookies", given["public_url"].startswith("https://"))
        return cls(**given)


def _require_for_production(given: dict[str, Any]) -> None:
    """Refuse what a laptop may leave out; fill in what follows from the public address."""
    if len(given.get("secret_key", "")) < SHORTEST_KEY:
        raise SettingsError(
            f"VH_SECRET_KEY must be set to at least {SHORTEST_KEY} random characters in "
            f"production. Make one, and keep it, with:\n  {MAKE_KEY}"
        )
    if "public_url" not in given:
        raise SettingsError(
            "VH_PUBLIC_URL must be set in production: links in messages start with it."
        )
    host = urlsplit(given["public_url"]).hostname or ""
    given.setdefault("trusted_hosts", (host,))


def _kept_key(data_dir: Path) -> str:
    """Return the key of this copy, made the first time; two first starts agree on one."""
    path = data_dir / "secret_key"
    if not path.exists():
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = data_dir / f"secret_key.{secrets.token_hex(8)}"
        try:
            draft.touch(mode=0o600, exist_ok=False)
            draft.write_text(secrets.token_hex(32))
            path.hardlink_to(draft)
        except FileExistsError:
            pass  # Another start was first: its key counts.
        finally:
            draft.unlink(missing_ok=True)
    key = path.read_text().strip()
    if len(key) < SHORTEST_KEY:
        raise SettingsError(f"{path} holds no usable key. Delete it; a new one is made.")
    return key


def _environment(text: str) -> Environment:
    """Read VH_ENVIRONMENT."""
    if text == "production":
        return "production"
    if text == "development":
        return "development"
    raise SettingsError(f"VH_ENVIRONMENT is {text!r}; it must be development or production.")


def _database_url(text: str) -> str:
    """Read VH_DATABASE_URL, with the one PostgreSQL driver that is supported filled in."""
    for prefix in ("postgres://", "postgresql://"):
        if text.startswith(prefix):
            return "postgresql+psycopg://" + text.removeprefix(prefix)
    return text


def _public_url(text: str) -> str:
    """Read VH_PUBLIC_URL, without a closing slash."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise SettingsError(f"VH_PUBLIC_URL is {text!r}; it must look like https://kepu.example.cn")
    return text.rstrip("/")


def _timezone(text: str) -> str:
    """Read VH_TIMEZONE."""
    try:
        ZoneInfo(text)
    except (ValueError, LookupError, OSError) as error:
        raise SettingsError(f"VH_TIMEZONE is {text!r}; use a name such as Asia/Shanghai") from error
    return text


def _trusted_hosts(text: str) -> tuple[str, ...]:
    """Read VH_TRUSTED_HOSTS, names with commas between them."""
    return tuple(host.strip() for host in text.split(",") if host.strip())


def _secure_cookies(text: str) -> bool:
    """Read VH_SECURE_COOKIES."""
    if text.lower() in YES | NO:
        return text.lower() in YES
    raise SettingsError(f"VH_SECURE_COOKIES is {text!r}; it must be 1 or 0.")


def _data_dir(text: str) -> Path:
    """Read VH_DATA_DIR."""
    return Path(text).expanduser().resolve()


READERS: Mapping[str, Callable[[str], Any]] = {
    "data_dir": _data_dir,
    "database_url": _database_url,
    "environment": _environment,
    "public_url": _public_url,
    "secure_cookies": _secure_cookies,
    "timezone": _timezone,
    "trusted_hosts": _trusted_hosts,
}
