"""Checks 7, 11: whatever stands in an address is answered: never a crash."""

from __future__ import annotations

import re
from contextlib import nullcontext

import pytest

from config import ROOT
from tests.security.world import (
    address,
    routes,
    unrendered,
    values_for,
    visit,
    whom_it_is_for,
)

PACKAGE = ROOT / "volunteer_hub"
# Every name that any page reads from its address, but those of forms.
ARGUMENTS = (
    "q", "page", "next", "lang", "elder", "to", "campaign", "county", "venue", "place", "skill",
    "state", "channel", "outcome", "shown", "done", "booked", "direction", "print", "paper", "way",
    "key", "field", "levels", "phase", "type_code", "with_closed", "v", "region_id", "in",
    "kind", "name", "audience", "shelf", "code", "who", "year", "month", "on", "starts_at",
    "region",
    "view", "per",
)  # fmt: skip
# What a page might show in a wrong way.
SHOWN = {
    "no text": "%ED%A0%80%ff",
    "markup": "%25(x)s%7B0%7D%7B%7B7*7%7D%7D%22%3E%3Cx-evil%20onmouseover=alert(1)%3E",
}
BAD = SHOWN | {
    "a novel": "long" * 300,
    "no character": "%00a",
    "SQL": "'%20OR%201=1;--%25_",
    "less than nothing": "-1",
    "far too much": "9" * 30,
    "id beyond": "2147483648",
    "lines": "a%0D%0ASet-Cookie:x=1",
}


def test_every_name_that_a_page_reads_from_its_address_is_tried():
    source = "".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))
    read = set(re.findall(r'request\.args(?:\.get|\.getlist)?[(\[]"(\w+)"', source))

    assert len(read) > 15
    assert read - set(ARGUMENTS) == set(), "add these to ARGUMENTS"


@pytest.mark.parametrize("word", BAD)
def test_no_query_breaks_a_page(app, world, word):
    query = "&".join(f"{name}={BAD[word]}" for name in ARGUMENTS)
    browsers = {name: visit(app, world, name) for name in ("anonymous", "volunteer a", "city")}
    for rule in routes(app, "GET"):
        path = address(app, rule, values_for(rule, world.a))
        path += f"{'&' if '?' in path else '?'}{query}"
        with nullcontext() if word in SHOWN else unrendered():
            answer = browsers[whom_it_is_for(app, rule)].get(path)
        assert answer.status_code < 500, path
        assert answer.status_code != 403, path
        assert "<x-evil" not in answer.text, path
        assert not any(line.startswith("x=") for line in answer.headers.getlist("Set-Cookie"))


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_path_breaks_a_route(app, world, method):
    browser = visit(app, world, "city")
    for rule in routes(app, method):
        for word, bad in BAD.items() if rule.arguments else ():
            path = re.sub(r"<[^>]+>", bad, rule.rule)
            with nullcontext() if word == "markup" else unrendered():
                answer = browser.press(path) if method == "POST" else browser.get(path)
            assert answer.status_code in (302, 308, 400, 404, 410, 422), path
            assert "<x-evil" not in answer.text, path


@pytest.mark.parametrize("path", ["/static/%00", "/static/../config.py", "/static/%2e%2e/config.py",
                                  "/static//etc/passwd", "/%00", "/C/%00", "/T/%00/withdraw"])  # fmt: skip  # noqa: E501
def test_no_path_leads_out_of_the_site(client, path):
    answer = client.get(path)

    assert answer.status_code in (308, 404)
