"""Where run.py serves: read from the environment, refused when it cannot be."""

from __future__ import annotations

import pytest

from config import SettingsError
from tools.listening import Listening, wants_demo


def test_without_settings_it_is_this_machine_alone():
    assert Listening.from_env({}) == Listening(
        host="127.0.0.1", port=5000, threads=8, trusted_proxy="", scheme="http"
    )
    assert Listening.from_env({"VH_HOST": " ", "VH_PORT": ""}) == Listening()


def test_each_setting_counts():
    read = Listening.from_env(
        {"VH_HOST": "::1", "VH_PORT": "5001", "VH_THREADS": "4", "VH_TRUSTED_PROXY": "10.0.0.1"}
    )
    assert (read.host, read.port, read.threads) == ("::1", 5001, 4)
    assert (read.trusted_proxy, read.is_loopback) == ("10.0.0.1", True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VH_PORT", "eighty"),
        ("VH_PORT", "0"),
        ("VH_PORT", "65536"),
        ("VH_PORT", "-1"),
        ("VH_PORT", "５０００"),
        ("VH_THREADS", "0"),
        ("VH_THREADS", "1.5"),
        ("VH_THREADS", "257"),
        ("VH_TRUSTED_PROXY", "nginx"),
        ("VH_TRUSTED_PROXY", "10.0.0.0/8"),
    ],
)
def test_what_cannot_be_right_is_named(name, value):
    with pytest.raises(SettingsError, match=f"^{name} is"):
        Listening.from_env({name: value})


def test_demo_data_is_wanted_unless_said_otherwise():
    assert [wants_demo({"VH_DEMO": text}) for text in ("", "1", "yes", "0", "off")] == [
        True, True, True, False, False,
    ]  # fmt: skip
    with pytest.raises(SettingsError, match=r"^VH_DEMO is 'maybe'"):
        wants_demo({"VH_DEMO": "maybe"})
