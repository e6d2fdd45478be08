from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import g
from sqlalchemy import func, select

from tests.client import counted_queries
from tests.factories import NOON, TOWNSHIP, office, organiser, person, region, volunteer
from tests.volunteers import joining
from volunteer_hub.accounts.models import Person, SignInTry
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations.models import Function
from volunteer_hub.volunteers.models import Volunteer
from volunteer_hub.volunteers.queries import find_volunteer_of

PHONE = "13800138000"


@pytest.fixture(autouse=True)
def _noon(at):
    at(NOON)


def filled(**changes):
    usual = {
        "name": "林小禾",
        "contact": PHONE,
        "home": TOWNSHIP,
        "birth_year": "1985",
        "birth_month": "7",
        "skills-guide": "2",
        "skills-smartphone": "0",
        "free_quick": ["weekend"],
        "radius": "30",
        "agrees": "y",
        "request_key": "0123456789abcdef0123456789abcdef",
    }
    return {key: value for key, value in {**usual, **changes}.items() if value is not None}


def join(client, csrf=True, **changes):
    return joining.join(client, filled(**changes), csrf=csrf)


def people():
    return db.session.scalar(select(func.count(Person.id)))


def test_joining_takes_one_page_and_signs_the_browser_in(client, app):
    assert join(client).location == "/me"
    assert "林小禾" in client.get("/me/account").text
    made = db.session.scalars(select(Volunteer)).one()
    assert {skill.skill_code: skill.level for skill in made.skills} == {"guide": 2}
    assert [(w.weekday, w.starts_minute, w.ends_minute) for w in made.windows] == [
        (5, 420, 1080),
        (6, 420, 1080),
    ]
    assert (made.home_region_id, made.travel_radius_km) == (region().id, 30)


def test_the_page_asks_for_little_and_works_in_elder_mode_and_english(client, app):
    text = client.get("/join?elder=1").text
    assert '<optgroup label="凤城市">' in text
    assert 'data-text="large"' in text
    assert text.index("签到与引导") < text.index("草莓种植")
    assert "Strawberries" in client.get("/join?lang=en").text


def test_joining_goes_on_to_where_one_was_headed(client, app):
    assert (
        'name="next" type="hidden" value="/e/5/volunteer"'
        in client.get("/join?next=/e/5/volunteer").text
    )
    assert join(client, next="/e/5/volunteer").location == "/e/5/volunteer"


def test_no_address_leads_off_the_site(client, app):
    assert join(client, next="//evil.example").location == "/me"


def test_an_e_mail_address_will_do_and_age_may_be_left_out(client, app):
    response = join(client, contact="Li@Example.cn", birth_year=None, birth_month="")
    assert response.location == "/me"
    assert db.session.scalars(select(Person.email)).one() == "li@example.cn"


def test_digits_may_be_typed_full_width(client, app):
    assert (
        join(client, contact="１３８ ００１３ ８０００", birth_year="１９８５").status_code == 302
    )
    assert db.session.scalars(select(Person.phone)).one() == PHONE


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": ""}, "请填写姓名"),
        ({"name": "   "}, "请填写姓名"),
        ({"name": "林" * 31}, "最多 30 个字"),
        ({"name": "😀"}, "真实姓名"),
        ({"name": "林小禾8"}, "真实姓名"),
        ({"name": None}, "请填写姓名"),
        ({"contact": ""}, "请填写手机号或邮箱"),
        ({"contact": "123"}, "11 位手机号"),
        ({"contact": "1" * 300}, "11 位手机号"),
        ({"home": ""}, "乡镇或街道"),
        ({"home": None}, "请从列表里选择"),
        ({"home": "210682"}, "请从列表里选择"),
        ({"home": "999"}, "请从列表里选择"),
        ({"birth_year": "abc"}, "四位数的年份"),
        ({"birth_year": "85"}, "四位数的年份"),
        ({"birth_year": "2027"}, "四位数的年份"),
        ({"birth_year": "1800"}, "四位数的年份"),
        ({"birth_year": "9" * 40}, "四位数的年份"),
        ({"birth_year": "😀"}, "四位数的年份"),
        ({"birth_year": "", "birth_month": "7"}, "请把出生年份也填上"),
        ({"birth_month": "13"}, "请从列表里选择"),
        ({"skills-guide": "4"}, "请从列表里选择特长"),
        ({"skills-guide": "😀"}, "请从列表里选择特长"),
        ({"skills-hacking": "3"}, "请从列表里选择特长"),
        ({"skills-digital": "3"}, "请从列表里选择特长"),
        ({"free_quick": None}, "至少选一个有空的时间"),
        ({"free_quick": ["always"]}, "请从列表里选择"),
        ({"free_quick": [], "free": ["7-am"]}, "请从列表里选择"),
        ({"radius": "31"}, "请从列表里选择"),
        ({"radius": "x"}, "请从列表里选择"),
        ({"agrees": None}, "在这里打勾"),
        ({"agrees": ""}, "在这里打勾"),
    ],
)  # fmt: skip
def test_each_bad_answer_is_explained_and_nothing_is_written(client, app, changes, says):
    response = join(client, **changes)
    assert response.status_code == 422
    assert says in response.text
    assert people() == 0


def test_what_was_typed_is_kept_when_something_is_wrong(client, app):
    text = join(client, name="", **{"skills-strawberry": "3"}, free=["2-eve"]).text
    assert f'value="{PHONE}"' in text
    assert is_marked(text, f'value="{TOWNSHIP}"', "selected")
    assert is_marked(text, 'id="skills-strawberry-3"', "checked")
    assert is_marked(text, 'id="skills-guide-2"', "checked")
    assert is_marked(text, 'value="2-eve"', "checked")
    assert text.count('<details class="more" open') == 2


def is_marked(text, attribute, mark):
    """Tell whether the element with this attribute is checked or selected."""
    (element,) = [part for part in text.split("<") if attribute in part]
    return mark in element


def test_a_stale_page_keeps_what_was_typed_and_writes_nothing(client, app):
    response = join(client, csrf=False)
    assert response.status_code == 422
    assert "请再按一次" in response.text
    assert 'value="林小禾"' in response.text
    assert people() == 0


@pytest.mark.parametrize(("year", "month"), [("2020", "9"), ("2026", "9"), ("2021", "")])
def test_a_child_is_thanked_and_not_kept(client, app, year, month):
    response = join(client, birth_year=year, birth_month=month)
    assert response.status_code == 422
    assert "请大人陪您一起来参加活动" in response.text
    assert people() == 0


def test_from_the_age_of_the_province_on_one_may_join(client, app):
    assert join(client, birth_year="2020", birth_month="8").status_code == 302


def test_a_second_tap_signs_in_too_and_makes_nobody_twice(app):
    first, second = app.test_client(), app.test_client()
    join(first)
    g.pop("csrf_token", None)
    assert join(second).location == "/me"
    assert "林小禾" in second.get("/me/account").text
    assert people() == 1


def test_an_old_form_on_a_shared_computer_signs_nobody_in(app, at):
    join(app.test_client())
    at(NOON + timedelta(minutes=2))
    g.pop("csrf_token", None)
    later = app.test_client()
    assert 'name="code"' in later.post("/join", data=filled()).text
    assert later.get("/me/account").status_code == 302


def test_who_has_a_number_is_told_to_nobody_who_has_not_proved_it(app):
    who = person(phone=PHONE, name="周望星")
    answers, rows = [], []
    for number in (PHONE, "13800138001"):
        stranger = app.test_client()
        with counted_queries() as asked:
            first = stranger.post("/join", data=filled(contact=number))
        wrong = stranger.post("/join", data=filled(contact=number, code="000000"))
        answers.append([(each.status_code, without_tokens(each.text)) for each in (first, wrong)])
        rows.append([statement.split()[0] for statement in asked])
        assert stranger.get("/me/account").status_code == 302
    assert answers[0] == [
        (status, text.replace("138****8001", "138****8000").replace("13800138001", PHONE))
        for status, text in answers[1]
    ]
    assert rows[0] == rows[1]
    assert "周望星" not in str(answers)
    assert find_volunteer_of(who.id) is None


def without_tokens(text):
    return re.sub(r"[0-9A-Za-z_.-]{40,}", "", text)


def test_whoever_has_a_known_number_goes_on_as_who_they_are(client, app):
    who = person(phone=PHONE)
    text = join(client, next="/e/5/volunteer").text
    assert "我就是林小禾" in text
    answer = client.post("/join", data=filled(next="/e/5/volunteer", who=str(who.id)))
    assert answer.location == "/e/5/volunteer"
    assert find_volunteer_of(who.id) is not None
    assert people() == 1


def test_codes_asked_for_by_joining_are_limited(app, at):
    answers = []
    for count in range(6):
        at(NOON + timedelta(minutes=count))
        answers.append(app.test_client().post("/join", data=filled()).status_code)
    assert answers == [200] * 5 + [429]
    assert db.session.scalar(select(func.count(SignInTry.id))) == 5


def test_a_code_for_one_number_joins_with_no_other(client, app):
    client.post("/join", data=filled())
    code = joining.sent_code()
    assert client.post("/join", data=filled(contact="13800138001", code=code)).status_code == 422
    assert people() == 0


def test_an_organiser_becomes_a_volunteer_without_saying_who_they_are(client, app):
    who = organiser()
    client.sign_in(who)
    text = client.get("/join").text
    assert 'name="name"' not in text
    assert join(client, name="别人", contact="13900139000").location == "/me"
    assert find_volunteer_of(who.id) is not None
    db.session.refresh(who)
    assert who.name == "周望星"
    assert client.get("/join").location == "/me"
    assert join(client).location == "/me"


def test_posted_roles_and_flags_change_nothing(client, app):
    join(client, is_demo="1", is_staff="1", person_id="1", role="city_office", is_paused="1")
    made = db.session.scalars(select(Volunteer)).one()
    assert not made.person.is_demo
    assert not made.is_paused
    assert client.get("/organise/volunteers").status_code == 403


def test_script_in_a_name_stays_text(client, app):
    assert join(client, name="<script>alert(1)</script>").status_code == 422


def profile(client, csrf=True, **changes):
    usual = {
        "name": "林小禾", "home": TOWNSHIP, "birth_year": "", "birth_month": "",
        "skills-guide": "3", "free": ["5-am", "5-pm"], "radius": "60", "max_hours": "8",
    }  # fmt: skip
    data = {key: value for key, value in {**usual, **changes}.items() if value is not None}
    return client.post("/me/profile", data=data, csrf=csrf)


@pytest.fixture
def member(client, app):
    made = volunteer(skills=[("guide", 2)])
    client.sign_in(made.person)
    return made


def test_the_profile_shows_what_is_known(client, member):
    text = client.get("/me/profile").text
    assert is_marked(text, 'id="skills-guide-2"', "checked")
    assert 'value="林小禾"' in text


def test_a_saved_profile_is_what_was_filled_in(client, member):
    response = profile(
        client, name="林大禾", is_paused="y", refuses_suggestions="y", max_hours="１２",
        off_from="2026-10-01", off_to="2026-10-03", radius="120",
    )  # fmt: skip
    assert response.location == "/me/profile"
    db.session.expire_all()
    kept = find_volunteer_of(member.person_id)
    assert (kept.person.name, kept.person.pinyin) == ("林大禾", "lindahe")
    assert (kept.is_paused, kept.accepts_suggestions) == (True, False)
    assert (kept.max_hours_week, kept.travel_radius_km) == (12, 120)
    assert [f"{day.off_on}" for day in kept.days_off] == ["2026-10-01", "2026-10-02", "2026-10-03"]
    assert kept.skills[0].level == 3


def test_a_day_whose_tick_is_taken_away_is_free_again(client, member):
    profile(client, off_from="2026-10-01", off_to="2026-10-02")
    assert "10月2日" in client.get("/me/profile").text
    profile(client, days_off=["2026-10-02"])
    db.session.expire_all()
    assert [f"{day.off_on}" for day in find_volunteer_of(member.person_id).days_off] == [
        "2026-10-02"
    ]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": ""}, "请填写姓名"),
        ({"home": "x"}, "请从列表里选择"),
        ({"max_hours": ""}, "请填写小时数"),
        ({"max_hours": "0"}, "1 到 60"),
        ({"max_hours": "61"}, "1 到 60"),
        ({"max_hours": "-1"}, "1 到 60"),
        ({"max_hours": "2.5"}, "整数"),
        ({"max_hours": "😀"}, "整数"),
        ({"free": None}, "至少选一个有空的时间"),
        ({"off_from": "gestern"}, "请填写日期"),
        ({"off_from": "2026-13-01"}, "请填写日期"),
        ({"off_from": "2026-10-03", "off_to": "2026-10-01"}, "不能早于"),
        ({"off_from": "2026-09-01"}, "已经过去"),
        ({"off_to": "2026-09-01"}, "已经过去"),
        ({"off_from": "2026-10-01", "off_to": "2027-10-01"}, "三个月"),
        ({"off_from": "9999-12-31"}, "三个月"),
        ({"off_from": "0001-01-01", "off_to": "9999-12-31"}, "三个月"),
        ({"days_off": ["2026-10-02"]}, "请从列表里选择"),
        ({"birth_year": "2020"}, "监护人"),
        ({"radius": ""}, "请选择愿意走多远"),
        ({"paused_until": "2026-09-04"}, "已经过去"),
        ({"paused_until": "2030-09-04"}, "两年以内"),
        ({"paused_until": "morgen"}, "请填写日期"),
        ({"extra_on": "2026-09-04", "extra_parts": ["am"]}, "一年以内"),
        ({"extra_on": "2027-10-04", "extra_parts": ["am"]}, "一年以内"),
        ({"extra_on": "2026-10-04"}, "上午、下午或者晚上"),
        ({"extra_parts": ["am"]}, "是哪一天"),
        ({"extra_on": "2026-10-04", "extra_parts": ["night"]}, "请从列表里选择"),
        ({"extra_on": "2026-10-04", "extra_parts": ["am"], "off_from": "2026-10-04"}, "不能来"),
        ({"extra": ["2026-10-04_420_720"]}, "请从列表里选择"),
        ({"audiences": ["aliens"]}, "请从列表里选择"),
        ({"campaigns": ["aliens"]}, "请从列表里选择"),
        ({"wants_only_wishes": "y"}, "先在上面选一选"),
        ({"is_in_reserve": "y"}, "填写出生年月"),
        ({"is_in_reserve": "y", "birth_year": "2010"}, "满 18 周岁"),
    ],
)
def test_each_bad_change_is_explained_and_nothing_is_written(client, member, changes, says):
    response = profile(client, **changes)
    assert response.status_code == 422
    assert says in response.text
    db.session.expire_all()
    assert find_volunteer_of(member.person_id).skills[0].level == 2


def test_everything_else_someone_offers_is_kept_and_shown_again(client, member):
    profile(
        client, audiences=["elders", "youth"], campaigns=["caravan"], wants_only_wishes="y",
        has_car="y", is_in_reserve="y", birth_year="1980", paused_until="2026-09-30",
        extra_on="2026-10-04", extra_parts=["am", "pm"], **{"skills-korean": "3"},
    )  # fmt: skip
    db.session.expire_all()
    kept = find_volunteer_of(member.person_id)
    assert sorted(wish.code for wish in kept.wishes) == ["caravan", "elders", "youth"]
    assert (kept.wants_only_wishes, kept.has_car, kept.is_in_reserve) == (True, True, True)
    assert (kept.is_paused, f"{kept.paused_until}") == (True, "2026-09-30")
    assert [(f"{h.free_on}", h.starts_minute, h.ends_minute) for h in kept.extra_hours] == [
        ("2026-10-04", 420, 1080)
    ]
    text = client.get("/me/profile").text
    assert is_marked(text, 'id="skills-korean-3"', "checked")
    assert is_marked(text, 'value="2026-10-04_420_1080"', "checked")
    assert 'value="2026-09-30"' in text
    for name in ("wants_only_wishes", "has_car", "is_in_reserve", "is_paused"):
        assert is_marked(text, f'id="{name}"', "checked")
    assert text.index("朝鲜语") < text.index("愿意服务谁")


def test_a_break_that_is_over_shows_as_over(client, member, at):
    profile(client, paused_until="2026-09-30")
    at(NOON + timedelta(days=26))
    text = client.get("/me/profile").text
    assert not is_marked(text, 'id="is_paused"', "checked")
    assert "2026-09-30" not in text


def test_a_single_day_whose_tick_is_taken_away_goes(client, member):
    profile(client, extra_on="2026-10-04", extra_parts=["am"])
    profile(client, extra=["2026-10-04_420_720"], extra_on="2026-10-05", extra_parts=["eve"])
    profile(client, extra=["2026-10-05_1080_1320"])
    db.session.expire_all()
    kept = find_volunteer_of(member.person_id).extra_hours
    assert [f"{hours.free_on}" for hours in kept] == ["2026-10-05"]


def test_staff_see_wishes_cars_and_the_reserve(client, member):
    profile(
        client, audiences=["elders"], campaigns=["caravan"], wants_only_wishes="y", has_car="y",
        is_in_reserve="y", birth_year="1980", extra_on="2026-10-04", extra_parts=["am"],
        paused_until="2026-09-30",
    )  # fmt: skip
    client.sign_in(office())
    text = client.get(f"/organise/volunteers/{member.id}").text
    for said in ("老年人、科普大篷车", "只想做这些", "应急预备队", "自己有车", "10月4日",
                 "暂停到 9月30日"):  # fmt: skip
        assert said in text


def test_a_stale_profile_page_keeps_what_was_typed(client, member):
    response = profile(client, csrf=False, name="林大禾")
    assert response.status_code == 422
    assert 'value="林大禾"' in response.text
    db.session.expire_all()
    assert find_volunteer_of(member.person_id).person.name == "林小禾"


def test_a_full_width_date_is_understood(client, member):
    assert profile(client, off_from="２０２６-１０-０１").status_code == 302


def test_days_off_stay_the_same_twice(client, member):
    profile(client, off_from="2026-10-01")
    profile(client, off_from="2026-10-01", days_off=["2026-10-01"])
    db.session.expire_all()
    assert len(find_volunteer_of(member.person_id).days_off) == 1


def test_who_is_no_volunteer_is_led_to_joining(client, app):
    client.sign_in(person())
    assert client.get("/me/profile").location == "/join"


@pytest.mark.parametrize(
    "make",
    [office, organiser, lambda: office("210682")],
)
def test_staff_see_volunteers_with_hidden_numbers(client, app, make):
    volunteer(name="单雪梅", who=person(name="单雪梅", phone=PHONE), skills=[("guide", 3)])
    client.sign_in(make())
    text = client.get("/organise/volunteers").text
    assert "单雪梅" in text
    assert "凤城市 通远堡镇" in text
    assert "讲解" in text
    assert PHONE not in text
    assert "138****8000" in text


@pytest.mark.parametrize(
    "address", ["/organise/volunteers", "/organise/volunteers/1", "/organise/volunteers/1/contact"]
)
def test_others_do_not_see_volunteers(client, app, address):
    made = volunteer()
    assert client.get(address).location.startswith("/sign-in")
    client.sign_in(made.person)
    assert client.get(address).status_code == 403


def test_the_list_is_narrowed_down_and_says_so_when_empty(client, app):
    volunteer(skills=[("guide", 3)])
    client.sign_in(office())
    assert "共 1 人" in client.get(f"/organise/volunteers?q=lxh&skill=guide&place={TOWNSHIP}").text
    for query in ("q=😀", "q=%25", "skill=korean", "place=210681", "q=" + "x" * 500):
        assert "没有找到志愿者" in client.get(f"/organise/volunteers?{query}").text
    assert client.get("/organise/volunteers?page=-5").status_code == 200
    assert client.get("/organise/volunteers?page=abc&place=nowhere").status_code == 200


def test_minors_and_paused_volunteers_are_marked(client, app):
    made = volunteer()
    with transaction():
        made.birth_year, made.birth_month, made.is_paused = 2010, 1, True
    client.sign_in(office())
    for address in ("/organise/volunteers", f"/organise/volunteers/{made.id}"):
        text = client.get(address).text
        assert "未成年" in text
        assert "暂停中" in text
        assert "2010" not in text


def test_the_list_costs_the_same_with_one_volunteer_and_three(client, app):
    volunteer(skills=[("guide", 3)])
    client.sign_in(office())
    client.get("/organise/volunteers")
    db.session.remove()
    with counted_queries() as one:
        client.get("/organise/volunteers")
    for _ in range(2):
        volunteer(skills=[("guide", 3), ("driving", 1)])
    db.session.remove()
    with counted_queries() as three:
        client.get("/organise/volunteers")
    assert len(one) == len(three) <= 12


def test_a_volunteer_s_page_shows_the_offer_within_few_queries(client, app):
    made = volunteer(skills=[("guide", 3)], windows=[(5, 420, 1080)])
    client.sign_in(office())
    address = f"/organise/volunteers/{made.id}"
    client.get(address)
    db.session.remove()
    with counted_queries() as statements:
        text = client.get(address).text
    assert "能带队" in text
    assert "07:00—18:00" in text
    # Whether there is demo data is asked with each page only in development.
    assert len([each for each in statements if "is_demo" not in each]) <= 12


@pytest.mark.parametrize("make", [office, organiser, lambda: office("210682")])
def test_a_number_is_shown_on_request_and_the_request_written_down(client, app, make):
    made = volunteer(who=person(phone=PHONE))
    who = make()
    client.sign_in(who)
    address = f"/organise/volunteers/{made.id}"
    before = client.get(address).text
    assert "138 0013 8000" not in before
    assert "显示电话" in before
    assert "138\u00a00013\u00a08000" in client.post(f"{address}/contact").text
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "volunteer.show_contact")
    ).one()
    assert (entry.actor_id, entry.subject_id) == (who.id, made.id)
    assert client.get(f"{address}/contact").location == address


def test_numbers_stay_hidden_without_a_token_or_outside_the_county_and_from_team_leaders(
    client, app
):
    made = volunteer()
    client.sign_in(office("210602"))
    assert client.post(f"/organise/volunteers/{made.id}/contact").status_code == 404
    assert client.get(f"/organise/volunteers/{made.id}").status_code == 404
    client.sign_in(office())
    assert client.post(f"/organise/volunteers/{made.id}/contact", csrf=False).status_code == 400
    client.sign_in(organiser(function=Function.TEAM_LEADER))
    assert client.post(f"/organise/volunteers/{made.id}/contact").status_code == 403
    assert (
        db.session.scalar(
            select(func.count(AuditEntry.id)).where(AuditEntry.action == "volunteer.show_contact")
        )
        == 0
    )


def test_a_flood_of_sign_ups_from_one_address_is_stopped(client, app):
    answers = {client.post("/join", data={}).status_code for _ in range(61)}
    assert answers == {422, 429}
