from __future__ import annotations

import pytest

from tests.factories import NOON
from tests.privacy.somebody import make_somebody


@pytest.fixture(autouse=True)
def _noon(at):
    at(NOON)


@pytest.fixture
def somebody(app):
    """Return the id of somebody with something in every table that can hold anything of theirs."""
    return make_somebody()
