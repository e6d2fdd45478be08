"""What a guardian agrees to, and how long they may take. Pure: values in, verdict out."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from volunteer_hub.core.text import N_

LINK_LIFETIME: Final = timedelta(days=7)
MOST_A_DAY: Final = 3
LONGEST_NAME: Final = 30
VERSION: Final = "2026-11"
TEXT: Final = (
    N_("我是孩子的监护人，同意孩子当科普志愿者，参加适合年龄的志愿服务。"),
    N_("有风险的岗位和应急任务，不安排未成年人，我和孩子都不能破例。"),
    N_(
        "主办单位可以使用孩子的姓名、联系方式、出生年月、特长和空闲时间，只用来安排和联系志愿服务。"
    ),
    N_("工作人员查看孩子的资料会留下记录。孩子的信息不公开，照片要另外征得我的同意。"),
    N_("我可以随时撤回同意，撤回后不再给孩子安排新的活动。孩子满 18 周岁后，这份同意自动结束。"),
)


# For children so young that the law asks for rules of their own (个人信息保护法第三十一条).
CHILD_VERSION: Final = "2026-11"
CHILD_TEXT: Final = (
    N_("只收安排活动用得着的：姓名、出生年月、所在乡镇、特长、有空的时间，和监护人的联系方式。"),
    N_("只用来安排和联系志愿服务，不做别的，不给别人，不公开，不用来推荐别的东西。"),
    N_("孩子的资料只有负责这场活动的人和办公室能看，每看一次都留下记录。"),
    N_(
        "监护人随时可以查看、更正、要一份、删除孩子的信息，撤回同意；监护人一直没有同意的，资料到期自动删除。"
    ),
    N_("办公室每年把工作人员查看未成年人资料的记录导出一次，自己审一遍。有问题请用投诉建议。"),
)


class Relation(enum.StrEnum):
    """Who the guardian is to the child."""

    FATHER = "father"
    MOTHER = "mother"
    GRANDPARENT = "grandparent"
    OTHER = "other"


class Standing(enum.StrEnum):
    """How a request for consent stands."""

    OPEN = "open"
    EXPIRED = "expired"
    GIVEN = "given"
    WITHDRAWN = "withdrawn"


def standing(
    *,
    given_at: datetime | None,
    withdrawn_at: datetime | None,
    expires_at: datetime,
    now: datetime,
) -> Standing:
    """Return how a request stands; the moment it expires is too late."""
    if withdrawn_at is not None:
        return Standing.WITHDRAWN
    if given_at is not None:
        return Standing.GIVEN
    return Standing.EXPIRED if now >= expires_at else Standing.OPEN


def text_hash(lines: Iterable[str] = TEXT, *, version: str = VERSION) -> str:
    """Return what proves which text a guardian agreed to."""
    return hashlib.sha256("\n".join([version, *lines]).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianDraft:
    """Who the guardian is, as the child filled it in; the phone in its one spelling."""

    name: str
    phone: str
    relation: Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """What a child's age asks of the guardian besides agreeing.

    Attributes:
        is_child: The rules for children are agreed to as well.
        is_accompanied: Somebody grown-up comes along.
    """

    is_child: bool = False
    is_accompanied: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a guardian said when they agreed.

    Attributes:
        agrees_for_child: They agreed to the rules for children too.
        companion_name: Who comes along; empty when nobody has to.
        companion_phone: Their number.
    """

    agrees_for_child: bool = False
    companion_name: str = ""
    companion_phone: str = ""


def lacks_something(care: Care, given: Given) -> bool:
    """Tell whether a guardian's answer leaves out what the child's age asks for."""
    lacks_rules = care.is_child and not given.agrees_for_child
    return lacks_rules or (care.is_accompanied and not given.companion_name)


def whole_text(care: Care) -> tuple[str, ...]:
    """Return everything a guardian of a child of this age agrees to."""
    return (*TEXT, *CHILD_TEXT) if care.is_child else TEXT
