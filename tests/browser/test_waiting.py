"""More people than places: who waits is offered what gets free, without an account or a script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import steps

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def talk(organiser):
    """Return the number of a talk with two places."""
    page = organiser.page
    organiser.open("/organise/events/new")
    page.get_by_role("link", name="银龄科普助老讲座").click()
    organiser.fill("讲什么", "防诈骗")
    organiser.fill("谁来讲", "何大夫")
    organiser.fill("开始时间", steps.in_days(9, "09:00"))
    steps.choose_venue(organiser, "通远堡", "通远堡镇中心小学")
    organiser.fill("联系电话", "04152123456")
    page.get_by_text("更多设置").click()
    organiser.fill("报名名额", "2")
    organiser.fill("一个人最多带几位同伴", "1")
    organiser.tap("保存草稿")
    return steps.publish(organiser)


def test_a_family_that_comes_with_fewer_makes_room_for_who_waits(organiser, talk, visitors):
    family, waiting = visitors(), visitors(java_script_enabled=False)
    ticket = steps.register(family, talk, name="满家人", companions=1)

    waiting.open(f"/e/{talk}")
    waiting.tap("加入候补")
    waiting.fill("您的姓名", "候家人")
    waiting.tap("加入候补")
    expect(waiting.page.locator("main")).to_contain_text("您排在第 1 位")
    place = waiting.page.url
    organiser.open(f"/organise/events/{talk}/waiting")
    expect(organiser.page.locator("main")).to_contain_text("候家人")

    family.open(ticket.address)
    family.tap("少来几位")
    family.tap("就这几位")
    expect(family.page.locator("main")).to_contain_text("1 人入场")

    waiting.open(place)
    expect(waiting.page.get_by_role("heading", level=1)).to_have_text("有空位了")
    waiting.tap("我来", exact=True)
    assert steps.ticket_on(waiting).code.startswith("R")
    organiser.open(f"/organise/events/{talk}/waiting")
    expect(organiser.page.locator("main")).to_contain_text(re.compile("现在没有人候补"))
