"""The page on which an event gets its vehicles, drivers, kits and halls."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from volunteer_hub.core import access, clock
from volunteer_hub.core.formats import local, span_of
from volunteer_hub.core.pages import page
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import actions, queries
from volunteer_hub.events.views.base import blueprint, own_scope
from volunteer_hub.resources import queries as resources
from volunteer_hub.resources import rules, wording
from volunteer_hub.resources.errors import HinderedError, NotSharedError, UnsoundResourceError
from volunteer_hub.resources.forms import RequirementForm
from volunteer_hub.resources.queries import EventResources
from volunteer_hub.resources.rules import Candidate, Span
from volunteer_hub.workdays.queries import work_calendar

if TYPE_CHECKING:
    from volunteer_hub.events.models import Event


@dataclass(frozen=True, slots=True)
class ThingView:
    """A resource that fits, as the page shows it."""

    id: int
    name: str
    note: str
    tag: tuple[str, str]
    why_not: str
    can_book: bool
    booking_id: int | None


@dataclass(frozen=True, slots=True)
class NeedView:
    """A requirement with what is booked for it and what would fit."""

    id: int
    title: str
    icon: str
    tag: tuple[str, str]
    is_met: bool
    booked: list[ThingView]
    others: list[ThingView]


@blueprint.route("/events/<int:event_id>/resources", methods=["GET", "POST"])
@access.role()
def event_resources(event_id: int) -> ResponseReturnValue:
    scope = own_scope()
    event = queries.event_for_staff(event_id, scope)
    form = RequirementForm()
    form.offer(resources.resources())
    if form.validate_on_submit():
        with transaction():
            actions.require(event_id, form.draft(), scope=scope, now=clock.now())
        flash(_("已加上"), "good")
        return redirect(_address(event_id))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
    return _page(event, form), status


def _page(event: Event, form: RequirementForm) -> str:
    can_edit = event.status not in ("cancelled", "confirmed")
    found = queries.resources_of(event)
    can_move = can_edit and bool(found.verdicts) and event.starts_at > clock.now()
    return page(
        "events/resources.html",
        event=event,
        form=form,
        can_edit=can_edit,
        needs=need_views(found),
        extra=[_thing(each, found) for each in found.extra],
        days=_days(event, found) if can_move else [],
        can_move=can_move,
    )


def need_views(found: EventResources) -> list[NeedView]:
    """Return the requirements as pages show them."""
    return [
        NeedView(
            id=each.need.id,
            title=wording.need_in_words(each.need, found.known.get(each.need.resource_id or 0)),
            icon=wording.KIND_ICONS[each.need.kind],
            tag=wording.state_tag(each.state),
            is_met=each.state is rules.State.MET,
            booked=[_thing(it, found) for it in each.booked],
            others=[_thing(it, found) for it in each.others if it.standing != "retired"],
        )
        for each in found.verdicts
    ]


def _thing(candidate: Candidate, found: EventResources) -> ThingView:
    resource = candidate.resource
    return ThingView(
        id=resource.id,
        name=resource.name,
        note=wording.facts_in_words(resource),
        tag=wording.thing_tag(candidate),
        why_not=wording.in_the_way(candidate),
        can_book=not candidate.is_booked and not rules.is_hindered(candidate.standing),
        booking_id=found.bookings.get(resource.id),
    )


def _days(event: Event, found: EventResources) -> list[tuple[str, str, str]]:
    """Return (when, holiday or worked weekend, address) of days on which everything is free."""
    calendar = work_calendar()
    shown = []
    for span in queries.free_days(event, found, now=clock.now()):
        special = calendar.special(local(span.start).date())
        note = ""
        if special is not None:
            note = str(_("班") if special.is_workday else _("休"))
        shown.append((span_of(span.start, span.end), note, _moved_to(event, span)))
    return shown


def _moved_to(event: Event, span: Span) -> str:
    starts_at = f"{local(span.start):%Y-%m-%dT%H:%M}"
    return url_for("events.edit_event", event_id=event.id, starts_at=starts_at)


def _address(event_id: int) -> str:
    return url_for("events.event_resources", event_id=event_id)


@blueprint.post("/events/<int:event_id>/resources/<int:resource_id>/book")
@access.role()
def book_resource(event_id: int, resource_id: int) -> ResponseReturnValue:
    try:
        with transaction():
            actions.book_for_event(event_id, resource_id, scope=own_scope(), now=clock.now())
    except (HinderedError, NotSharedError) as error:
        flash(wording.why_not(error), "warn")
    except UnsoundResourceError as error:
        flash(_(error.problem, **error.values), "warn")
    else:
        flash(_("已订好。活动改期时会一起移动，取消时会退还。"), "good")
    return redirect(_address(event_id))


@blueprint.post("/events/<int:event_id>/bookings/<int:booking_id>/release")
@access.role()
def release_booking(event_id: int, booking_id: int) -> ResponseReturnValue:
    with transaction():
        actions.release_from_event(event_id, booking_id, scope=own_scope(), now=clock.now())
    flash(_("已取消预订"), "good")
    return redirect(_address(event_id))


@blueprint.post("/events/<int:event_id>/requirements/<int:requirement_id>/drop")
@access.role()
def drop_requirement(event_id: int, requirement_id: int) -> ResponseReturnValue:
    with transaction():
        actions.drop_requirement(event_id, requirement_id, scope=own_scope(), now=clock.now())
    flash(_("已去掉"), "good")
    return redirect(_address(event_id))
