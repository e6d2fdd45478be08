"""Checks 11, 12: a file that is sent is of a kind the form takes, or refused; never a crash."""

from __future__ import annotations

import io

import pytest

from tests.security.requests import REQUESTS
from tests.security.world import difference, stored, visit
from volunteer_hub.credentials import rules

MOST = 200_000  # bytes; as much as is allowed would only take longer
# None of them is a picture, a PDF or a table of days.
REFUSED = {
    "nothing": b"",
    "a page": b"<!DOCTYPE html><script>alert(1)</script>",
    "a drawing": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "a program": b"MZ\x90\x00" + b"\0" * 400,
    "an archive": b"PK\x03\x04" + b"\0" * 400,
    "no text": b"\xff\xfe\x00\xd8" * 100,
    "no sign": b"day,kind\n\0,\0\n",
    "a quote left open": b'day,kind\n"2027-01-01,' + b"x" * 150_000,
    "markup": b'day,kind,name\n"><x-evil>,rest,x\n',
    "far days": b"day,kind\n0001-01-01,holiday\n99999-01-01,rest\n",
    "too much": b"%PDF-" + b"0" * MOST,
}
NAMES = ("../../config.py", "a\0b.csv", '"><x-evil>.csv', "x" * 300 + ".csv", ".csv", "scan.svg")
UPLOADS = [request for request in REQUESTS if request.upload]


@pytest.mark.parametrize("request_", UPLOADS, ids=str)
def test_no_file_of_another_kind_is_taken(app, world, monkeypatch, request_):
    monkeypatch.setattr(rules, "MOST_SCAN_BYTES", MOST)
    to, data = request_.address(app, world), request_.data(world)
    browser = visit(app, world, request_.visitor)
    before, taken = stored(), {}
    for word, content in REFUSED.items():
        file = {request_.upload: (io.BytesIO(content), "days.csv")}
        answer = request_.send(browser, to, data | file)
        if answer.status_code != 422 or "<x-evil" in answer.text:
            taken[word] = answer.status

    assert taken == {}
    assert difference(before, stored()) == {}


@pytest.mark.parametrize("request_", UPLOADS, ids=str)
def test_a_file_may_be_called_whatever_it_likes(app, world, request_):
    to = request_.address(app, world)
    for name in NAMES:
        data = request_.data(world)
        content, _its_name = data[request_.upload]
        file = {request_.upload: (content, name)}
        answer = request_.send(visit(app, world, request_.visitor), to, data | file)

        assert answer.status_code in (200, 302, 422), name  # 200 shows what it would do
        assert "<x-evil" not in answer.text
