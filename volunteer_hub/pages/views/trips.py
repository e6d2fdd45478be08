"""A trip with everything about it: for its organiser, on paper for its crew, and for the public."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import current_app, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.core import access, clock
from volunteer_hub.core.formats import local
from volunteer_hub.core.i18n import language
from volunteer_hub.core.pages import page
from volunteer_hub.core.qr import qr_svg
from volunteer_hub.events import queries as events
from volunteer_hub.events import rules
from volunteer_hub.events.rules import Phase
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.pages import event_view, queries
from volunteer_hub.pages.cards import EventCard, cards
from volunteer_hub.pages.views import blueprint
from volunteer_hub.regions import queries as regions
from volunteer_hub.trips import queries as trips
from volunteer_hub.trips.rules import Arrival, arrivals, way_home
from volunteer_hub.trips.views.report import sums_of
from volunteer_hub.trips.views.things import driver_doubt, missing_things

if TYPE_CHECKING:
    from collections.abc import Sequence

    from volunteer_hub.events.models import Event
    from volunteer_hub.organisations.queries import Scope
    from volunteer_hub.resources.queries import EventResources
    from volunteer_hub.trips.models import Trip

Task = tuple[str, str, bool, str, bool]


@dataclass(frozen=True, slots=True)
class StopView:
    """A stop on its trip's page: its card, the road to it, and what it still lacks."""

    card: EventCard
    event: Event
    arrival: Arrival
    tasks: list[Task]


@blueprint.get("/organise/trips/<int:trip_id>")
@access.role()
def organise_trip(trip_id: int) -> ResponseReturnValue:
    now, scope = clock.now(), _scope()
    trip = trips.trip_for_staff(trip_id, scope)
    stops = trips.stops_of(trip_id, with_posts=True)
    views = _stop_views(trip, trips.live(stops), scope)
    found = trips.resources_of(trip)
    drafts = [each for each in views if each.card.phase is Phase.DRAFT]
    blocked = [each for each in drafts if any(not it[2] and not it[4] for it in each.tasks)]
    reports = trips.reports_of([each.id for each in stops])
    return page(
        "pages/organise_trip.html",
        trip=trip,
        stops=views,
        cancelled=[each for each in stops if each.status == "cancelled"],
        home=_way_home(trip, stops),
        booked=[each.resource for each in found.extra if each.is_booked],
        doubt=driver_doubt(found.extra),
        tasks=_tasks(trip, views, found),
        is_draft=bool(drafts),
        can_publish=bool(drafts) and not blocked,
        can_discard=bool(stops) and len(drafts) == len(stops),
        can_change=bool(trips.remaining(stops, now=now)) and len(drafts) < len(views),
        has_left=now >= trip.leaves_at,
        sums=sums_of(trip, reports.values()) if reports else None,
    )


def _stop_views(trip: Trip, stops: Sequence[Event], scope: Scope) -> list[StopView]:
    now = clock.now()
    halts = [trips.halt_of(each) for each in stops]
    staffed = queries.staffed([each.id for each in stops])
    found = cards(stops, staffed, now=now, endpoint="pages.organise_event")
    roads = arrivals(trips.caravan_of(trip), halts)
    views = []
    for card, event, arrival in zip(found, stops, roads, strict=True):
        is_draft = card.phase is Phase.DRAFT
        checks = rules.checks(events.facts_of(event), now=now) if is_draft else []
        views.append(StopView(card, event, arrival, event_view.tasks(checks, event)))
    return views


def _way_home(trip: Trip, stops: Sequence[Event]) -> Any:  # noqa: ANN401 - a way
    return way_home(trips.caravan_of(trip), [trips.halt_of(each) for each in trips.live(stops)])


def _tasks(trip: Trip, views: Sequence[StopView], found: EventResources) -> list[Task]:
    """Return what is to be done before publishing: things for the whole trip, then each stop."""
    address = url_for("trips.trip_resources", trip_id=trip.id)
    tasks: list[Task] = [
        (title, "" if is_done else address, is_done, "", True)
        for title, is_done in missing_things(trip, found)
    ]
    for number, view in enumerate(views, start=1):
        missing = [it for it in view.tasks if not it[2] and not it[4]]
        name = _("第 %(number)s 站", number=number)
        tasks += [
            (f"{name}：{title}", href, False, note, False) for title, href, _d, note, _o in missing
        ]
        if not missing:
            tasks.append((_("%(stop)s备好了", stop=name), "", True, "", False))
    return tasks


@dataclass(frozen=True, slots=True)
class SheetStop:
    """A stop on the run sheet: the road to it, who is met there, and who does what."""

    event: Event
    arrival: Arrival
    arrives_at: Any
    posts: list[tuple[str, int, list[str]]]


@blueprint.get("/organise/trips/<int:trip_id>/sheet")
@access.role()
def run_sheet(trip_id: int) -> ResponseReturnValue:
    trip = trips.trip_for_staff(trip_id, _scope())
    stops = trips.live(trips.stops_of(trip_id, with_posts=True))
    people = queries.people_at_posts(
        [post.id for each in stops for shift in each.shifts for post in shift.posts]
    )
    roads = arrivals(trips.caravan_of(trip), [trips.halt_of(each) for each in stops])
    return page(
        "pages/run_sheet.html",
        trip=trip,
        stops=[
            SheetStop(event, road, _arrives_at(road), _posts(event, people))
            for event, road in zip(stops, roads, strict=True)
        ],
        home=_way_home(trip, stops),
        carried=queries.carried_on(trip_id),
        addresses={
            each.id: event_view.directions(each) or regions.path_of(each.region_id)
            for each in stops
        },
        audiences={each.id: event_view.audiences(each, language()) for each in stops},
    )


def _arrives_at(arrival: Arrival) -> Any:  # noqa: ANN401 - a moment
    return arrival.sets_off_at + timedelta(minutes=arrival.way.minutes)


def _posts(event: Event, people: dict[int, list[str]]) -> list[tuple[str, int, list[str]]]:
    many = len(event.shifts) > 1
    return [
        (
            f"{shift.title} · {post.title}" if many else post.title,
            post.min_people,
            people.get(post.id, []),
        )
        for shift in event.shifts
        for post in shift.posts
        if post.min_people or post.id in people
    ]


@blueprint.get("/organise/trips/<int:trip_id>/posters")
@access.role()
def trip_posters(trip_id: int) -> ResponseReturnValue:
    trip = trips.trip_for_staff(trip_id, _scope())
    stops = trips.live(trips.stops_of(trip_id))
    return page(
        "pages/trip_posters.html",
        trip=trip,
        posters=[_poster(each) for each in stops],
        is_draft=any(each.status == "draft" for each in stops),
    )


def _poster(event: Event) -> dict[str, Any]:
    large = "1" if event.is_elder_friendly else None
    path = url_for("checkin.open_poster", poster_code=event.poster_code, elder=large)
    return {
        "event": event,
        "code": qr_svg(
            current_app.config["PUBLIC_URL"] + path,
            _("%(stop)s：签到和报名的二维码", stop=event.title),
        ),
        "place": regions.path_of(event.region_id),
        "is_one_day": local(event.starts_at).date() == local(event.ends_at).date(),
        "is_talk": event.campaign.code in rules.ELDER_TALKS,
    }


@blueprint.get("/trips/<int:trip_id>")
@access.public
def show_trip(trip_id: int) -> ResponseReturnValue:
    trip = trips.public_trip(trip_id)
    stops = [each for each in trips.stops_of(trip_id) if each.status != "draft"]
    now = clock.now()
    return page(
        "pages/trip.html",
        trip=trip,
        starts_at=stops[0].starts_at,
        ends_at=stops[-1].ends_at,
        cards=cards(stops, queries.staffed([each.id for each in stops]), now=now),
        contact=next((each for each in stops if each.contact_phone), None),
        is_off=all(each.status == "cancelled" for each in stops),
        reason=stops[0].cancel_reason,
    )


def _scope() -> Scope:
    return organisations.scope_of(current_user.person_id)
