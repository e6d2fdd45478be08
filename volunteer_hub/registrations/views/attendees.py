"""What an attendee does without an account: register, wait, withdraw."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.accounts import queries as accounts
from volunteer_hub.core import access, clock, once
from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.security import limiter
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import queries as events
from volunteer_hub.registrations import actions, own_tickets, queries, rules
from volunteer_hub.registrations.actions import ERRORS
from volunteer_hub.registrations.errors import FullError, TooLateToWithdrawError
from volunteer_hub.registrations.forms import FewerForm, RegistrationForm
from volunteer_hub.registrations.rules import Refusal
from volunteer_hub.registrations.views.base import PRIVATE, blueprint
from volunteer_hub.waiting.errors import ERRORS as WAITING_ERRORS
from volunteer_hub.waiting.errors import WaitingClosedError

if TYPE_CHECKING:
    from volunteer_hub.registrations.models import Registration

SHOWN_IN_THE_FORM = (*ERRORS.values(), *WAITING_ERRORS)


@blueprint.route("/e/<int:event_id>/register", methods=["GET", "POST"])
@access.public
@limiter.limit("30/minute", methods=["POST"])
def register(event_id: int) -> ResponseReturnValue:
    return _ask(event_id, waits=False)


@blueprint.route("/e/<int:event_id>/wait", methods=["GET", "POST"])
@access.public
@limiter.limit("30/minute", methods=["POST"])
def wait(event_id: int) -> ResponseReturnValue:
    return _ask(event_id, waits=True)


def _ask(event_id: int, *, waits: bool) -> ResponseReturnValue:
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
        return _register_page(event_id, form, was_full=waits), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        return _register(event_id, form, waits=waits)
    except DomainError as error:
        if type(error) not in SHOWN_IN_THE_FORM:
            raise
        form.refuse(_(error.message) + _("。") + _(error.next_step))
        was_full = waits or isinstance(error, FullError)
        return _register_page(event_id, form, was_full=was_full), error.status


def _known_person() -> dict[str, str | None]:
    """Return what a signed-in person need not type again."""
    if not current_user.is_authenticated:
        return {}
    person = accounts.person_by_id(current_user.person_id)
    return {"name": person.name, "phone": person.phone}


def _register(event_id: int, form: RegistrationForm, *, waits: bool) -> ResponseReturnValue:
    now = clock.now()
    person_id = current_user.person_id if current_user.is_authenticated else None
    key = form.request_key.data
    act = actions.wait if waits else actions.register
    is_in = not waits
    with transaction():
        events.lock_event(event_id)  # a second submit waits here for the first one's answer
        location = once.first_answer(key)
        if location is None:
            registration = act(event_id, form.draft(), person_id=person_id, now=now)
            is_in = registration.state == "confirmed"
            location = url_for("checkin.show_ticket", code=queries.code_of(registration))
            once.remember(key, location, now=now)
    if is_in:
        flash(_("报名成功。进门时请出示下面的二维码。"), "success")
    return own_tickets.keep(redirect(location), location.rpartition("/")[2])


def _register_page(event_id: int, form: RegistrationForm, *, was_full: bool = False) -> str:
    """Return the page: the form, for a place or for the waiting list, or why there is none."""
    event, now = events.public_event(event_id), clock.now()
    terms, taken = queries.terms_of(event), queries.taken_of(event_id)
    left = rules.places_left(terms, taken)
    closed = rules.closed(terms, now=now)
    may_wait = closed is None and left is not None and (left == 0 or was_full)
    error: type[DomainError] | None = ERRORS[closed] if closed else None
    if may_wait and now >= event.starts_at:
        closed, may_wait, error = Refusal.FULL, False, WaitingClosedError
    return render_template(
        "registrations/register.html",
        event=event,
        form=form,
        closed=closed,
        error=error,
        left=left,
        may_wait=may_wait,
        waiting=taken.waiting,
        own=_own(event_id),
        code_of=queries.code_of,
    )


def _own(event_id: int) -> list[Registration]:
    """Return the places, also those in line, that this phone or this account has."""
    own = queries.registrations_with_codes(event_id, own_tickets.codes(), with_waiting=True)
    if not own and current_user.is_authenticated:
        mine = queries.find_registration_of(event_id, current_user.person_id, with_waiting=True)
        own = [mine] if mine else []
    return own


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
        return asked, HTTPStatus.OK, PRIVATE
    with transaction():
        actions.withdraw(code, now=clock.now())
    flash(_("已取消，名额会让给别人。谢谢您告诉我们。"), "success")
    return redirect(ticket)


@blueprint.route("/T/<code>/fewer", methods=["GET", "POST"])
@access.public
@limiter.limit("30/minute", methods=["POST"])
def bring_fewer(code: str) -> ResponseReturnValue:
    registration = queries.registration_by_code(code)
    form = FewerForm.below(registration.companions)
    if form.is_submitted() and form.validate():
        with transaction():
            actions.bring_fewer(code, form.companions.data or 0, now=clock.now())
        flash(_("改好了，多出的名额会让给别人。谢谢您告诉我们。"), "success")
        return redirect(url_for("checkin.show_ticket", code=code))
    shown = render_template(
        "registrations/fewer.html",
        registration=registration,
        event=events.public_event(registration.event_id),
        form=form,
        ticket=url_for("checkin.show_ticket", code=code),
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
    return shown, status, PRIVATE
