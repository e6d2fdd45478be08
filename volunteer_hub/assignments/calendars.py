"""Assignments and events as calendar entries."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask_babel import gettext as _

from volunteer_hub.assignments import actions, queries
from volunteer_hub.assignments.ical import Entry, Status
from volunteer_hub.assignments.rules import State
from volunteer_hub.core.formats import phone344
from volunteer_hub.core.tokens import link_token, read_link_token

if TYPE_CHECKING:
    from volunteer_hub.assignments.models import Assignment
    from volunteer_hub.events.models import Event


def entry_of(row: Assignment, *, site: str) -> Entry:
    """Return an assignment as a calendar entry, with everything a volunteer has to know.

    Args:
        row: With post, shift and event loaded.
        site: The address of this site.
    """
    shift, event = row.post.shift, row.post.shift.event
    return Entry(
        uid=_uid("assignment", row.id, site),
        sequence=event.version,
        stamp=_latest(event, row.answered_at, row.confirmed_at),
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        summary=_("志愿者：%(event)s", event=event.title),
        status=_status(row, event),
        location=actions.place_in_words(event),
        description=_lines(
            (_("岗位"), row.post.title),
            (_("集合"), event.meeting_point),
            (_("请带上"), event.what_to_bring),
            (_("联系"), f"{event.contact_name} {phone344(event.contact_phone)}".strip()),
        ),
        url=site + actions.invitation_path(row),
    )


def entry_of_event(event: Event, *, site: str) -> Entry:
    """Return a public event as a calendar entry.

    Args:
        event: With its venue loaded.
        site: The address of this site.
    """
    return Entry(
        uid=_uid("event", event.id, site),
        sequence=event.version,
        stamp=_latest(event),
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        summary=event.title,
        status=Status.CANCELLED if event.status == "cancelled" else Status.CONFIRMED,
        location=actions.place_in_words(event),
        description=_lines(
            (_("主题"), event.topic),
            (_("请带上"), event.what_to_bring),
            (_("联系"), f"{event.contact_name} {phone344(event.contact_phone)}".strip()),
        ),
        url=f"{site}/e/{event.id}",
    )


def latest_change(event: Event) -> datetime:
    """Return when what is said publicly about an event was last changed."""
    return _latest(event)


def feed_key(volunteer_id: int) -> str:
    """Return the secret in the address of a volunteer's calendar."""
    return link_token(_purpose(queries.feed_revision(volunteer_id)), volunteer_id)


def read_feed_key(key: str) -> int | None:
    """Return whose calendar a secret opens, or None when it opens none any more."""
    whose, _dash, _rest = key.partition("-")
    if not (whose.isascii() and whose.isdigit() and len(whose) < 10):
        return None
    return read_link_token(_purpose(queries.feed_revision(int(whose))), key)


def _purpose(revision: int) -> str:
    return f"calendar.{revision}"


def _uid(kind: str, subject_id: int, site: str) -> str:
    return f"{kind}-{subject_id}@{urlsplit(site).hostname or 'localhost'}"


def _status(row: Assignment, event: Event) -> Status:
    if event.status == "cancelled" or row.state not in (State.ACCEPTED, State.INVITED):
        return Status.CANCELLED
    return Status.CONFIRMED if row.state is State.ACCEPTED else Status.TENTATIVE


def _latest(event: Event, *more: datetime | None) -> datetime:
    moments = (event.created_at, event.published_at, event.changed_at, event.cancelled_at, *more)
    return max(moment for moment in moments if moment is not None)


def _lines(*pairs: tuple[str, str]) -> str:
    return "\n".join(_("%(label)s：%(value)s", label=k, value=v) for k, v in pairs if v)
