"""People at browsers of their own, who notice whatever goes wrong on the pages they see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response

PHONE = {"width": 390, "height": 844}
NARROWEST = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 800}
WECHAT = (
    "Mozilla/5.0 (Linux; Android 13; V2048A) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/130.0.6723.103 Mobile Safari/537.36 XWEB/1300333 MMWEBSDK/20240802 "
    "MicroMessenger/8.0.53.2740(0x28003533) WeChat/arm64 Weixin NetType/4G Language/zh_CN ABI/arm64"
)
# The browser reports every answer that is no success as an error, also those that are meant so.
ANSWER_IN_CONSOLE = "Failed to load resource"
PATIENCE_MS = 8000
ROLES = ("button", "link")


class Visitor:
    """Somebody with a browser. `troubles` lists what no page may do; tests want it empty."""

    def __init__(self, browser: Browser, url: str, *, is_phone: bool = True, **options) -> None:
        options.setdefault("viewport", PHONE if is_phone else DESK)
        self.context = browser.new_context(
            base_url=url, locale="zh-CN", timezone_id="Asia/Shanghai",
            is_mobile=is_phone, has_touch=is_phone, **options,
        )  # fmt: skip
        self.context.set_default_timeout(PATIENCE_MS)
        self.host = urlsplit(url).netloc
        self.troubles: list[str] = []
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda error: self._note(f"script: {error.error}"))
        self.context.on("request", lambda request: self._watch(request.url))
        self.context.on("response", self._check)
        self.page: Page = self.context.new_page()

    def _note(self, trouble: str) -> None:
        self.troubles.append(f"{self.page.url}: {trouble}")

    def _hear(self, message: ConsoleMessage) -> None:
        is_bad = message.type in ("error", "warning")
        if is_bad and not message.text.startswith(ANSWER_IN_CONSOLE):
            self._note(f"console: {message.text}")

    def _watch(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.netloc != self.host:
            self._note(f"asked another host: {url}")

    def _check(self, response: Response) -> None:
        is_page = response.request.resource_type in ("document", "fetch", "xhr")
        if response.status >= (500 if is_page else 400):
            self._note(f"{response.status} for {response.url}")

    def forget_what_was_sent_before(self) -> None:
        """Load everything anew with every page, as somebody does who comes for the first time."""
        wire = self.context.new_cdp_session(self.page)
        wire.send("Network.enable")
        wire.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def open(self, address: str) -> None:
        """Go to an address of the site."""
        self.page.goto(address)

    def tap(self, name: str, *, within: Locator | None = None, exact: bool = False) -> None:
        """Press the button or follow the link with this name."""
        self.control(name, within=within, exact=exact).click()

    def control(self, name: str, *, within: Locator | None = None, exact: bool = False) -> Locator:
        """Return the button or link with this name."""
        place = within or self.page
        button, link = (place.get_by_role(role, name=name, exact=exact) for role in ROLES)
        return button.or_(link).first

    def fill(self, label: str, text: str) -> None:
        """Type into the field with this label."""
        self.page.get_by_label(label).first.fill(text)

    def text(self) -> str:
        """Return what the page says, on one line."""
        said = "(document.querySelector('main') ?? document.body)?.innerText ?? ''"
        return re.sub(r"\s+", " ", self.page.evaluate(said))

    def sign_in_as(self, part: str) -> None:
        """Take one of the parts of the demo data: city_office, organiser, volunteer and so on."""
        self.open("/sign-in")
        with self.page.expect_navigation(url=lambda address: "sign-in" not in address):
            self.page.locator(f"form:has([name=role][value={part}]) button").click()

    def close(self) -> None:
        """Close the browser's window."""
        self.context.close()
