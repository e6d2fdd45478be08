"""Who comes on a day: event by event, place by place, or person by person; also on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.assignments import queries
from volunteer_hub.assignments.views import shown
from volunteer_hub.assignments.views.base import blueprint
from volunteer_hub.core import access, clock
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.text import N_
from volunteer_hub.organisations import queries as organisations

if TYPE_CHECKING:
    from volunteer_hub.assignments.models import Assignment

ONE_DAY: Final = timedelta(days=1)
YEARS: Final = range(2000, 2100)
WAYS: Final = {"event": N_("按活动"), "venue": N_("按地点"), "person": N_("按人")}


@blueprint.get("/organise/rosters")
@access.role()
def day_roster() -> ResponseReturnValue:
    on = _day(request.args.get("on"))
    way = request.args.get("shown", "event")
    if way not in WAYS:
        way = "event"
    start = datetime.combine(on, time(), tzinfo=LOCAL)
    scope = organisations.scope_of(current_user.person_id)
    rows = queries.coming_between(scope, start, start + ONE_DAY)
    is_paper = request.args.get("print") == "1"
    return render_template(
        "assignments/day_roster_print.html" if is_paper else "assignments/day_roster.html",
        on=on,
        before=on - ONE_DAY,
        after=on + ONE_DAY,
        way=way,
        ways=[(each, _(label)) for each, label in WAYS.items()],
        groups=_grouped(rows, _KEYS[way]),
        people=len({row.volunteer_id for row in rows}),
    )


def _day(text: str | None) -> date:
    """Return the day that is meant; today when that is none."""
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        found = clock.now().astimezone(LOCAL).date()
    return found if found.year in YEARS else clock.now().astimezone(LOCAL).date()


Key = Callable[["Assignment"], tuple[int, str]]


def _grouped(rows: Iterable[Assignment], key: Key) -> list[tuple[str, list[Assignment]]]:
    groups: dict[tuple[int, str], list[Assignment]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return [(title, found) for (_id, title), found in groups.items()]


def _event(row: Assignment) -> tuple[int, str]:
    event = row.post.shift.event
    return event.id, event.title


def _venue(row: Assignment) -> tuple[int, str]:
    event = row.post.shift.event
    return event.venue_id or 0, shown.place_of(event) or str(_("地点未定"))


def _person(row: Assignment) -> tuple[int, str]:
    return row.volunteer_id, row.volunteer.person.name


_KEYS: Final[dict[str, Key]] = {"event": _event, "venue": _venue, "person": _person}
