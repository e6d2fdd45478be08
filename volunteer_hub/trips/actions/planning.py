"""What happens to a trip as a whole: planned, saved anew, published, thrown away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Final

from volunteer_hub.core import audit
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.text import N_
from volunteer_hub.events import actions as planning
from volunteer_hub.events import queries as events
from volunteer_hub.events import rules as event_rules
from volunteer_hub.events.drafts import EventDraft
from volunteer_hub.events.errors import FieldProblem, NotReadyError, UnsoundPlanError
from volunteer_hub.events.models import Event, Status
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.programmes import queries as programmes
from volunteer_hub.programmes.rules import CampaignEntry
from volunteer_hub.regions import queries as regions
from volunteer_hub.resources import actions as resources
from volunteer_hub.resources.drafts import Holder
from volunteer_hub.trips import queries, rules
from volunteer_hub.trips.actions.steps import judge_bookings, take_along
from volunteer_hub.trips.drafts import StopDraft, TripDraft
from volunteer_hub.trips.errors import TripChangedError, TripNotReadyError, TripUnderWayError
from volunteer_hub.trips.models import Trip
from volunteer_hub.trips.rules import stop_field

_OWN: Final = [field.name for field in fields(TripDraft) if field.name != "stops"]


def create_trip(
    draft: TripDraft, *, campaign_code: str, scope: Scope, now: datetime, language: str = "zh"
) -> Trip:
    """Plan a trip; each stop becomes a draft event with the posts of the campaign's template.

    Raises:
        NotFoundError: There is no such campaign.
        UnsoundPlanError: Times, places or choices that cannot be; fields are named as in the form.
    """
    campaign = programmes.campaign_by_code(campaign_code)
    _judge(draft, scope, now=now)
    trip = Trip(
        campaign_id=campaign.id,
        created_by_id=scope.person_id,
        created_at=now,
    )
    _fill(trip, draft)
    db.session.add(trip)
    db.session.flush()
    work = _Work(trip, campaign, scope, now, language)
    for number, stop in enumerate(draft.stops):
        _add_stop(work, number, stop)
    audit.record("trip.create", trip, by=scope.person_id, now=now)
    return trip


def edit_trip(
    trip_id: int,
    draft: TripDraft,
    *,
    scope: Scope,
    expected_stamp: str,
    now: datetime,
    language: str = "zh",
) -> Trip:
    """Save a changed plan; people who signed up at stops are told what changed for them.

    A stop that the plan no longer has is thrown away when it is a draft.

    Raises:
        NotFoundError: There is no such trip in this scope.
        TripChangedError: Somebody else saved it or a stop of it in between.
        UnsoundPlanError: Times, places or choices that cannot be; fields are named as in the form.
    """
    trip, stops = queries.lock_trip_for_staff(trip_id, scope)
    if queries.stamp_of(trip, stops) != expected_stamp:
        raise TripChangedError
    before = queries.draft_of(trip, stops)
    _judge(draft, scope, now=now, before=before)
    known = {each.id: each for each in queries.live(stops)}
    if {each.event_id for each in draft.stops} - known.keys() - {None}:
        raise NotFoundError
    kept = {each.event_id for each in draft.stops}
    _drop([each for each in known.values() if each.id not in kept], scope, now)
    _fill(trip, draft)
    campaign = programmes.campaign_by_code(trip.campaign.code)
    work = _Work(trip, campaign, scope, now, language)
    for number, stop in enumerate(draft.stops):
        if stop.event_id is None:
            _add_stop(work, number, stop)
            continue
        event = known[stop.event_id]
        changed = _changed(events.draft_of(event), stop, before, draft)
        _change_stop(work, number, event, changed)
        event.expected_people = stop.expected_people
    judge_bookings(trip)
    take_along(trip, by=scope.person_id, now=now)
    audit.record("trip.edit", trip, by=scope.person_id, now=now)
    return trip


def _judge(
    draft: TripDraft, scope: Scope, *, now: datetime, before: TripDraft | None = None
) -> None:
    problems = rules.plan_problems(draft, now=now, left_at=before.leaves_at if before else None)
    if before is None or draft.organisation_id != before.organisation_id:
        allowed = {each.id for each in organisations.organisations_in(scope)}
        if draft.organisation_id not in allowed:
            problems.append(FieldProblem("organisation_id", N_("请选择您负责的单位")))
    if not problems:
        points = queries.points_of([draft.depot_id, *(each.venue_id for each in draft.stops)])
        halts = [rules.Halt(points[it.venue_id], it.starts_at, it.ends_at) for it in draft.stops]
        caravan = queries.caravan_for(draft, points[draft.depot_id])
        problems = rules.road_problems(caravan, halts)
    if problems:
        raise UnsoundPlanError(problems)


def _fill(trip: Trip, draft: TripDraft) -> None:
    points = queries.points_of([draft.depot_id, *(each.venue_id for each in draft.stops)])
    halts = [rules.Halt(points[it.venue_id], it.starts_at, it.ends_at) for it in draft.stops]
    returns_at = rules.returns_at(queries.caravan_for(draft, points[draft.depot_id]), halts)
    # Nothing is read any more: half of it written would be a trip that is back before it left.
    trip.returns_at = returns_at
    for name in _OWN:
        setattr(trip, name, getattr(draft, name))


@dataclass(frozen=True, slots=True)
class _Work:
    """What is planned, from which template, by whom and when."""

    trip: Trip
    campaign: CampaignEntry
    scope: Scope
    now: datetime
    language: str


def _add_stop(work: _Work, number: int, stop: StopDraft) -> None:
    trip, campaign, language = work.trip, work.campaign, work.language
    template = campaign.template(language)
    wanted = EventDraft(
        organisation_id=trip.organisation_id,
        title=_title(trip.title, stop.venue_id),
        starts_at=stop.starts_at,
        ends_at=stop.ends_at,
        venue_id=stop.venue_id,
        summary=campaign.summary(language),
        audience_codes=stop.audience_codes,
        theme_code=campaign.theme_code,
        form_code=campaign.form_code,
        what_to_bring=template.what_to_bring,
        risk_notice=template.risk_notice,
        contact_name=trip.contact_name,
        contact_phone=trip.contact_phone,
        **template.registration,
    )
    try:
        event = planning.create_event(
            wanted,
            campaign_code=campaign.code,
            scope=work.scope,
            now=work.now,
            language=language,
        )
    except UnsoundPlanError as error:
        raise _at_stop(number, error) from error
    event.trip_id, event.expected_people = trip.id, stop.expected_people
    db.session.flush()


def _title(trip_title: str, venue_id: int) -> str:
    """Return what a stop is called: the trip, and where."""
    return f"{trip_title} · {regions.venue_by_id(venue_id).name}"[: event_rules.MAX_TITLE]


def _at_stop(number: int, error: UnsoundPlanError) -> UnsoundPlanError:
    """Return what is wrong with an event as problems of a stop in the trip's form."""
    places = {"venue_id": "venue_id", "ends_at": "minutes"}
    return UnsoundPlanError(
        [
            FieldProblem(
                stop_field(number, places.get(each.field, "starts_at")), each.message, each.values
            )
            for each in error.problems
        ]
    )


def _drop(stops: Iterable[Event], scope: Scope, now: datetime) -> None:
    for event in stops:
        if event.status is not Status.DRAFT:
            message = N_(
                "“%(stop)s”已经发布，不能直接去掉。请用“临时有变”取消这一站，我们会通知每个人"
            )
            raise UnsoundPlanError([FieldProblem("", message, {"stop": event.title})])
        planning.discard_draft(event.id, scope=scope, now=now)


def _change_stop(work: _Work, number: int, event: Event, changed: EventDraft) -> None:
    if changed == events.draft_of(event):
        return
    if event.status is Status.CONFIRMED:
        message = N_("“%(stop)s”的服务时长已经确认，不能再改这一站")
        values = {"stop": event.title}
        raise UnsoundPlanError([FieldProblem(stop_field(number, "starts_at"), message, values)])
    try:
        _stretch(event, changed.ends_at - changed.starts_at)
        by, now = work.scope.person_id, work.now
        planning.change_plan(event, changed, moves_shifts=True, by=by, now=now)
    except UnsoundPlanError as error:
        raise _at_stop(number, error) from error


def _changed(saved: EventDraft, stop: StopDraft, before: TripDraft, after: TripDraft) -> EventDraft:
    """Return the plan of a stop with what the trip says; what it has of its own stays."""
    own: dict[str, object] = {
        name: getattr(after, name)
        for name in ("organisation_id", "contact_name", "contact_phone")
        if getattr(saved, name) == getattr(before, name)
    }
    if saved.venue_id and saved.title == _title(before.title, saved.venue_id):
        own["title"] = _title(after.title, stop.venue_id)
    return replace(
        saved,
        starts_at=stop.starts_at,
        ends_at=stop.ends_at,
        venue_id=stop.venue_id,
        audience_codes=stop.audience_codes,
        **own,  # type: ignore[arg-type]  # values of the same fields
    )


def _stretch(event: Event, length: timedelta) -> None:
    """Let shifts that last to the end of an event go on doing so when it gets longer or shorter."""
    by = length - (event.ends_at - event.starts_at)
    for shift in event.shifts:
        if shift.ends_at == event.ends_at and shift.ends_at + by > shift.starts_at:
            shift.ends_at += by


def publish_trip(trip_id: int, *, scope: Scope, now: datetime) -> Trip:
    """Make every stop public at once; one that lacks something keeps all of them back.

    Raises:
        NotFoundError: There is no such trip in this scope.
        TripNotReadyError: Something that must be there is missing at some stop.
    """
    trip, stops = queries.lock_trip_for_staff(trip_id, scope)
    drafts = [each for each in stops if each.status is Status.DRAFT]
    try:
        for event in drafts:
            planning.publish_event(event.id, scope=scope, now=now)
    except NotReadyError as error:
        raise TripNotReadyError from error
    if drafts:
        audit.record("trip.publish", trip, by=scope.person_id, now=now)
    return trip


def discard_trip(trip_id: int, *, scope: Scope, now: datetime) -> None:
    """Throw away a trip of which nothing was ever published.

    Raises:
        NotFoundError: There is no such trip in this scope.
        TripUnderWayError: Something of it was published.
    """
    trip, stops = queries.lock_trip_for_staff(trip_id, scope)
    if any(each.status is not Status.DRAFT for each in stops):
        raise TripUnderWayError
    resources.release_all(Holder(trip_id=trip_id), by=scope.person_id, now=now)
    for event in stops:
        planning.discard_draft(event.id, scope=scope, now=now)
    audit.record("trip.discard", trip, by=scope.person_id, now=now)
    db.session.delete(trip)
    db.session.flush()
