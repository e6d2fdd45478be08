"""What an event can be found by, cut into the words of an index. Pure.

An index of whole words finds nothing in Chinese, which has no spaces, and one of three signs finds
no word of two. So every sign and every two neighbours are words of their own, and in Latin letters
(pinyin, initials) every three. What has all the words of what was typed may hold it; whether it
does is then seen by looking at the text itself.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

LONGEST_QUERY: Final = 60
MOST_WORDS: Final = 5
_BREAK: Final = "\n"
_EVENT_BITS: Final = 31


def comparable(text: str) -> str:
    """Return text as it is compared: ordinary width, lower case, without any space."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What an event is found by.

    Attributes:
        texts: Title, topic, speaker, place, campaign, each with its pinyin and its initials.
        region_ids: Where it is, and what lies around that.
        campaign_id: What it belongs to.
        audience_codes: Whom it is for.
        language_codes: In which languages it is held.
        is_step_free: Whether everybody gets in without a step.
    """

    texts: Collection[str]
    region_ids: Collection[int] = ()
    campaign_id: int = 0
    audience_codes: Collection[str] = ()
    language_codes: Collection[str] = ()
    is_step_free: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which coming events somebody asks for; what is empty narrows nothing down.

    Attributes:
        text: Words, a part of a word, pinyin or initials; all of them must be there.
        region_id: In a county, township or village.
        campaign_id: Of one campaign.
        audience_code: For one audience.
        language_code: In one language.
        is_step_free: Only where everybody gets in without a step.
        has_places: Only with places left.
        from_at: Not those that end before.
        until_at: Not those that begin at or after.
    """

    text: str = ""
    region_id: int | None = None
    campaign_id: int | None = None
    audience_code: str = ""
    language_code: str = ""
    is_step_free: bool = False
    has_places: bool = False
    from_at: datetime | None = None
    until_at: datetime | None = None
    words: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Take the words apart once."""
        typed = self.text[:LONGEST_QUERY].split()[:MOST_WORDS]
        words = tuple(word for word in map(comparable, typed) if word)
        object.__setattr__(self, "words", words)

    @property
    def index_words(self) -> list[str]:
        """Return the words of the index that everything asked for has."""
        narrowing = [
            *([region_word(self.region_id)] if self.region_id is not None else ()),
            *([campaign_word(self.campaign_id)] if self.campaign_id is not None else ()),
            *([audience_word(self.audience_code)] if self.audience_code else ()),
            *([language_word(self.language_code)] if self.language_code else ()),
            *([STEP_FREE] if self.is_step_free else ()),
        ]
        return narrowing + sorted({gram for word in self.words for gram in asked_grams(word)})


STEP_FREE: Final = "s1"


def region_word(region_id: int) -> str:
    """Return the word of everything in a region."""
    return f"r{region_id}"


def campaign_word(campaign_id: int) -> str:
    """Return the word of everything of a campaign."""
    return f"c{campaign_id}"


def audience_word(code: str) -> str:
    """Return the word of everything for an audience."""
    return f"a{code.encode().hex()}"


def language_word(code: str) -> str:
    """Return the word of everything in a language."""
    return f"l{code.encode().hex()}"


def haystack_of(found: Found) -> str:
    """Return the text that is looked through; no word reaches from one part into the next."""
    return _BREAK.join(dict.fromkeys(filter(None, map(comparable, found.texts))))


def index_words_of(found: Found) -> list[str]:
    """Return everything the index has of an event, in order."""
    words = {region_word(region_id) for region_id in found.region_ids}
    words.add(campaign_word(found.campaign_id))
    words.update(map(audience_word, found.audience_codes))
    words.update(map(language_word, found.language_codes))
    if found.is_step_free:
        words.add(STEP_FREE)
    for run in _runs(haystack_of(found)):
        words.update(_grams_of(run))
    return sorted(words)


def asked_grams(word: str) -> set[str]:
    """Return the fewest words of the index that say a typed word may be there."""
    return {gram for run in _runs(word) for gram in _asked(run)}


def order_key(starts_at: datetime, event_id: int) -> int:
    """Return a number by which events stand in the order of their start."""
    return (int(starts_at.timestamp()) << _EVENT_BITS) + event_id


def _runs(text: str) -> Iterator[str]:
    """Yield what stands between signs that are neither letters nor digits."""
    run = ""
    for sign in text:
        if sign.isalnum():
            run += sign
        elif run:
            yield run
            run = ""
    if run:
        yield run


def _pieces(run: str, size: int) -> Iterable[str]:
    return (run[start : start + size] for start in range(len(run) - size + 1))


def _grams_of(run: str) -> Iterator[str]:
    for size in (1, 2):
        yield from map(_gram, _pieces(run, size))
    yield from (_gram(piece) for piece in _pieces(run, 3) if piece.isascii())


def _asked(run: str) -> Iterator[str]:
    if len(run) < 2:
        yield _gram(run)
        return
    pairs = list(_pieces(run, 2))
    for start, piece in enumerate(_pieces(run, 3)):
        if piece.isascii():
            pairs[start] = pairs[start + 1] = ""
            yield _gram(piece)
    yield from (_gram(pair) for pair in pairs if pair)


def _gram(piece: str) -> str:
    """Return a word that every index takes as it is: letters and digits, whatever the signs."""
    return "g" + "x".join(f"{ord(sign):x}" for sign in piece)
