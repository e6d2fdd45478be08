"""The tree of regions as a plain value: paths, children, places, and finding what was meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from volunteer_hub.catalogue.rules import search_key
from volunteer_hub.regions.geography import Place

DEPTH: Final = {"city": 0, "county": 1, "township": 2, "village": 3}
# What people leave out when they name a place: 通远堡 for 通远堡镇.
_ENDINGS: Final = (
    "满族自治县", "朝鲜族乡", "蒙古族乡", "满族乡", "居民委员会", "村民委员会", "居委会", "村委会",
    "社区", "街道", "农场", "市", "区", "县", "镇", "乡", "村",
)  # fmt: skip
# Characters that people here read in a second way, by the other first letter.
_OTHER_INITIALS: Final = {"堡": "p", "朝": "z", "曾": "c"}


@dataclass(frozen=True, slots=True)
class Node:
    """One region, as pages and rules use it."""

    id: int
    code: str
    name: str
    short_name: str
    full_name: str
    level: str
    parent_id: int | None
    lat: float | None
    lng: float | None
    is_approximate: bool
    pinyin: str
    initials: str
    pinyin_alt: str

    @property
    def depth(self) -> int:
        """How far below the city the region lies."""
        return DEPTH[self.level]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a typed place may mean: one region, or some to choose from, or nothing."""

    node: Node | None
    choices: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class _Keys:
    """Everything a region can be found by, ready to be compared."""

    code: str
    names: tuple[str, ...]
    stem: str
    path: str
    spellings: tuple[str, ...]
    initials: tuple[str, ...]


class Tree:
    """All regions at one moment. Never changed after it is made, so every thread may share it."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        """Take the regions; a parent that is not among them is no parent."""
        ordered = sorted(nodes, key=lambda node: (node.depth, node.code))
        self._by_id = {node.id: node for node in ordered}
        self._by_code = {node.code: node for node in ordered}
        self._children: dict[int | None, list[Node]] = {}
        for node in ordered:
            above = node.parent_id if node.parent_id in self._by_id else None
            self._children.setdefault(above, []).append(node)
        self._keys = {node.id: self._keys_of(node) for node in ordered}

    def __len__(self) -> int:
        """Return how many regions there are."""
        return len(self._by_id)

    def find(self, region_id: int | None) -> Node | None:
        """Return the region with this id, or None."""
        return self._by_id.get(region_id) if region_id is not None else None

    def find_by_code(self, code: str) -> Node | None:
        """Return the region with this code, or None."""
        return self._by_code.get(code)

    def children(self, region_id: int | None) -> list[Node]:
        """Return the regions right below one, by code; below None, those on top."""
        return list(self._children.get(region_id, ()))

    def line(self, node: Node) -> list[Node]:
        """Return the way from the top down to the region, itself last."""
        way = [node]
        while (above := self.find(way[0].parent_id)) is not None:
            way.insert(0, above)
        return way

    def path(self, node: Node) -> str:
        """Return the full path below the city: 凤城市 通远堡镇 老堡村; a city is its own name."""
        below_city = [step.short_name for step in self.line(node) if step.depth > 0]
        return " ".join(below_city) or node.short_name

    def place(self, node: Node) -> Place | None:
        """Return where the region is; without a point of its own, where the nearest above is."""
        for step in reversed(self.line(node)):
            if step.lat is not None and step.lng is not None:
                return Place(step.lat, step.lng, step.is_approximate or step is not node)
        return None

    def ids_within(self, region_id: int) -> frozenset[int]:
        """Return the ids of the region and of all below it."""
        found: list[int] = [region_id]
        for inner in found:  # grows while it is walked
            found += [child.id for child in self._children.get(inner, ())]
        return frozenset(found)

    def search(
        self, text: str, *, limit: int = 10, levels: Collection[str] | None = None
    ) -> list[Node]:
        """Return the regions that fit what was typed, best first.

        Hanzi, pinyin, another local reading, initials and codes all count; words before the last
        name what the region lies in: "凤城 大堡", "fc db".
        """
        words = [search_key(word) for word in text.split()]
        if not words:
            return []
        ranked = [
            (rank, node.depth, node.code, node)
            for node in self._by_id.values()
            if (levels is None or node.level in levels)
            and (rank := self._rank_of(node, words)) is not None
        ]
        return [node for *_, node in sorted(ranked, key=lambda found: found[:3])[:limit]]

    def resolve(
        self, text: str, *, levels: Collection[str] | None = None, limit: int = 8
    ) -> Answer:
        """Return the one region that was meant, or those it may be.

        A code, a full path and a name that only one region has are clear; anything else that fits
        several regions is a question to the person.
        """
        key = search_key(text)
        allowed = [node for node in self._by_id.values() if levels is None or node.level in levels]
        for belongs in (self._is_code, self._is_path, self._is_name, self._is_stem):
            exact = [node for node in allowed if key and belongs(node, key)]
            if len(exact) == 1:
                return Answer(exact[0])
            if exact:
                return Answer(None, tuple(exact[:limit]))
        likely = self.search(text, limit=limit, levels=levels)
        return Answer(likely[0]) if len(likely) == 1 else Answer(None, tuple(likely))

    def _is_code(self, node: Node, key: str) -> bool:
        return self._keys[node.id].code == key

    def _is_path(self, node: Node, key: str) -> bool:
        ways = ("".join(step.short_name for step in self.line(node)[start:]) for start in (0, 1, 2))
        return key in (self._keys[node.id].path, *(search_key(way) for way in ways if way))

    def _is_name(self, node: Node, key: str) -> bool:
        return key in self._keys[node.id].names

    def _is_stem(self, node: Node, key: str) -> bool:
        return key == self._keys[node.id].stem

    def _rank_of(self, node: Node, words: list[str]) -> int | None:
        """Return how well the words fit, taken as one or as a place and what it lies in."""
        keys = self._keys[node.id]
        as_one = _rank(keys, "".join(words))
        if as_one is not None or len(words) == 1:
            return as_one
        *above, last = words
        rank = _rank(keys, last)
        return rank if rank is not None and self._lies_in(node, above) else None

    def _lies_in(self, node: Node, words: list[str]) -> bool:
        way = [self._keys[step.id] for step in self.line(node)[:-1]]
        return all(any(_rank(keys, word) is not None for keys in way) for word in words)

    def _keys_of(self, node: Node) -> _Keys:
        alternatives = [search_key(one) for one in node.pinyin_alt.split(";") if one.strip()]
        names = {search_key(node.name): None, search_key(node.short_name): None}
        return _Keys(
            code=node.code.lower(),
            names=tuple(names),
            stem=search_key(stem(node.short_name)),
            path=search_key(node.full_name),
            spellings=(node.pinyin, *alternatives),
            initials=(node.initials, *other_initials(node.short_name, node.initials)),
        )


def stem(short_name: str) -> str:
    """Return a name without the word for its kind: 通远堡镇 -> 通远堡; too short ones stay."""
    for ending in _ENDINGS:
        if short_name.endswith(ending) and len(short_name) - len(ending) >= 2:
            return short_name[: -len(ending)]
    return short_name


def other_initials(short_name: str, initials: str) -> list[str]:
    """Return the initials in the second readings of a name: 通远堡镇, tybz -> typz."""
    if len(initials) != len(short_name):
        return []
    return [
        initials[:place] + _OTHER_INITIALS[sign] + initials[place + 1 :]
        for place, sign in enumerate(short_name)
        if sign in _OTHER_INITIALS
    ]


def _rank(keys: _Keys, key: str) -> int | None:
    """Return how well a region fits, 0 best, or None."""
    tests = (
        key == keys.code or key in keys.names,
        key == keys.stem,
        key in keys.spellings or key in keys.initials,
        any(name.startswith(key) for name in keys.names),
        any(spelling.startswith(key) for spelling in keys.spellings),
        any(initials.startswith(key) for initials in keys.initials),
        any(key in name for name in keys.names),
        len(key) > 3 and any(key in spelling for spelling in keys.spellings),
        len(key) > 1 and (key in keys.path or keys.code.startswith(key)),
    )
    return next((place for place, fits in enumerate(tests) if fits), None)
