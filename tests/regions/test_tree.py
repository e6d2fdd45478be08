import csv

import pytest

from volunteer_hub.regions.actions import SHIPPED
from volunteer_hub.regions.tree import Node, Tree, other_initials, stem


@pytest.fixture(scope="module")
def tree():
    """The shipped regions, made into a tree without a database."""
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    ids = {row["code"]: number for number, row in enumerate(rows, start=1)}
    return Tree(
        Node(
            id=ids[row["code"]],
            code=row["code"],
            name=row["name"],
            short_name=row["short_name"],
            full_name=row["full_name"],
            level=row["level"],
            parent_id=ids.get(row["parent"]),
            lat=float(row["lat"]) if row["lat"] else None,
            lng=float(row["lng"]) if row["lng"] else None,
            is_approximate=False,
            pinyin=row["pinyin"],
            initials=row["initials"],
            pinyin_alt=row["pinyin_alt"],
        )
        for row in rows
    )


def names(nodes):
    return [node.short_name for node in nodes]


def test_the_shipped_tree_is_whole(tree):
    (city,) = tree.children(None)
    counties = tree.children(city.id)

    assert len(tree) == 975
    assert names(counties) == [
        "元宝区", "振兴区", "振安区", "宽甸满族自治县", "东港市", "凤城市"
    ]  # fmt: skip
    assert sum(len(tree.children(county.id)) for county in counties) == 89
    assert len(tree.ids_within(city.id)) == 975


def test_a_path_is_always_whole(tree):
    village = tree.find_by_code("210682119201")

    assert tree.path(village) == "凤城市 四门子镇 新农村"
    assert tree.path(tree.find_by_code("210682")) == "凤城市"
    assert tree.path(tree.find_by_code("210600")) == "丹东市"


def test_no_two_regions_have_the_same_path(tree):
    (city,) = tree.children(None)
    paths = [tree.path(tree.find(inner)) for inner in tree.ids_within(city.id)]

    assert len(set(paths)) == len(paths)


def test_a_place_is_its_own_where_it_has_a_point(tree):
    place = tree.place(tree.find_by_code("210682118"))

    assert (place.lat, place.lng, place.is_approximate) == (40.79222, 123.91583, False)


def test_a_village_falls_back_to_its_township(tree):
    place = tree.place(tree.find_by_code("210682118202"))

    assert (place.lat, place.lng, place.is_approximate) == (40.79222, 123.91583, True)


def test_a_township_without_a_point_falls_back_to_the_county_seat(tree):
    place = tree.place(tree.find_by_code("210624105"))

    assert (place.lat, place.lng, place.is_approximate) == (40.72861, 124.78472, True)


def test_a_region_nowhere_has_no_place():
    lost = Node(1, "x", "甲镇", "甲镇", "甲镇", "township", None, None, None, True, "", "", "")

    assert Tree([lost]).place(lost) is None


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("通远堡", "通远堡镇"),
        ("通远堡镇", "通远堡镇"),
        ("tongyuanpu", "通远堡镇"),
        ("tongyuanbao", "通远堡镇"),
        ("TongYuanPu", "通远堡镇"),
        ("tong yuan pu", "通远堡镇"),
        ("tyb", "通远堡镇"),
        ("typ", "通远堡镇"),
        ("ｔｙｐ", "通远堡镇"),
        ("cdz", "长甸镇"),
        ("changdian", "长甸镇"),
        ("210682118", "通远堡镇"),
        ("凤城", "凤城市"),
        ("fengcheng", "凤城市"),
        ("kuandian", "宽甸满族自治县"),
        ("大梨树", "大梨树村"),
        ("dls", "大梨树村"),
        ("凤城 大堡", "大堡蒙古族乡"),
        ("fc dapu", "大堡蒙古族乡"),
        ("曾家", "曾家村"),
        ("cengjia", "曾家村"),
        ("zengjia", "曾家村"),
        ("朝阳村", "朝阳村"),
        ("辽宁省丹东市凤城市通远堡镇", "通远堡镇"),
    ],
)
def test_the_first_hit_is_what_people_mean(tree, typed, first):
    assert tree.search(typed)[0].short_name == first


def test_words_before_the_last_say_where(tree):
    found = tree.search("四门子 新农村")

    assert [tree.path(node) for node in found] == ["凤城市 四门子镇 新农村"]


def test_a_search_can_be_kept_to_levels_and_short(tree):
    assert {node.level for node in tree.search("fengcheng", levels=["township"])} <= {"township"}
    assert len(tree.search("村", limit=5)) == 5


@pytest.mark.parametrize("typed", ["", "   ", "不存在的地方", "zzzzz"])
def test_nothing_is_found_for_nothing(tree, typed):
    assert tree.search(typed) == []


@pytest.mark.parametrize(
    "typed",
    [
        "210682119201",
        "凤城市 四门子镇 新农村",
        "凤城市四门子镇新农村",
        "辽宁省丹东市凤城市四门子镇新农村",
        "丹东市凤城市四门子镇新农村",
        "四门子镇新农村",
        "四门子 新农村",
    ],
)
def test_a_code_or_path_is_clear(tree, typed):
    assert tree.path(tree.resolve(typed).node) == "凤城市 四门子镇 新农村"


def test_a_name_that_several_have_is_a_question(tree):
    answer = tree.resolve("新农村")

    assert answer.node is None
    assert len(answer.choices) == 3
    assert len({tree.path(node) for node in answer.choices}) == 3


def test_a_level_makes_a_name_clear(tree):
    assert tree.resolve("通远堡").node is None
    assert tree.resolve("通远堡", levels=["township"]).node.short_name == "通远堡镇"


def test_what_nobody_knows_is_neither(tree):
    answer = tree.resolve("不存在的地方")

    assert (answer.node, answer.choices) == (None, ())
    assert tree.resolve("").node is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [("通远堡镇", "通远堡"), ("宽甸满族自治县", "宽甸"), ("城东村", "城东"), ("西村", "西村")],
)
def test_the_word_for_the_kind_may_be_left_out(name, expected):
    assert stem(name) == expected


def test_second_readings_have_their_own_initials():
    assert other_initials("通远堡镇", "tybz") == ["typz"]
    assert other_initials("长甸镇", "cdz") == []
    assert other_initials("通远堡镇", "odd") == []
