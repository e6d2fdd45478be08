import pytest

from volunteer_hub.catalogue.rules import Entry, clause_name, found, read_rows

ROBOTS = {"kind": "skill", "code": "robots", "zh": "机器人", "en": "Robots", "position": "10"}


def read(*rows, known=()):
    good, problems = read_rows(rows, kinds=["skill", "theme"], known=known)
    return (
        [row.code for row in good],
        [(problem.line, problem.message % problem.values) for problem in problems],
    )


def test_parents_come_before_children_whatever_their_order():
    child = ROBOTS | {"code": "arm", "parent": "robots"}

    assert read(child, ROBOTS) == (["robots", "arm"], [])


def test_a_parent_may_be_there_already():
    assert read(ROBOTS | {"parent": "top"}, known=[("skill", "top")]) == (["robots"], [])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "colour"}, "没有“colour”这一类"),
        ({"code": "Robots!"}, "编码只能用小写字母、数字和下划线"),
        ({"en": " "}, "中文名和英文名都要填写"),
        ({"position": "first"}, "“first”不是数字"),
        ({"zh": "长" * 61}, "“zh”太长"),
        ({"parent": "nobody"}, "上级 nobody 不存在"),
    ],
)
def test_a_row_that_cannot_be_used_says_why(change, message):
    assert read(ROBOTS | change) == ([], [(2, message)])


def test_a_code_may_come_only_once_in_a_kind():
    assert read(ROBOTS, ROBOTS | {"kind": "theme"}, ROBOTS)[1] == [(4, "编码与第 2 行重复")]


def test_there_are_two_levels_and_no_more():
    child, grandchild = (
        ROBOTS | {"code": "a", "parent": "robots"},
        ROBOTS
        | {
            "code": "b",
            "parent": "a",
        },
    )

    assert read(ROBOTS, child, grandchild)[1] == [(4, "上级 a 不存在")]


@pytest.mark.parametrize(
    ("clause", "zh"),
    [("2", "二"), ("2.4", "二（四）"), ("2.4.15", "二（四）15"), ("3.4.10", "三（四）10")],
)
def test_a_clause_is_named_as_the_plan_names_it(clause, zh):
    assert clause_name(clause, "zh") == zh
    assert clause_name(clause, "en") == f"Plan {clause}"


@pytest.mark.parametrize("typed", ["草莓", "caomei", "cmzz", "CM", "strawb", "种植"])
def test_a_word_is_found_in_hanzi_pinyin_initials_or_english(typed):
    berry = Entry("skill", "strawberry", "草莓种植", "Strawberries",
                  pinyin="caomeizhongzhi", initials="cmzz")  # fmt: skip
    other = Entry("skill", "rice", "水稻", "Rice", pinyin="shuidao", initials="sd")

    assert found([other, berry], typed) == [berry]


def test_nothing_typed_finds_nothing():
    assert found([Entry("skill", "a", "甲", "A")], " ") == []
