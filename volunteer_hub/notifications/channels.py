"""The ways out of the system. The application has one; without any, messages wait."""

from __future__ import annotations

from typing import ClassVar, Protocol

from flask import Flask, current_app

from volunteer_hub.notifications.recipients import Recipient
from volunteer_hub.notifications.wording import Message

_EXTENSION = "notification_channel"


class ChannelError(Exception):
    """A message could not be handed over; trying again later may help."""


class Channel(Protocol):
    """Something that carries a message to a recipient."""

    name: ClassVar[str]

    def send(self, recipient: Recipient, message: Message) -> None:
        """Hand the message over, within about ten seconds (see ``actions.LEASE``).

        Raises:
            ChannelError: It was not taken.
        """


class DevelopmentChannel:
    """Takes every message and keeps nothing: in development the outbox page shows them all."""

    name: ClassVar[str] = "development"

    def send(self, recipient: Recipient, message: Message) -> None:
        """Do nothing."""


def use(app: Flask, channel: Channel) -> None:
    """Let the application send over this channel."""
    app.extensions[_EXTENSION] = channel


def current() -> Channel | None:
    """Return the channel of this application, or None when it has none yet."""
    channel: Channel | None = current_app.extensions.get(_EXTENSION)
    return channel
