import csv
import json

import pytest
from flask import render_template_string
from sqlalchemy import func, select

from tests.client import counted_queries
from tests.factories import NOON
from volunteer_hub.catalogue import actions, queries
from volunteer_hub.catalogue.models import CatalogueEntry, Kind
from volunteer_hub.catalogue.rules import clause_name
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.paths import PACKAGE
from volunteer_hub.core.transaction import transaction

pytestmark = pytest.mark.usefixtures("app")


def load(*rows):
    with transaction():
        return actions.load_catalogue(rows, now=NOON)


def test_loading_the_shipped_file_again_changes_nothing():
    with transaction():
        report = actions.load_shipped_catalogue(now=NOON)

    with actions.SHIPPED.open(encoding="utf-8", newline="") as file:
        rows = len(list(csv.DictReader(file)))
    assert (report.added, report.changed, report.unchanged) == (0, 0, rows)
    assert report.problems == []
    assert db.session.scalar(select(func.count(CatalogueEntry.id))) == rows
    assert db.session.scalar(select(func.count(AuditEntry.id))) == 0


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_words_in_both_languages(kind):
    words = queries.entries(kind)

    assert words
    assert all(word.zh and word.en for word in words)


def test_the_five_audiences_of_the_plan_come_first():
    first = queries.entries("audience")[:5]

    assert [word.clause for word in first] == ["2.1", "2.2", "2.3", "2.4", "2.5"]


def test_every_clause_can_be_named():
    clauses = {word.clause for kind in Kind for word in queries.entries(kind) if word.clause}

    assert all("（" in clause_name(clause, "zh") for clause in clauses if "." in clause)


def test_skills_stand_in_groups_and_can_be_searched():
    groups = {group.code: skills for group, skills in queries.skill_tree()}

    assert "strawberry" in [skill.code for skill in groups["farming"]]
    assert all(groups.values())
    assert queries.search("skill", "caomei")[0].code == "strawberry"
    assert queries.skill_choices("en")["Farming"]["strawberry"] == "Strawberries"
    assert all(skill.pinyin and skill.initials for skill in queries.entries("skill"))


def test_a_word_is_shown_in_the_language_of_the_page():
    assert queries.name_of("skill", "strawberry", "zh") == "草莓种植"
    assert queries.name_of("skill", "strawberry", "en") == "Strawberries"
    assert queries.choices("theme", "en")["ecology"] == "Nature and environment"


def test_an_unknown_code_is_its_own_name_but_is_not_found():
    assert queries.name_of("skill", "juggling", "zh") == "juggling"
    assert queries.name_of("skill", None, "zh") == ""
    with pytest.raises(NotFoundError):
        queries.entry("skill", "juggling")


def test_templates_can_show_words_and_clauses(app):
    with app.test_request_context():
        shown = render_template_string("{{ word('theme', 'ecology') }} {{ clause_name('2.4.15') }}")

    assert shown == "生态环境 二（四）15"


def test_a_changed_word_is_seen_at_once_and_noted():
    assert queries.entry("theme", "ecology").zh == "生态环境"

    report = load({"kind": "theme", "code": "ecology", "zh": "生态保护", "en": "Ecology"})

    assert (report.added, report.changed) == (0, 1)
    assert queries.entry("theme", "ecology").zh == "生态保护"
    assert db.session.scalars(select(AuditEntry.action)).all() == ["catalogue.load"]


def test_a_new_group_with_its_skill_can_be_added_in_one_file():
    report = load(
        {"kind": "skill", "code": "kites", "zh": "风筝", "en": "Kites", "parent": "toys"},
        {"kind": "skill", "code": "toys", "zh": "玩具", "en": "Toys"},
    )

    assert (report.added, report.problems) == (2, [])
    assert queries.entry("skill", "kites").parent == "toys"


def test_a_page_costs_one_query_however_often_it_asks():
    queries.entries("theme")  # read by an earlier page of this process
    db.session.rollback()
    with counted_queries() as statements:
        for kind in Kind:
            queries.choices(kind, "zh")

    assert len(statements) == 1


def test_the_command_names_bad_rows(app, tmp_path):
    file = tmp_path / "words.csv"
    file.write_text("kind,code,zh,en\ntheme,new,新主题,New\ncolour,red,红,Red\n", encoding="utf-8")

    result = app.test_cli_runner().invoke(args=["catalogue", "load", "--file", str(file)])

    assert result.exit_code == 1
    assert "第 3 行 red: 没有“colour”这一类" in result.output
    assert "新增 1，更改 0，不变 0，有问题未载入 1" in result.output


def test_campaigns_only_use_words_there_are():
    campaigns = json.loads((PACKAGE / "programmes" / "data" / "campaigns.json").read_text("utf-8"))
    skills = {skill.code for _, group in queries.skill_tree() for skill in group}

    for campaign in campaigns:
        template = campaign["template"]
        needed = {skill["code"] for post in template["posts"] for skill in post["skills"]}
        shifts = {shift["code"] for shift in template["shifts"]}
        queries.entry("theme", campaign["theme_code"])
        queries.entry("form", campaign["form_code"])
        assert set(campaign["audience_codes"]) <= set(queries.choices("audience", "zh"))
        assert needed <= skills
        assert {post["shift"] for post in template["posts"]} == shifts
