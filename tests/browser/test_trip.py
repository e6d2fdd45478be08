"""A caravan trip of two days and three stops, planned by keyboard alone, then put on paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import steps

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
TABS = 120
FOCUSED = """(() => {
  const at = document.activeElement;
  return [at.name ?? "", `${at.name}=${at.value}`, (at.innerText ?? "").trim()];
})()"""


def test_a_two_day_trip_is_planned_by_keyboard_published_and_printed(visitors, tmp_path):
    organiser = visitors(is_phone=False)
    organiser.sign_in_as("organiser")
    page, keys = organiser.page, organiser.page.keyboard

    def tab_to(name: str) -> None:
        """Go on from field to field until the one with this name, or the button so called."""
        for _ in range(TABS):
            at = page.evaluate(FOCUSED)
            if name in at[:2] or at[2].startswith(name):
                return
            keys.press("Tab")
        raise AssertionError(f"the keyboard does not reach {name}")

    def write(name: str, text: str) -> None:
        tab_to(name)
        keys.press("Control+A")
        keys.type(text)

    def write_moment(name: str, days: int, clock: str) -> None:
        tab_to(name)
        year, month, day = steps.in_days(days, clock)[:10].split("-")
        keys.type(f"{month}{day}{year}")
        keys.press("Tab")
        hour, minute = clock.split(":")
        keys.type(f"{int(hour) % 12 or 12:02}{minute}{'AM' if int(hour) < 12 else 'PM'}")

    def press(name: str) -> None:
        tab_to(name)
        with page.expect_navigation():
            keys.press("Enter")

    organiser.open("/organise/trips/new")
    write("title", "大篷车键盘行")
    write("depot_id", "丹东市科技馆")
    write_moment("leaves_at", 100, "07:00")
    write("stops-0-venue_id", "东方红小学（凤城）")
    write_moment("stops-0-starts_at", 100, "09:30")
    press("再加一站")
    write("stops-1-venue_id", "通远堡镇中心小学")  # the first field of the new stop has the focus
    press("再加一站")
    press("then=put_off-1")
    write("stops-2-venue_id", "抗美援朝纪念馆")
    write_moment("stops-2-starts_at", 100, "15:00")  # too early: it can be there in the evening
    with page.expect_navigation():
        keys.press("Enter")
    expect(page.get_by_text("大篷车赶不到")).to_be_visible()
    press("then=next_day-2")
    expect(page.locator("[name='stops-2-starts_at']")).to_have_value(re.compile("T07:50"))
    press("保存草稿")
    trip = re.search(r"trips/(\d+)$", page.url)[1]

    press("安排")
    press("预订")
    press("大篷车键盘行")
    press("发布整个行程")
    expect(page.get_by_text("行程已发布")).to_be_visible()

    organiser.open(f"/organise/trips/{trip}/sheet")
    sheet = page.pdf(path=tmp_path / "sheet.pdf", prefer_css_page_size=True)
    organiser.open(f"/organise/trips/{trip}/posters")
    posters = page.pdf(path=tmp_path / "posters.pdf", prefer_css_page_size=True)
    assert pages_of(posters) == 3
    assert pages_of(sheet) in (1, 2, 3)
    organiser.open(f"/trips/{trip}")
    assert page.get_by_role("article").count() == 3
    assert organiser.troubles == []


def pages_of(pdf: bytes) -> int:
    """Return how many pages a PDF of the browser has."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))
