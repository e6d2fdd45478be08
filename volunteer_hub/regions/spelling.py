"""Pinyin of places, read as people here read them."""

from __future__ import annotations

from typing import Final

# Where a general dictionary is wrong in this city: the first sign of what begins like this.
_READINGS: Final = {
    "长": "chang", "翟": "zhai", "曾": "zeng", "卜": "bu", "朝": "chao", "单家": "shan",
}  # fmt: skip


def of_place(name: str) -> tuple[str, str]:
    """Return a place's name as (pinyin, initials), lower case, without tones, spaces or signs."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - 0.1 s at start-up, needed at writing only

    # A list keeps the signs of a run apart, one each; the stub only knows of text.
    syllables = lazy_pinyin(name, errors=list)  # type: ignore[arg-type]
    read = [_local_reading(name, place) or syllable for place, syllable in enumerate(syllables)]
    words = [word.lower() for word in read if word.isalnum()]
    return "".join(words), "".join(word[0] for word in words)


def _local_reading(name: str, place: int) -> str | None:
    fitting = (reading for key, reading in _READINGS.items() if name.startswith(key, place))
    return next(fitting, None)
