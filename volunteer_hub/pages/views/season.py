"""The season: a month of events beside science days, holidays and worked weekends."""

from __future__ import annotations

from datetime import date, datetime, time

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from volunteer_hub.core import access, clock
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.formats import clock_time, local
from volunteer_hub.core.pages import page
from volunteer_hub.observances import queries as observances
from volunteer_hub.observances.rules import Span
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.pages import months, queries
from volunteer_hub.pages.months import A_DAY
from volunteer_hub.pages.queries import PlannedEvent
from volunteer_hub.pages.views import blueprint
from volunteer_hub.workdays.queries import work_calendar


@blueprint.get("/organise/season", endpoint="season")
@access.role()
def show_season() -> ResponseReturnValue:
    now = clock.now()
    today = local(now).date()
    first = months.read_month(request.args.get("month", ""), today=today)
    weeks = months.weeks_of(first)
    until = max(weeks.last, first + months.LOOK_AHEAD)
    occurrences = observances.occurrences_within(weeks.first, until)
    month = months.month_of(
        first,
        [each for each in occurrences if each.span.touches(weeks.first, weeks.last)],
        _events(weeks),
        work_calendar(),
        today=today,
    )
    return page(
        "pages/season.html",
        month=month,
        is_this_month=first == today.replace(day=1),
        coming=[each for each in occurrences if each.span.first >= month.after],
        address=_address,
        has_before=month.before.year >= months.FIRST_YEAR,
        has_after=month.after.year <= months.LAST_YEAR,
    )


def _events(weeks: Span) -> list[tuple[Span, str, PlannedEvent]]:
    """Return the events of these weeks that whoever asks may manage, by time."""
    scope = organisations.scope_of(current_user.person_id)
    found = queries.events_between(scope, _midnight(weeks.first), _midnight(weeks.last + A_DAY))
    return [
        (
            Span(local(event.starts_at).date(), local(event.ends_at).date()),
            clock_time(event.starts_at),
            event,
        )
        for event in found
    ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, LOCAL)


def _address(first: date) -> str:
    return url_for("pages.season", month=f"{first:%Y-%m}")
