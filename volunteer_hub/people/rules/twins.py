"""Whether two records may be one person's."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

NEAR: Final = 0.85  # of the letters of two spellings


class Likeness(enum.StrEnum):
    """Why two records may be one person's, the surest first."""

    SAME_NAME = "same_name"
    SAME_SOUND = "same_sound"
    NEAR_SOUND = "near_sound"


@dataclass(frozen=True, slots=True)
class Features:
    """What tells one person from another."""

    name: str
    pinyin: str
    birth: tuple[int | None, int | None]
    home_region_id: int


def likeness(one: Features, other: Features) -> Likeness | None:
    """Return why two records may be one person's, or None.

    They live in one township, and were not born in different months as far as both are known.
    Spellings that are only near need a month of birth that both name.
    """
    if one.home_region_id != other.home_region_id or not _may_be_one(one.birth, other.birth):
        return None
    if one.name == other.name:
        return Likeness.SAME_NAME
    if one.pinyin == other.pinyin:
        return Likeness.SAME_SOUND
    is_same_month = None not in one.birth and one.birth == other.birth
    ratio = SequenceMatcher(None, one.pinyin, other.pinyin).ratio()
    return Likeness.NEAR_SOUND if is_same_month and ratio >= NEAR else None


def _may_be_one(one: tuple[int | None, int | None], other: tuple[int | None, int | None]) -> bool:
    return all(a is None or b is None or a == b for a, b in zip(one, other, strict=True))
