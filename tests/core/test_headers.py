"""What answers say to browsers: documents much, the dozens of files a page fetches little."""

from __future__ import annotations

import pytest

OF_DOCUMENTS = {
    "Content-Security-Policy",
    "X-Frame-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    "Permissions-Policy",
}


@pytest.mark.parametrize(
    "path",
    [
        "/help",
        "/nothing",
        "/static/nothing.css",
        "/organise/events/1/door",
        "/static/icons/sprite.svg",
    ],
)
def test_whatever_people_open_is_a_document(client, path):
    answer = client.get(path)

    assert set(answer.headers.keys()) >= OF_DOCUMENTS
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    answer.close()


@pytest.mark.parametrize("path", ["/static/css/base.css", "/static/js/app.js"])
def test_what_a_page_is_made_of_is_short(client, path):
    answer = client.get(path)

    assert set(answer.headers.keys()).isdisjoint(OF_DOCUMENTS)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    answer.close()


def test_a_page_is_kept_by_nobody_and_a_versioned_file_for_long(client):
    page, file = client.get("/help"), client.get("/static/css/base.css?v=1")

    assert page.headers.get_all("Cache-Control") == ["no-store"]
    assert file.headers.get_all("Cache-Control") == ["public, max-age=31536000, immutable"]
    file.close()
