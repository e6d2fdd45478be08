"""Who may not come in the next three days, and noting what they said on the phone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from volunteer_hub.assignments import actions, queries
from volunteer_hub.assignments.queries import AtRisk, AtRiskEvent
from volunteer_hub.assignments.rules import State
from volunteer_hub.assignments.views import shown
from volunteer_hub.assignments.views.base import blueprint
from volunteer_hub.core import access, clock
from volunteer_hub.core.access import Role
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import queries as events
from volunteer_hub.organisations import queries as organisations

if TYPE_CHECKING:
    from volunteer_hub.events.models import Event, Shift

EVENTS_PER_PAGE: Final = 10
CALLERS: Final = (Role.CITY_OFFICE, Role.COUNTY_OFFICE, Role.ORGANISER)


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """An event with whoever may not come, shift by shift."""

    event: Event
    place: str
    waiting: int
    shifts: list[tuple[Shift, list[AtRisk]]]


@blueprint.get("/organise/at-risk")
@access.role()
def at_risk() -> ResponseReturnValue:
    now = clock.now()
    counts = queries.at_risk_in(organisations.scope_of(current_user.person_id), now=now)
    last = max(1, -(-len(counts) // EVENTS_PER_PAGE))
    number = min(max(request.args.get("page", 1, type=int), 1), last)
    on_page = list(counts)[(number - 1) * EVENTS_PER_PAGE : number * EVENTS_PER_PAGE]
    return render_template(
        "assignments/at_risk.html",
        events=_shown(queries.at_risk_of(on_page, now=now)),
        waiting=sum(counts.values()),
        number=number,
        last=last,
        address=lambda wanted: url_for("assignments.at_risk", page=wanted),
        **_reading(),
    )


@blueprint.get("/organise/events/<int:event_id>/at-risk")
@access.role()
def call_list(event_id: int) -> ResponseReturnValue:
    _event(event_id)
    return _call_list(event_id)


@blueprint.route("/organise/events/<int:event_id>/at-risk/phones", methods=["GET", "POST"])
@access.role(*CALLERS)
def show_phones_at_risk(event_id: int) -> ResponseReturnValue:
    _event(event_id)
    if request.method == "GET":  # the answer was opened again
        return redirect(url_for("assignments.call_list", event_id=event_id))
    return _call_list_with_phones(event_id)


@blueprint.post("/organise/assignments/<int:assignment_id>/confirmed")
@access.role()
def note_confirmed(assignment_id: int) -> ResponseReturnValue:
    event_id = _event_of(assignment_id)
    with transaction():
        actions.note_confirmed(assignment_id, by=current_user.person_id, now=clock.now())
    return _after_a_note(assignment_id, event_id)


@blueprint.post("/organise/assignments/<int:assignment_id>/unconfirmed")
@access.role()
def take_back_confirmed(assignment_id: int) -> ResponseReturnValue:
    event_id = _event_of(assignment_id)
    with transaction():
        actions.take_back_confirmed(assignment_id, by=current_user.person_id, now=clock.now())
    return _after_a_note(assignment_id, event_id)


@blueprint.post("/organise/assignments/<int:assignment_id>/cannot-come")
@access.role()
def note_cannot_come(assignment_id: int) -> ResponseReturnValue:
    event_id = _event_of(assignment_id)
    with transaction():
        by = current_user.person_id
        actions.withdraw(assignment_id, "", by=by, now=clock.now())
    return _after_a_note(assignment_id, event_id)


def _after_a_note(assignment_id: int, event_id: int) -> ResponseReturnValue:
    """Return the person's row alone, or the page they stand on, as much of it as was shown."""
    with_phones = request.form.get("phones") == "1" and _may_call()
    if request.headers.get("HX-Request") == "true":
        row = queries.assignment_by_id(assignment_id)
        listed = queries.at_risk_of([event_id], now=clock.now())
        return render_template(
            "assignments/_at_risk_noted.html",
            event_id=event_id,
            waiting=sum(each.waiting for each in listed),
            row=row,
            is_unreachable=False,
            was_missed=False,
            with_phones=with_phones,
            has_left=row.state is not State.ACCEPTED,
        )
    if with_phones:
        return _call_list_with_phones(event_id)
    return redirect(url_for("assignments.call_list", event_id=event_id))


def _call_list_with_phones(event_id: int) -> ResponseReturnValue:
    now = clock.now()
    with transaction():
        for each in queries.at_risk_of([event_id], now=now):
            rows = [one.row for one in each.people]
            actions.show_phones_at_risk(rows, by=current_user.person_id, now=now)
    return _call_list(event_id, with_phones=True)


def _call_list(event_id: int, *, with_phones: bool = False) -> ResponseReturnValue:
    found = _shown(queries.at_risk_of([event_id], now=clock.now()))
    return render_template(
        "assignments/call_list.html",
        event=found[0].event if found else _event(event_id),
        item=found[0] if found else None,
        **_reading(with_phones=with_phones),
    )


def _reading(*, with_phones: bool = False) -> dict[str, bool]:
    return {"with_phones": with_phones, "may_call": _may_call()}


def _may_call() -> bool:
    return bool(access.roles() & set(CALLERS))


def _event(event_id: int) -> Event:
    return events.event_for_staff(event_id, organisations.scope_of(current_user.person_id))


def _event_of(assignment_id: int) -> int:
    """Return the event of an assignment; not found outside of their scope."""
    event_id = queries.assignment_by_id(assignment_id).post.shift.event_id
    _event(event_id)
    return event_id


def _shown(found: Iterable[AtRiskEvent]) -> list[ShownEvent]:
    return [
        ShownEvent(
            event=each.event,
            place=shown.place_of(each.event),
            waiting=each.waiting,
            shifts=[
                (shift, list(people))
                for shift, people in groupby(each.people, key=lambda one: one.row.post.shift)
            ],
        )
        for each in found
    ]
