"""What every channel is, what it carries, and the three ways in which it may fail."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from volunteer_hub.notifications.recipients import Recipient
from volunteer_hub.notifications.wording import Message

# The longest wait for one answer. A batch of slow answers must end within a worker's lease.
TIMEOUT_S: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A message ready to be handed over.

    Attributes:
        key: The same each time this is tried, so that the other side can drop a repetition.
        kind: What the message is about.
        recipient: To whom.
        message: What it says, in the recipient's language.
        url: Where it leads, with the site's address, or None.
        unsubscribe_url: Where its reader refuses more of the kind, or None.
        now: The moment of sending.
    """

    key: str
    kind: str
    recipient: Recipient
    message: Message
    url: str | None
    unsubscribe_url: str | None
    now: datetime


class TryAgainError(Exception):
    """This message was not taken, or no answer came; trying it again later may help."""


class RefusedError(Exception):
    """This message was refused for good; trying it again would not help."""


class ChannelDownError(Exception):
    """No message was offered at all: the other side is away, busy or set up wrongly."""

    def __init__(self, why: str, *, pause: timedelta | None = None) -> None:
        """Say why, and for how long the other side asked to be left alone, if it did."""
        super().__init__(why)
        self.pause = pause


HandOver = Callable[[Parcel], str | None]


class Channel(Protocol):
    """Something that carries messages to recipients."""

    @property
    def name(self) -> str:
        """Under which deliveries are kept; those that people choose from are in ``Means``."""

    @property
    def per_second(self) -> float | None:
        """How many messages it may carry, all workers together; None for any number."""

    def reaches(self, recipient: Recipient) -> bool:
        """Tell whether it could carry anything to this recipient."""

    def connect(self) -> AbstractContextManager[HandOver]:
        """Open the way for a few messages.

        The function it gives hands one over, returns what the other side calls it, and raises
        ``TryAgainError``, ``RefusedError`` or ``ChannelDownError``.

        Raises:
            ChannelDownError: There is no way at the moment.
        """
