"""A caravan trip of two days and three stops, planned by keyboard alone, then put on paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import steps

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
TABS = 120
AHEAD = 100  # days from today: the demo data has nothing there
FOCUSED = """(() => {
  const at = document.activeElement;
  return [at.name ?? "", `${at.name}=${at.value}`, (at.innerText ?? "").trim()];
})()"""


class Typist:
    """Somebody who has no mouse."""

    def __init__(self, page) -> None:
        self.page, self.keys = page, page.keyboard

    def go_to(self, name: str) -> None:
        """Go on from field to field until the one with this name, or the button so called."""
        for _ in range(TABS):
            at = self.page.evaluate(FOCUSED)
            if name in at[:2] or at[2].startswith(name):
                return
            self.keys.press("Tab")
        raise AssertionError(f"the keyboard does not reach {name}")

    def write(self, name: str, text: str) -> None:
        """Write into the field with this name, over what stands there."""
        self.go_to(name)
        self.keys.press("Control+A")
        self.keys.type(text)

    def write_moment(self, name: str, clock: str) -> None:
        """Write the day of the trip and a time into a field, part by part as browsers take them."""
        self.go_to(name)
        year, month, day = steps.in_days(AHEAD, clock)[:10].split("-")
        self.keys.type(f"{month}{day}{year}")
        self.keys.press("Tab")
        hour, minute = map(int, clock.split(":"))
        self.keys.type(f"{hour % 12 or 12:02}{minute:02}{'AM' if hour < 12 else 'PM'}")

    def enter(self) -> None:
        """Press the return key, which leads on to a page."""
        # Marked, because a busy browser tells of the step to the new page before it leaves the old.
        self.page.evaluate("window.isOld = true")
        self.keys.press("Enter")
        self.page.wait_for_function("() => !window.isOld && document.readyState === 'complete'")

    def press(self, name: str) -> None:
        """Go to a button or link and press it."""
        self.go_to(name)
        self.enter()


@pytest.fixture
def organiser(visitors):
    """Return an organiser at a desk."""
    someone = visitors(is_phone=False)
    someone.sign_in_as("organiser")
    return someone


def plan(organiser) -> str:
    """Plan the trip and publish it without a mouse; returns its number."""
    by, page = Typist(organiser.page), organiser.page
    organiser.open("/organise/trips/new")
    by.write("title", "大篷车键盘行")
    by.write("depot_id", "丹东市科技馆")
    by.write_moment("leaves_at", "07:00")
    by.write("stops-0-venue_id", "东方红小学（凤城）")
    by.write_moment("stops-0-starts_at", "09:30")
    by.press("再加一站")
    by.write("stops-1-venue_id", "通远堡镇中心小学")
    by.press("再加一站")
    by.press("then=put_off-1")  # now that it is known where, it is half an hour further
    by.write("stops-2-venue_id", "抗美援朝纪念馆")
    by.write_moment("stops-2-starts_at", "15:00")
    by.enter()
    expect(page.get_by_text("大篷车赶不到")).to_be_visible()
    by.press("then=next_day-2")
    expect(page.locator("[name='stops-2-starts_at']")).to_have_value(re.compile("T07:50"))
    by.press("保存草稿")
    by.press("安排")
    by.press("预订")
    by.press("大篷车键盘行")
    by.press("发布整个行程")
    expect(page.get_by_text("行程已发布")).to_be_visible()
    return re.search(r"trips/(\d+)$", page.url)[1]


def test_a_two_day_trip_is_planned_by_keyboard_published_and_printed(organiser, tmp_path):
    trip, page = plan(organiser), organiser.page

    organiser.open(f"/organise/trips/{trip}/sheet")
    assert "大篷车" in organiser.text()
    sheet = page.pdf(path=tmp_path / "sheet.pdf", prefer_css_page_size=True)
    organiser.open(f"/organise/trips/{trip}/posters")
    posters = page.pdf(path=tmp_path / "posters.pdf", prefer_css_page_size=True)
    assert pages_of(posters) == 3
    assert pages_of(sheet) <= 3
    organiser.open(f"/trips/{trip}")
    assert page.get_by_role("article").count() == 3
    assert organiser.troubles == []


def pages_of(pdf: bytes) -> int:
    """Return how many pages a PDF of the browser has."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))
