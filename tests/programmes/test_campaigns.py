from __future__ import annotations

import json

import pytest

from tests.client import counted_queries
from tests.factories import NOON
from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core import audit
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.transaction import transaction
from volunteer_hub.programmes import actions, queries
from volunteer_hub.programmes.models import Campaign
from volunteer_hub.programmes.rules import SkillNeed, read_template


def shipped():
    return json.loads(actions.SHIPPED.read_text(encoding="utf-8"))


def test_the_three_main_campaigns_come_first(app):
    codes = [campaign.code for campaign in queries.campaigns()]

    assert codes[:3] == ["caravan", "sanxiaxiang", "silver"]
    assert len(codes) == len(set(codes)) == len(shipped())


def test_a_campaign_speaks_both_languages(app):
    caravan = queries.campaign_by_code("caravan")

    assert (caravan.name("zh"), caravan.name("en")) == (
        "科普大篷车进校园",
        "Science caravan to schools",
    )
    assert caravan.summary("en").startswith("A van")
    assert caravan.template("en").title == "Science caravan at school"


def test_an_unknown_campaign_is_not_found(app):
    assert queries.find_campaign("moon") is None
    assert queries.find_campaign(None) is None
    with pytest.raises(NotFoundError):
        queries.campaign_by_code("moon")


def test_campaigns_are_read_once_and_again_after_a_load(app):
    queries.campaigns()
    with counted_queries() as statements:
        queries.campaigns()
        queries.campaign_by_code("silver")
    assert statements == []

    rows = shipped()
    rows[0]["zh"] = "篷车"
    with transaction():
        actions.load_campaigns(rows, now=NOON)

    assert queries.campaign_by_code("caravan").zh == "篷车"


def test_another_process_sees_a_load(app):
    queries.campaigns()
    caravan = db.session.scalars(db.select(Campaign).where(Campaign.code == "caravan")).one()
    with transaction():  # as another process would: it knows nothing of what is kept here
        db.session.execute(
            db.update(Campaign).where(Campaign.code == "caravan").values(zh="篷车进山")
        )
        audit.record(queries.LOAD_ACTION, caravan, by=None, now=NOON)

    assert queries.campaign_by_code("caravan").zh == "篷车进山"


def test_a_campaign_out_of_use_is_known_but_not_offered(app):
    db.session.execute(db.update(Campaign).where(Campaign.code == "fair").values(is_active=False))
    db.session.commit()
    queries.REMEMBERED.forget()

    assert "fair" not in [campaign.code for campaign in queries.campaigns()]
    assert queries.campaign_by_code("fair").is_active is False


def test_the_command_loads_the_shipped_campaigns(app):
    result = app.test_cli_runner().invoke(args=["programmes", "load"])

    assert result.exit_code == 0
    assert result.output == f"已载入 {len(shipped())} 个专项行动\n"


def test_a_template_keeps_posts_under_their_shift():
    (caravan,) = [row for row in shipped() if row["code"] == "caravan"]

    template = read_template(caravan["template"], "zh")

    assert (template.title, template.minutes) == ("科普大篷车进校园", 360)
    assert [(shift.offset_minutes, shift.minutes) for shift in template.shifts] == [
        (0, 180),
        (210, 150),
    ]
    assert template.shifts[0].posts[0].skills == (SkillNeed("bus_driving", 2),)


@pytest.mark.parametrize("row", shipped(), ids=lambda row: row["code"])
def test_every_shipped_campaign_makes_a_sound_event(app, row):
    template = read_template(row["template"], "zh")
    skills = {entry.code for entry in catalogue.entries("skill")}

    assert {shift["code"] for shift in row["template"]["shifts"]} >= {
        post["shift"] for post in row["template"]["posts"]
    }
    assert set(row["audience_codes"]) <= set(dict(catalogue.choices("audience", "zh")))
    assert row["theme_code"] in catalogue.choices("theme", "zh")
    assert row["form_code"] in catalogue.choices("form", "zh")
    assert template.risk_notice
    for shift in template.shifts:
        assert shift.posts, shift.title
        assert shift.offset_minutes + shift.minutes <= template.minutes
        for post in shift.posts:
            assert 0 <= post.min_people <= post.max_people
            assert {need.code for need in post.skills} <= skills
