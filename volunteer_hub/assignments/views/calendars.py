"""Events in people's own calendars: one by one, or a personal feed with a secret address."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.assignments import actions, calendars, ical, queries
from volunteer_hub.assignments.views import shown
from volunteer_hub.assignments.views.base import blueprint
from volunteer_hub.core import access, clock
from volunteer_hub.core.security import limiter
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import queries as events
from volunteer_hub.volunteers import queries as volunteers


@blueprint.get("/e/<int:event_id>/event.ics")
@access.public
def event_ics(event_id: int) -> ResponseReturnValue:
    event = events.public_event(event_id)
    entry = calendars.entry_of_event(event, site=_site())
    return _file([entry], f"event-{event_id}")


@blueprint.get("/i/<token>/event.ics")
@access.public
def assignment_ics(token: str) -> ResponseReturnValue:
    row = queries.assignment_by_id(shown.read_token(token))
    return _file([calendars.entry_of(row, site=_site())], f"assignment-{row.id}")


@blueprint.get("/me/calendar.ics")
@access.public
@limiter.limit("120 per minute")
def calendar_feed() -> ResponseReturnValue:
    volunteer_id = calendars.read_feed_key(request.args.get("key", ""))
    if volunteer_id is None:
        abort(404)
    volunteers.volunteer_with_person(volunteer_id)  # an erased account has no calendar
    rows = queries.calendar_of(volunteer_id, now=clock.now())
    entries = [calendars.entry_of(row, site=_site()) for row in rows]
    response = _file(entries, "volunteer", name=_("科普志愿服务"))
    response.add_etag()
    return response.make_conditional(request)


@blueprint.get("/me/calendar")
@access.signed_in
def my_calendar() -> ResponseReturnValue:
    volunteer = volunteers.find_volunteer_of(current_user.person_id)
    if volunteer is None:
        return redirect(url_for("volunteers.join", next=url_for("assignments.my_calendar")))
    path = url_for("assignments.calendar_feed", key=calendars.feed_key(volunteer.id))
    address = _site() + path
    return render_template(
        "assignments/my_calendar.html",
        address=address,
        webcal="webcal" + address[address.index(":") :],
    )


@blueprint.post("/me/calendar/renew")
@access.signed_in
def renew_calendar() -> ResponseReturnValue:
    volunteer_id = volunteers.volunteer_of(current_user.person_id).id
    with transaction():
        actions.renew_feed(volunteer_id, now=clock.now())
    flash(_("已换新地址。请在日历里删掉旧的，再添加新的。"), "success")
    return redirect(url_for("assignments.my_calendar"))


def _file(entries: Sequence[ical.Entry], filename: str, *, name: str = "") -> Response:
    response = Response(ical.calendar(entries, name=name), mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}.ics"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _site() -> str:
    return str(current_app.config["PUBLIC_URL"])
