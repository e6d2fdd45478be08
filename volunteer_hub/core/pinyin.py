"""Pinyin of people's and places' names, kept in columns so that search needs no library."""

from __future__ import annotations

from typing import Final

# Surnames and local place names that a general dictionary reads wrongly.
_READINGS: Final = {
    "单": "shan", "曾": "zeng", "朴": "piao", "翟": "zhai", "仇": "qiu", "解": "xie", "区": "ou",
    "任": "ren", "查": "zha", "盖": "ge", "尉": "yu", "乐": "yue",
}  # fmt: skip


def of_name(name: str) -> tuple[str, str]:
    """Return a person's name as (pinyin, initials), lower case without tones: (linxiaohe, lxh)."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - 0.1 s at start-up, needed at writing only

    syllables = lazy_pinyin(name)
    if name and name[0] in _READINGS and syllables:
        syllables[0] = _READINGS[name[0]]
    words = [word.lower() for word in syllables if word.strip()]
    return "".join(words)[:240], "".join(word[0] for word in words)[:60]


def of_text(text: str) -> tuple[str, str]:
    """Return a text as (pinyin, initials), lower case, letters and digits alone."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - 0.1 s at start-up, needed at writing only

    # A list keeps the signs of a run apart, one each; the stub only knows of text.
    syllables = lazy_pinyin(text, errors=list)  # type: ignore[arg-type]
    words = [word.lower() for word in syllables if word.isalnum()]
    return "".join(words), "".join(word[0] for word in words)
