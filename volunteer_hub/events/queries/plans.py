"""What an event's plan says, and what it still lacks."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime

from sqlalchemy import select

from volunteer_hub.core.database import db
from volunteer_hub.events import rules
from volunteer_hub.events.drafts import EventDraft, PostDraft, ShiftDraft
from volunteer_hub.events.models import Event, Post, Shift
from volunteer_hub.events.queries.resources import resources_of
from volunteer_hub.resources.queries import EventResources
from volunteer_hub.resources.rules import State


def last_organisation_of(person_id: int) -> int | None:
    """Return the organisation this person planned their latest event for, or None."""
    latest = (
        select(Event.organisation_id)
        .where(Event.created_by_id == person_id)
        .order_by(Event.id.desc())
        .limit(1)
    )
    return db.session.scalar(latest)


def draft_of(event: Event) -> EventDraft:
    """Return the event's plan as it is saved."""
    values = {field.name: getattr(event, field.name) for field in fields(EventDraft)}
    codes = {name: tuple(values[name]) for name in ("audience_codes", "language_codes")}
    return EventDraft(**values | codes)


def draft_of_shift(shift: Shift) -> ShiftDraft:
    """Return the shift's plan as it is saved."""
    return ShiftDraft(title=shift.title, starts_at=shift.starts_at, ends_at=shift.ends_at)


def draft_of_post(post: Post) -> PostDraft:
    """Return the post's plan as it is saved."""
    return PostDraft(
        title=post.title,
        min_people=post.min_people,
        max_people=post.max_people,
        duties=post.duties,
        skills=tuple((skill.skill_code, skill.level) for skill in post.skills),
        risk=post.risk,
        needs_car=post.needs_car,
        credential_code=post.credential_code,
        min_experienced=post.min_experienced,
    )


def facts_of(event: Event) -> rules.EventFacts:
    """Return what the check list asks about an event."""
    venue = event.venue
    return rules.EventFacts(
        plan=draft_of(event),
        campaign_code=event.campaign.code,
        shifts=tuple(
            rules.ShiftFacts(shift.id, shift.title, bool(shift.posts)) for shift in event.shifts
        ),
        venue_id=event.venue_id,
        venue_has_contact=bool(venue and venue.contact_phone),
        venue_capacity=venue.capacity if venue else None,
    )


def publish_checklist(
    event: Event, *, now: datetime, found: EventResources | None = None
) -> list[rules.Check]:
    """Return everything the event needs before it is published, done or not.

    Args:
        event: From ``event_for_staff``, so that nothing more is read.
        now: The moment of asking.
        found: How it stands with the things it needs, if that was read before.
    """
    found = found or resources_of(event)
    needs = tuple(
        rules.NeedFacts(each.need.kind, each.state is State.MET) for each in found.verdicts
    )
    return rules.checks(replace(facts_of(event), needs=needs), now=now)


def phase_of(event: Event, *, now: datetime) -> rules.Phase:
    """Return how the event stands now: draft, open, running, finished, confirmed or cancelled."""
    return rules.phase(event.status, event.starts_at, event.ends_at, now)
