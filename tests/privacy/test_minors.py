"""Whoever of the staff looks at the data of somebody under age is in the yearly list."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.factories import NOON
from tests.security.world import credential
from volunteer_hub.accounts import actions as accounts
from volunteer_hub.accounts.models import Purpose
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.privacy import queries


@pytest.fixture(autouse=True)
def _noon(at):
    at(NOON)


@pytest.fixture
def child(app):
    made = factories.volunteer("宋小溪")
    made.birth_year, made.birth_month = 2011, 3
    db.session.commit()
    return made


@pytest.fixture
def office(client, app):
    made = factories.office(name="郑查看")
    client.sign_in(made)
    return made


def test_each_look_is_in_the_list_with_who_and_when_and_no_name_of_the_child(client, child, office):
    held, adult = credential(child.id), factories.volunteer("成年人")
    db.session.commit()
    for path in (f"/organise/volunteers/{child.id}", f"/organise/volunteers/{adult.id}"):
        assert client.get(path).status_code == 200
    client.post(f"/organise/volunteers/{child.id}/contact")
    client.post(f"/organise/credentials/{held.id}/number")

    page = client.get("/office/minors").text
    rows = client.get("/office/minors.csv?year=2026").data.decode("utf-8-sig").splitlines()

    assert "3 次" in page
    assert "郑查看" in page
    assert len(rows) == 4
    for row, what in zip(rows[1:], ("打开了资料页", "看了完整电话", "看了证件编号"), strict=True):
        assert f"郑查看,{what},V{child.id:06d},15" in row
        assert "2026年9月5日" in row
    assert "宋小溪" not in page + "".join(rows)


def test_files_and_phone_lists_that_name_them_are_looks_as_well(client, child, office):
    adult = factories.volunteer("成年人")
    with transaction():
        for each in (child, adult):
            terms = [Purpose.VOLUNTEER_TERMS]
            accounts.give_consent(each.person_id, terms, channel="web", now=NOON)
    assert client.post("/organise/volunteers/phones", data={}).status_code == 200

    rows = client.get("/office/minors.csv?year=2026").data.decode("utf-8-sig").splitlines()

    assert len(rows) == 2
    assert f"郑查看,导出了名册，或打印了电话单,V{child.id:06d},15" in rows[1].replace('"', "")
    assert f"V{adult.id:06d}" not in rows[1]


def test_taking_the_list_is_written_down(client, office):
    client.get("/office/minors.csv")
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "privacy.export_minors")
    ).one()
    assert (entry.actor_id, entry.details) == (office.id, {"year": 2026})


def test_only_looks_of_the_year_and_at_that_age_count(client, child, office, at):
    for days in (0, 130, 365 * 3):
        at(NOON + timedelta(days=days))
        client.get(f"/organise/volunteers/{child.id}")
    assert [look.age for look in queries.looks_at_minors(2026)] == [15]
    assert [look.at for look in queries.looks_at_minors(2027)] == [NOON + timedelta(days=130)]
    assert queries.looks_at_minors(2029) == []  # of age by then


@pytest.mark.parametrize("year", ["2022", "2027", "1"])
def test_years_that_are_none_are_not_found(client, office, year):
    assert client.get(f"/office/minors?year={year}").status_code == 404
    assert client.get(f"/office/minors.csv?year={year}").status_code == 404


def test_the_office_of_a_county_does_not_get_it(client, app):
    client.sign_in(factories.office("210682"))
    assert client.get("/office/minors").status_code == 403
    assert client.get("/office/minors.csv").status_code == 403
