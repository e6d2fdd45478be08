"""The one page on which a trip is planned: stops added, moved and timed, the road in between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.accounts import queries as accounts
from volunteer_hub.core import access, clock, once
from volunteer_hub.core.formats import local
from volunteer_hub.core.i18n import language
from volunteer_hub.core.pages import page
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import queries as events
from volunteer_hub.events.errors import UnsoundPlanError
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.programmes import queries as programmes
from volunteer_hub.regions.travel import ROAD
from volunteer_hub.trips import actions, arranging, queries, rules
from volunteer_hub.trips.arranging import Raw
from volunteer_hub.trips.errors import TripChangedError, TripNotReadyError
from volunteer_hub.trips.forms import StopRow, TripForm, saved_values
from volunteer_hub.trips.rules import Arrival, Caravan, Halt
from volunteer_hub.trips.views.base import blueprint, own_scope, show_problems, trip_address

if TYPE_CHECKING:
    from volunteer_hub.events.models import Event
    from volunteer_hub.trips.models import Trip

FIRST_CAMPAIGN = "caravan"
EIGHT = time(8)
TUESDAY = 1
STOP_MINUTES = 120


@dataclass(frozen=True, slots=True)
class Sketch:
    """What the road says to a form, as far as it is filled in.

    Attributes:
        caravan: None while it is not said when it leaves.
        halts: The stops that have a place and a time.
        places: Where each of these stands in the form.
    """

    caravan: Caravan | None
    halts: list[Halt]
    places: list[int]

    def arrivals(self) -> dict[int, Arrival]:
        """Return when the caravan can be ready, by the stop's place in the form."""
        if self.caravan is None:
            return {}
        return dict(zip(self.places, rules.arrivals(self.caravan, self.halts), strict=True))


@blueprint.get("")
@access.role()
def trip_list() -> ResponseReturnValue:
    now = clock.now()
    trips = queries.trips_in_scope(own_scope(), now=now)
    return page(
        "trips/list.html",
        trips=trips,
        stops=queries.stops_of_trips([each.id for each in trips]),
        now=now,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@access.role()
def new_trip() -> ResponseReturnValue:
    scope = own_scope()
    form = TripForm(data=_first_values()) if request.method == "GET" else _arranged(scope)
    form.offer(scope)
    if _is_to_be_saved() and form.validate():
        try:
            location = _create(form, scope)
        except UnsoundPlanError as error:
            show_problems(form, error)
        else:
            flash(_("行程草稿已保存。请订好车辆，看看每一站，然后发布。"), "good")
            return redirect(location)
    return _page(form, None, [])


def _create(form: TripForm, scope: Scope) -> str:
    """Create the trip once, however often the button is pressed; returns where to go."""
    key, now = form.request_key.data, clock.now()
    with transaction():
        location = once.first_answer(key)
        if location is None:
            trip = actions.create_trip(
                form.draft(),
                campaign_code=form.campaign.data,
                scope=scope,
                now=now,
                language=language(),
            )
            location = trip_address(trip.id)
            once.remember(key, location, now=now)
    return location


@blueprint.route("/<int:trip_id>/edit", methods=["GET", "POST"])
@access.role()
def edit_trip(trip_id: int) -> ResponseReturnValue:
    scope = own_scope()
    trip, stops = queries.trip_for_staff(trip_id, scope), queries.stops_of(trip_id)
    if request.method == "GET":
        values = saved_values(queries.draft_of(trip, stops))
        form = TripForm(data=values | {"stamp": queries.stamp_of(trip, stops)})
    else:
        form = _arranged(scope, trip)
    del form.campaign
    form.offer(scope, own_organisation_id=trip.organisation_id)
    is_newer = False
    if _is_to_be_saved() and form.validate():
        try:
            with transaction():
                _edit(form, trip_id, scope)
            flash(_("行程已保存。已发布的站改了时间或地点，我们会通知报名的人。"), "good")
            return redirect(trip_address(trip_id))
        except UnsoundPlanError as error:
            show_problems(form, error)
        except TripChangedError as error:
            form.refuse(f"{_(error.message)}。{_(error.next_step)}")
            is_newer = True
        trip, stops = queries.trip_for_staff(trip_id, scope), queries.stops_of(trip_id)
    return _page(form, trip, stops, is_newer=is_newer)


def _edit(form: TripForm, trip_id: int, scope: Scope) -> None:
    actions.edit_trip(
        trip_id,
        form.draft(),
        scope=scope,
        expected_stamp=form.stamp.data or "",
        now=clock.now(),
        language=language(),
    )


def _is_to_be_saved() -> bool:
    return request.method == "POST" and not request.form.get("then")


def _page(
    form: TripForm, trip: Trip | None, stops: list[Event], *, is_newer: bool = False
) -> ResponseReturnValue:
    if trip is not None and is_newer:
        form.accept_newer(queries.stamp_of(trip, stops))
    sketch = _sketch(form)
    known = {each.id: each for each in stops}
    shown = page(
        "trips/planner.html",
        form=form,
        trip=trip,
        rows=form.rows(),
        events=[known.get(row.event_id.data or 0) for row in form.rows()],
        arrivals=sketch.arrivals(),
        late={place for place in sketch.arrivals() if _is_late(sketch, place)},
        returns_at=rules.returns_at(sketch.caravan, sketch.halts) if sketch.caravan else None,
        home=rules.way_home(sketch.caravan, sketch.halts) if sketch.caravan else None,
        cancelled=[each for each in stops if each.status == "cancelled"],
        newer=queries.live(stops) if is_newer else [],
        road=ROAD,
        most=rules.MAX_STOPS,
        focus=_focus(form),
    )
    has_failed = _is_to_be_saved()
    return shown, HTTPStatus.UNPROCESSABLE_ENTITY if has_failed else HTTPStatus.OK


def _is_late(sketch: Sketch, place: int) -> bool:
    halt = sketch.halts[sketch.places.index(place)]
    return halt.starts_at < sketch.arrivals()[place].ready_at


def _focus(form: TripForm) -> str:
    """Return the id of what the keyboard should stand on after a button was pressed."""
    what, place = _pressed()
    last = len(form.rows()) - 1
    if what == "add":
        return f"stops-{last}-venue_id"
    if what in ("up", "down"):
        return f"stop-{min(max(place - 1 if what == 'up' else place + 1, 0), last)}"
    if what == "drop":
        return f"stop-{max(min(place, last), 0)}"
    return f"stops-{place}-starts_at" if what in ("put_off", "next_day", "leave") else ""


def _first_values() -> dict[str, Any]:
    """Return what a new trip starts with: next Tuesday at eight, one stop, the planner."""
    person = accounts.person_by_id(current_user.person_id)
    leaves_at = _next_tuesday(clock.now())
    campaign = programmes.find_campaign(FIRST_CAMPAIGN) or programmes.campaigns()[0]
    venue_id = request.args.get("venue", type=int)
    return {
        "campaign": campaign.code,
        "organisation_id": events.last_organisation_of(person.id),
        "leaves_at": leaves_at,
        "contact_name": person.name,
        "contact_phone": person.phone or "",
        "stops": [
            {
                "venue_id": venue_id,
                "starts_at": leaves_at + timedelta(minutes=90),
                "minutes": STOP_MINUTES,
                "audience_codes": list(campaign.audience_codes),
            }
        ],
    }


def _next_tuesday(now: datetime) -> datetime:
    today = now.astimezone(clock.LOCAL).date()
    days = (TUESDAY - today.weekday() - 1) % 7 + 1
    return datetime.combine(today + timedelta(days=days), EIGHT, clock.LOCAL)


def _arranged(scope: Scope, trip: Trip | None = None) -> TripForm:
    """Return the form as it was sent, after the button that was pressed did its work on it."""
    what, place = _pressed()
    raw: Raw = request.form
    if what == "drop":
        raw = arranging.without(raw, place)
    elif what in ("up", "down"):
        raw = arranging.swapped(raw, place, place - 1 if what == "up" else place + 1)
    elif what == "add":
        raw = arranging.added(raw, _one_more(_sent(raw, scope, trip)))
    elif what in ("put_off", "next_day", "leave"):
        raw = _remedied(raw, what, place, _sketch(_sent(raw, scope, trip)))
    return TripForm(formdata=raw)


def _sent(raw: Raw, scope: Scope, trip: Trip | None) -> TripForm:
    """Return the form as it was sent, with its lists, so that it can be read."""
    form = TripForm(formdata=raw)
    form.offer(scope, own_organisation_id=trip.organisation_id if trip else None)
    return form


def _pressed() -> tuple[str, int]:
    """Return which button was pressed, and at which stop, counted from 0."""
    what, _dash, number = request.form.get("then", "").partition("-")
    return what, int(number) if number.isascii() and number.isdecimal() and len(number) < 4 else 0


def _one_more(form: TripForm) -> dict[str, str]:
    """Return the fields of one more stop: as soon as the caravan can be anywhere else."""
    sketch, rows = _sketch(form), form.rows()
    values = {"venue_id": "", "minutes": str(STOP_MINUTES), "starts_at": ""}
    if rows and rows[-1].minutes.data:
        values["minutes"] = str(rows[-1].minutes.data)
    if sketch.caravan is not None and sketch.halts:
        last = sketch.halts[-1]
        soon = Halt(rules.Point(), last.ends_at, last.ends_at + timedelta(hours=1))
        ready_at = rules.arrivals(sketch.caravan, [*sketch.halts, soon])[-1].ready_at
        values["starts_at"] = _typed(ready_at)
    return values


def _remedied(raw: Raw, what: str, place: int, sketch: Sketch) -> Raw:
    """Return the form with the times that the pressed remedy puts there."""
    if sketch.caravan is None or place not in sketch.places:
        return raw
    number = sketch.places.index(place)
    if what == "leave":
        raw = arranging.at_times(raw, [])
        raw["leaves_at"] = _typed(rules.leave_in_time(sketch.caravan, sketch.halts))
        return raw
    remedy = rules.put_off if what == "put_off" else rules.to_next_day
    moved = remedy(sketch.caravan, sketch.halts, number)
    pairs = zip(sketch.places, sketch.halts, moved, strict=True)
    return arranging.at_times(
        raw, [(at, _typed(new.starts_at)) for at, old, new in pairs if old != new]
    )


def _typed(moment: datetime) -> str:
    return f"{local(moment):%Y-%m-%dT%H:%M}"


def _sketch(form: TripForm) -> Sketch:
    """Return what the road says to a form as far as it is filled in."""
    rows = [(place, row) for place, row in enumerate(form.rows()) if _is_known(row)]
    points = queries.points_of([form.depot_id.data, *(row.venue_id.data for _n, row in rows)])
    halts = [
        Halt(points[row.venue_id.data], row.starts_at.data, row.draft().ends_at)
        for _place, row in rows
    ]
    return Sketch(_caravan(form, points), halts, [place for place, _row in rows])


def _is_known(row: StopRow) -> bool:
    return bool(row.starts_at.data and row.minutes.data and 0 < row.minutes.data < 10_000)


def _caravan(form: TripForm, points: dict[int | None, rules.Point]) -> Caravan | None:
    if form.leaves_at.data is None:
        return None
    return Caravan(
        depot=points[form.depot_id.data],
        leaves_at=form.leaves_at.data,
        set_up=_minutes(form.set_up_minutes.data),
        pack_up=_minutes(form.pack_up_minutes.data),
        day_starts=_minutes(form.day_starts_minute.data, most=24 * 60 - 1),
        goes_home=form.goes_home.data != "out",
    )


def _minutes(number: int | None, *, most: int = rules.MAX_LOADING) -> timedelta:
    return timedelta(minutes=min(max(number or 0, 0), most))


@blueprint.post("/<int:trip_id>/discard")
@access.role()
def discard_trip(trip_id: int) -> ResponseReturnValue:
    with transaction():
        actions.discard_trip(trip_id, scope=own_scope(), now=clock.now())
    flash(_("行程草稿已删除"), "good")
    return redirect(url_for("trips.trip_list"))


@blueprint.post("/<int:trip_id>/publish")
@access.role()
def publish_trip(trip_id: int) -> ResponseReturnValue:
    try:
        with transaction():
            actions.publish_trip(trip_id, scope=own_scope(), now=clock.now())
    except TripNotReadyError as error:
        flash(f"{_(error.message)}。{_(error.next_step)}", "warn")
    else:
        flash(_("行程已发布，每一站志愿者都可以报名了。"), "good")
    return redirect(trip_address(trip_id))
