"""It changed: moving or cancelling an event for everyone at once, then ringing whom to ring."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.assignments import actions, queries
from volunteer_hub.assignments.forms import ChangeForm
from volunteer_hub.assignments.queries import Key
from volunteer_hub.assignments.views import shown
from volunteer_hub.assignments.views.at_risk import CALLERS
from volunteer_hub.assignments.views.base import blueprint
from volunteer_hub.core import access, clock, once
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.outbox import RecipientKind
from volunteer_hub.core.text import read_id
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import actions as planning
from volunteer_hub.events import queries as events
from volunteer_hub.events.concerned import Concerned, Reach, concerned_by
from volunteer_hub.events.errors import EventChangedError, EventClosedError, UnsoundPlanError
from volunteer_hub.organisations import queries as organisations

if TYPE_CHECKING:
    from volunteer_hub.events.models import Event
    from volunteer_hub.organisations.queries import Scope


@dataclass(frozen=True, slots=True)
class Audience:
    """How many people hear of a change, and how."""

    volunteers: int
    attendees: int
    by_message: int
    by_phone: int
    by_notice: int


@dataclass(frozen=True, slots=True)
class ShownCall:
    """Somebody to be rung, and whether they were."""

    who: Concerned
    done_at: datetime | None


@blueprint.route("/organise/events/<int:event_id>/change", methods=["GET", "POST"])
@access.role()
def change_event(event_id: int) -> ResponseReturnValue:
    scope = own_scope()
    event = events.event_for_staff(event_id, scope)
    form = ChangeForm(data={"version": event.version, "starts_at": event.starts_at})
    if event.status != "published":
        return redirect(_instead(event, form))
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.validate():
            location = _change(form, event_id, scope)
            if location is not None:
                return redirect(location)
        event = events.event_for_staff(event_id, scope)
    page = render_template(
        "assignments/change.html",
        event=event,
        place=shown.place_of(event),
        form=form,
        audience=audience_of(concerned_by(event)),
        has_begun=clock.now() >= event.starts_at,
    )
    return page, status


def _instead(event: Event, form: ChangeForm) -> str:
    """Return where to go with an event that cannot be moved or cancelled here any more."""
    if event.status == "draft":
        return url_for("events.edit_event", event_id=event.id)
    first = once.first_answer(form.request_key.data) if form.is_submitted() else None
    return first or url_for("assignments.change_calls", event_id=event.id)


def _change(form: ChangeForm, event_id: int, scope: Scope) -> str | None:
    """Move or cancel the event; returns where to go, or None when the form says why not."""
    try:
        location = _change_once(form, event_id, scope)
    except UnsoundPlanError as error:
        for problem in error.problems:
            form.blame("starts_at", _(problem.message, **problem.values))
        return None
    except EventChangedError as error:
        form.refuse(f"{_(error.message)}。{_(error.next_step)}")
        form.accept_newer(events.event_for_staff(event_id, scope).version)
        return None
    flash(_("已经改好，消息这就发出去。请看看还要给谁打电话。"), "success")
    return location


def _change_once(form: ChangeForm, event_id: int, scope: Scope) -> str:
    """Move or cancel the event, once however often the button is pressed; returns where to go."""
    key, now = form.request_key.data, clock.now()
    reason = form.reason.data or ""
    with transaction():
        location = once.first_answer(key)
        if location is not None:
            return location
        if form.what.data == "cancel":
            planning.cancel_event(event_id, reason, scope=scope, now=now)
        else:
            planning.move_event(
                event_id,
                form.starts_at.data,
                reason,
                scope=scope,
                expected_version=form.version.data,
                now=now,
            )
        location = url_for("assignments.change_calls", event_id=event_id)
        once.remember(key, location, now=now)
    return location


@blueprint.get("/organise/events/<int:event_id>/change/calls")
@access.role()
def change_calls(event_id: int) -> ResponseReturnValue:
    return _calls_page(_event(event_id))


@blueprint.route("/organise/events/<int:event_id>/change/phones", methods=["GET", "POST"])
@access.role(*CALLERS)
def show_phones(event_id: int) -> ResponseReturnValue:
    event = _event(event_id)
    if request.method == "GET":  # the answer was opened again
        return redirect(url_for("assignments.change_calls", event_id=event_id))
    return _with_phones(event)


@blueprint.post("/organise/events/<int:event_id>/change/called")
@access.role()
def note_call(event_id: int) -> ResponseReturnValue:
    event = _event(event_id)
    about_at = changed_at(event)
    if about_at is None or request.form.get("about") != about_at.isoformat():
        # It changed again since: there is a new list.
        return redirect(url_for("assignments.change_calls", event_id=event_id))
    who = read_key(request.form.get("who", ""))
    note = actions.take_back_call if request.form.get("undo") else actions.note_call
    with transaction():
        note(event_id, about_at, who, scope=own_scope(), now=clock.now())
    with_phones = request.form.get("phones") == "1" and _may_call()
    if request.headers.get("HX-Request") == "true":
        return _call_row(_event(event_id), who, with_phones=with_phones)
    if with_phones:
        return _with_phones(_event(event_id))
    return redirect(url_for("assignments.change_calls", event_id=event_id))


@blueprint.get("/organise/events/<int:event_id>/change/notice")
@access.role()
def door_notice(event_id: int) -> ResponseReturnValue:
    event = _event(event_id)
    return render_template("assignments/door_notice.html", event=event, place=shown.place_of(event))


def _with_phones(event: Event) -> ResponseReturnValue:
    with transaction():
        event = _event(event.id)
        keys = [each.who.key for each in _calls(event, concerned_by(event)) if each.who.phone]
        actions.show_phones(event, keys, by=current_user.person_id, now=clock.now())
    return _calls_page(_event(event.id), with_phones=True)


def _calls_page(event: Event, *, with_phones: bool = False) -> str:
    people, about_at = concerned_by(event), changed_at(event)
    calls = _calls(event, people)
    return render_template(
        "assignments/change_calls.html",
        event=event,
        place=shown.place_of(event),
        about=about_at.isoformat() if about_at else "",
        audience=audience_of(people),
        by_phone=[each for each in calls if each.who.reach is Reach.PHONE],
        by_notice=[each for each in calls if each.who.reach is Reach.NO_WAY],
        done=_told(calls),
        with_phones=with_phones,
        may_call=_may_call(),
    )


def _call_row(event: Event, who: Key, *, with_phones: bool) -> str:
    """Return the row of one person on the call list, and how many were told so far."""
    calls, about_at = _calls(event, concerned_by(event)), changed_at(event)
    found = [each for each in calls if each.who.key == who]
    if not found:  # a message reaches them after all
        raise NotFoundError
    return render_template(
        "assignments/_change_noted.html",
        event=event,
        call=found[0],
        about=about_at.isoformat() if about_at else "",
        with_phones=with_phones,
        done=_told(calls),
        total=len(calls),
    )


def _told(calls: Iterable[ShownCall]) -> int:
    return sum(each.done_at is not None for each in calls)


def _calls(event: Event, people: Iterable[Concerned]) -> list[ShownCall]:
    """Return those whom no message reaches, with whether they were told of the last change."""
    about_at = changed_at(event)
    if about_at is None:
        return []
    done = queries.calls_about(event.id, about_at)
    calls = []
    for who in people:
        if who.reach is not Reach.MESSAGE:
            call = done.get(who.key)
            calls.append(ShownCall(who, call.done_at if call else None))
    return calls


def read_key(text: str) -> Key:
    """Return kind and id of a recipient as a form carries them; anything else is not found."""
    kind, _dash, number = text.partition("-")
    recipient_id = read_id(number)
    if kind not in set(RecipientKind) or recipient_id is None:
        raise NotFoundError
    return RecipientKind(kind), recipient_id


def audience_of(people: Iterable[Concerned]) -> Audience:
    """Return how many people hear of a change, and how."""
    everyone = list(people)

    def count(reach: Reach) -> int:
        return sum(each.people for each in everyone if each.reach is reach)

    volunteers = sum(each.kind is RecipientKind.PERSON for each in everyone)
    return Audience(
        volunteers=volunteers,
        attendees=sum(each.people for each in everyone) - volunteers,
        by_message=count(Reach.MESSAGE),
        by_phone=count(Reach.PHONE),
        by_notice=count(Reach.NO_WAY),
    )


def changed_at(event: Event) -> datetime | None:
    """Return the moment of the last change, to which the calls belong."""
    return event.cancelled_at if event.status == "cancelled" else event.changed_at


def _event(event_id: int) -> Event:
    event = events.event_for_staff(event_id, own_scope(), with_posts=False)
    if event.status == "confirmed":
        raise EventClosedError
    return event


def own_scope() -> Scope:
    """Return what whoever makes this request may see and change."""
    return organisations.scope_of(current_user.person_id)


def _may_call() -> bool:
    return bool(access.roles() & set(CALLERS))
