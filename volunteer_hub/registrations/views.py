from __future__ import annotations

from http import HTTPStatus
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.accounts import queries as accounts
from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core import access, clock, once
from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.i18n import language
from volunteer_hub.core.pages import page, safe_next
from volunteer_hub.core.security import limiter
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import queries as events
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.registrations import actions, own_tickets, queries, rules
from volunteer_hub.registrations.actions import ERRORS
from volunteer_hub.registrations.errors import TooLateToWithdrawError
from volunteer_hub.registrations.forms import FilterForm, PhoneBookingForm, RegistrationForm
from volunteer_hub.registrations.rules import Refusal

WALK_IN_LINES: Final = 12
blueprint = Blueprint("registrations", __name__)


@blueprint.route("/e/<int:event_id>/register", methods=["GET", "POST"])
@access.public
@limiter.limit("30/minute", methods=["POST"])
def register(event_id: int) -> ResponseReturnValue:
    event = events.public_event(event_id)
    form = RegistrationForm.for_event(
        asks_name=event.asks_name,
        asks_phone=event.asks_phone,
        max_companions=event.max_companions,
        **_known_person(),
    )
    if request.method == "GET":
        return _register_page(event_id, form), HTTPStatus.OK
    if not form.validate():
        return _register_page(event_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        return _register(event_id, form)
    except DomainError as error:
        if type(error) not in ERRORS.values():
            raise
        form.refuse(_(error.message) + _("。") + _(error.next_step))
        return _register_page(event_id, form), error.status


def _known_person() -> dict[str, str | None]:
    """Return what a signed-in person need not type again."""
    if not current_user.is_authenticated:
        return {}
    person = accounts.person_by_id(current_user.person_id)
    return {"name": person.name, "phone": person.phone}


def _register(event_id: int, form: RegistrationForm) -> ResponseReturnValue:
    now = clock.now()
    person_id = current_user.person_id if current_user.is_authenticated else None
    key = form.request_key.data
    with transaction():
        events.lock_event(event_id)  # a second submit waits here for the first one's answer
        location = once.first_answer(key)
        if location is None:
            registration = actions.register(event_id, form.draft(), person_id=person_id, now=now)
            location = url_for("checkin.show_ticket", code=queries.code_of(registration))
            once.remember(key, location, now=now)
    flash(_("报名成功。进门时请出示下面的二维码。"), "success")
    return own_tickets.keep(redirect(location), location.rpartition("/")[2])


def _register_page(event_id: int, form: RegistrationForm) -> str:
    """Return the page: the form, or why there is none and what else there is."""
    event = events.public_event(event_id)
    terms = queries.terms_of(event)
    taken = queries.people_registered([event_id])[event_id]
    left = rules.places_left(terms, taken)
    closed = rules.closed(terms, now=clock.now())
    if closed is None and left == 0:
        closed = Refusal.FULL
    own = queries.registrations_with_codes(event_id, own_tickets.codes())
    if not own and current_user.is_authenticated:
        mine = queries.find_registration_of(event_id, current_user.person_id)
        own = [mine] if mine else []
    return render_template(
        "registrations/register.html",
        event=event,
        form=form,
        closed=closed,
        error=ERRORS[closed] if closed else None,
        left=left,
        own_codes=[queries.code_of(registration) for registration in own],
    )


@blueprint.route("/T/<code>/withdraw", methods=["GET", "POST"])
@access.public
@limiter.limit("30/minute", methods=["POST"])
def withdraw(code: str) -> ResponseReturnValue:
    ticket = url_for("checkin.show_ticket", code=code)
    if request.method == "GET":
        registration = queries.registration_by_code(code)
        event = events.public_event(registration.event_id)
        if not registration.cancelled_at and clock.now() >= event.starts_at:
            raise TooLateToWithdrawError
        asked = render_template(
            "registrations/withdraw.html", registration=registration, event=event, ticket=ticket
        )
        return asked, HTTPStatus.OK, {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
    with transaction():
        actions.withdraw(code, now=clock.now())
    flash(_("报名已取消，名额会让给别人。谢谢您告诉我们。"), "success")
    return redirect(ticket)


@blueprint.get("/organise/events/<int:event_id>/registrations")
@access.role()
def organise_registrations(event_id: int) -> ResponseReturnValue:
    event = events.event_for_staff(event_id, organisations.scope_of(current_user.person_id))
    form = FilterForm(request.args)
    chosen = form.chosen(page=request.args.get("page", 1, type=int))
    return page(
        "registrations/list.html",
        fragment="registrations/_list.html",
        event=event,
        form=form,
        chosen=chosen,
        found=queries.registrations_of(event_id, chosen),
        has_any=queries.has_any(event_id),
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
    form = PhoneBookingForm()
    if request.method == "GET":
        return _booking_page(event_id, form), HTTPStatus.OK
    if not form.validate():
        return _booking_page(event_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        return _book(event_id, form)
    except DomainError as error:
        if type(error) not in ERRORS.values():
            raise
        form.refuse(_(error.message))
        return _booking_page(event_id, form), error.status


def _book(event_id: int, form: PhoneBookingForm) -> ResponseReturnValue:
    now, key = clock.now(), form.request_key.data
    with transaction():
        scope = organisations.scope_of(current_user.person_id)
        events.lock_event_for_staff(event_id, scope)
        location = once.first_answer(key)
        if location is None:
            booked = actions.register_by_phone(event_id, form.draft(), scope=scope, now=now)
            location = url_for(
                "registrations.organise_registrations", event_id=event_id, booked=booked.id
            )
            once.remember(key, location, now=now)
    return redirect(location)


def _booking_page(event_id: int, form: PhoneBookingForm) -> str:
    event = events.event_for_staff(event_id, organisations.scope_of(current_user.person_id))
    taken = queries.people_registered([event_id])[event_id]
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
