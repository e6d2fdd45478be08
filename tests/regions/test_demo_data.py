import json

import pytest

from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core.paths import PACKAGE
from volunteer_hub.programmes.actions import SHIPPED as CAMPAIGNS
from volunteer_hub.regions import queries

pytestmark = pytest.mark.usefixtures("app")


def read(name):
    return json.loads((PACKAGE / "demo" / "data" / f"{name}.json").read_text(encoding="utf-8"))


def test_demo_venues_stand_in_real_regions():
    venues = read("venues")

    for venue in venues:
        queries.region_by_code(venue["region_code"])
        catalogue.entry("venue_type", venue["type_code"])
    counties = {venue["region_code"][:6] for venue in venues} - {"210600"}
    assert counties == {county.code for county in queries.counties()}


def test_demo_organisations_stand_in_real_regions_below_one_another():
    organisations = read("organisations")
    above = {organisation["key"] for organisation in organisations} | {None}

    for organisation in organisations:
        queries.region_by_code(organisation["region_code"])
        catalogue.entry("organisation_kind", organisation["kind_code"])
        assert organisation["parent"] in above


def test_demo_people_are_many_and_all_different():
    people = read("people")

    assert len(people) >= 300
    assert len(set(people)) == len(people)


def test_demo_events_and_talks_belong_to_campaigns():
    codes = {campaign["code"] for campaign in json.loads(CAMPAIGNS.read_text(encoding="utf-8"))}
    types = {venue["type_code"] for venue in read("venues")}

    assert {event["campaign"] for event in read("events")} == codes
    for event in read("events"):
        assert set(event["venue_types"]) & types
    for talk in read("talks"):
        assert set(talk["campaigns"]) <= codes
