from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from flask_login import current_user

from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core import access, clock
from volunteer_hub.core.access import Role
from volunteer_hub.core.i18n import language
from volunteer_hub.core.pages import page
from volunteer_hub.core.transaction import short_write
from volunteer_hub.events import queries as events
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.statistics import actions, downloads, queries

blueprint = Blueprint("statistics", __name__)


def _download(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type="text/csv; charset=utf-8", headers=headers)


@blueprint.get("/organise/events/<int:event_id>/attendance.csv")
@access.role()
def attendance_csv(event_id: int) -> ResponseReturnValue:
    scope = organisations.scope_of(current_user.person_id)
    event = events.event_for_staff(event_id, scope)
    content = downloads.attendance(queries.attendance_rows(event.id))
    with short_write():
        actions.note_download("attendance", event, by=scope.person_id, now=clock.now())
    return _download(content, f"attendance-{event_id}.csv")


@blueprint.get("/organise/events/<int:event_id>/hours.csv")
@access.role()
def hours_csv(event_id: int) -> ResponseReturnValue:
    scope = organisations.scope_of(current_user.person_id)
    event = events.event_for_staff(event_id, scope)
    content = downloads.hours(queries.hours_rows(event.id))
    with short_write():
        actions.note_download("hours", event, by=scope.person_id, now=clock.now())
    return _download(content, f"hours-{event_id}.csv")


@blueprint.get("/organise/overview")
@access.role(Role.CITY_OFFICE, Role.COUNTY_OFFICE)
def overview() -> ResponseReturnValue:
    scope = organisations.scope_of(current_user.person_id)
    now = clock.now()
    since = datetime(now.astimezone(clock.LOCAL).year, 1, 1, tzinfo=clock.LOCAL)
    until = since.replace(year=since.year + 1)
    counties = queries.county_figures(scope, since=since, until=until)
    forms = queries.form_counts(scope, since=since, until=until)
    return page(
        "statistics/overview.html",
        year=since.year,
        counties=counties,
        bare_townships=queries.townships_without_events(scope, since=since, until=until),
        forms=[
            (entry.name(language()), forms[entry.code], forms[entry.code])
            for entry in catalogue.entries("form")
            if forms[entry.code]
        ],
    )
