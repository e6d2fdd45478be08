"""A setting that cannot be right ends the start with one line that names it."""

from __future__ import annotations

import pytest

from tests.faults.running import refused

LIVE = {
    "VH_ENVIRONMENT": "production",
    "VH_SECRET_KEY": "k" * 40,
    "VH_PUBLIC_URL": "https://kepu.example.cn",
}


@pytest.mark.parametrize(
    ("name", "value", "others"),
    [
        ("VH_SECRET_KEY", "short", LIVE),
        ("VH_DATABASE_URL", "sqlite:////no/such/folder/hub.db", {}),
        ("VH_DATABASE_URL", "postgresql://hub:hidden@127.0.0.1:1/hub", {}),
        ("VH_DATA_DIR", "/dev/null", {}),
        ("VH_PORT", "eighty", {}),
        ("VH_DEMO", "perhaps", {}),
    ],
)
def test_what_cannot_be_right_is_named(tmp_path, name, value, others):
    said = refused(tmp_path, **{**others, name: value})
    assert said.startswith(name)
    assert "hidden" not in said
