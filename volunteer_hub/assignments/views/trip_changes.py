"""It changed on the road: stops of a trip moved or cancelled at once, then the calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs

from volunteer_hub.assignments import actions, queries
from volunteer_hub.assignments.forms import TripChangeForm
from volunteer_hub.assignments.queries import Key
from volunteer_hub.assignments.views import shown
from volunteer_hub.assignments.views.at_risk import CALLERS
from volunteer_hub.assignments.views.base import blueprint
from volunteer_hub.assignments.views.changes import (
    audience_of,
    changed_at,
    own_scope,
    read_key,
)
from volunteer_hub.core import access, clock, once
from volunteer_hub.core.formats import span_of
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.concerned import Concerned, Reach, concerned_by
from volunteer_hub.events.errors import UnsoundPlanError
from volunteer_hub.trips import actions as planning
from volunteer_hub.trips import queries as trips
from volunteer_hub.trips.errors import TripChangedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from volunteer_hub.events.models import Event
    from volunteer_hub.organisations.queries import Scope
    from volunteer_hub.trips.models import Trip


@dataclass(frozen=True, slots=True)
class TripCall:
    """Somebody to be rung about one or more stops, and whether they were told of all of them."""

    who: Concerned
    stops: str
    done_at: datetime | None


@blueprint.route("/organise/trips/<int:trip_id>/change", methods=["GET", "POST"])
@access.role()
def change_trip(trip_id: int) -> ResponseReturnValue:
    scope = own_scope()
    trip, stops = trips.trip_for_staff(trip_id, scope), trips.stops_of(trip_id)
    remaining = _published(trips.remaining(stops, now=clock.now()))
    form = _form(trip, stops, remaining)
    if not remaining:
        return redirect(_instead(form, trip_id))
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.validate():
            location = _change(form, trip_id, scope)
            if location is not None:
                return redirect(location)
        trip, stops = trips.trip_for_staff(trip_id, scope), trips.stops_of(trip_id)
        remaining = _published(trips.remaining(stops, now=clock.now()))
    page = render_template(
        "assignments/trip_change.html",
        trip=trip,
        form=form,
        audience=audience_of(_everybody(remaining)),
    )
    return page, status


def _form(trip: Trip, stops: list[Event], remaining: list[Event]) -> TripChangeForm:
    form = TripChangeForm(
        data={
            "stamp": trips.stamp_of(trip, stops),
            "starts_at": remaining[0].starts_at if remaining else None,
            "stops": [str(each.id) for each in remaining],
        }
    )
    form.stops.choices = [SelectChoice(str(each.id), _name(each)) for each in remaining]
    return form


def _instead(form: TripChangeForm, trip_id: int) -> str:
    """Return where to go with a trip of which nothing can be moved or cancelled any more."""
    first = once.first_answer(form.request_key.data) if form.is_submitted() else None
    return first or url_for("assignments.trip_calls", trip_id=trip_id)


def _change(form: TripChangeForm, trip_id: int, scope: Scope) -> str | None:
    """Move or cancel the stops; returns where to go, or None when the form says why not."""
    try:
        location = _change_once(form, trip_id, scope)
    except UnsoundPlanError as error:
        for problem in error.problems:
            form.blame("starts_at", _(problem.message, **problem.values))
        return None
    except TripChangedError as error:
        form.refuse(f"{_(error.message)}。{_(error.next_step)}")
        trip = trips.trip_for_staff(trip_id, scope)
        form.accept_newer_stamp(trips.stamp_of(trip, trips.stops_of(trip_id)))
        return None
    flash(_("已经改好，消息这就发出去。请看看还要给谁打电话。"), "success")
    return location


def _change_once(form: TripChangeForm, trip_id: int, scope: Scope) -> str:
    key, now, reason = form.request_key.data, clock.now(), form.reason.data or ""
    with transaction():
        location = once.first_answer(key)
        if location is not None:
            return location
        trip, stops = trips.lock_trip_for_staff(trip_id, scope)
        if trips.stamp_of(trip, stops) != form.stamp.data:
            raise TripChangedError
        if form.what.data == "cancel":
            planning.cancel_stops(trip_id, form.chosen(), reason, scope=scope, now=now)
        else:
            at = form.starts_at.data
            planning.move_stops(trip_id, form.chosen(), at, reason, scope=scope, now=now)
        location = url_for("assignments.trip_calls", trip_id=trip_id)
        once.remember(key, location, now=now)
    return location


@blueprint.get("/organise/trips/<int:trip_id>/change/calls")
@access.role()
def trip_calls(trip_id: int) -> ResponseReturnValue:
    return _calls_page(trips.trip_for_staff(trip_id, own_scope()))


@blueprint.route("/organise/trips/<int:trip_id>/change/phones", methods=["GET", "POST"])
@access.role(*CALLERS)
def show_trip_phones(trip_id: int) -> ResponseReturnValue:
    trip = trips.trip_for_staff(trip_id, own_scope())
    if request.method == "GET":  # the answer was opened again
        return redirect(url_for("assignments.trip_calls", trip_id=trip_id))
    return _with_phones(trip.id)


@blueprint.post("/organise/trips/<int:trip_id>/change/called")
@access.role()
def note_trip_call(trip_id: int) -> ResponseReturnValue:
    scope = own_scope()
    trips.trip_for_staff(trip_id, scope)
    changed = _changed_stops(trip_id)
    if request.form.get("about") != _about(changed):
        # It changed again since: there is a new list.
        return redirect(url_for("assignments.trip_calls", trip_id=trip_id))
    who, now = read_key(request.form.get("who", "")), clock.now()
    note = actions.take_back_call if request.form.get("undo") else actions.note_call
    with transaction():
        for event in sorted(changed, key=lambda each: each.id):
            about_at = changed_at(event)
            if about_at is not None and who in {each.key for each in concerned_by(event)}:
                note(event.id, about_at, who, scope=scope, now=now)
    if request.form.get("phones") == "1" and access.roles() & set(CALLERS):
        return _with_phones(trip_id)
    return redirect(url_for("assignments.trip_calls", trip_id=trip_id))


@blueprint.get("/organise/trips/<int:trip_id>/change/notices")
@access.role()
def trip_notices(trip_id: int) -> ResponseReturnValue:
    trip = trips.trip_for_staff(trip_id, own_scope())
    notices = [(each, shown.place_of(each)) for each in _changed_stops(trip_id)]
    return render_template("assignments/trip_notices.html", trip=trip, notices=notices)


def _with_phones(trip_id: int) -> ResponseReturnValue:
    with transaction():
        trip = trips.trip_for_staff(trip_id, own_scope())
        for event in _changed_stops(trip_id):
            keys = [each.key for each in concerned_by(event) if _is_called(each) and each.phone]
            actions.show_phones(event, keys, by=current_user.person_id, now=clock.now())
    return _calls_page(trips.trip_for_staff(trip.id, own_scope()), with_phones=True)


def _calls_page(trip: Trip, *, with_phones: bool = False) -> str:
    changed = _changed_stops(trip.id)
    people = [(each, concerned_by(each)) for each in changed]
    calls = _calls(people)
    return render_template(
        "assignments/trip_calls.html",
        trip=trip,
        changed=[(each, shown.place_of(each)) for each in changed],
        about=_about(changed),
        audience=audience_of(_each_once(found for _event, found in people)),
        by_phone=[each for each in calls if each.who.reach is Reach.PHONE],
        by_notice=[each for each in calls if each.who.reach is Reach.NO_WAY],
        done=sum(each.done_at is not None for each in calls),
        with_phones=with_phones,
        may_call=bool(access.roles() & set(CALLERS)),
    )


def _calls(people: Iterable[tuple[Event, list[Concerned]]]) -> list[TripCall]:
    """Return those whom no message reaches, each once, told when told of every stop of theirs."""
    found: dict[Key, tuple[Concerned, list[str], list[datetime | None]]] = {}
    for event, concerned in people:
        about_at = changed_at(event)
        done = queries.calls_about(event.id, about_at) if about_at else {}
        for who in concerned:
            if _is_called(who):
                _who, names, told = found.setdefault(who.key, (who, [], []))
                names.append(_place(event))
                told.append(done[who.key].done_at if who.key in done else None)
    return [TripCall(who, "、".join(names), _latest(told)) for who, names, told in found.values()]


def _latest(told: list[datetime | None]) -> datetime | None:
    moments = [each for each in told if each is not None]
    return max(moments) if len(moments) == len(told) else None


def _is_called(who: Concerned) -> bool:
    return who.reach is not Reach.MESSAGE


def _everybody(stops: Iterable[Event]) -> list[Concerned]:
    """Return whom these stops concern, each once."""
    return _each_once(concerned_by(event) for event in stops)


def _each_once(concerned: Iterable[list[Concerned]]) -> list[Concerned]:
    return list({who.key: who for found in concerned for who in found}.values())


def _changed_stops(trip_id: int) -> list[Event]:
    """Return the stops that were moved or cancelled, in their order."""
    stops = trips.stops_of(trip_id)
    return [each for each in stops if each.status != "confirmed" and changed_at(each) is not None]


def _published(stops: Iterable[Event]) -> list[Event]:
    return [each for each in stops if each.status == "published"]


def _about(changed: Iterable[Event]) -> str:
    moments = [changed_at(each) for each in changed]
    return " ".join(each.isoformat() for each in moments if each is not None)


def _name(event: Event) -> str:
    return f"{_place(event)} · {span_of(event.starts_at, event.ends_at)}"


def _place(event: Event) -> str:
    return event.venue.name if event.venue else event.title
