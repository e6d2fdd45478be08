import re

import pytest

from volunteer_hub.core.paths import STATIC
from volunteer_hub.pages.help import GUIDES


@pytest.mark.parametrize("path", ["/help", "/privacy", "/sources", "/feedback", "/style"])
@pytest.mark.parametrize("query", ["", "?lang=en", "?elder=1"])
def test_every_page_about_the_site_opens_in_both_languages_and_sizes(client, path, query):
    assert client.get(path + query).status_code == 200


@pytest.mark.parametrize("guide", GUIDES)
def test_there_is_a_guide_for_each_kind_of_visitor(client, guide):
    page = client.get(f"/help/{guide}").text
    assert all(step.title in page and step.text in page for step in GUIDES[guide].steps)
    assert f'href="/help/{guide}"' in client.get("/help").text


def test_a_guide_for_nobody_is_not_found(client):
    assert client.get("/help/nobody").status_code == 404


def test_every_step_has_a_picture():
    there = set(
        re.findall('<symbol id="([^"]+)"', (STATIC / "icons/sprite.svg").read_text("utf-8"))
    )
    assert {step.icon for guide in GUIDES.values() for step in guide.steps} - there == set()


def test_health_answers_without_a_page(client):
    assert client.get("/healthz").json == {"status": "ok"}


def test_the_style_page_is_for_development_only(app, client):
    app.config["IS_DEVELOPMENT"] = False
    try:
        assert client.get("/style").status_code == 404
    finally:
        app.config["IS_DEVELOPMENT"] = True
