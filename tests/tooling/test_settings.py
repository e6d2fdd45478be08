"""Settings: read from VH_ variables, refused when they cannot be right, each of them described."""

from __future__ import annotations

import re
import stat
from dataclasses import fields
from pathlib import Path

import pytest

from config import Settings, SettingsError

ROOT = Path(__file__).resolve().parents[2]
DESCRIBED = (ROOT / "docs" / "settings.md").read_text("utf-8")
RUN_ONLY = {"VH_WORKER_OF"}  # run.py tells its worker
LIVE = {
    "VH_ENVIRONMENT": "production",
    "VH_SECRET_KEY": "k" * 32,
    "VH_PUBLIC_URL": "https://kepu.example.cn/",
}


@pytest.fixture
def laptop(tmp_path):
    return {"VH_DATA_DIR": str(tmp_path / "var")}


@pytest.mark.parametrize("name", [field.name for field in fields(Settings)])
def test_every_setting_is_described(name):
    assert f"| `VH_{name.upper()}` |" in DESCRIBED


def test_every_variable_the_code_reads_is_described():
    sources = [ROOT / "run.py", ROOT / "config.py"]
    for pattern in ("tools/*.py", "tests/*.py", "volunteer_hub/**/*.py"):
        sources += ROOT.glob(pattern)
    texts = (path.read_text("utf-8") for path in sources)
    read = {name for text in texts for name in re.findall(r'"(VH_[A-Z_]+)"', text)}
    described = set(re.findall(r"`(VH_[A-Z_]+)`", DESCRIBED))
    assert read - RUN_ONLY - described == set()


def test_a_laptop_needs_no_settings(laptop):
    settings = Settings.from_env(laptop)
    assert settings.environment == "development"
    assert settings.database_url == f"sqlite:///{laptop['VH_DATA_DIR']}/volunteer_hub.db"
    assert settings.public_url == "http://127.0.0.1:5000"
    assert settings.secure_cookies is False
    assert settings.trusted_hosts == ()


def test_links_follow_the_port(laptop):
    assert Settings.from_env({**laptop, "VH_PORT": "5001"}).public_url == "http://127.0.0.1:5001"


def test_the_key_of_a_laptop_is_made_once_and_only_its_owner_reads_it(laptop):
    first, second = Settings.from_env(laptop), Settings.from_env(laptop)
    kept = Path(laptop["VH_DATA_DIR"]) / "secret_key"
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) == 64
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert list(kept.parent.iterdir()) == [kept]


def test_a_second_first_start_takes_the_key_of_the_first(laptop, monkeypatch):
    other = "o" * 64

    def be_late(path, _draft):
        path.write_text(other)
        raise FileExistsError

    monkeypatch.setattr(Path, "hardlink_to", be_late)
    assert Settings.from_env(laptop).secret_key == other


def test_a_spoilt_key_file_is_named(laptop):
    kept = Path(laptop["VH_DATA_DIR"]) / "secret_key"
    kept.parent.mkdir()
    kept.write_text("")
    with pytest.raises(SettingsError, match="secret_key holds no usable key"):
        Settings.from_env(laptop)


def test_a_place_where_no_key_can_be_kept_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match=r"VH_DATA_DIR: .*file/var cannot be written in"):
        Settings.from_env({"VH_DATA_DIR": str(tmp_path / "file" / "var")})


def test_a_given_key_leaves_no_file(laptop):
    assert Settings.from_env({**laptop, "VH_SECRET_KEY": "given"}).secret_key == "given"
    assert not Path(laptop["VH_DATA_DIR"]).exists()


@pytest.mark.parametrize("key", ["", "short", "k" * 31])
def test_a_live_site_refuses_a_missing_or_short_key_and_says_how_to_make_one(key):
    with pytest.raises(SettingsError, match=r"VH_SECRET_KEY[\s\S]*secrets\.token_hex\(32\)"):
        Settings.from_env({**LIVE, "VH_SECRET_KEY": key})


def test_a_live_site_must_know_its_address():
    with pytest.raises(SettingsError, match="VH_PUBLIC_URL must be set"):
        Settings.from_env({**LIVE, "VH_PUBLIC_URL": ""})


def test_a_live_site_answers_to_its_own_name_and_keeps_cookies_to_https():
    settings = Settings.from_env(LIVE)
    assert settings.is_production
    assert settings.public_url == "https://kepu.example.cn"
    assert settings.trusted_hosts == ("kepu.example.cn",)
    assert settings.secure_cookies is True


def test_hosts_and_cookies_can_be_said_outright():
    settings = Settings.from_env(
        {**LIVE, "VH_TRUSTED_HOSTS": "a.example.cn, b.example.cn", "VH_SECURE_COOKIES": "no"}
    )
    assert settings.trusted_hosts == ("a.example.cn", "b.example.cn")
    assert settings.secure_cookies is False


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_reached_through_the_one_driver(scheme):
    settings = Settings.from_env({**LIVE, "VH_DATABASE_URL": f"{scheme}://hub@db/hub"})
    assert settings.database_url == "postgresql+psycopg://hub@db/hub"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VH_ENVIRONMENT", "prod"),
        ("VH_PUBLIC_URL", "kepu.example.cn"),
        ("VH_PUBLIC_URL", "ftp://kepu.example.cn"),
        ("VH_DATABASE_URL", "mysql://hub@db/hub"),
        ("VH_DATABASE_URL", "hub.db"),
        ("VH_TIMEZONE", "Dandong"),
        ("VH_SECURE_COOKIES", "maybe"),
    ],
)
def test_a_setting_that_cannot_be_right_is_named(name, value):
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({**LIVE, name: value})
