"""Take the pictures in docs/screens: ``python -m tools.screens``.

Serves the site on demo data in a temporary folder and visits it in Chromium.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tools.served import ROOT, served

FOLDER: Final = ROOT / "docs" / "screens"
MOST_BYTES: Final = 150_000
COLOURS: Final = (256, 128, 64, 32)
PHONE: Final = (390, 844)
DESK: Final = (1280, 800)
SHARPNESS: Final = 2  # device pixels per CSS pixel on phones
FLAGS: Final = ["--no-sandbox", "--lang=zh-CN", "--use-fake-ui-for-media-stream"]
ON_THE_STRIP: Final = ("front", "invitation", "ticket", "door", "front-large")
STRIP_PHONE_PX: Final = 270
GAP_PX: Final = 28


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: of what, seen by whom and how.

    Attributes:
        name: Of the file.
        part: Who is signed in, of the demo data; empty for nobody.
        address: Of the page; what stands in braces is found when the time has come.
        is_wide: At a desk, not on a phone.
        is_large: In the large edition.
        before: What is done on the page first.
    """

    name: str
    part: str
    address: str
    is_wide: bool = False
    is_large: bool = False
    before: Callable[[Page], None] | None = None


def _scan_somebody(page: Page) -> None:
    """Type the code of an attendee who is expected, so that the screen turns green."""
    code = page.context.request.get(page.url.replace("/door", "/registrations")).text()
    found = re.search(r"/T/(R[0-9A-Z]{16})", code)
    if found is None:
        raise LookupError("nobody has registered for the event that is running")
    page.get_by_label("输入签到码").fill(found[1])
    page.get_by_role("button", name="确定").click()
    page.locator(".verdict--accepted").wait_for()


PICTURES: Final = (
    Picture("front", "", "/"),
    Picture("front-large", "", "/", is_large=True),
    Picture("front-desk", "", "/", is_wide=True),
    Picture("event", "", "/e/{event}"),
    Picture("ticket", "", "{ticket}"),
    Picture("invitation", "", "{invitation}"),
    Picture("my-events", "volunteer", "/me"),
    Picture("join", "", "/join"),
    Picture("door", "organiser", "/organise/events/{running}/door", before=_scan_somebody),
    Picture("desk", "organiser", "/organise", is_wide=True),
    Picture("match", "city_office", "/organise/events/{event}/match", is_wide=True),
    Picture("overview", "city_office", "/organise/overview", is_wide=True),
    Picture("poster", "organiser", "/organise/events/{running}/poster", is_wide=True),
)


class Studio:
    """Browsers of people who are signed in or not, on phones or at a desk."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url

    def seat(self, part: str, *, is_wide: bool = False, is_large: bool = False) -> BrowserContext:
        """Return a browser in which this part of the demo data is signed in."""
        width, height = DESK if is_wide else PHONE
        context = self._browser.new_context(
            base_url=self._url,
            viewport={"width": width, "height": height},
            device_scale_factor=1 if is_wide else SHARPNESS,
            is_mobile=not is_wide,
            has_touch=not is_wide,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        if part:
            _sign_in(context.new_page(), part)
        if is_large:
            context.request.get("/switch/elder?to=1")
        return context

    def take(self, picture: Picture, places: dict[str, str]) -> Image.Image:
        """Return the picture."""
        context = self.seat(picture.part, is_wide=picture.is_wide, is_large=picture.is_large)
        page = context.new_page()
        page.goto(picture.address.format_map(places))
        page.wait_for_load_state("networkidle")
        if picture.before is not None:
            picture.before(page)
        shot = Image.open(io.BytesIO(page.screenshot()))
        context.close()
        return shot.convert("RGB")

    def places(self) -> dict[str, str]:
        """Return what stands for the names in braces; a guest registers, somebody is invited."""
        page = self.seat("city_office", is_wide=True).new_page()
        page.goto("/campaigns/silver")
        cards = page.locator(".board a[href^='/e/']")
        event, other = (_number(cards.nth(place).get_attribute("href")) for place in (0, 1))
        page.goto("/organise")
        running = _number(page.locator("a[href$='/door']").first.get_attribute("href"))
        page.goto(f"/organise/events/{running}/registrations/new")
        page.get_by_label("来人的姓名").fill("王小满")
        page.get_by_role("button", name="报名", exact=True).click()
        page.get_by_text("王小满 已报名").wait_for()
        page.goto(f"/organise/events/{other}/match")
        page.get_by_role("button", name="发出邀请").click()
        page.wait_for_url("**/roster")
        page.goto("/dev/outbox")
        message = page.locator("article").filter(has_text="邀请您").first
        invitation = message.locator(".button").get_attribute("href")
        page.goto(f"/e/{event}/register")
        page.get_by_label("您的姓名").fill("王小满")
        page.get_by_role("button", name="确认报名").click()
        page.wait_for_url("**/T/*")
        found = {"event": event, "running": running, "ticket": page.url}
        page.context.close()
        return found | {"invitation": str(invitation)}


def _sign_in(page: Page, part: str) -> None:
    page.goto("/sign-in")
    # A page that is closed while it still goes somewhere can keep Chromium waiting for ever.
    with page.expect_navigation(url=lambda address: "sign-in" not in address):
        page.locator(f"form:has([name=role][value={part}]) button").click()
    page.close()


def _number(address: str | None) -> str:
    found = re.search(r"\d+", address or "")
    if found is None:
        raise LookupError(f"no number in {address}")
    return found[0]


def save(image: Image.Image, name: str) -> None:
    """Write a picture with no more colours than keep it small."""
    path = FOLDER / f"{name}.png"
    for colours in COLOURS:
        image.quantize(colours, kmeans=2, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= MOST_BYTES:
            break
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1024} KB", flush=True)


def strip(phones: list[Image.Image]) -> Image.Image:
    """Return phones side by side, each with round corners and a shadow."""
    height = STRIP_PHONE_PX * PHONE[1] // PHONE[0]
    step = STRIP_PHONE_PX + GAP_PX
    whole = Image.new("RGB", (step * len(phones) + GAP_PX, height + 2 * GAP_PX), "#eef3f0")
    for number, phone in enumerate(phones):
        place = (GAP_PX + number * step, GAP_PX)
        size = (STRIP_PHONE_PX, height)
        mask = Image.new("L", size)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), 26, fill=255)
        shade = Image.new("L", whole.size)
        shade.paste(mask.point(lambda value: value // 4), (place[0], place[1] + 6))
        whole.paste("#12372a", mask=shade.filter(ImageFilter.GaussianBlur(9)))
        whole.paste(phone.resize(size, Image.Resampling.LANCZOS), place, mask)
    return whole


def chromium() -> str:
    """Return where the browser is, or end saying how to get one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("VH_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    return found or sys.exit("Chromium is needed: apt-get install chromium fonts-noto-cjk")


@contextmanager
def opened() -> Iterator[Studio]:
    """Open browsers on a site of demo data, until the block ends."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder)) as site,
        sync_playwright() as driver,
        driver.chromium.launch(executable_path=chromium(), args=FLAGS) as browser,
    ):
        yield Studio(browser, site.url)


def main() -> None:
    """Take all pictures anew."""
    with opened() as studio:
        places = studio.places()
        taken = {picture.name: studio.take(picture, places) for picture in PICTURES}
    for name, image in taken.items():
        save(image, name)
    save(strip([taken[name] for name in ON_THE_STRIP]), "phones")


if __name__ == "__main__":
    main()
