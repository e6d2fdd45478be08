"""Who comes and who waits, for those who run the event."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core import access, clock, once
from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.i18n import language
from volunteer_hub.core.pages import page, safe_next
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import queries as events
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.registrations import actions, queries, rules
from volunteer_hub.registrations.actions import ERRORS
from volunteer_hub.registrations.forms import FilterForm, PhoneBookingForm, PromoteForm
from volunteer_hub.registrations.views.base import blueprint
from volunteer_hub.waiting.errors import ERRORS as WAITING_ERRORS

WALK_IN_LINES: Final = 12
SHOWN_IN_THE_FORM = (*ERRORS.values(), *WAITING_ERRORS)


@blueprint.get("/organise/events/<int:event_id>/registrations")
@access.role()
def organise_registrations(event_id: int) -> ResponseReturnValue:
    event = events.event_for_staff(event_id, organisations.scope_of(current_user.person_id))
    form = FilterForm(request.args)
    chosen = form.chosen(page=request.args.get("page", 1, type=int))
    found = queries.registrations_of(event_id, chosen)
    return page(
        "registrations/list.html",
        fragment="registrations/_list.html",
        event=event,
        form=form,
        chosen=chosen,
        found=found,
        has_any=found.total > 0 or queries.has_any(event_id),
        waiting=queries.count_waiting(event_id),
        people=queries.people_registered([event_id])[event_id],
        booked=_just_booked(event_id),
        code_of=queries.code_of,
        page_address=_page_address,
        age_names=catalogue.choices("age_band", language()),
    )


@blueprint.get("/organise/events/<int:event_id>/registrations/sheet")
@access.role()
def sign_in_sheet(event_id: int) -> ResponseReturnValue:
    event = events.event_for_staff(event_id, organisations.scope_of(current_user.person_id))
    registrations = queries.confirmed_of(event_id)
    return render_template(
        "registrations/sheet.html",
        event=event,
        registrations=registrations,
        people=sum(1 + each.companions for each in registrations),
        walk_in_lines=range(WALK_IN_LINES),
    )


def _page_address(number: int) -> str:
    """Return the address of another page of what was looked for."""
    asked = request.args
    return url_for(
        "registrations.organise_registrations",
        event_id=(request.view_args or {})["event_id"],
        q=asked.get("q"),
        state=asked.get("state"),
        channel=asked.get("channel"),
        page=number,
    )


def _just_booked(event_id: int) -> object | None:
    """Return the registration that was just noted on the telephone, to read its code aloud."""
    booked_id = request.args.get("booked", type=int)
    booked = queries.find_registration(booked_id) if booked_id else None
    return booked if booked is not None and booked.event_id == event_id else None


@blueprint.route("/organise/events/<int:event_id>/registrations/new", methods=["GET", "POST"])
@access.role()
def register_by_phone(event_id: int) -> ResponseReturnValue:
    return _ask(event_id, waits=False)


@blueprint.route("/organise/events/<int:event_id>/waiting/new", methods=["GET", "POST"])
@access.role()
def wait_by_phone(event_id: int) -> ResponseReturnValue:
    return _ask(event_id, waits=True)


def _ask(event_id: int, *, waits: bool) -> ResponseReturnValue:
    form = PhoneBookingForm()
    if request.method == "GET":
        return _booking_page(event_id, form), HTTPStatus.OK
    if not form.validate():
        return _booking_page(event_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        return _book(event_id, form, waits=waits)
    except DomainError as error:
        if type(error) not in SHOWN_IN_THE_FORM:
            raise
        form.refuse(_(error.message))
        return _booking_page(event_id, form), error.status


def _book(event_id: int, form: PhoneBookingForm, *, waits: bool) -> ResponseReturnValue:
    now, key = clock.now(), form.request_key.data
    act = actions.wait_by_phone if waits else actions.register_by_phone
    with transaction():
        scope = organisations.scope_of(current_user.person_id)
        events.lock_event_for_staff(event_id, scope)
        location = once.first_answer(key)
        if location is None:
            booked = act(event_id, form.draft(), scope=scope, now=now)
            is_in = booked.state == "confirmed"
            location = url_for(
                f"registrations.{'organise_registrations' if is_in else 'waiting_list'}",
                event_id=event_id,
                booked=booked.id,
            )
            once.remember(key, location, now=now)
    return redirect(location)


def _booking_page(event_id: int, form: PhoneBookingForm) -> str:
    event = events.event_for_staff(event_id, organisations.scope_of(current_user.person_id))
    taken = queries.taken_of(event_id)
    return render_template(
        "registrations/book.html",
        event=event,
        form=form,
        left=rules.places_left(queries.terms_of(event), taken),
    )


@blueprint.post("/organise/registrations/<int:registration_id>/cancel")
@access.role()
def cancel_registration(registration_id: int) -> ResponseReturnValue:
    with transaction():
        scope = organisations.scope_of(current_user.person_id)
        registration = actions.cancel(registration_id, scope=scope, now=clock.now())
        event_id = registration.event_id
    flash(_("报名已取消；留了电话的人会收到通知。"), "success")
    back = url_for("registrations.organise_registrations", event_id=event_id)
    return redirect(safe_next(request.form.get("next"), back))


@blueprint.get("/organise/events/<int:event_id>/waiting")
@access.role()
def waiting_list(event_id: int) -> ResponseReturnValue:
    event = events.event_for_staff(event_id, organisations.scope_of(current_user.person_id))
    return render_template(
        "registrations/waiting.html",
        event=event,
        waiters=queries.waiters_of(event_id),
        promoted=queries.promoted_to(event_id),
        booked=_just_booked(event_id),
        code_of=queries.code_of,
        taken=queries.taken_of(event_id),
    )


@blueprint.route("/organise/registrations/<int:registration_id>/promote", methods=["GET", "POST"])
@access.role()
def promote(registration_id: int) -> ResponseReturnValue:
    scope = organisations.scope_of(current_user.person_id)
    event = events.event_for_staff(queries.event_id_of(registration_id), scope)
    form = PromoteForm()
    if form.is_submitted() and form.validate():
        with transaction():
            scope = organisations.scope_of(current_user.person_id)
            reason = form.reason.data or ""
            actions.promote(registration_id, reason, scope=scope, now=clock.now())
        flash(_("已经让这位进来；留了电话的人会收到通知。"), "success")
        return redirect(url_for("registrations.waiting_list", event_id=event.id))
    shown = render_template(
        "registrations/promote.html",
        event=event,
        form=form,
        registration=queries.registration_by_id(registration_id),
        in_line=queries.find_in_line(registration_id),
        left=rules.places_left(queries.terms_of(event), queries.taken_of(event.id)),
    )
    return shown, HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
