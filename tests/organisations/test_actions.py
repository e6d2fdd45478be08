from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.factories import NOON, organisation, person, region
from volunteer_hub.core.access import Role
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations import actions, queries
from volunteer_hub.organisations.actions import OrganisationDraft
from volunteer_hub.organisations.errors import NoOfficeThereError
from volunteer_hub.organisations.models import Function


def appoint(who, code):
    with transaction():
        actions.appoint(who.id, code, by=None, now=NOON)


def test_an_office_gives_its_role_and_its_scope(app):
    city, county = person(), person()
    appoint(city, "210600")
    appoint(county, "210682")
    assert queries.roles_of(city.id) == {Role.CITY_OFFICE}
    assert queries.scope_of(city.id).is_city_wide
    assert queries.roles_of(county.id) == {Role.COUNTY_OFFICE}
    assert queries.scope_of(county.id).county_ids == {region("210682").id}
    assert not queries.scope_of(county.id).is_city_wide


def test_there_is_no_office_below_the_county(app):
    with pytest.raises(NoOfficeThereError):
        appoint(person(), "210682118")


def test_a_member_gets_another_function_in_place(app):
    who, of = person(), organisation()
    for function in (Function.MEMBER, Function.ORGANISER, Function.ORGANISER):
        with transaction():
            actions.add_member(who.id, of.id, function, by=None, now=NOON)
    assert [each.function for each in queries.memberships_of(who.id)] == [Function.ORGANISER]
    assert queries.roles_of(who.id) == {Role.ORGANISER}
    noted = db.session.scalars(select(AuditEntry.action)).all()
    assert noted == ["organisation.member"] * 2


def test_a_plain_member_has_no_role_and_no_scope(app):
    who, of = person(), organisation()
    with transaction():
        actions.add_member(who.id, of.id, Function.MEMBER, by=None, now=NOON)
    assert queries.roles_of(who.id) == frozenset()
    assert queries.scope_of(who.id).organisation_ids == frozenset()


def test_an_office_sees_the_organisations_of_its_county(app):
    here, elsewhere = organisation(region_code="210682118"), organisation(region_code="210681")
    county = person()
    appoint(county, "210682")
    assert queries.organisations_in(queries.scope_of(county.id)) == [here]
    assert queries.organisations_by_id([elsewhere.id]) == {elsewhere.id: elsewhere}


def test_a_new_organisation_is_kept_with_what_is_known(app):
    draft = OrganisationDraft(
        name="示例服务队", kind_code="team", region_id=region("210681").id, name_en="Team"
    )
    with transaction():
        made = actions.found_organisation(draft, by=None, now=NOON)
    assert queries.organisation_by_id(made.id).name_en == "Team"
