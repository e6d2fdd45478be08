from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from volunteer_hub.accounts import rules
from volunteer_hub.accounts.rules import CodeVerdict, Limit, PasswordProblem

NOON = datetime(2026, 9, 5, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("13800138000", "13800138000"),
        (" 138 0013 8000 ", "13800138000"),
        ("138-0013-8000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("＋８６ 138 0013 8000", "13800138000"),
        ("+8613800138000", "13800138000"),
        ("008613800138000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("(138) 0013 8000", "13800138000"),
        ("Li.Na@Example.CN", "li.na@example.cn"),
        ("ｌｉ＠example.cn", "li@example.cn"),
        (" li na@example.cn ", "lina@example.cn"),
    ],
)
def test_a_contact_has_one_spelling(typed, expected):
    assert rules.read_contact(typed) == expected


@pytest.mark.parametrize(
    "typed",
    ["", " ", "12345678901", "1380013800", "138001380000", "86138001380", "0415-2123456",
     "li@", "@x.cn",
     "li@x", "a@b@c.cn", "li@x..cn", "li@x.cn,ma@x.cn", "<li@x.cn>", "😀", "１２３", "١٣٨٠٠١٣٨٠٠٠",
     "l" * 200 + "@x.cn", "13800138000;13900139000", "+1 202 555 0100"],
)  # fmt: skip
def test_what_is_no_contact_is_not_taken_for_one(typed):
    assert rules.read_contact(typed) is None


@given(st.text(max_size=300))
def test_reading_a_contact_never_fails_and_reading_it_again_changes_nothing(typed):
    contact = rules.read_contact(typed)
    assert contact is None or rules.read_contact(contact) == contact


def test_masked_addresses_keep_only_a_hint():
    assert rules.mask_email("linxiaohe@example.cn") == "li***@example.cn"
    assert rules.mask_email("li@example.cn") == "l***@example.cn"


@pytest.mark.parametrize(
    "name", ["林小禾", "朴", "欧阳·娜", "𬭚㛃", "O'Neil Ann-Marie", "买买提·吐尔逊"]
)
def test_names_of_any_script_are_names(name):
    assert rules.is_name(name)


@pytest.mark.parametrize("name", ["", "   ", "·", "林小禾1", "😀", "<b>", "林@", "a=b", "138"])
def test_digits_and_signs_are_no_names(name):
    assert not rules.is_name(name)


@pytest.mark.parametrize(
    "password",
    ["草莓九月红啦啦啦", "correct horse battery", "   spaces count   ", "xxxx七里香葡萄",
     "73920184",
     "tK9#tK9#q",
     "我在丹东教老人用手机", "a long one " * 11],
)  # fmt: skip
def test_long_passwords_of_ones_own_are_taken(password):
    assert rules.password_problem(password) is None


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("", PasswordProblem.TOO_SHORT),
        ("1234567", PasswordProblem.TOO_SHORT),
        ("丹东草莓好吃哦", PasswordProblem.TOO_SHORT),
        ("x" * 129, PasswordProblem.TOO_LONG),
        ("12345678", PasswordProblem.DIGITS),
        ("87654321", PasswordProblem.DIGITS),
        ("１２３４５６７８", PasswordProblem.DIGITS),
        ("12341234", PasswordProblem.DIGITS),
        ("11223311", PasswordProblem.DIGITS),
        ("19850712", PasswordProblem.DIGITS),
        ("7890123456", PasswordProblem.DIGITS),
        ("password", PasswordProblem.COMMON),
        ("Password123!", PasswordProblem.COMMON),
        ("dandong2026", PasswordProblem.COMMON),
        ("DanDong@kepu", PasswordProblem.COMMON),
        ("丹东科普2026", PasswordProblem.COMMON),
        ("科普志愿者科普志愿者", PasswordProblem.COMMON),
        ("kepu-kepu-1", PasswordProblem.COMMON),
        ("aaaaaaaaaa", PasswordProblem.COMMON),
        ("abababab", PasswordProblem.COMMON),
    ],
)
def test_what_guessers_try_first_is_refused(password, problem):
    assert rules.password_problem(password) is problem


@pytest.mark.parametrize(
    "password", ["linxiaohe88", "林小禾123456", "13800138000", "38001380", "lin.xh2026"]
)
def test_what_others_know_of_the_person_is_refused(password):
    own = rules.known_words("林小禾", "linxiaohe", "13800138000", "lin.xh@example.cn")
    assert rules.password_problem(password, own=own) is not None


@given(st.text(max_size=200))
def test_any_text_gets_a_verdict(password):
    rules.password_problem(password, own=["林小禾", "13800138000"])


def code_verdict(**changes):
    usual = {
        "expires_at": NOON,
        "used_at": None,
        "tries": 0,
        "is_equal": True,
        "now": NOON - timedelta(seconds=1),
    }
    return rules.code_verdict(**{**usual, **changes})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, CodeVerdict.RIGHT),
        ({"is_equal": False}, CodeVerdict.WRONG),
        ({"tries": 4}, CodeVerdict.RIGHT),
        ({"tries": 5}, CodeVerdict.SPENT),
        ({"now": NOON}, CodeVerdict.SPENT),
        ({"used_at": NOON - timedelta(minutes=1)}, CodeVerdict.SPENT),
    ],
)
def test_a_code_counts_once_for_a_while_and_for_few_tries(changes, expected):
    assert code_verdict(**changes) is expected


def ago(**spans):
    return NOON - timedelta(**spans)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ([], None),
        ([ago(seconds=59)], Limit.TOO_SOON),
        ([ago(seconds=60)], None),
        ([ago(minutes=10 * count) for count in range(1, 5)], None),
        ([ago(minutes=10 * count) for count in range(1, 6)], Limit.TOO_MANY),
        ([ago(minutes=60)] + [ago(minutes=10 * count) for count in range(1, 5)], None),
        ([ago(hours=2 * count) for count in range(1, 11)], Limit.TOO_MANY),
    ],
)
def test_codes_are_sent_one_a_minute_five_an_hour_ten_a_day(asked, expected):
    assert rules.code_limit(asked, now=NOON) is expected


@pytest.mark.parametrize(
    ("failed", "expected"),
    [
        ([ago(minutes=count) for count in range(4)], None),
        ([ago(minutes=count) for count in range(5)], Limit.TOO_MANY),
        ([ago(minutes=15)] * 5, None),
        ([ago(hours=1)] * 20, Limit.TOO_MANY),
    ],
)
def test_passwords_are_checked_five_times_a_quarter_and_twenty_a_day(failed, expected):
    assert rules.password_limit(failed, now=NOON) is expected


def test_an_address_may_try_a_hundred_times_an_hour():
    assert rules.address_limit([ago(minutes=1)] * 99, now=NOON) is None
    assert rules.address_limit([ago(minutes=1)] * 100, now=NOON) is Limit.TOO_MANY


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) MicroMessenger/8.0.50", "iphone+wechat"),
        ("Mozilla/5.0 (Linux; Android 14; HUAWEI) Mobile", "android"),
        ("Mozilla/5.0 (Phone; OpenHarmony 5.0)", "harmony"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64)", "windows"),
        ("", "other"),
    ],
)
def test_devices_are_told_apart_roughly(agent, device):
    assert rules.device_of(agent) == device
    assert device.partition("+")[0] in rules.DEVICE_NAMES
