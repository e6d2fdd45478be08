"""A talk for older people: planned at a desk, booked over the phone, opened in large type."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import steps

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

TOPIC = "微信怎么和孙子视频"
LARGE_PX = 24  # 18 points on paper


@pytest.fixture(scope="module")
def talk(organiser):
    """Return the number of a talk at a new place, which has somebody to call."""
    page = organiser.page
    organiser.open("/organise/events/new")
    page.get_by_role("link", name="银龄科普助老讲座").click()
    organiser.fill("讲什么", TOPIC)
    organiser.fill("谁来讲", "何大夫")
    organiser.fill("主讲人介绍", "凤城市医院退休医生")
    organiser.fill("开始时间", steps.in_hours(5))
    organiser.tap("保存并新增地点")
    steps.add_venue(
        organiser,
        name="通远堡镇老年大学",
        kind="老年大学（学校、学习点）",
        place="通远堡镇",
        contact="佟老师",
    )
    organiser.tap("保存", exact=True)
    return steps.publish(organiser)


def test_the_large_poster_leads_into_the_large_edition(organiser, talk, visitors):
    address = steps.poster_of(organiser, talk)
    sheet = organiser.page.locator(".sheet--poster")
    expect(sheet.get_by_role("heading", level=1)).to_have_text(TOPIC)
    assert steps.smallest_text_px(sheet) >= LARGE_PX

    elder = visitors(java_script_enabled=False)
    elder.open(address)
    expect(elder.page.locator("html")).to_have_attribute("data-text", "large")
    expect(elder.page.locator("main")).to_contain_text("还没到签到时间")
    ticket = steps.register(elder, talk, name="付秀英", companions=1)
    expect(elder.page.locator("html")).to_have_attribute("data-text", "large")
    assert ticket.code.startswith("R")


def test_booked_over_the_phone_with_a_companion_and_ticked_at_the_door(organiser, talk):
    page = organiser.page
    steps.book_by_phone(organiser, talk, name="白秀珍", phone="13900007301", companions=1)
    organiser.open(f"/organise/events/{talk}/door")
    organiser.tap("增加 1 人", exact=True)
    expect(page.locator("#panel")).to_contain_text("已计 1 人")
    organiser.tap("按姓名找")
    organiser.tap("签到", within=page.locator("#people li").filter(has_text="白秀珍"))
    expect(page.locator("#people")).to_contain_text("白秀珍 已签到")
    organiser.open(f"/organise/events/{talk}/door")
    assert steps.arrived(organiser) == 3


def test_the_three_kinds_of_events_are_one_tap_from_the_front_page(visitors):
    anyone = visitors()
    for name in ("科普大篷车进校园", "文化科技卫生“三下乡”", "银龄科普助老讲座"):
        anyone.open("/")
        anyone.page.get_by_role("link", name=name).first.click()
        expect(anyone.page.get_by_role("heading", level=1)).to_have_text(name)


def test_the_campaign_into_the_villages_shows_its_events_and_townships(visitors):
    anyone = visitors()
    anyone.open("/campaigns/sanxiaxiang")
    main = anyone.page.locator("main")
    townships = main.locator("section").filter(has_text="走过和将到的乡镇街道").locator(".tag")
    expect(townships.first).to_be_visible()
    main.locator("a[href^='/e/']").first.click()
    expect(main).to_contain_text("文化科技卫生“三下乡”")
