import pytest

from volunteer_hub.core.pages import safe_next, without_choices


@pytest.mark.parametrize(
    "evil",
    ["//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nSet-Cookie: x", "", None,
     "evil.example", "/\\/evil", "javascript:alert(1)"],
)  # fmt: skip
def test_the_next_page_is_always_on_this_site(evil):
    assert safe_next(evil, "/home") == "/home"


def test_a_path_of_this_site_is_followed():
    assert safe_next("/me?page=2", "/home") == "/me?page=2"


def test_a_switch_goes_back_without_the_choice_the_address_carried():
    assert without_choices("/C/ABC?elder=1&page=2") == "/C/ABC?page=2"
    assert without_choices("/C/ABC?elder=1") == "/C/ABC"


def test_every_answer_carries_the_headers_that_protect_it(client):
    headers = client.get("/").headers

    assert "script-src 'self';" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


def test_an_unknown_page_says_so_kindly(client):
    page = client.get("/nothing-here")

    assert page.status_code == 404
    assert "没有找到" in page.text


def test_a_program_gets_a_problem_document(client):
    answer = client.get("/nothing-here", headers={"Accept": "application/json"})

    assert answer.content_type == "application/problem+json"
    assert answer.json["type"] == "/problems/not_found"


def test_the_large_edition_and_english_stay_chosen(client):
    client.get("/switch/elder?to=1&next=/events")
    client.get("/switch/lang?to=en&next=/events")

    page = client.get("/events")

    assert 'data-text="large"' in page.text
    assert '<html lang="en"' in page.text


def test_an_address_may_ask_for_the_large_edition(client):
    assert 'data-text="large"' in client.get("/?elder=1").text
    assert 'data-text="large"' in client.get("/").text
