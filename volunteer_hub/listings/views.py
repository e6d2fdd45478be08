"""Feeds of public events: calendars to subscribe to, and news."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, current_app, request, url_for
from flask.typing import ResponseReturnValue

from volunteer_hub.assignments import calendars, ical
from volunteer_hub.core import access, clock
from volunteer_hub.core.i18n import html_language
from volunteer_hub.listings import atom, feeds, queries

blueprint = Blueprint("listings", __name__)


@blueprint.get("/events.ics")
@access.public
def calendar() -> ResponseReturnValue:
    about, now = _about(), clock.now()
    found = queries.feed_events(about.wanted, since=feeds.told_since(now))
    entries = [calendars.entry_of_event(event, site=_site()) for event in found]
    response = Response(ical.calendar(entries, name=about.title), mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'inline; filename="events.ics"'
    return _conditional(response, feeds.changed_at(feeds.changes_of(found), now=now))


@blueprint.get("/events.atom")
@access.public
def news() -> ResponseReturnValue:
    about, now = _about(), clock.now()
    found = queries.news(about.wanted, now=now)
    changes = feeds.changes_of(found)
    changed_at = feeds.changed_at(changes, now=now)
    content = atom.feed(
        feeds.items(found, changes, site=_site()),
        title=about.title,
        own=_site() + url_for("listings.news", **about.arguments),
        page=_site() + url_for("pages.events_list"),
        language=html_language(),
        updated_at=changed_at,
    )
    return _conditional(Response(content, mimetype="application/atom+xml"), changed_at)


def _about() -> feeds.Feed:
    return feeds.feed_about(request.args.get("region", ""), request.args.get("campaign", ""))


def _conditional(response: Response, changed_at: datetime) -> Response:
    """Answer with nothing but "as you have it" whoever has it already."""
    response.last_modified = changed_at
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    response.add_etag()
    response.make_conditional(request)
    return response


def _site() -> str:
    return str(current_app.config["PUBLIC_URL"])
