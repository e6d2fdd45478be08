"""What anyone sees: the front page, the programme of events, one event, one campaign."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.assignments import queries as assignments
from volunteer_hub.core import access, clock
from volunteer_hub.core.access import STAFF
from volunteer_hub.core.i18n import language
from volunteer_hub.core.pages import page
from volunteer_hub.events import queries as events
from volunteer_hub.events.rules import PHASE_WORDS, Phase
from volunteer_hub.listings import queries as listings
from volunteer_hub.listings.rules import Wanted
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.pages import event_view, queries, sharing
from volunteer_hub.pages.cards import TONES, cards, cards_of_rows
from volunteer_hub.pages.forms import EventsForm
from volunteer_hub.pages.views import blueprint
from volunteer_hub.programmes import queries as programmes

FIRST_CAMPAIGNS = ("caravan", "sanxiaxiang", "silver")
ON_FRONT = 6
MANY = 50  # for those who would rather scroll than turn pages


@blueprint.get("/")
@access.public
def front() -> ResponseReturnValue:
    now = clock.now()
    coming = listings.in_order(listings.event_ids(Wanted(), now=now, limit=ON_FRONT))
    found = queries.staffed([event.id for event in coming])
    return page(
        "pages/front.html",
        campaigns=[programmes.campaign_by_code(code) for code in FIRST_CAMPAIGNS],
        cards=cards_of_rows(coming, found, now=now),
    )


@blueprint.get("/events")
@access.public
def events_list() -> ResponseReturnValue:
    now = clock.now()
    form = EventsForm(request.args)
    form.offer_choices()
    form.validate()
    number = request.args.get("page", 1, type=int)
    per_page = MANY if request.args.get("per", type=int) == MANY else listings.PER_PAGE
    found = listings.listing(form.wanted, now=now, page=number, per_page=per_page)
    asked = form.asked | ({"per": MANY} if per_page == MANY else {})
    return page(
        "pages/events.html",
        form=form,
        cards=cards_of_rows(found.events, queries.staffed([e.id for e in found.events]), now=now),
        found=found,
        feed_about=form.feed,
        page_address=lambda number: url_for("pages.events_list", page=number, **asked),
    )


@blueprint.get("/e/<int:event_id>")
@access.public
def show_event(event_id: int) -> ResponseReturnValue:
    event = events.public_event(event_id)
    now = clock.now()
    phase = events.phase_of(event, now=now)
    is_open = phase in (Phase.OPEN, Phase.RUNNING)
    places_left = queries.places_left(event) if is_open else None
    return page(
        "pages/event.html",
        event=event,
        place=event_view.place_in_words(event),
        directions=event_view.directions(event),
        map_href=event_view.map_address(event),
        audiences=event_view.audiences(event, language()),
        languages=event_view.languages(event, language()),
        phase_label=_(PHASE_WORDS[phase]),
        phase_tone=TONES[phase],
        is_open=is_open,
        places_left=places_left,
        card=sharing.card_of(event),
        card_language=sharing.page_language(),
        facts=sharing.facts_of(event, places_left=places_left),
        shifts=event_view.shifts(event, assignments.post_counts(event.id), language())
        if is_open
        else [],
        can_manage=_can_manage(event_id),
    )


def _can_manage(event_id: int) -> bool:
    if not access.roles() & STAFF:
        return False
    return queries.is_in_scope(event_id, organisations.scope_of(current_user.person_id))


@blueprint.get("/campaigns/<code>")
@access.public
def show_campaign(code: str) -> ResponseReturnValue:
    now = clock.now()
    campaign = programmes.campaign_by_code(code)
    coming = events.events_of_campaign(code, now=now).events
    past = events.events_of_campaign(code, now=now, past=True).events
    return page(
        "pages/campaign.html",
        campaign=campaign,
        figures=queries.campaign_figures(campaign.id, now=now),
        townships=queries.campaign_townships(campaign.id),
        cards=cards(coming, queries.staffed([event.id for event in coming]), now=now),
        past=cards(past[:10], {}, now=now),
        is_staff=bool(access.roles() & STAFF),
    )
