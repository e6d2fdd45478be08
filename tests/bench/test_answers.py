from __future__ import annotations

import gzip
import os

import pytest

from bench import door
from bench.client import Answer, WrongAnswerError, fetched_by, read_answer
from bench.limits import rows_a_second
from bench.machine import cpu_s

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def test_an_answer_is_read_once_it_is_whole():
    for cut in range(len(WHOLE)):
        assert read_answer(WHOLE[:cut]) is None
    assert read_answer(WHOLE) == Answer(200, b"hello")


def test_an_answer_is_unpacked():
    packed = gzip.compress(b"hello")
    head = f"HTTP/1.1 404 No\r\ncontent-encoding: gzip\r\ncontent-length: {len(packed)}\r\n\r\n"

    assert read_answer(bytearray(head.encode() + packed)) == Answer(404, b"hello")


def test_an_answer_must_say_its_length():
    with pytest.raises(WrongAnswerError, match="unknown length"):
        read_answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")


@pytest.mark.parametrize(
    ("status", "body", "is_right"),
    [
        (200, b'{"outcome": "accepted"}', True),
        (200, b'{"name":"","outcome":"accepted"}', True),
        (200, b'{"outcome": "rejected", "detail": "accepted"}', False),
        (503, b'{"outcome": "accepted"}', False),
    ],
)
def test_only_an_accepted_scan_counts(status, body, is_right):
    assert door.is_accepted(Answer(status, body)) is is_right


def test_half_a_page_does_not_count():
    assert [door.is_page(Answer(200, body)) for body in (b"<html>", b"<html></html>")] == [
        False,
        True,
    ]


def test_a_scan_is_a_request_of_its_own():
    requests = list(door.Door("example.cn", "vh=1", "token").scans([(7, "A"), (8, "B")]))

    assert [each.split(b" ", 2)[1] for each in requests] == [
        b"/organise/events/7/door/scan",
        b"/organise/events/8/door/scan",
    ]
    assert all(b"X-CSRFToken: token\r\n" in each for each in requests)
    head, _, body = requests[0].partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head


PAGE = """
<link rel="stylesheet" href="/static/a.css?v=1&amp;x=2"><link href="/static/b.css" rel="stylesheet">
<link rel="apple-touch-icon" href="/static/only-when-kept.png"><link rel="canonical" href="/">
<script src="c.js" defer></script><script>inline</script><img src="https://elsewhere.example/d.png">
<svg><use href="/static/sprite.svg#check" /></svg><use href="/static/sprite.svg#close" />
<img alt="" loading="lazy" src="/static/later.svg">
"""


def test_what_a_page_makes_a_browser_fetch():
    at_once = {"/static/a.css?v=1&x=2", "/static/b.css", "/page/c.js", "/static/sprite.svg"}

    assert fetched_by("/page/", PAGE, with_lazy=False) == at_once
    assert fetched_by("/page/", PAGE, with_lazy=True) == at_once | {"/static/later.svg"}


def test_the_rate_that_pgbench_reports():
    assert rows_a_second("latency = 1 ms\ntps = 4721.25 (without initial connection time)\n") == (
        4721.25
    )
    with pytest.raises(ValueError, match="no rate"):
        rows_a_second("connection failed")


def test_used_time_counts_this_process_and_no_other():
    before = cpu_s(os.getpid())
    sum(range(2_000_000))

    assert cpu_s(os.getpid()) >= before > 0
    assert cpu_s() == 0
