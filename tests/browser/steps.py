"""What people do on the site, tap by tap; shared by the tests."""

from __future__ import annotations

import csv
import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.codes import read_code

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.visitors import Visitor

# A camera that shows one picture at a time, the one that was last held before it.
HAND_HELD_CAMERA = """
(() => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [1280, 720];
  const context = canvas.getContext("2d");
  let held = null;
  setInterval(() => {
    context.fillStyle = "#ccc";
    context.fillRect(0, 0, canvas.width, canvas.height);
    if (held) context.drawImage(held, 430, 150, 420, 420);
  }, 80);
  window.holdBeforeCamera = async (address) => {
    const image = new Image();
    image.src = address;
    await image.decode();
    held = image;
  };
  navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(12);
})();
"""
# What fills the screen goes after two seconds; on a busy machine that is before anybody looked.
VERDICTS_KEPT = """
document.addEventListener("DOMContentLoaded", () => {
  const verdict = document.querySelector("[data-part=verdict]");
  if (verdict === null) return;
  const keep = () => {
    const said = `${verdict.className} ${verdict.innerText}`;
    if (!verdict.hidden) document.body.dataset.verdict = said;
  };
  new MutationObserver(keep).observe(verdict, { attributes: true, subtree: true, childList: true });
});
"""
SMALLEST_TEXT = """
(root) => {
  const isText = (node) => node.nodeType === Node.TEXT_NODE && node.data.trim();
  const places = [...root.querySelectorAll("*")];
  const saying = places.filter((each) => [...each.childNodes].some(isText));
  return Math.min(...saying.map((each) => parseFloat(getComputedStyle(each).fontSize)));
}
"""
EVENT_PAGE = re.compile(r"/events/(\d+)")
TABS = 40
CHINA = timezone(timedelta(hours=8))


def in_days(days: int, clock: str) -> str:
    """Return a moment some days from today, as the browser's field for moments takes it."""
    today = datetime.now(UTC).astimezone(CHINA)  # noqa: TID251 - the site's clock is the real one
    return f"{today + timedelta(days=days):%Y-%m-%d}T{clock}"


def in_hours(hours: int) -> str:
    """Return a full minute some hours from now: the door opens twelve hours before the start."""
    now = datetime.now(UTC).astimezone(CHINA)  # noqa: TID251 - the site's clock is the real one
    return f"{now + timedelta(hours=hours):%Y-%m-%dT%H:%M}"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as its page shows it: the picture of its code, and what the code says."""

    address: str
    picture: bytes

    @property
    def code(self) -> str:
        """The ticket's code alone."""
        return read_code(self.picture).rsplit("/", 1)[1]


def ticket_on(person: Visitor) -> Ticket:
    """Return the ticket on the page that somebody sees."""
    card = person.page.locator(".qr-card__code")
    expect(card).to_be_visible()
    ticket = Ticket(person.page.url, card.screenshot())
    assert read_code(ticket.picture) == ticket.address.split("?")[0]
    return ticket


FOUND_IS_ABOVE_THE_BAR = """() => {
    const found = document.querySelector("[id$=-choices]").getBoundingClientRect();
    return found.bottom <= document.querySelector(".action-bar").getBoundingClientRect().top;
}"""


def choose_venue(organiser: Visitor, typed: str, name: str) -> None:
    """Search for a venue in the event's form, and tap the one meant."""
    organiser.page.get_by_label("活动地点").press_sequentially(typed)
    wanted = organiser.page.get_by_text(name, exact=True)
    expect(wanted).to_be_visible()
    organiser.page.wait_for_function(FOUND_IS_ABOVE_THE_BAR)
    wanted.click()


def publish(organiser: Visitor) -> int:
    """Publish the draft on the page; returns its number."""
    organiser.tap("发布活动")
    expect(
        organiser.page.get_by_role("alert").or_(organiser.page.locator(".flashes"))
    ).to_contain_text("活动已发布")
    return event_number(organiser)


def event_number(organiser: Visitor) -> int:
    """Return the number of the event whose page somebody sees."""
    organiser.page.wait_for_url(EVENT_PAGE)
    found = EVENT_PAGE.search(organiser.page.url)
    assert found is not None, organiser.page.url
    return int(found[1])


def register(
    person: Visitor, event: int, *, name: str, phone: str = "", companions: int = 0
) -> Ticket:
    """Register for an event on its public page; returns the ticket."""
    person.open(f"/e/{event}")
    person.tap("我要参加")
    person.fill("您的姓名", name)
    if phone:
        person.fill("您的电话", phone)
    if companions:
        person.fill("还有几位和您一起来？", str(companions))
    person.tap("确认报名")
    return ticket_on(person)


def join(person: Visitor, name: str, phone: str, *, born: str = "") -> None:
    """Become a volunteer who guides at exhibits, lives in 通远堡 and is free all week."""
    page = person.page
    person.open("/join")
    person.fill("您的姓名", name)
    person.fill("手机号", phone)
    page.get_by_label("住在哪里").select_option(label="通远堡镇")
    person.fill("出生年份", born)
    page.get_by_role("group", name="讲解", exact=True).get_by_role("radio", name="熟练").check()
    page.get_by_role("checkbox", name="周末白天").check()
    page.get_by_role("checkbox", name="平时白天").check()
    page.get_by_role("radio", name="60 公里以内").check()
    page.get_by_role("checkbox", name="我已看过并同意").check()
    person.tap("加入志愿者")
    fill_in_code(person)
    person.tap("加入志愿者")


def read_message_to(person: Visitor, masked_phone: str) -> None:
    """Find the newest message to somebody in the outbox of development, and follow its link."""
    person.open("/dev/outbox")
    choice = person.page.get_by_label("收件人")
    value = choice.locator("option", has_text=masked_phone).get_attribute("value")
    choice.select_option(value)
    person.page.wait_for_url("**to=*")
    person.page.locator("article .button").first.click()


def hold_before_camera(person: Visitor, picture: bytes) -> None:
    """Show a picture to the camera of somebody who was given the hand-held one."""
    address = "data:image/png;base64," + b64encode(picture).decode()
    person.page.evaluate("address => window.holdBeforeCamera(address)", address)


def expect_accepted(person: Visitor, said: str) -> None:
    """Wait until the door let somebody in or out, with these words.

    Args:
        person: Somebody at a door; `VERDICTS_KEPT` runs on their pages.
        said: A regular expression.
    """
    wanted = re.compile(f"verdict--accepted.*{said}", re.DOTALL)
    expect(person.page.locator("body")).to_have_attribute("data-verdict", wanted)


def type_code(person: Visitor, code: str) -> None:
    """Type a ticket's code at the door."""
    person.fill("输入签到码", code)
    person.tap("确定")


def arrived(organiser: Visitor) -> int:
    """Return how many people are there, as the door's page says."""
    return int(organiser.page.locator("[data-part=count-in]").inner_text())


def some_talk(person: Visitor) -> int:
    """Return the number of the next talk of the demo data; those that tests made are named else."""
    person.open("/campaigns/silver")
    links = person.page.locator("a[href^='/e/']").filter(has_text="银龄讲座：")
    address = links.first.get_attribute("href")
    return int(re.sub(r"\D", "", str(address)))


def event_marked(organiser: Visitor, shelf: str, tag: str) -> int:
    """Return the number of the first event on a shelf that bears this tag."""
    organiser.open(f"/organise/events?phase={shelf}")
    card = organiser.page.locator(".board > li").filter(has_text=tag).first
    return int(re.sub(r"\D", "", str(card.get_by_role("link").first.get_attribute("href"))))


def book_by_phone(
    organiser: Visitor, event: int, *, name: str, phone: str = "", companions: int = 0
) -> None:
    """Register somebody who telephoned."""
    organiser.open(f"/organise/events/{event}/registrations")
    organiser.tap("电话报名")
    organiser.fill("来人的姓名", name)
    organiser.fill("电话", phone)
    organiser.fill("还有几位一起来？", str(companions))
    organiser.tap("报名", exact=True)
    expect(organiser.page.locator("main")).to_contain_text(f"{name} 已报名")


def poster_of(organiser: Visitor, event: int) -> str:
    """Return what the QR code on the event's poster says."""
    organiser.open(f"/organise/events/{event}/poster")
    return read_code(organiser.page.locator(".sheet__qr").screenshot())


def somebody_with_hours(staff: Visitor, event: int) -> tuple[str, str]:
    """Return name and hours of a volunteer, from the file of an event's hours."""
    file = staff.context.request.get(f"/organise/events/{event}/hours.csv").text()
    rows = csv.DictReader(file.removeprefix("\ufeff").splitlines())
    row = next(row for row in rows if row["服务时长（小时）"] not in ("", "0"))
    return row["姓名"], row["服务时长（小时）"]


def phone_of(staff: Visitor, name: str) -> str:
    """Look up a volunteer's number, as staff may."""
    staff.open("/organise/volunteers")
    staff.fill("姓名", name)
    staff.tap("查找")
    staff.tap(name, exact=True)
    staff.tap("显示电话")
    address = staff.page.locator("a[href^='tel:']").first.get_attribute("href")
    return str(address).removeprefix("tel:")


def fill_in_code(person: Visitor) -> None:
    """Fill in the newest code, which development shows in its outbox."""
    expect(person.page.get_by_label("验证码")).to_be_visible()
    outbox = person.context.new_page()
    outbox.goto("/dev/outbox")
    message = outbox.locator("article").filter(has_text="验证码").first.inner_text()
    code = re.search(r"\b\d{6}\b", message)
    outbox.close()
    assert code is not None
    person.fill("验证码", code[0])


def sign_in_by_code(person: Visitor, phone: str) -> None:
    """Sign in with a code, which development shows in its outbox."""
    person.open("/sign-in")
    person.fill("手机号", phone)
    person.tap("获取验证码")
    fill_in_code(person)
    person.tap("登录", within=person.page.locator("main"), exact=True)


def add_venue(organiser: Visitor, *, name: str, kind: str, place: str, contact: str) -> None:
    """Fill in a new place where events can be, with somebody to call there."""
    organiser.fill("名称", name)
    organiser.page.get_by_label("类型").select_option(label=kind)
    organiser.page.get_by_label("所在乡镇、村或社区").press_sequentially(place)
    organiser.page.get_by_role("radio", name=place).first.check()
    organiser.page.get_by_text("地址、联系人和坐标").click()
    organiser.fill("现场联系人", contact)
    organiser.fill("联系电话", "0415-0000007")
    organiser.tap("保存", exact=True)


def smallest_text_px(place: Locator) -> float:
    """Return the size of the smallest text in a part of a page."""
    return place.evaluate(SMALLEST_TEXT)


def invite_the_proposed(organiser: Visitor, event: int) -> tuple[str, str]:
    """Invite all whom the matcher proposes; returns the first one's name and masked number."""
    organiser.open(f"/organise/events/{event}")
    organiser.tap("找志愿者")
    proposed = organiser.page.get_by_role("group", name="建议邀请").first
    proposed.wait_for()
    name, phone = (
        text.split(" · ")[0] for text in proposed.locator("label *").all_inner_texts()[:2]
    )
    organiser.tap("发出邀请")
    organiser.page.wait_for_url("**/roster")
    return name, phone


def spoil(person: Visitor) -> None:
    """Empty the fields of the page's form, and ask for far too many where a number is asked for."""
    form = person.page.locator("main form.form").first
    for field in form.locator("input:visible, textarea:visible").all():
        kind = field.get_attribute("type") or "text"
        if kind == "number":
            field.fill("999999")
        elif kind not in ("radio", "checkbox"):
            field.fill("")


def tab_to(person: Visitor, label: str) -> None:
    """Press the tab key until the field with this label has the focus, which must be seen."""
    field = person.page.get_by_label(label).first
    for _ in range(TABS):
        if field.evaluate("each => each === document.activeElement"):
            break
        person.page.keyboard.press("Tab")
    expect(field).to_be_focused()
    assert field.evaluate("each => getComputedStyle(each).outlineStyle !== 'none'")
