"""An Atom feed (RFC 4287): entries in, its text out. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from xml.etree import ElementTree as Tree

NAMESPACE: Final = "http://www.w3.org/2005/Atom"
_CONTROLS: Final = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127, 0xFFFE, 0xFFFF])


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something in a feed.

    Attributes:
        uid: Stays the same whatever changes; an address that need not lead anywhere.
        title: What it is called.
        href: A page about it.
        summary: More lines.
        category: What it belongs to.
        published_at: When it was first there.
        updated_at: When what is said of it last changed.
    """

    uid: str
    title: str
    href: str
    summary: str
    category: str
    published_at: datetime
    updated_at: datetime


def feed(
    items: Iterable[Item], *, title: str, own: str, page: str, language: str, updated_at: datetime
) -> bytes:
    """Return a feed.

    Args:
        items: What it holds, the newest first.
        title: What it is called.
        own: Its own address, which is its name too.
        page: The page it stands for.
        language: Of its texts, as HTML has it.
        updated_at: When anything in it last changed.
    """
    root = Tree.Element("feed", {"xmlns": NAMESPACE, "xml:lang": language})
    _say(root, "id", own)
    _say(root, "title", title)
    _say(root, "updated", _moment(updated_at))
    Tree.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": own})
    Tree.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": page})
    _say(Tree.SubElement(root, "author"), "name", title)
    for item in items:
        entry = Tree.SubElement(root, "entry")
        _say(entry, "id", item.uid)
        _say(entry, "title", item.title)
        _say(entry, "published", _moment(item.published_at))
        _say(entry, "updated", _moment(item.updated_at))
        Tree.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": item.href})
        Tree.SubElement(entry, "category", {"term": item.category.translate(_CONTROLS)})
        _say(entry, "summary", item.summary)
    content: bytes = Tree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _say(parent: Tree.Element, name: str, text: str) -> None:
    Tree.SubElement(parent, name).text = text.translate(_CONTROLS)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
