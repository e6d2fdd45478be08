"""Units and teams from a file: parents first, problems by line, the same file twice is once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.factories import NOON
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations import actions
from volunteer_hub.organisations.models import Organisation
from volunteer_hub.organisations.rules import read_units

KINDS = {"science_association", "school"}


def unit(name="市科协", kind="science_association", region="210600", parent=""):
    return {"name": name, "kind": kind, "region": region, "parent": parent}


def read(*rows, known=()):
    return read_units(rows, kinds=KINDS, has_region=lambda code: code == "210600", known=known)


def test_parents_come_before_children_whatever_the_order_of_the_file():
    good, problems = read(unit("丙", parent="乙"), unit("乙", parent="甲"), unit("甲"))
    assert [row.name for row in good] == ["甲", "乙", "丙"]
    assert problems == []


def test_a_parent_may_be_there_already():
    good, problems = read(unit("乙", parent="甲"), known={"甲"})
    assert [row.parent for row in good] == ["甲"]
    assert problems == []


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (unit(name=""), "没有名称"),
        (unit(name="科" * 81), "“%(column)s”太长"),
        (unit(kind="club"), "没有“%(kind)s”这个单位类别"),
        (unit(kind=""), "没有“%(kind)s”这个单位类别"),
        (unit(region="999999"), "没有编码为 %(region)s 的地区"),
        (unit(parent="没有的"), "上级“%(parent)s”不存在"),
        (unit(parent="市科协"), "上级“%(parent)s”不存在"),
        ({"name": "市科协"}, "没有“%(kind)s”这个单位类别"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_with_its_line(row, message):
    good, problems = read(unit("另一个"), row)
    assert [found.name for found in good] == ["另一个"]
    assert [(found.line, found.message) for found in problems] == [(3, message)]


def test_two_rows_of_one_name_are_one_and_a_problem():
    good, problems = read(unit(), unit())
    assert len(good) == 1
    assert [(found.line, dict(found.values)) for found in problems] == [(3, {"line": "2"})]


def test_a_circle_of_parents_has_no_way_up():
    good, problems = read(unit("甲", parent="乙"), unit("乙", parent="甲"), unit("丙"))
    assert [row.name for row in good] == ["丙"]
    assert [found.line for found in problems] == [2, 3]


def load(*rows):
    with transaction():
        report = actions.load_units(rows, now=NOON)
        return report.added, report.changed, report.unchanged, len(report.problems)


def test_loading_twice_adds_once_and_a_changed_row_changes(app):
    rows = [unit("第一小学", "school", "210682", "市科协"), unit()]
    assert load(*rows) == (2, 0, 0, 0)
    assert load(*rows) == (0, 0, 2, 0)
    assert load(unit("第一小学", "school", "210603", "")) == (0, 1, 0, 0)
    school = db.session.scalars(select(Organisation).where(Organisation.name == "第一小学")).one()
    assert school.parent_id is None


def test_the_command_names_bad_rows_and_keeps_the_good_ones(app, tmp_path):
    file = tmp_path / "units.csv"
    file.write_text(
        "\ufeffname,kind,region,parent\n市科协,science_association,210600,\n坏,club,,\n"
    )
    said = app.test_cli_runner().invoke(args=["organisations", "load", "--file", str(file)])
    assert said.exit_code == 1
    assert "第 3 行 坏" in said.output
    assert db.session.scalars(select(Organisation.name)).all() == ["市科协"]
