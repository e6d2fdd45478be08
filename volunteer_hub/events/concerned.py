"""Whom an event concerns: asked of every feature that ties people to events.

Features lie above this one, so each says at its ``init_app`` how to find its people.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from volunteer_hub.core.outbox import Key, RecipientKind
from volunteer_hub.notifications import channels
from volunteer_hub.notifications.queries import missed_by
from volunteer_hub.notifications.recipients import Recipient

if TYPE_CHECKING:
    from volunteer_hub.events.models import Event


# The kinds of messages that say that an event moved or is cancelled.
NEWS: Final = ("event_changed", "event_cancelled")


class Reach(enum.StrEnum):
    """How somebody hears of a change."""

    MESSAGE = "message"
    PHONE = "phone"
    NO_WAY = "no_way"


@dataclass(frozen=True, slots=True)
class Concerned:
    """Somebody who has to know when an event moves or is cancelled.

    Attributes:
        kind: Which kind of recipient they are.
        recipient_id: Of the person or the registration.
        name: None when they left none.
        phone: None when they left none.
        email: None when they left none.
        part: The post of a volunteer; empty for attendees.
        people: They and whoever comes along.
        was_missed: What was written to them about the last change failed on every channel.
    """

    kind: RecipientKind
    recipient_id: int
    name: str | None
    phone: str | None
    email: str | None
    part: str = ""
    people: int = 1
    was_missed: bool = False

    @property
    def key(self) -> Key:
        """Kind and id of the recipient."""
        return self.kind, self.recipient_id

    @property
    def reach(self) -> Reach:
        """How they hear of a change: a message, else a call, else nothing but a notice."""
        if not self.was_missed and can_be_told(phone=self.phone, email=self.email):
            return Reach.MESSAGE
        return Reach.PHONE if self.phone else Reach.NO_WAY


Provider = Callable[["Event"], list[Concerned]]

_providers: dict[str, Provider] = {}


def register(feature: str, provider: Provider) -> None:
    """Let a feature say whom an event concerns; called from its ``init_app``.

    Args:
        feature: Its name; registering again replaces.
        provider: Given an event, returns its people, also those a cancellation has sent away, in
            a fixed number of queries.
    """
    _providers[feature] = provider


def concerned_by(event: Event) -> list[Concerned]:
    """Return everybody an event concerns, each once, volunteers before attendees."""
    found: dict[Key, Concerned] = {}
    for provider in _providers.values():
        for each in provider(event):
            found.setdefault(each.key, each)
    since = event.cancelled_at or event.changed_at
    missed = missed_by(found, NEWS, about=event.title, since=since) if since else set()
    return [replace(each, was_missed=True) if each.key in missed else each
            for each in found.values()]  # fmt: skip


def can_be_told(*, phone: str | None, email: str | None) -> bool:
    """Tell whether some message reaches a person with this phone number and address."""
    person = Recipient(None, phone, email)
    return any(channel.reaches(person) for channel in channels.all_of_them().values())
