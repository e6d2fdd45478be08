"""What a trip came to, filled in on a phone on the way home; the sums are for the nation's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from volunteer_hub.core import access, clock
from volunteer_hub.core.pages import page
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.errors import UnsoundPlanError
from volunteer_hub.trips import actions, queries, rules
from volunteer_hub.trips.forms import ReportForm
from volunteer_hub.trips.views.base import blueprint, own_scope, show_problems

if TYPE_CHECKING:
    from volunteer_hub.events.models import Event
    from volunteer_hub.trips.models import StopReport, Trip


@dataclass(frozen=True, slots=True)
class Sums:
    """What a trip came to, as the national feedback asks for it; km is None when not known."""

    visits: int
    km: int | None
    exhibits: int
    leaflets: int
    people: int


@blueprint.route("/<int:trip_id>/report", methods=["GET", "POST"])
@access.role()
def report_trip(trip_id: int) -> ResponseReturnValue:
    scope = own_scope()
    trip = queries.trip_for_staff(trip_id, scope)
    stops = queries.live(queries.stops_of(trip_id))
    reports = queries.reports_of([each.id for each in stops])
    form = ReportForm(data=_saved(trip, stops, reports))
    if form.is_submitted() and form.validate():
        try:
            with transaction():
                _keep(form, trip_id)
        except UnsoundPlanError as error:
            show_problems(form, error)
        else:
            flash(_("数字已保存"), "good")
            return redirect(url_for("trips.report_trip", trip_id=trip_id))
        trip = queries.trip_for_staff(trip_id, scope)
        stops = queries.live(queries.stops_of(trip_id))
    names = {each.id: each for each in stops}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
    shown = page(
        "trips/report.html",
        trip=trip,
        form=form,
        rows=[(row, names.get(row.event_id.data or 0)) for row in form.rows()],
        sums=sums_of(trip, reports.values()),
    )
    return shown, status


def _keep(form: ReportForm, trip_id: int) -> None:
    odometer = form.odometer_start_km.data, form.odometer_end_km.data
    actions.report(trip_id, odometer, form.reports(), scope=own_scope(), now=clock.now())


def _saved(trip: Trip, stops: list[Event], reports: dict[int, StopReport]) -> dict[str, Any]:
    rows = []
    for event in stops:
        saved = queries.report_draft_of(reports.get(event.id))
        rows.append(
            {
                "event_id": event.id,
                "odometer_km": saved.odometer_km,
                "exhibits": saved.exhibits,
                "leaflets": saved.leaflets,
                "people": saved.people,
            }
        )
    return {
        "odometer_start_km": trip.odometer_start_km,
        "odometer_end_km": trip.odometer_end_km,
        "stops": rows,
    }


def sums_of(trip: Trip, reports: Iterable[StopReport]) -> Sums:
    """Return what a trip came to as far as it is reported: a stop that anybody came to counts."""
    rows = list(reports)
    return Sums(
        visits=sum(bool(row.people) for row in rows),
        km=rules.driven_km(trip.odometer_start_km, trip.odometer_end_km),
        exhibits=max((row.exhibits or 0 for row in rows), default=0),
        leaflets=sum(row.leaflets or 0 for row in rows),
        people=sum(row.people or 0 for row in rows),
    )
