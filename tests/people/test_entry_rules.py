from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from volunteer_hub.people.rules import entries
from volunteer_hub.people.rules.entries import Column, Known, read_entry

HOMES = {"通远堡镇": [7], "新城区街道": [8, 9]}
SKILLS = {"摄影": "photography", "讲解": "guide"}
KNOWN = Known(date(2026, 9, 5), lambda text: HOMES.get(text, []), SKILLS.get)
GOOD = {
    Column.NAME: "王示例",
    Column.PHONE: "13800000000",
    Column.HOME: "通远堡镇",
}


def read(is_merged=False, **changes):
    cells = GOOD | {Column(name): text for name, text in changes.items()}
    return read_entry({k: v for k, v in cells.items() if v}, KNOWN, is_merged=is_merged)


def said(draft):
    return [(str(each.column), each.message) for each in draft.reasons]


def test_a_good_row_says_everything():
    draft = read(birth="1985年3月", skills="摄影、讲解", number=" ｌｎ210600-１ ")

    assert draft.is_sound
    assert said(draft) == []
    assert (draft.name, draft.contact, draft.home_region_id) == ("王示例", "13800000000", 7)
    assert (draft.birth_year, draft.birth_month) == (1985, 3)
    assert draft.skills == {"photography": 2, "guide": 2}
    assert draft.number == "LN210600-1"


def test_full_width_digits_and_spaced_names_are_understood():
    draft = read(name="王　例", phone="１３８ ００００ ００００")

    assert (draft.name, draft.contact, draft.is_sound) == ("王例", "13800000000", True)


@pytest.mark.parametrize(
    ("changes", "column", "says"),
    [
        ({"name": ""}, "name", "没有填姓名"),
        ({"name": "=1+1"}, "name", "真实姓名"),
        ({"name": "王" * 31}, "name", "最多 30 个字"),
        ({"phone": ""}, "phone", "至少填一个"),
        ({"phone": "1380000"}, "phone", "不是 11 位手机号"),
        ({"phone": "1.38E+10"}, "phone", "科学计数"),
        ({"phone": "", "email": "王"}, "email", "不是邮箱地址"),
        ({"home": ""}, "home", "没有填住在"),
        ({"home": "远方"}, "home", "没有叫"),
        ({"home": "新城区街道"}, "home", "有几个地方叫"),
        ({"birth": "2027-01"}, "birth", "1985-03"),
        ({"birth": "85-3"}, "birth", "1985-03"),
        ({"birth": "1985-13"}, "birth", "1985-03"),
        ({"birth": "2015-01"}, "birth", "未满 14 周岁"),
        ({"number": "2.106E+17"}, "number", "科学计数"),
        ({"number": "x" * 41}, "number", "最多 40 位"),
        ({"number": "<b>"}, "number", "最多 40 位"),
    ],
)
def test_each_bad_cell_is_named_with_its_reason(changes, column, says):
    draft = read(**changes)

    assert not draft.is_sound
    assert [where for where, _ in said(draft)] == [column]
    assert says in said(draft)[0][1]


def test_merged_cells_are_told_only_when_they_matter():
    assert read(is_merged=True).is_sound
    assert "合并" in said(read(is_merged=True, home=""))[-1][1]


def test_an_unknown_skill_is_said_and_costs_nobody_their_place():
    draft = read(skills="摄影，飞檐走壁")

    assert draft.is_sound
    assert draft.skills == {"photography": 2}
    assert [(each.values, each.is_fatal) for each in draft.reasons] == [
        ({"words": "飞檐走壁"}, False)
    ]


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("1985-03", (1985, 3)), ("1985-03-12", (1985, 3)), ("1985/3/12", (1985, 3)),
        ("1985.3", (1985, 3)), ("1985年3月12日", (1985, 3)), ("198503", (1985, 3)),
        ("19850312", (1985, 3)), ("１９８５年", (1985, None)), ("1985", (1985, None)),
        ("1985-00", None), ("三月", None), ("", None),
    ],
)  # fmt: skip
def test_months_are_read_as_people_write_them(text, month):
    assert entries.read_month(text) == month


def test_headings_are_found_below_a_title_under_other_names_and_with_remarks():
    rows = [
        ["志愿者花名册", "", ""],
        ["", "", ""],
        ["序号", "志愿者姓名（必填）", "联系电话*"],
        ["1", "王示例", "13800000000"],
    ]
    found = entries.find_headings(rows)

    assert (found.line, found.places) == (3, {Column.NAME: 1, Column.PHONE: 2})
    assert found.unused == ("序号",)
    assert entries.cells_of(rows[3], found.places) == {
        Column.NAME: "王示例", Column.PHONE: "13800000000",
    }  # fmt: skip


def test_a_table_without_names_or_ways_to_reach_people_has_no_headings():
    assert entries.find_headings([["姓名", "单位"]]) is None
    assert entries.find_headings([["手机号"]]) is None
    assert entries.find_headings([[""]] * 10 + [["姓名", "手机号"]]) is None


@given(st.dictionaries(st.sampled_from(Column), st.text(max_size=60)))
def test_no_row_breaks_the_reader(cells):
    draft = read_entry(cells, KNOWN, is_merged=False)

    assert draft.is_sound or draft.reasons
