"""The page on which a trip gets its vehicle, driver and kits, for as long as it lasts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from volunteer_hub.core import access, clock
from volunteer_hub.core.pages import page
from volunteer_hub.core.transaction import transaction
from volunteer_hub.resources import rules as things
from volunteer_hub.resources import wording
from volunteer_hub.resources.errors import HinderedError, NotSharedError, UnsoundResourceError
from volunteer_hub.resources.rules import Candidate
from volunteer_hub.trips import actions, queries
from volunteer_hub.trips.views.base import blueprint, own_scope

if TYPE_CHECKING:
    from volunteer_hub.resources.queries import EventResources
    from volunteer_hub.trips.models import Trip


@dataclass(frozen=True, slots=True)
class Thing:
    """Something a trip has booked, or could."""

    id: int
    name: str
    note: str
    tag: tuple[str, str]
    can_book: bool
    booking_id: int | None
    is_booked: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """All of one kind."""

    title: str
    icon: str
    things: list[Thing]


@blueprint.get("/<int:trip_id>/resources")
@access.role()
def trip_resources(trip_id: int) -> ResponseReturnValue:
    trip = queries.trip_for_staff(trip_id, own_scope())
    found = queries.resources_of(trip)
    return page(
        "trips/resources.html",
        trip=trip,
        shelves=_shelves(found),
        doubt=driver_doubt(found.extra),
        can_edit=trip.returns_at > clock.now(),
    )


def driver_doubt(candidates: list[Candidate]) -> str:
    """Return what speaks against the booked drivers driving the booked vehicles; or nothing."""
    booked = [each.resource for each in candidates if each.is_booked]
    vehicles = [each for each in booked if each.kind is things.Kind.VEHICLE]
    drivers = [each for each in booked if each.kind is things.Kind.DRIVER]
    for vehicle in vehicles:
        if drivers and not any(things.may_drive(it.licence_class, vehicle.seats) for it in drivers):
            return str(
                _("没有一位司机的准驾车型能开“%(vehicle)s”，请换一位司机。", vehicle=vehicle.name)
            )
    return ""


def _shelves(found: EventResources) -> list[Shelf]:
    return [
        Shelf(
            title=str(_(wording.KIND_WORDS[kind])),
            icon=wording.KIND_ICONS[kind],
            things=[_thing(each, found) for each in _in_order(found.extra, kind)],
        )
        for kind in queries.CARRIED
    ]


def _in_order(candidates: list[Candidate], kind: things.Kind) -> list[Candidate]:
    """Return those of a kind: what is booked first, then what is free; nothing out of use."""
    of_kind = [it for it in candidates if it.resource.kind is kind and it.standing != "retired"]
    return sorted(
        of_kind, key=lambda it: (not it.is_booked, things.is_hindered(it.standing), it.resource.id)
    )


def _thing(candidate: Candidate, found: EventResources) -> Thing:
    resource = candidate.resource
    return Thing(
        id=resource.id,
        name=resource.name,
        note=wording.in_the_way(candidate) or wording.facts_in_words(resource),
        tag=wording.thing_tag(candidate),
        can_book=not candidate.is_booked and not things.is_hindered(candidate.standing),
        booking_id=found.bookings.get(resource.id),
        is_booked=candidate.is_booked,
    )


def missing_things(trip: Trip, found: EventResources) -> list[tuple[str, bool]]:
    """Return what a trip should have booked, each with whether it has."""
    booked = {each.resource.kind for each in found.extra if each.is_booked}
    return [
        (str(_("订好车辆")), things.Kind.VEHICLE in booked),
        (str(_("订好司机")), things.Kind.DRIVER in booked),
    ]


def _address(trip_id: int) -> str:
    return url_for("trips.trip_resources", trip_id=trip_id)


@blueprint.post("/<int:trip_id>/resources/<int:resource_id>/book")
@access.role()
def book_resource(trip_id: int, resource_id: int) -> ResponseReturnValue:
    try:
        with transaction():
            actions.book_for_trip(trip_id, resource_id, scope=own_scope(), now=clock.now())
    except (HinderedError, NotSharedError) as error:
        flash(wording.why_not(error), "warn")
    except UnsoundResourceError as error:
        flash(_(error.problem, **error.values), "warn")
    else:
        flash(_("整个行程都订好了。改期时会一起移动，取消时会退还。"), "good")
    return redirect(_address(trip_id))


@blueprint.post("/<int:trip_id>/bookings/<int:booking_id>/release")
@access.role()
def release_booking(trip_id: int, booking_id: int) -> ResponseReturnValue:
    with transaction():
        actions.release_from_trip(trip_id, booking_id, scope=own_scope(), now=clock.now())
    flash(_("已取消预订"), "good")
    return redirect(_address(trip_id))
