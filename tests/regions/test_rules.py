import pytest

from volunteer_hub.regions import rules
from volunteer_hub.regions.geography import Place
from volunteer_hub.regions.rules import read_coordinates, read_rows, short_name_of
from volunteer_hub.regions.spelling import of_place

CITY = {"code": "210600", "name": "丹东市", "level": "city", "parent": "210000"}
COUNTY = {"code": "210682", "name": "凤城市", "level": "county", "parent": "210600"}


def messages(*rows, known=None):
    _, problems = read_rows(rows, known=known or {})
    return [(problem.line, problem.message % problem.values) for problem in problems]


def test_sound_rows_come_from_the_city_down_whatever_their_order():
    good, problems = read_rows([COUNTY, CITY], known={})

    assert [row.code for row in good] == ["210600", "210682"]
    assert problems == []


def test_a_parent_may_be_there_already():
    good, problems = read_rows([COUNTY], known={"210600": "city"})

    assert [row.code for row in good] == ["210682"]
    assert problems == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"level": "planet"}, "级别“planet”不对，应为 city、county、township 或 village"),
        ({"parent": "999999"}, "上级 999999 不存在"),
        ({"parent": ""}, "上级 — 不存在"),
        ({"name": ""}, "没有名称"),
        ({"code": ""}, "编码只能是 1 到 12 位数字、字母或短横线"),
        ({"code": "1" * 13}, "编码只能是 1 到 12 位数字、字母或短横线"),
        ({"lat": "north", "lng": "124"}, "“north”不是有效的经纬度数字"),
        ({"lat": "nan", "lng": "124"}, "“nan”不是有效的经纬度数字"),
        ({"lat": "91", "lng": "124"}, "“91”不是有效的经纬度数字"),
        ({"lat": "40.1"}, "经度和纬度要么都填，要么都不填"),
        ({"name": "长" * 61}, "“name”太长"),
    ],
)
def test_a_row_that_cannot_be_used_says_why_and_where(change, message):
    assert messages(CITY, COUNTY | change) == [(3, message)]


def test_a_code_may_come_only_once():
    assert messages(CITY, COUNTY, COUNTY) == [(4, "编码与第 3 行重复")]


def test_a_parent_must_lie_above():
    town = {"code": "1", "name": "甲镇", "level": "township", "parent": "2"}
    village = {"code": "2", "name": "乙村", "level": "village", "parent": "210600"}

    assert messages(CITY, village, town) == [(4, "上级 2 不存在")]
    assert messages(town, known={"2": "village"}) == [(2, "上级 2 的级别不比它高")]


def test_what_lies_below_a_bad_row_is_left_out_too():
    town = {"code": "210682118", "name": "通远堡镇", "level": "township", "parent": "210682"}

    assert messages(CITY, COUNTY | {"level": "x"}, town)[1] == (4, "上级 210682 不存在")


def test_a_seat_that_the_file_calls_approximate_stays_so():
    seat = COUNTY | {"lat": "40.1", "lng": "124.3", "coord_note": "approx. administrative seat"}

    good, _ = read_rows([CITY, seat], known={})

    assert (good[1].lat, good[1].lng, good[1].is_approximate) == (40.1, 124.3, True)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("通远堡村委会", "通远堡村"),
        ("山城村村委会", "山城村"),
        ("新村村村民委员会", "新村村"),
        ("四道社区居民委员会", "四道社区"),
        ("东街居民委员会", "东街社区"),
        ("锦江渔委会", "锦江渔委会"),
        ("通远堡镇", "通远堡镇"),
    ],
)
def test_people_leave_the_office_out_of_a_village_name(name, expected):
    assert short_name_of(name) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("40.7922, 123.9158", (40.7922, 123.9158)),
        ("123.9158,40.7922", (40.7922, 123.9158)),
        ("４０．７９２２，１２３．９１５８", (40.7922, 123.9158)),
        ("40.7922 123.9158", (40.7922, 123.9158)),
        ("40.7922", None),
        ("1, 2", None),
        ("北纬 40 度", None),
    ],
)
def test_a_pair_is_read_in_either_order(text, expected):
    assert read_coordinates(text) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("长甸镇", ("changdianzhen", "cdz")),
        ("单家井社区", ("shanjiajingshequ", "sjjsq")),
        ("曾家村", ("zengjiacun", "zjc")),
        ("科普 e 站（东）", ("kepuezhandong", "kpezd")),
        ("解放小学", ("jiefangxiaoxue", "jfxx")),
    ],
)
def test_names_are_read_as_people_here_read_them(name, expected):
    assert of_place(name) == expected


SEAT, TWENTY_KM_OFF = Place(40.0, 124.0, False), Place(40.18, 124.0, False)


@pytest.mark.parametrize(
    ("mark", "place", "seat", "from_km", "expected"),
    [
        (None, TWENTY_KM_OFF, SEAT, 20, True),
        (None, TWENTY_KM_OFF, SEAT, 21, False),
        (True, SEAT, SEAT, 20, True),
        (False, TWENTY_KM_OFF, SEAT, 20, False),
        (True, None, None, 20, True),
        (None, None, SEAT, 20, False),
        (None, TWENTY_KM_OFF, None, 20, False),
    ],
)
def test_what_the_office_said_counts_before_the_distance(mark, place, seat, from_km, expected):
    assert rules.is_remote(mark, place, seat, from_km=from_km) is expected
