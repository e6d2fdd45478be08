"""The main job of the site, done by real people at real browsers: from the plan to the hours."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.codes import draw_code, film
from tests.browser.visitors import WECHAT

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

TITLE = "科普大篷车进校园 · 通远堡镇中心小学"
TODAY = "科普大篷车进校园 · 当天加场"


@pytest.fixture(scope="module")
def event(organiser):
    """Return the number of the event that the organiser plans for in three days and publishes."""
    page = organiser.page
    write_draft(organiser, TITLE, steps.in_days(3, "09:00"))
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(organiser.control("发布活动")).to_have_count(0)
    organiser.tap("选好活动地点")
    steps.choose_venue(organiser, "tyb", "通远堡镇中心小学")
    organiser.tap("保存", exact=True)
    add_shift_with_post(organiser)
    return steps.publish(organiser)


@pytest.fixture(scope="module")
def today(organiser, event):
    """Return the number of the same caravan's event of today, at whose door people stand."""
    write_draft(organiser, TODAY, steps.in_hours(1))
    organiser.tap("选好活动地点")
    steps.choose_venue(organiser, "tyb", "通远堡镇中心小学")
    organiser.tap("保存", exact=True)
    return steps.publish(organiser)


def write_draft(organiser, title, starts_at):
    """Fill in the form of a new caravan event that asks for names."""
    page = organiser.page
    organiser.open("/organise/events/new")
    page.get_by_role("link", name="科普大篷车进校园").click()
    organiser.fill("活动名称", title)
    organiser.fill("开始时间", starts_at)
    page.get_by_text("更多设置").click()
    page.get_by_role("checkbox", name="请群众提前报名").check()
    page.get_by_label("报名时问姓名吗").select_option(label="必须填写")
    page.get_by_label("一个人最多带几位同伴").fill("2")
    organiser.tap("保存草稿")


def add_shift_with_post(organiser):
    """Plan an hour of stargazing after the caravan's own two shifts."""
    page = organiser.page
    organiser.tap("加一个班次")
    organiser.fill("班次名称", "傍晚观星")
    organiser.fill("开始时间", steps.in_days(3, "16:00"))
    organiser.fill("结束时间", steps.in_days(3, "17:30"))
    organiser.tap("保存班次")
    organiser.fill("岗位名称", "望远镜操作")
    organiser.fill("最多几人", "3")
    page.get_by_role("combobox", name="技能").first.select_option(label="天文观测")
    organiser.tap("保存岗位")


@pytest.fixture(scope="module")
def helper(visitors, event):
    """Return somebody who became a volunteer inside WeChat and took the post that suits best."""
    person = visitors(user_agent=WECHAT)
    steps.join(person, "李海燕", "13900007001")
    expect(person.page.locator(".flashes")).to_contain_text("欢迎加入")
    person.open("/me/suggestions")
    card = person.page.locator("article").filter(has_text=TITLE).first
    expect(card).to_contain_text(re.compile("展品讲解.*您会讲解", re.DOTALL))
    person.tap("报名这个岗位", within=card)
    return person


def test_a_volunteer_joins_and_takes_a_post_on_the_phone(helper, organiser, event):
    helper.open("/me")
    expect(helper.page.locator("#mine")).to_contain_text(TITLE)
    helper.tap("签到码")
    steps.ticket_on(helper)
    organiser.open(f"/organise/events/{event}/roster")
    expect(organiser.page.locator("main")).to_contain_text("李海燕")


def test_the_invited_accept_with_one_tap_and_without_signing_in(organiser, visitors, event):
    name, phone = steps.invite_the_proposed(organiser, event)
    invited = visitors(user_agent=WECHAT)
    steps.read_message_to(invited, phone)
    expect(invited.page.get_by_role("heading", level=1)).to_have_text(TITLE)
    invited.tap("我能参加")
    expect(invited.page.get_by_role("heading", level=1)).to_contain_text("已确认")
    invited.tap("查看我的签到码")
    steps.ticket_on(invited)

    organiser.open(f"/organise/events/{event}/roster")
    expect(organiser.page.locator("main")).to_contain_text(name)


def test_an_attendee_without_scripts_gets_a_ticket_to_show_and_to_print(visitors, event):
    attendee = visitors(java_script_enabled=False)
    ticket = steps.register(attendee, event, name="王小朋友", phone="13900007101", companions=2)
    expect(attendee.page.locator("main")).to_contain_text("3 人入场")
    attendee.tap("打印")
    expect(attendee.page.locator(".sheet")).to_contain_text(TITLE)
    assert steps.ticket_on(attendee).code == ticket.code


@pytest.fixture(scope="module")
def door(visitors):
    """Return the organiser's phone at the door."""
    person = visitors()
    person.context.add_init_script(steps.VERDICTS_KEPT)
    person.sign_in_as("organiser")
    return person


@pytest.fixture(scope="module")
def second_door(visitors):
    """Return a second phone at the door, whose camera shows what the test holds before it."""
    person = visitors()
    person.context.add_init_script(steps.HAND_HELD_CAMERA)
    person.context.add_init_script(steps.VERDICTS_KEPT)
    person.sign_in_as("organiser")
    return person


def open_door(person, event):
    person.open(f"/organise/events/{event}")
    person.tap("现场签到")
    expect(person.page.locator("[data-enhance=scanner]")).to_have_attribute(
        "data-state", "scanning"
    )


def verdict(person, kind):
    """Return what fills the screen for some seconds when a scan was a duplicate or rejected."""
    return person.page.locator(f"[data-part=verdict].verdict--{kind}:not([hidden])")


def test_days_before_the_door_says_so_and_lets_nobody_in(organiser, event):
    steps.book_by_phone(organiser, event, name="吴早到")
    code = organiser.page.locator("main .number").first.inner_text()
    organiser.open(f"/organise/events/{event}/door")
    expect(organiser.page.locator(".notice--bad")).to_contain_text("还没到签到时间")
    steps.type_code(organiser, code)
    expect(verdict(organiser, "rejected")).to_contain_text(
        re.compile(r"还没到签到时间.*09:00 开始，开始前 12 小时起才能签到", re.DOTALL)
    )
    assert steps.arrived(organiser) == 0


def test_the_real_ticket_is_filmed_and_is_green_once(visitors, today, door, camera):
    attendee = visitors(java_script_enabled=False)
    ticket = steps.register(attendee, today, name="陈小明", phone="13900007102", companions=1)
    film(camera, ticket.picture)
    open_door(door, today)
    steps.expect_accepted(door, "已签到.*共 2 人")

    steps.type_code(door, ticket.code.lower())
    expect(verdict(door, "duplicate")).to_contain_text("重复签到")
    expect(verdict(door, "duplicate")).to_contain_text(re.compile(r"\d\d:\d\d 已在门口扫码签到"))

    attendee.open(ticket.address)
    expect(attendee.page.locator("main")).to_contain_text("已签到")


def test_every_wrong_code_gets_its_own_answer(visitors, today, second_door):
    attendee = visitors(java_script_enabled=False)
    withdrawn = steps.register(attendee, today, name="周先生")
    attendee.tap("来不了，取消报名")
    attendee.tap("确认取消报名")
    expect(attendee.page.locator("main")).to_contain_text("已经取消")
    elsewhere = steps.register(attendee, steps.some_talk(attendee), name="周先生")

    open_door(second_door, today)
    for picture, title in (
        (elsewhere.picture, "其他活动的票"),
        (withdrawn.picture, "已取消"),
        (draw_code("https://example.com/pay?to=13900000000"), "不是本平台的码"),
        (draw_code("恭喜您中奖了"), "不是本平台的码"),
    ):
        steps.hold_before_camera(second_door, picture)
        expect(verdict(second_door, "rejected")).to_contain_text(title)
        verdict(second_door, "rejected").click()
    steps.type_code(second_door, "R0000 0000 0000 0000")
    expect(verdict(second_door, "rejected")).to_contain_text("查无此票")


def test_a_volunteer_is_scanned_in_and_out(helper, today, second_door):
    helper.open(f"/e/{today}/volunteer")
    posts = helper.page.locator("main article").filter(has_text="展品讲解")
    helper.tap("报名这个岗位", within=posts.first)
    helper.open("/me")
    helper.tap("签到码", within=helper.page.locator("main article").filter(has_text=TODAY))
    own_pass = steps.ticket_on(helper)
    open_door(second_door, today)
    steps.hold_before_camera(second_door, own_pass.picture)
    steps.expect_accepted(second_door, "志愿者 展品讲解")
    second_door.page.get_by_role("radio", name="签退").check()
    steps.type_code(second_door, own_pass.code)
    steps.expect_accepted(second_door, "已签退")


def test_those_without_a_phone_are_found_by_name_added_or_counted(organiser, today):
    page = organiser.page
    steps.book_by_phone(organiser, today, name="孙桂兰")
    organiser.open(f"/organise/events/{today}/door")
    organiser.tap("按姓名找")
    organiser.fill("姓名、拼音首字母或电话尾号", "sgl")
    organiser.tap("查找")
    organiser.tap("签到", within=page.locator("#people li").filter(has_text="孙桂兰"))
    expect(page.locator("#people")).to_contain_text("孙桂兰 已签到")

    organiser.open(f"/organise/events/{today}/door")
    arrived = steps.arrived(organiser)
    organiser.tap("增加 1 人", exact=True)
    expect(page.locator("#panel")).to_contain_text("已计 1 人")
    page.get_by_text("没报名的人来了").click()
    organiser.fill("姓名", "钱老师")
    organiser.tap("登记并签到")
    expect(page.locator(".panel")).to_contain_text("钱*师")
    assert steps.arrived(organiser) == arrived + 2


def test_at_the_poster_people_check_themselves_in_without_scripts(organiser, visitors):
    organiser.open("/organise")
    organiser.tap("打开签到")
    running = steps.event_number(organiser)
    arrived = steps.arrived(organiser)
    steps.book_by_phone(organiser, running, name="赵淑芬", phone="13900007203")
    poster = steps.poster_of(organiser, running)

    registered, passing = visitors(java_script_enabled=False), visitors(java_script_enabled=False)
    registered.open(poster)
    registered.fill("报名时的姓名", "赵淑芬")
    registered.fill("电话最后四位", "7203")
    registered.tap("签到", exact=True)
    expect(registered.page.get_by_role("heading", level=1)).to_have_text("签到成功")
    passing.open(poster)
    passing.fill("还有几位和您一起来？", "2")
    passing.tap("我来了，签到")
    expect(passing.page.get_by_role("heading", level=1)).to_have_text("签到成功")
    expect(passing.page.locator("main")).to_contain_text("共 3 人")

    organiser.open(f"/organise/events/{running}/door")
    assert steps.arrived(organiser) == arrived + 4


def test_hours_are_confirmed_and_stand_in_the_volunteers_record(visitors):
    office = visitors(is_phone=False)
    office.sign_in_as("city_office")
    office.open("/organise")
    office.tap("去确认")
    event = steps.event_number(office)
    office.tap("确认全部时长")
    expect(office.page.locator(".flashes")).to_contain_text("服务时长已确认")
    title = office.page.get_by_role("heading", level=1).inner_text()
    name, hours = steps.somebody_with_hours(office, event)
    phone = steps.phone_of(office, name)

    volunteer = visitors()
    steps.sign_in_by_code(volunteer, phone)
    volunteer.open("/me/record")
    record = volunteer.page.locator("main li").filter(has_text=title).first
    expect(record).to_contain_text(f"{hours} 小时")
