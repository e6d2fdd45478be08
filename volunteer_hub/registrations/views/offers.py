"""A place that is kept for somebody who waited: their link is the key, only a button answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from volunteer_hub.core import access, clock
from volunteer_hub.core.security import limiter
from volunteer_hub.core.tokens import read_link_token
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import queries as events
from volunteer_hub.registrations import actions, own_tickets, queries
from volunteer_hub.registrations.views.base import PRIVATE, blueprint
from volunteer_hub.waiting.errors import OfferNotFoundError

if TYPE_CHECKING:
    from volunteer_hub.registrations.models import Registration


@blueprint.get("/w/<token>")
@access.public
def show_offer(token: str) -> ResponseReturnValue:
    offer, registration = queries.offered_place(_read(token))
    shown = render_template(
        "registrations/offer.html",
        event=events.public_event(registration.event_id),
        offer=offer,
        is_open=offer.state == "open" and clock.now() < offer.expires_at,
        registration=registration,
        token=token,
        ticket=_ticket_of(registration),
    )
    response = make_response(shown)
    response.headers.update(PRIVATE)
    return response


@blueprint.post("/w/<token>/accept")
@access.public
@limiter.limit("30/minute")
def accept_offer(token: str) -> ResponseReturnValue:
    with transaction():
        registration = actions.accept_offer(_read(token), now=clock.now())
        is_in, ticket = registration.state == "confirmed", _ticket_of(registration)
    if is_in:
        flash(_("名额是您的了。进门时请出示下面的二维码。"), "success")
    else:
        flash(_("抱歉，名额刚刚有变。您还在候补名单上，位置没变。"), "warning")
    return own_tickets.keep(redirect(ticket), ticket.rpartition("/")[2])


@blueprint.post("/w/<token>/decline")
@access.public
@limiter.limit("30/minute")
def decline_offer(token: str) -> ResponseReturnValue:
    with transaction():
        actions.decline_offer(_read(token), now=clock.now())
    return redirect(url_for("registrations.show_offer", token=token))


def _read(token: str) -> int:
    offer_id = read_link_token(actions.OFFER, token)
    if offer_id is None:
        raise OfferNotFoundError
    return offer_id


def _ticket_of(registration: Registration) -> str:
    return url_for("checkin.show_ticket", code=queries.code_of(registration))
