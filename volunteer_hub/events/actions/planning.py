"""What happens to an event as a whole."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any, Final

from volunteer_hub.core import audit
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.text import N_, random_code
from volunteer_hub.events import bonds, queries, rules
from volunteer_hub.events.actions.bookings import booking_problems, take_along
from volunteer_hub.events.actions.steps import (
    delete,
    judge,
    lock_open_event,
    new_shift,
    note_changes,
)
from volunteer_hub.events.drafts import EventDraft, ShiftDraft
from volunteer_hub.events.errors import (
    EventChangedError,
    EventClosedError,
    FieldProblem,
    NotReadyError,
)
from volunteer_hub.events.models import Asks, Event, Status
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.programmes import queries as programmes
from volunteer_hub.regions import queries as regions
from volunteer_hub.resources import actions as resources
from volunteer_hub.resources.drafts import Holder

POSTER_CODE_CHARACTERS: Final = 10


def create_event(
    draft: EventDraft, *, campaign_code: str, scope: Scope, now: datetime, language: str = "zh"
) -> Event:
    """Plan a new event of a campaign, with the shifts and posts of its template.

    Args:
        draft: The event as somebody wants it.
        campaign_code: Whose template it starts from.
        scope: Who plans it; the organisation must be theirs.
        now: The moment.
        language: zh or en, for the titles of shifts and posts.

    Raises:
        NotFoundError: There is no such campaign.
        UnsoundPlanError: Times or choices that cannot be.
    """
    campaign = programmes.campaign_by_code(campaign_code)
    judge(rules.event_problems(draft, now=now))
    judge(_choice_problems(draft, scope))
    event = Event(
        campaign_id=campaign.id,
        poster_code=random_code(POSTER_CODE_CHARACTERS),
        status=Status.DRAFT,
        created_by_id=scope.person_id,
        created_at=now,
        changes=[],
    )
    _fill(event, draft)
    shifts = campaign.template(language).shifts
    for shift, posts in rules.planned_shifts(
        shifts, starts_at=draft.starts_at, ends_at=draft.ends_at
    ):
        event.shifts.append(new_shift(shift, posts))
    db.session.add(event)
    db.session.flush()
    audit.record(
        "event.create", event, by=scope.person_id, now=now, details={"campaign": campaign.code}
    )
    return event


def edit_event(
    event_id: int,
    draft: EventDraft,
    *,
    scope: Scope,
    expected_version: int | None,
    moves_shifts: bool,
    now: datetime,
) -> Event:
    """Save a changed plan. A published event notes what people who signed up must be told.

    Args:
        event_id: Which event.
        draft: The event as somebody wants it now.
        scope: Who changes it.
        expected_version: The version they saw when they began.
        moves_shifts: Whether shifts go along when the start moves.
        now: The moment.

    Raises:
        NotFoundError: There is no such event in this scope.
        EventClosedError: It is cancelled or confirmed.
        EventChangedError: Somebody else saved it in between.
        UnsoundPlanError: Times or choices that cannot be.
    """
    event = lock_open_event(event_id, scope)
    if event.version != expected_version:
        raise EventChangedError
    judge(_choice_problems(draft, scope, before=queries.draft_of(event)))
    judge(bonds.objections(event, draft))
    change_plan(event, draft, moves_shifts=moves_shifts, by=scope.person_id, now=now)
    bonds.follow(event, by=scope.person_id, now=now)
    return event


def change_plan(
    event: Event, draft: EventDraft, *, moves_shifts: bool, by: int, now: datetime
) -> None:
    """Change a held event to another plan; the caller looks after what it is bound to.

    Args:
        event: An open event, held.
        draft: As somebody wants it now; who may choose this organisation and venue was judged.
        moves_shifts: Whether shifts go along when the start moves.
        by: Who changes it.
        now: The moment.

    Raises:
        UnsoundPlanError: Times that cannot be.
    """
    before = queries.draft_of(event)
    moved_by = draft.starts_at - before.starts_at if moves_shifts else timedelta(0)
    judge(rules.event_problems(draft, now=now, started_at=before.starts_at))
    judge(_shift_problems(event, before, draft, moved_by))
    judge(booking_problems(event, draft))
    if event.status is Status.PUBLISHED:
        judge(_lost_problems(event, draft, now))
        started_at = before.starts_at if draft.starts_at != before.starts_at else None
        note_changes(event, rules.changes(before, draft), now, started_at=started_at)
    _fill(event, draft)
    _move_shifts(event, moved_by)
    db.session.flush()
    take_along(event, before, by=by, now=now)
    details = {"fields": _changed_fields(before, draft), "moved_shifts": moves_shifts}
    audit.record("event.edit", event, by=by, now=now, details=details)


def move_event(
    event_id: int,
    starts_at: datetime,
    reason: str,
    *,
    scope: Scope,
    expected_version: int | None,
    now: datetime,
) -> Event:
    """Let an event and its shifts begin at another time; people who signed up are told why.

    Args:
        event_id: Which event.
        starts_at: When it begins now; it lasts as long as before.
        reason: Why, in words that people read.
        scope: Who moves it.
        expected_version: The version they saw when they began.
        now: The moment.

    Raises:
        NotFoundError: There is no such event in this scope.
        EventClosedError: It is cancelled or confirmed.
        EventChangedError: Somebody else saved it in between.
        UnsoundPlanError: It begins at this time already, or the time cannot be.
    """
    event = lock_open_event(event_id, scope)
    if starts_at == event.starts_at:
        judge([FieldProblem("starts_at", N_("活动本来就在这个时间，请选新的时间"))])
    plan = queries.draft_of(event)
    moved = replace(plan, starts_at=starts_at, ends_at=plan.ends_at + (starts_at - plan.starts_at))
    edit_event(
        event_id,
        moved,
        scope=scope,
        expected_version=expected_version,
        moves_shifts=True,
        now=now,
    )
    event.change_reason = reason
    db.session.flush()
    return event


def publish_event(event_id: int, *, scope: Scope, now: datetime) -> Event:
    """Make the event public and open for volunteers. Publishing twice changes nothing.

    Raises:
        NotFoundError: There is no such event in this scope.
        EventClosedError: It is cancelled or confirmed.
        NotReadyError: Something that must be there is missing.
    """
    event = lock_open_event(event_id, scope)
    if event.status is Status.PUBLISHED:
        return event
    missing = rules.blocking(queries.publish_checklist(event, now=now))
    if missing:
        raise NotReadyError(missing)
    event.status = Status.PUBLISHED
    event.published_at = now
    db.session.flush()
    audit.record("event.publish", event, by=scope.person_id, now=now)
    return event


def cancel_event(event_id: int, reason: str, *, scope: Scope, now: datetime) -> Event:
    """Call the event off; people who signed up are told the reason. Twice changes nothing.

    Raises:
        NotFoundError: There is no such event in this scope.
        EventClosedError: Its hours are confirmed, so it did take place.
    """
    event = queries.lock_event_for_staff(event_id, scope)
    if event.status is Status.CANCELLED:
        return event
    if event.status is Status.CONFIRMED:
        raise EventClosedError
    call_off(event, reason, by=scope.person_id, now=now)
    bonds.follow(event, by=scope.person_id, now=now)
    return event


def call_off(event: Event, reason: str, *, by: int, now: datetime) -> None:
    """Call off a held event that is not over; the caller looks after what it is bound to."""
    event.status = Status.CANCELLED
    event.cancelled_at = now
    event.cancel_reason = reason
    db.session.flush()
    resources.release_all(Holder(event_id=event.id), by=by, now=now)
    audit.record("event.cancel", event, by=by, now=now)


def discard_draft(event_id: int, *, scope: Scope, now: datetime) -> None:
    """Throw away an event that was never published; nobody can have signed up.

    Raises:
        NotFoundError: There is no such event in this scope.
        EventClosedError: It was published before.
    """
    event = queries.lock_event_for_staff(event_id, scope)
    if event.status is not Status.DRAFT:
        raise EventClosedError
    audit.record("event.discard", event, by=scope.person_id, now=now)
    delete(event)


def copy_event(event_id: int, *, scope: Scope, now: datetime) -> Event:
    """Plan the same event again as a draft: a week later, or in the first week still to come.

    Raises:
        NotFoundError: There is no such event in this scope.
    """
    source = queries.event_for_staff(event_id, scope)
    later = rules.next_occasion(source.starts_at, now=now)
    copy = duplicate(source, later, by=scope.person_id, now=now)
    db.session.add(copy)
    db.session.flush()
    resources.copy_requirements(source.id, [copy.id])
    audit.record(
        "event.copy", copy, by=scope.person_id, now=now, details={"copied_from": source.id}
    )
    return copy


def duplicate(source: Event, later: timedelta, *, by: int, now: datetime) -> Event:
    """Return a draft of the same event at another time with its shifts and posts, not yet saved."""
    copy = Event(
        campaign_id=source.campaign_id,
        poster_code=random_code(POSTER_CODE_CHARACTERS),
        status=Status.DRAFT,
        created_by_id=by,
        created_at=now,
        changes=[],
    )
    _fill(copy, queries.draft_of(source))
    copy.starts_at, copy.ends_at = source.starts_at + later, source.ends_at + later
    for shift in source.shifts:
        moved = _moved(queries.draft_of_shift(shift), later)
        copy.shifts.append(new_shift(moved, [queries.draft_of_post(post) for post in shift.posts]))
    return copy


def confirm_event(event: Event, *, by: int, now: datetime) -> None:
    """Close an event whose hours are confirmed; the caller holds it locked and has judged."""
    event.status = Status.CONFIRMED
    event.confirmed_at = now
    db.session.flush()
    audit.record("event.confirm", event, by=by, now=now)


def _choice_problems(
    draft: EventDraft, scope: Scope, *, before: EventDraft | None = None
) -> list[FieldProblem]:
    """Return what is wrong with the organisation and the venue; keeping the old ones is fine."""
    problems = []
    if before is None or draft.organisation_id != before.organisation_id:
        allowed = {organisation.id for organisation in organisations.organisations_in(scope)}
        if draft.organisation_id not in allowed:
            problems.append(FieldProblem("organisation_id", N_("请选择您负责的单位")))
    if draft.venue_id is not None and (before is None or draft.venue_id != before.venue_id):
        try:
            is_in_use = regions.venue_by_id(draft.venue_id).is_active
        except NotFoundError:
            is_in_use = False
        if not is_in_use:
            problems.append(FieldProblem("venue_id", N_("这个地点已经停用，请另选一个")))
    return problems


def _shift_problems(
    event: Event, before: EventDraft, draft: EventDraft, moved_by: timedelta
) -> list[FieldProblem]:
    """Return why shifts would not fit the event's new time: far away from it, or left outside."""
    shifts = [queries.draft_of_shift(shift) for shift in event.shifts]
    moved = [_moved(shift, moved_by) for shift in shifts]
    strays = rules.stray_shifts(moved, event_starts_at=draft.starts_at, event_ends_at=draft.ends_at)
    if not strays:
        pairs = zip(shifts, moved, strict=True)
        return rules.overhanging_shifts(pairs, before=before, after=draft)[:1]
    message = N_("班次“%(shift)s”离新的时间太远了。请勾选“班次一起移动”，或先改班次的时间")
    return [FieldProblem("starts_at", message, {"shift": title}) for title in strays[:1]]


def _lost_problems(event: Event, draft: EventDraft, now: datetime) -> list[FieldProblem]:
    """Return what a published event needed to be published and would no longer have."""
    before = queries.facts_of(event)
    after = replace(before, plan=draft, venue_id=draft.venue_id)
    lost = rules.lost_by(before, after, now=now)
    return [FieldProblem(check.field, check.note, check.values) for check in lost]


def _changed_fields(before: EventDraft, after: EventDraft) -> list[str]:
    names = [field.name for field in fields(EventDraft)]
    return [name for name in names if getattr(before, name) != getattr(after, name)]


def _fill(event: Event, draft: EventDraft) -> None:
    for field in fields(EventDraft):
        setattr(event, field.name, _stored(field.name, getattr(draft, field.name)))
    event.region_id = regions.venue_by_id(draft.venue_id).region_id if draft.venue_id else None


def _stored(name: str, value: Any) -> Any:  # noqa: ANN401 - any column's value
    if name in ("audience_codes", "language_codes"):
        return list(value)
    return Asks(value) if name in ("asks_name", "asks_phone") else value


def _moved(draft: ShiftDraft, by: timedelta) -> ShiftDraft:
    return replace(draft, starts_at=draft.starts_at + by, ends_at=draft.ends_at + by)


def _move_shifts(event: Event, by: timedelta) -> None:
    for shift in event.shifts:
        shift.starts_at += by
        shift.ends_at += by
