"""Nothing is held about anybody that the registry does not name."""

from __future__ import annotations

import pytest

from tests import factories
from tests.factories import NOON
from volunteer_hub.core import numbers
from volunteer_hub.core.database import Model, db
from volunteer_hub.privacy import queries
from volunteer_hub.privacy.owners import Subject, table_of
from volunteer_hub.privacy.registry import (
    EVERYTHING,
    HELD,
    NOT_ABOUT_PEOPLE,
    WITHOUT_ACCOUNT,
    Fate,
    section,
)

PUBLIC = {"event", "venue", "organisation", "resource", "trip"}  # mostly about things
tables = pytest.mark.parametrize("name", sorted({held.table for held in EVERYTHING} - PUBLIC))


def test_every_table_is_about_people_or_is_not():
    there, said = set(Model.metadata.tables), {held.table for held in EVERYTHING}

    assert there - said - NOT_ABOUT_PEOPLE == set(), (
        "say in privacy/registry/ what these hold about people, or that they hold nothing"
    )
    assert (said | NOT_ABOUT_PEOPLE) - there == set(), "privacy/registry/ names tables too many"
    assert said & NOT_ABOUT_PEOPLE == set()


@tables
def test_every_column_is_explained(app, name):
    held = section(name)
    said = {item.column for item in held.items} | set(held.silent)
    said |= {way.partition(">")[0] for way in held.whose}

    columns = {column.name for column in table_of(name).columns} - {"id"}
    assert columns - said == set(), f"say in privacy/registry/ what these of {name} are"
    assert set(held.silent) - columns == set()
    assert {item.column for item in held.items} - columns == set()
    assert set(held.blank) - columns == set()


def test_every_fate_is_whole():
    for held in EVERYTHING:
        may_blank = held.fate in (Fate.BLANKED, Fate.KEPT)
        assert may_blank if held.blank else held.fate is not Fate.BLANKED, held.table
        assert held.note or held.fate in (Fate.DELETED, Fate.BLANKED), held.table
        assert not held.days or numbers.find(held.days), held.table


def test_every_way_to_a_person_can_be_walked(app):
    subject = Subject.of(factories.person(email="lin@example.cn"))

    counts = queries.counts_of(subject)
    assert set(counts) == {held.table for held in HELD}
    assert counts["person"] == 1
    for held in HELD:
        assert isinstance(queries.rows_of(held, subject), list)


def test_the_public_list_names_what_is_collected(client, at):
    at(NOON)
    answer = client.get("/privacy/collected")

    assert answer.status_code == 200
    for held in (section("credential"), section("registration"), *WITHOUT_ACCOUNT):
        assert held.title in answer.text
        for item in held.items:
            assert item.label in answer.text
    assert "180 天" in answer.text


def test_days_that_the_office_changed_stand_in_the_public_list(client, at):
    at(NOON)
    client.sign_in(factories.office())

    assert (
        "请填写 7 到 1095 之间的数"
        in client.post("/office/numbers/keep.attendees", data={"value": "3"}).text
    )
    answer = client.post("/office/numbers/keep.attendees", data={"value": "４５"})

    assert answer.location == "/office/numbers/of/keep"
    assert "45 天" in client.get("/privacy/collected").text
    db.session.remove()
    assert client.get("/office/numbers/keep.nothing").status_code == 404
