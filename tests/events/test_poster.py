from __future__ import annotations

import re

import numpy
import pytest
import zxingcpp

from tests import factories
from tests.factories import NOON
from volunteer_hub.events.models import Status


@pytest.fixture
def organiser(client, at):
    at(NOON)
    of = factories.organisation(name="示例凤城科协")
    who = factories.organiser(of=of)
    client.sign_in(who)
    return who, of


def picture(page):
    """Return the page's QR code as pixels, drawn from the runs of its SVG path."""
    svg = re.search(r'<svg class="qr" viewBox="0 0 (\d+) \d+".*?</svg>', page, re.DOTALL)
    size = int(svg.group(1))
    pixels = numpy.full((size, size), 255, dtype=numpy.uint8)
    dark = re.search(r'fill="#000" d="([^"]+)"', svg.group(0)).group(1)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1", dark):
        pixels[int(y), int(x) : int(x) + int(width)] = 0
    return numpy.kron(pixels, numpy.ones((6, 6), dtype=numpy.uint8))


def scanned(page):
    (found,) = zxingcpp.read_barcodes(picture(page))
    return found.text


def test_the_poster_says_what_when_where_and_its_code_leads_to_check_in(client, organiser):
    who, of = organiser
    event = factories.event(of=of, by=who, contact_phone="13800138000", is_registration_open=False)

    page = client.get(f"/organise/events/{event.id}/poster").text

    for words in (
        "科普大篷车进校园",
        "9月6日（周日）",
        "12:00\u2060—\u206015:00",
        "通远堡镇中心小学",
        "138\u00a00013\u00a08000",
        "示例凤城科协",
        "不用报名，到场微信扫码签到",
        'data-enhance="print"',
    ):
        assert words in page
    assert scanned(page) == f"http://localhost/C/{event.poster_code}"


def test_an_elder_talk_shows_topic_and_speaker_and_opens_the_large_edition(client, organiser):
    who, of = organiser
    event = factories.event(
        of=of,
        by=who,
        campaign_code="silver",
        topic="微信怎么和孙子视频",
        speaker_name="示例讲师",
        is_elder_friendly=True,
    )

    page = client.get(f"/organise/events/{event.id}/poster").text

    assert "<h1>微信怎么和孙子视频</h1>" in page
    assert "主讲：示例讲师" in page
    assert "微信扫码报名，到场扫码签到" in page
    assert scanned(page) == f"http://localhost/C/{event.poster_code}?elder=1"


@pytest.mark.parametrize(
    ("status", "warning"),
    [(Status.DRAFT, "活动还没有发布"), (Status.CANCELLED, "活动已经取消")],
)
def test_a_poster_that_must_not_hang_says_so(client, organiser, status, warning):
    who, of = organiser
    event = factories.event(of=of, by=who, status=status)

    assert warning in client.get(f"/organise/events/{event.id}/poster").text
