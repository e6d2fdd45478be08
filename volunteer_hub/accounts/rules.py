"""Contacts, one-time codes, passwords and limits. Pure: values in, verdict out."""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from volunteer_hub.core.text import N_, normalise

# Who can be tried out while demo data is loaded: role -> phone of an invented person.
DEMO_CONTACTS: Final[Mapping[str, str]] = {
    "city_office": "13900000001",
    "county_office": "13900000002",
    "organiser": "13900000003",
    "team_leader": "13900000004",
    "volunteer": "13900000005",
}

WORDING_VERSION: Final = "2026-11"  # of the privacy notice and the volunteer terms
# Of wordings that change by themselves. A new version asks everybody again.
OWN_VERSIONS: Final[dict[str, str]] = {"code_of_conduct": "2026-11"}
LONGEST_NAME: Final = 30
MOST_PER_PHONE: Final = 8  # a family; more behind one number is a mistake

CODE_DIGITS: Final = 6
CODE_KIND: Final = "sign_in_code"  # of the message; it is not kept among those on the site
CODE_LIFETIME: Final = timedelta(minutes=10)
CODE_TRIES: Final = 5
CODE_PAUSE: Final = timedelta(seconds=60)
TRIES_KEPT: Final = timedelta(days=1)
SESSIONS_KEPT: Final = timedelta(days=30)

SHORTEST_PASSWORD: Final = 8
LONGEST_PASSWORD: Final = 128

_MOBILE: Final = re.compile(r"1[3-9]\d{9}")
_SEPARATORS: Final = re.compile(r"[\s\-‐-―()（）.·]")
_EMAIL: Final = re.compile(r"[^@\s,;:<>\"]+@(?:[^@\s.,;:<>\"]+\.)+[^@\s.,;:<>\"]{2,}")
_NAME_SIGNS: Final = frozenset(" ·•・.-'’")


def version_of(purpose: str) -> str:
    """Return the version of the wording that people agree to now."""
    return OWN_VERSIONS.get(purpose, WORDING_VERSION)


def read_contact(text: str) -> str | None:
    """Return a mobile number or an e-mail address in its one spelling, or None when it is neither.

    Full-width digits, spaces, hyphens and the country code +86 are understood.
    """
    plain = normalise(text)
    if "@" in plain:
        email = "".join(plain.split()).lower()
        return email if len(email) <= 200 and _EMAIL.fullmatch(email) else None
    digits = re.sub(r"^(?:\+|00)?86(?=1\d{10}$)", "", _SEPARATORS.sub("", plain))
    return digits if digits.isascii() and _MOBILE.fullmatch(digits) else None


def is_email(contact: str) -> bool:
    """Tell whether a contact in its one spelling is an e-mail address."""
    return "@" in contact


def mask_email(email: str) -> str:
    """Return an address that only its owner recognises: li***@example.cn."""
    name, _, host = email.partition("@")
    return f"{name[:2] if len(name) > 2 else name[:1]}***@{host}"


def is_name(text: str) -> bool:
    """Tell whether text can be what a person is called: letters of any script, no digits."""
    return any(sign.isalpha() for sign in text) and all(
        sign.isalpha() or sign.isspace() or sign in _NAME_SIGNS for sign in text
    )


class PasswordProblem(enum.Enum):
    """Why a password is not taken; the value is a msgid."""

    TOO_SHORT = N_("密码至少要 8 个字。可以用一句好记的话，例如几个不相干的词连在一起。")
    TOO_LONG = N_("密码最多 128 个字，请短一些。")
    DIGITS = N_("生日、手机号和有规律的数字很容易被猜到，请换一个。")
    COMMON = N_(
        "这个密码太常见，或只是本站、本地的名字加数字，很容易被猜到。请换一句只有您知道的话。"
    )


# What guessers try first here: the usual words, this place, this site.
_GUESSED: Final = (
    "password", "passw0rd", "passwd", "p@ssword", "qwertyuiop", "qwerty", "asdfghjkl", "asdfgh",
    "zxcvbnm", "zxcvbn", "qazwsx", "1qaz2wsx", "iloveyou", "letmein", "welcome", "football",
    "monkey", "dragon", "sunshine", "princess", "admin", "administrator", "root", "test", "guest",
    "user", "login", "master", "abcdefgh", "abcdefg", "abcdef", "abcd", "abc", "aaa", "woaini",
    "wangyi", "taobao", "weixin", "wechat", "xiaomi", "huawei", "zhongguo", "china", "beijing",
    "liaoning", "dandong", "fengcheng", "donggang", "kuandian", "yuanbao", "zhenxing", "zhenan",
    "yalujiang", "kepu", "kexie", "keji", "zhiyuan", "zhiyuanzhe", "zyz", "volunteer", "hub",
    "science", "dapengche", "mima", "中国", "北京", "辽宁", "丹东", "凤城", "东港", "宽甸", "元宝",
    "振兴", "振安", "鸭绿江", "科普", "科协", "科技", "志愿者", "志愿", "服务", "大篷车", "活动",
    "密码", "我爱你", "市", "区", "县",
)  # fmt: skip


def password_problem(password: str, *, own: Collection[str] = ()) -> PasswordProblem | None:
    """Return why this password is not taken, or None. No signs are demanded, only length.

    Args:
        password: Exactly as typed.
        own: What others know of the person: name, its pinyin, phone, the first part of an e-mail.
    """
    if len(password) < SHORTEST_PASSWORD:
        return PasswordProblem.TOO_SHORT
    if len(password) > LONGEST_PASSWORD:
        return PasswordProblem.TOO_LONG
    plain = normalise(password).lower()
    known = [word.lower() for word in own if len(word) > 1]
    if plain.isdigit() and (_is_patterned(plain) or _is_own_number(plain, known)):
        return PasswordProblem.DIGITS
    return PasswordProblem.COMMON if _is_guessed(plain, known) else None


def _is_patterned(digits: str) -> bool:
    """Tell whether digits follow a rule people type by: runs, repeats, few signs, a date."""
    steps = {int(after) - int(before) for before, after in pairwise(digits)}
    is_run = steps in ({1}, {-1}, {0}, {1, -9}, {-1, 9})
    is_repeat = any(digits == (digits[:size] * len(digits))[: len(digits)] for size in range(1, 5))
    is_date = re.fullmatch(r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", digits) is not None
    return is_run or is_repeat or is_date or len(set(digits)) <= 3


def _is_own_number(digits: str, own: Collection[str]) -> bool:
    return any(word.isdigit() and (digits in word or word in digits) for word in own)


def _is_guessed(plain: str, own: Collection[str]) -> bool:
    """Tell whether nothing is left of the password but known words, digits and punctuation."""
    if len(set(plain)) <= 2:
        return True
    rest = plain
    for word in sorted({*_GUESSED, *own}, key=len, reverse=True):
        rest = rest.replace(word, " ")
    return rest != plain and not any(sign.isalpha() for sign in rest)


class CodeVerdict(enum.Enum):
    """What a typed code is worth."""

    RIGHT = enum.auto()
    WRONG = enum.auto()
    SPENT = enum.auto()  # too old, used, tried too often, or never asked for


def code_verdict(
    *, expires_at: datetime, used_at: datetime | None, tries: int, is_equal: bool, now: datetime
) -> CodeVerdict:
    """Return what a typed code is worth.

    Args:
        expires_at: The first moment at which the code no longer counts.
        used_at: When it let somebody in.
        tries: How often it was typed before, wrongly.
        is_equal: Whether what was typed is the code.
        now: The moment of this try.
    """
    if used_at is not None or now >= expires_at or tries >= CODE_TRIES:
        return CodeVerdict.SPENT
    return CodeVerdict.RIGHT if is_equal else CodeVerdict.WRONG


class Limit(enum.Enum):
    """Which limit a try runs into."""

    TOO_SOON = enum.auto()
    TOO_MANY = enum.auto()


def code_limit(asked: Sequence[datetime], *, now: datetime) -> Limit | None:
    """Return which limit another code for one contact would break, or None.

    Args:
        asked: When codes for it were asked for, in the last day.
        now: The moment of this request.
    """
    if any(now - moment < CODE_PAUSE for moment in asked):
        return Limit.TOO_SOON
    if _within(asked, timedelta(hours=1), now) >= 5 or _within(asked, timedelta(days=1), now) >= 10:
        return Limit.TOO_MANY
    return None


def password_limit(failed: Sequence[datetime], *, now: datetime) -> Limit | None:
    """Return whether passwords for one contact may still be tried: five a quarter, twenty a day."""
    recent = _within(failed, timedelta(minutes=15), now)
    return Limit.TOO_MANY if recent >= 5 or _within(failed, TRIES_KEPT, now) >= 20 else None


def address_limit(tried: Sequence[datetime], *, now: datetime) -> Limit | None:
    """Return whether one network address may go on: a hall full of people shares one."""
    return Limit.TOO_MANY if _within(tried, timedelta(hours=1), now) >= 100 else None


def _within(moments: Sequence[datetime], span: timedelta, now: datetime) -> int:
    return sum(now - moment < span for moment in moments)


# What the list of devices can name, told from the user agent; nothing finer is kept.
_DEVICES: Final = (
    ("ipad", "ipad"),
    ("iphone", "iphone"),
    ("openharmony", "harmony"),
    ("harmonyos", "harmony"),
    ("android", "android"),
    ("windows", "windows"),
    ("macintosh", "mac"),
    ("linux", "linux"),
)
DEVICE_NAMES: Final[Mapping[str, str]] = {
    "iphone": N_("苹果手机"),
    "ipad": N_("苹果平板"),
    "harmony": N_("鸿蒙设备"),
    "android": N_("安卓手机"),
    "windows": N_("Windows 电脑"),
    "mac": N_("苹果电脑"),
    "linux": N_("Linux 电脑"),
    "other": N_("其他设备"),
}


def device_of(user_agent: str) -> str:
    """Return which kind of device a browser runs on, with ``+wechat`` inside WeChat."""
    plain = user_agent.lower()
    kind = next((code for mark, code in _DEVICES if mark in plain), "other")
    return f"{kind}+wechat" if "micromessenger" in plain else kind


def known_words(name: str, spelling: str, phone: str | None, email: str | None) -> list[str]:
    """Return what others know of a person and would try first as their password."""
    email_name = (email or "").partition("@")[0]
    return [word for word in (name, spelling, phone or "", email_name) if word]
