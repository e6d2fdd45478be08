"""The ways out of the system. Which of them there are is a matter of settings."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask, current_app

from volunteer_hub.notifications.channels.base import (
    Channel,
    ChannelDownError,
    HandOver,
    Parcel,
    RefusedError,
    TryAgainError,
)

EXTENSION = "message_channels"


def use(app: Flask, channels: Iterable[Channel]) -> None:
    """Let the application send over these channels, and no others."""
    app.extensions[EXTENSION] = {channel.name: channel for channel in channels}


def all_of_them() -> dict[str, Channel]:
    """Return the channels of this application, by name; perhaps none."""
    channels: dict[str, Channel] = current_app.extensions[EXTENSION]
    return channels


def find(name: str) -> Channel | None:
    """Return the channel of that name, or None when it is not set up."""
    return all_of_them().get(name)


__all__ = [
    "EXTENSION",
    "Channel",
    "ChannelDownError",
    "HandOver",
    "Parcel",
    "RefusedError",
    "TryAgainError",
    "all_of_them",
    "find",
    "use",
]
