"""Settings, read once from the environment at start-up.

Every setting has a name starting with ``VH_`` and is described in docs/settings.md
(a test fails when one is missing there).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from email.utils import parseaddr
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
CANNOT_WRITE = (
    "VH_DATA_DIR: {folder} cannot be written in ({reason}). Give it to the user who runs this, or "
    "set VH_DATA_DIR to another folder."
)


class SettingsError(Exception):
    """A setting is missing or cannot be understood; the message says which and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator can change without touching code."""

    secret_key: str
    database_url: str
    data_keys: tuple[str, ...] = ()
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
    second_factor: bool = False
    messages_a_day: int = 6
    invitations_at_once: int = 2
    invitations_a_week: int = 3
    smtp_url: str = ""
    smtp_ca_file: str = ""
    mail_from: str = ""
    mail_per_second: float | None = None
    sms_url: str = ""
    sms_key: str = ""
    sms_secret: str = ""
    sms_signature: str = ""
    sms_templates: Mapping[str, str] = field(default_factory=dict)
    sms_per_second: float | None = None
    wecom_url: str = ""
    dingtalk_url: str = ""
    dingtalk_secret: str = ""
    feishu_url: str = ""
    feishu_secret: str = ""
    webhook_url: str = ""
    webhook_secret: str = ""

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
        given.setdefault("second_factor", environment == "production")
        _require_whole_channels(given)
        return cls(**given)


def _require_for_production(given: dict[str, Any]) -> None:
    """Refuse what a laptop may leave out; fill in what follows from the public address."""
    if len(given.get("secret_key", "")) < SHORTEST_KEY:
        raise SettingsError(
            f"VH_SECRET_KEY must be set to at least {SHORTEST_KEY} random characters in "
            f"production. Make one, and keep it: {MAKE_KEY}"
        )
    if "public_url" not in given:
        raise SettingsError(
            "VH_PUBLIC_URL must be set in production: links in messages start with it."
        )
    host = urlsplit(given["public_url"]).hostname or ""
    given.setdefault("trusted_hosts", (host,))


# What a channel for messages cannot do without, once it has an address.
NEEDED_BY_CHANNEL = {
    "smtp_url": ("mail_from",),
    "sms_url": ("sms_key", "sms_secret", "sms_signature"),
    "webhook_url": ("webhook_secret",),
}


def _require_whole_channels(given: Mapping[str, Any]) -> None:
    """Refuse a channel for messages that is set up by half."""
    for address, others in NEEDED_BY_CHANNEL.items():
        missing = [f"VH_{name.upper()}" for name in others if not given.get(name)]
        if given.get(address) and missing:
            raise SettingsError(f"VH_{address.upper()} is set, so {missing[0]} must be set too.")


def _kept_key(data_dir: Path) -> str:
    """Return the key of this copy, made the first time."""
    try:
        key = _read_or_make_key(data_dir / "secret_key")
    except OSError as error:
        raise SettingsError(CANNOT_WRITE.format(folder=data_dir, reason=error.strerror)) from error
    if len(key) < SHORTEST_KEY:
        raise SettingsError(
            f"{data_dir / 'secret_key'} holds no usable key. Delete it; a new one is made."
        )
    return key


def _read_or_make_key(path: Path) -> str:
    """Return the key in this file; two first starts agree on one."""
    data_dir = path.parent
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
    return path.read_text().strip()


def _data_keys(text: str) -> tuple[str, ...]:
    """Read VH_DATA_KEYS, the newest key first."""
    keys = tuple(key.strip() for key in text.split(",") if key.strip())
    if any(len(key) < SHORTEST_KEY for key in keys):
        raise SettingsError(
            f"VH_DATA_KEYS must hold keys of at least {SHORTEST_KEY} random characters, with "
            f"commas between. Make one, and keep it: {MAKE_KEY}"
        )
    return keys


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
    if text.startswith(("sqlite:///", "postgresql+psycopg://")):
        return text
    scheme = text.partition(":")[0]
    raise SettingsError(
        f"VH_DATABASE_URL begins with {scheme!r}; use sqlite:////path/to/file.db or "
        "postgresql://user:password@host/name"
    )


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


def _switch(name: str) -> Callable[[str], bool]:
    """Return a reader of what is either on or off."""

    def read(text: str) -> bool:
        if text.lower() in YES | NO:
            return text.lower() in YES
        raise SettingsError(f"VH_{name} is {text!r}; it must be 1 or 0.")

    return read


def _smtp_url(text: str) -> str:
    """Read VH_SMTP_URL."""
    parts = urlsplit(text)
    if parts.scheme not in ("smtp", "smtps", "smtp+plain") or not parts.hostname:
        raise SettingsError(
            "VH_SMTP_URL must look like smtp://user:password@mail.example.cn:587 (STARTTLS), "
            "smtps://...:465 (TLS) or smtp+plain://127.0.0.1:25 (no TLS, on this machine)."
        )
    return text


def _mail_from(text: str) -> str:
    """Read VH_MAIL_FROM."""
    if not parseaddr(text)[1].partition("@")[2]:
        raise SettingsError(f"VH_MAIL_FROM is {text!r}; it must look like 科普 <kepu@example.cn>")
    return text


def _endpoint(name: str) -> Callable[[str], str]:
    """Return a reader of an address that messages are posted to; secrets travel with them."""

    def read(text: str) -> str:
        parts = urlsplit(text)
        is_here = parts.hostname in ("127.0.0.1", "localhost", "::1")
        if not parts.hostname or not (
            parts.scheme == "https" or (parts.scheme == "http" and is_here)
        ):
            raise SettingsError(f"VH_{name} must be an https:// address.")
        return text

    return read


def _amount(name: str, kind: type[int] | type[float]) -> Callable[[str], float]:
    """Return a reader of a number above nought."""

    def read(text: str) -> float:
        try:
            amount = kind(text)
        except ValueError:
            amount = 0
        if not 0 < amount < 1_000_000:
            raise SettingsError(f"VH_{name} is {text!r}; it must be a number above 0.")
        return amount

    return read


def _sms_templates(text: str) -> Mapping[str, str]:
    """Read VH_SMS_TEMPLATES: pairs of kind and template with commas between them."""
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    if not all(kind.strip() and template.strip() for kind, _, template in pairs):
        raise SettingsError(
            f"VH_SMS_TEMPLATES is {text!r}; it must look like sign_in_code=SMS_1,invitation=SMS_2"
        )
    return {kind.strip(): template.strip() for kind, _, template in pairs}


def _data_dir(text: str) -> Path:
    """Read VH_DATA_DIR."""
    return Path(text).expanduser().resolve()


READERS: Mapping[str, Callable[[str], Any]] = {
    "data_dir": _data_dir,
    "data_keys": _data_keys,
    "database_url": _database_url,
    "dingtalk_url": _endpoint("DINGTALK_URL"),
    "environment": _environment,
    "feishu_url": _endpoint("FEISHU_URL"),
    "mail_from": _mail_from,
    "mail_per_second": _amount("MAIL_PER_SECOND", float),
    "messages_a_day": _amount("MESSAGES_A_DAY", int),
    "invitations_at_once": _amount("INVITATIONS_AT_ONCE", int),
    "invitations_a_week": _amount("INVITATIONS_A_WEEK", int),
    "public_url": _public_url,
    "second_factor": _switch("SECOND_FACTOR"),
    "secure_cookies": _switch("SECURE_COOKIES"),
    "sms_per_second": _amount("SMS_PER_SECOND", float),
    "sms_templates": _sms_templates,
    "sms_url": _endpoint("SMS_URL"),
    "smtp_url": _smtp_url,
    "timezone": _timezone,
    "trusted_hosts": _trusted_hosts,
    "webhook_url": _endpoint("WEBHOOK_URL"),
    "wecom_url": _endpoint("WECOM_URL"),
}
