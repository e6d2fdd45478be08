"""The code of conduct: who agreed to which version."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests import factories
from tests.factories import NOON
from volunteer_hub.accounts import rules
from volunteer_hub.accounts.models import Consent, Purpose
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db


@pytest.fixture(autouse=True)
def _noon(at):
    at(NOON)


def agreed():
    statement = select(Consent.wording_version).where(Consent.purpose == Purpose.CODE_OF_CONDUCT)
    return db.session.scalars(statement.order_by(Consent.id)).all()


def test_a_volunteer_is_asked_until_they_agree_and_again_for_a_new_version(client, monkeypatch):
    client.sign_in(factories.volunteer().person)
    monkeypatch.setitem(rules.OWN_VERSIONS, "code_of_conduct", "2026-11")

    assert "请看一看志愿者行为准则" in client.get("/me").text
    for _ in range(2):
        client.post("/me/conduct")
    assert agreed() == ["2026-11"]
    assert "请看一看志愿者行为准则" not in client.get("/me").text
    assert "照着做" not in client.get("/conduct").text

    monkeypatch.setitem(rules.OWN_VERSIONS, "code_of_conduct", "2027-03")
    assert "请看一看志愿者行为准则" in client.get("/me").text
    assert "2027-03 版" in client.get("/conduct").text
    client.post("/me/conduct")

    assert agreed() == ["2026-11", "2027-03"]
    actions = db.session.scalars(select(AuditEntry.action)).all()
    assert actions == ["volunteer.agree_to_conduct"] * 2
    assert "2026-11 版" in client.get("/me/data").text


def test_everybody_may_read_it_and_nobody_else_agrees(client, app):
    assert "志愿者行为准则" in client.get("/conduct").text
    assert "照着做" not in client.get("/conduct").text
    assert client.post("/me/conduct").location.startswith("/sign-in")
    client.sign_in(factories.person())
    client.post("/me/conduct")
    assert agreed() == []
