"""Waiting lists with timed offers: for attendees' places and for volunteers' posts.

A *line* is who waits for one event or for one post, in the order they came. A place that gets free
is *offered* to the first whose party fits, for a time; whoever does not answer makes room for the
next. This package knows the line and the offers; whoever owns the places (`registrations`,
`assignments`) holds the row they are decided under, and does what an answer means.
"""

from __future__ import annotations

from flask import Flask

from volunteer_hub.waiting import messages


def init_app(_app: Flask) -> None:
    """Register what this feature adds to the application."""
    messages.register()
