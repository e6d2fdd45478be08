"""Every page, for everybody who may see it, on a phone, in the large edition and at a desk."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import audit, steps
from tests.browser.visitors import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# Who sees it, and its address; names in braces are found in the demo data.
PAGES = [
    ("", "/"),
    ("", "/events"),
    ("", "/e/{talk}"),
    ("", "/e/{talk}/volunteer"),
    ("", "/e/{talk}/register"),
    ("", "/campaigns/sanxiaxiang"),
    ("", "/regions"),
    ("", "/help"),
    ("", "/privacy"),
    ("", "/feedback"),
    ("", "/sign-in"),
    ("", "/sign-in/code/enter"),
    ("", "/join"),
    ("", "/claim"),
    ("", "{poster}"),
    ("", "{ticket}"),
    ("", "{ticket}?paper=1"),
    ("", "{invitation}"),
    ("volunteer", "/me"),
    ("volunteer", "/me/messages"),
    ("volunteer", "/me/profile"),
    ("volunteer", "/me/record"),
    ("volunteer", "/me/claims"),
    ("volunteer", "/me/claims/new"),
    ("volunteer", "/notices/hours"),
    ("organiser", "/organise/claims"),
    ("volunteer", "/me/account"),
    ("volunteer", "/me/account/number"),
    ("volunteer", "/me/reliability"),
    ("volunteer", "/me/account/family"),
    ("volunteer", "/me/data"),
    ("volunteer", "/me/data/service_record"),
    ("volunteer", "/me/data/close"),
    ("", "/privacy/collected"),
    ("", "/privacy/children"),
    ("", "/help/volunteer"),
    ("", "/feedback/new"),
    ("city_office", "/office/complaints"),
    ("city_office", "/office/minors"),
    ("organiser", "/organise"),
    ("organiser", "/organise/events"),
    ("organiser", "/organise/events/new"),
    ("organiser", "/organise/events/new?campaign=caravan"),
    ("organiser", "/organise/events/{running}/door"),
    ("organiser", "/organise/events/{running}/door/find"),
    ("organiser", "/organise/season"),
    ("organiser", "/organise/season?view=list"),
    ("organiser", "/organise/season?view=missing"),
    ("organiser", "/organise/season?view=conflicts"),
    ("organiser", "/organise/plans"),
    ("organiser", "/organise/rosters"),
    ("organiser", "/organise/plans/1"),
    ("organiser", "/organise/plans/1/compare?to=2"),
    ("organiser", "/organise/fairness"),
    ("organiser", "/organise/science-days"),
    ("organiser", "/organise/resources"),
    ("organiser", "/organise/resources/1"),
    ("organiser", "/organise/events/{running}/resources"),
    ("organiser", "/organise/events/{running}/series"),
    ("organiser", "/organise/volunteers"),
    ("organiser", "/organise/teams"),
    ("organiser", "/organise/talks"),
    ("organiser", "{offered}"),
    ("volunteer", "/me/talks"),
    ("organiser", "{asked}"),
    ("organiser", "{team}"),
    ("organiser", "{team}/invite"),
    ("", "/teams"),
    ("", "{face}"),
    ("volunteer", "/me/teams"),
    ("volunteer", "{face}/join"),
    ("organiser", "/organise/volunteers/lists"),
    ("organiser", "/organise/volunteers/enter"),
    ("organiser", "/organise/appeals"),
    ("organiser", "/organise/volunteers/export"),
    ("organiser", "/organise/volunteers/message"),
    ("city_office", "/organise/volunteers/twins"),
    ("volunteer", "/me/sharing"),
    ("organiser", "/organise/venues"),
    ("organiser", "/organise/trips/new"),
    ("organiser", "{trip}"),
    ("organiser", "{trip}/edit"),
    ("organiser", "{trip}/sheet"),
    ("city_office", "/organise/overview"),
    ("city_office", "/organise/events/{draft}"),
    ("city_office", "/organise/events/{talk}"),
    ("city_office", "/organise/events/{talk}/edit"),
    ("city_office", "/organise/events/{talk}/match"),
    ("city_office", "/organise/events/{talk}/roster"),
    ("city_office", "/organise/events/{talk}/roster?print=1"),
    ("city_office", "/organise/events/{talk}/registrations"),
    ("city_office", "/organise/events/{talk}/registrations/sheet"),
    ("city_office", "/organise/events/{talk}/poster"),
    ("city_office", "/organise/events/{unconfirmed}/confirm"),
    ("city_office", "{post}"),
    ("city_office", "{volunteer}"),
    ("city_office", "{venue}"),
]
# Lists with nothing in them, pages much like others, and those who may not come in.
RARE_PAGES = [
    ("", "/sources"),
    ("organiser", "/organise/trips"),
    ("organiser", "{trip}/resources"),
    ("organiser", "{trip}/report"),
    ("organiser", "{trip}/posters"),
    ("organiser", "{trip}/change"),
    ("organiser", "{trip}/change/calls"),
    ("", "{trip_page}"),
    ("organiser", "/organise/season?view=week"),
    ("organiser", "/organise/rosters?print=1"),
    ("organiser", "/organise/tables/venues"),
    ("", "/sign-in?way=password"),
    ("", "{ticket}/withdraw"),
    ("organiser", "/organise/events/{running}/door/log"),
    ("organiser", "/organise/events/{running}/door/devices"),
    ("organiser", "/organise/events/{running}/door/inbox"),
    ("organiser", "/organise/events/{running}/door/board"),
    ("city_office", "/organise/events/{talk}/roster?q=wang"),
    ("city_office", "/organise/events/{past}/confirm"),
    ("", "/events?q=没有这样的活动"),
    ("", "/e/{cancelled}"),
    ("", "/regions/search?q=tyb"),
    ("", "/nothing-here"),
    ("", "/style"),
    ("", "/dev/outbox"),
    ("volunteer", "/me/suggestions"),
    ("volunteer", "/me/data/name"),
    ("", "/feedback/track"),
    ("organiser", "/me/second-factor"),
    ("city_office", "/office/contact-changes"),
    ("volunteer", "/me/feedback"),
    ("", "/closed"),
    ("city_office", "/office/numbers/of/keep"),
    ("city_office", "/office/numbers/of/match"),
    ("city_office", "/organise/plans/weights"),
    ("city_office", "/office/numbers/keep.messages"),
    ("volunteer", "/organise"),
    ("team_leader", "/me"),
    ("team_leader", "/me/record"),
    ("organiser", "/organise/events?q=没有这样的活动"),
    ("organiser", "/organise/events/{running}/door/find?q=没有这个人"),
    ("organiser", "/organise/volunteers?q=没有这个人"),
    ("organiser", "/organise/venues?q=没有这个地方"),
    ("city_office", "/organise/events/{draft}/registrations"),
    ("city_office", "/organise/events/{talk}/waiting"),
    ("city_office", "/organise/events/{talk}/refill"),
    ("city_office", "/organise/events/{talk}/exchanges"),
    ("city_office", "/organise/events/{talk}/cancel"),
]
# Forms that come back: where, and the button to press.
FAILING = [
    ("", "/sign-in", "获取验证码"),
    ("", "/sign-in/code/enter", "登录"),
    ("", "/join", "加入志愿者"),
    ("", "/e/{talk}/register", "确认报名"),
    ("organiser", "/organise/events/new?campaign=caravan", "保存草稿"),
    ("city_office", "/organise/events/{talk}/shifts/new", "保存班次"),
    ("city_office", "{new_post}", "保存岗位"),
    ("city_office", "/organise/events/{talk}/cancel", "取消活动，通知大家"),
    ("city_office", "/organise/events/{talk}/registrations/new", "报名"),
    ("organiser", "/organise/venues/new", "保存"),
    ("volunteer", "/me/profile", "保存"),
    ("volunteer", "/me/data/close/confirm", "注销账号"),
    ("", "/feedback/new", "提交"),
]
STAFF = ("city_office", "organiser")


@pytest.fixture(scope="module")
def seats(visitors):
    """Return a function that gives the browser of a part in one of three ways of looking."""
    signed_in, seated = {}, {}

    def seat(part: str, look: str) -> Visitor:
        if part not in signed_in:
            first = visitors(is_phone=False)
            if part:
                first.sign_in_as(part)
            signed_in[part] = first.context.storage_state()
        if (part, look) not in seated:
            person = visitors(is_phone=look != "desk", storage_state=signed_in[part])
            if look == "phone":
                person.forget_what_was_sent_before()
            if look == "elder":
                person.open("/switch/elder?to=1")
            seated[part, look] = person
        return seated[part, look]

    return seat


@pytest.fixture(scope="module")
def places(seats):
    """Return what stands for the names in braces, as the pages link to them."""
    office, organiser = (seats(part, "desk").context.request for part in STAFF)
    attendee, event = seats("", "desk"), r"/organise/events/(\d+)[\"?]"

    def first(request, address: str, pattern: str) -> str:
        found = re.search(pattern, request.get(address).text())
        assert found is not None, f"{address} shows no {pattern}"
        return found[1]

    talk = steps.some_talk(attendee)
    found = {
        "talk": talk,
        "cancelled": steps.event_marked(seats("city_office", "desk"), "past", "已取消"),
        "draft": first(office, "/organise/events?phase=draft", event),
        "running": first(organiser, "/organise", r"/organise/events/(\d+)/door"),
        "unconfirmed": first(office, "/organise", r"/organise/events/(\d+)/confirm"),
        "past": first(office, "/organise/events?phase=past", event),
        "shift": first(office, f"/organise/events/{talk}", r"(/organise/shifts/\d+/edit)"),
        "new_post": first(office, f"/organise/events/{talk}", r"(/organise/shifts/\d+/posts/new)"),
        "post": first(office, f"/organise/events/{talk}", r"(/organise/posts/\d+/edit)"),
        "volunteer": first(office, "/organise/volunteers", r"(/organise/volunteers/\d+)"),
        "trip": first(organiser, "/organise/trips", r"(/organise/trips/\d+)\""),
        "trip_page": "/trips/" + first(organiser, "/organise/trips", r"/organise/trips/(\d+)\""),
        "offered": first(organiser, "/organise/talks", r"(/organise/talks/\d+)"),
        "asked": first(organiser, "/organise/talks", r"(/organise/talk-requests/\d+)"),
        "team": first(organiser, "/organise/teams", r"(/organise/teams/\d+)"),
        "face": "/teams/" + first(organiser, "/organise/teams", r"/organise/teams/(\d+)"),
        "venue": first(office, "/organise/venues", r"(/organise/venues/\d+)"),
        "ticket": steps.register(attendee, talk, name="马师傅").address,
    }
    steps.invite_the_proposed(seats("city_office", "desk"), talk)
    attendee.open("/dev/outbox")
    attendee.page.locator("article").filter(has_text="邀请您").first.locator(".button").click()
    found["invitation"] = attendee.page.url
    found["poster"] = steps.poster_of(seats("organiser", "desk"), int(found["running"]))
    return found


@pytest.mark.parametrize(("part", "address"), PAGES)
def test_a_page_is_sound_for_everyone(seats, places, keep_picture, part, address):
    found = []
    for look in ("phone", "elder", "desk"):
        person = seats(part, look)
        person.open(address.format_map(places))
        keep_picture(person, look, f"{part}{address}")
        found += audit.findings(person, look, address)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("part", "address"), RARE_PAGES)
def test_a_rare_page_is_sound_on_the_phone(seats, places, keep_picture, part, address):
    person = seats(part, "phone")
    person.open(address.format_map(places))
    keep_picture(person, "phone", f"{part}{address}")
    found = audit.findings(person, "phone", address)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("part", "address", "button"), FAILING)
def test_a_form_that_comes_back_is_sound_and_leads_to_the_field(
    seats, places, keep_picture, part, address, button
):
    person = seats(part, "phone")
    person.open(address.format_map(places))
    steps.spoil(person)
    person.page.get_by_role("button", name=button, exact=True).click()
    summary = person.page.locator(".error-summary")
    expect(summary).to_be_focused()
    keep_picture(person, "error", f"{part}{address}")
    found = audit.findings(person, "phone", address)
    assert not found, "\n".join(found)
    link = summary.get_by_role("link").first
    link.click()
    expect(person.page.locator(str(link.get_attribute("href")))).to_be_in_viewport()


def test_an_event_of_the_season_can_be_ticked_although_its_row_is_a_link(seats):
    person = seats("organiser", "phone")
    person.open("/organise/season?view=list")
    tick = person.page.locator("[name=events]").first
    tick.check()
    expect(tick).to_be_checked()


def test_signing_in_needs_no_mouse(visitors):
    person = visitors(is_phone=False)
    person.open("/sign-in?way=password")
    keyboard = person.page.keyboard
    keyboard.press("Tab")
    expect(person.page.get_by_role("link", name="跳到正文")).to_be_focused()
    keyboard.press("Enter")
    for label, text in (("手机号", "13900000005"), ("密码", "dandong-yanshi-2026")):
        steps.tab_to(person, label)
        keyboard.type(text)
    keyboard.press("Enter")
    person.page.wait_for_url("**/me")
