"""Whom a message goes to: looked up when it is delivered or shown, never kept in the message."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from volunteer_hub.core.outbox import Key, RecipientKind


@dataclass(frozen=True, slots=True)
class Recipient:
    """Someone to write to, as they are known today.

    Attributes:
        name: How they are greeted, if they left a name.
        phone: A number that takes text messages.
        email: Their address.
        language: zh or en.
        is_demo: They are invented; nothing addressed to them may leave the system.
        is_group: They are a chat group or another system, not one person.
        shares_phone: Others are behind the same phone, so a text says whom it is for.
    """

    name: str | None
    phone: str | None
    email: str | None
    language: str = "zh"
    is_demo: bool = False
    is_group: bool = False
    shares_phone: bool = False


Resolver = Callable[[Collection[int]], dict[int, Recipient]]

_resolvers: dict[RecipientKind, Resolver] = {}


def register_resolver(kind: RecipientKind, resolver: Resolver) -> None:
    """Let a feature say who its recipients are; called from its ``init_app``.

    Args:
        kind: The recipients it knows, for instance ``RecipientKind.REGISTRATION``.
        resolver: Given ids, returns the recipients that still exist, by id, in one query.
    """
    _resolvers[kind] = resolver


def find_recipients(keys: Iterable[Key]) -> dict[Key, Recipient]:
    """Return the recipients that can still be found, one query for each kind of them."""
    by_kind: dict[RecipientKind, set[int]] = {}
    for kind, recipient_id in keys:
        by_kind.setdefault(kind, set()).add(recipient_id)
    found: dict[Key, Recipient] = {}
    for kind, ids in by_kind.items():
        resolver = _resolvers.get(kind)
        if resolver is not None:
            found |= {(kind, each): who for each, who in resolver(ids).items()}
    return found


def the_office(ids: Collection[int]) -> dict[int, Recipient]:
    """Return the office as a recipient: its groups have no name, number or address."""
    return dict.fromkeys(ids, Recipient(None, None, None, is_group=True))
