"""A ticket's own page: shown to whoever holds its address, changed by nobody who only looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from volunteer_hub.checkin import queries, rules
from volunteer_hub.checkin.forms import new_scan_id
from volunteer_hub.checkin.queries import Ticket
from volunteer_hub.checkin.rules import Who
from volunteer_hub.checkin.views import blueprint
from volunteer_hub.core import access, clock
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.qr import qr_svg
from volunteer_hub.core.tokens import link_token
from volunteer_hub.events import queries as events
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.registrations import queries as registrations
from volunteer_hub.registrations.actions import OFFER
from volunteer_hub.registrations.errors import TicketNotFoundError

if TYPE_CHECKING:
    from volunteer_hub.events.models import Event

PRIVATE = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


@blueprint.get("/T/<code>")
@access.public
def show_ticket(code: str) -> ResponseReturnValue:
    reading = rules.read_text(code)
    if reading.code is None:
        raise TicketNotFoundError
    ticket = queries.ticket_with_code(reading.code)
    event = events.public_event(ticket.subject.event_id)
    if ticket.subject.is_waiting and event.status != "cancelled":
        return _shown(_waiting_page(ticket, event))
    is_good = not ticket.subject.is_cancelled and event.status != "cancelled"
    is_on_paper = is_good and bool(request.args.get("paper"))
    template = "checkin/ticket_paper.html" if is_on_paper else "checkin/ticket.html"
    shown = render_template(
        template,
        ticket=ticket,
        subject=ticket.subject,
        event=event,
        is_good=is_good,
        is_volunteer=ticket.subject.key.who is Who.VOLUNTEER,
        svg=qr_svg(f"{current_app.config['PUBLIC_URL']}/T/{ticket.code}"),
        can_withdraw=_can_withdraw(ticket, event),
        is_staff=_is_staff_of(event.id),
        scan_id=new_scan_id(),
        lapsed=_has_lapsed(ticket),
    )
    return _shown(shown)


def _shown(page: str) -> ResponseReturnValue:
    response = make_response(page)
    response.headers.update(PRIVATE)
    return response


def _waiting_page(ticket: Ticket, event: Event) -> str:
    """Return the page of whoever waits: their place in line, or the place kept for them."""
    in_line = registrations.find_in_line(ticket.subject.key.id)
    offer_id = in_line.offer_id if in_line else None
    return render_template(
        "checkin/waiting.html",
        ticket=ticket,
        subject=ticket.subject,
        event=event,
        is_volunteer=False,
        in_line=in_line,
        token=link_token(OFFER, offer_id) if offer_id is not None else None,
        has_begun=clock.now() >= event.starts_at,
    )


def _has_lapsed(ticket: Ticket) -> bool:
    """Tell whether places were kept for them in vain."""
    if not ticket.subject.is_cancelled or ticket.subject.key.who is not Who.ATTENDEE:
        return False
    in_line = registrations.find_in_line(ticket.subject.key.id)
    return in_line is not None and in_line.state == "lapsed"


def _can_withdraw(ticket: Ticket, event: Event) -> bool:
    is_attendee = ticket.subject.key.who is Who.ATTENDEE
    is_held = not ticket.subject.is_cancelled and not ticket.stays
    is_ahead = event.status == "published" and clock.now() < event.starts_at
    return is_attendee and is_held and is_ahead


def _is_staff_of(event_id: int) -> bool:
    if not access.roles() & access.STAFF:
        return False
    try:
        events.event_for_staff(event_id, organisations.scope_of(current_user.person_id))
    except NotFoundError:
        return False
    return True


@blueprint.get("/t/<code>")
@access.public
def lower_ticket(code: str) -> ResponseReturnValue:
    return redirect(url_for("checkin.show_ticket", code=code.upper()))
