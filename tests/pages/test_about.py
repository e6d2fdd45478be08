import pytest


@pytest.mark.parametrize("path", ["/help", "/privacy", "/sources", "/feedback", "/style"])
@pytest.mark.parametrize("query", ["", "?lang=en", "?elder=1"])
def test_every_page_about_the_site_opens_in_both_languages_and_sizes(client, path, query):
    assert client.get(path + query).status_code == 200


def test_health_answers_without_a_page(client):
    assert client.get("/healthz").json == {"status": "ok"}


def test_the_style_page_is_for_development_only(app, client):
    app.config["IS_DEVELOPMENT"] = False
    try:
        assert client.get("/style").status_code == 404
    finally:
        app.config["IS_DEVELOPMENT"] = True
