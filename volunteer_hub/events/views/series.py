"""Making a series of an event: first look at its dates, then make it."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from volunteer_hub.core import access, clock, once
from volunteer_hub.core.formats import local
from volunteer_hub.core.pages import page
from volunteer_hub.events import actions, queries, rules
from volunteer_hub.events.errors import FieldProblem, InSeriesError
from volunteer_hub.events.forms import SeriesForm
from volunteer_hub.events.rules import SeriesDates
from volunteer_hub.events.views.base import blueprint, event_address, kept, own_scope
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.workdays.queries import work_calendar

if TYPE_CHECKING:
    from volunteer_hub.events.models import Event


@blueprint.route("/events/<int:event_id>/series", methods=["GET", "POST"])
@access.role()
def new_series(event_id: int) -> ResponseReturnValue:
    scope = own_scope()
    event = queries.event_for_staff(event_id, scope)
    if event.series_id is not None:
        raise InSeriesError
    form = SeriesForm(data={"weekdays": [str(local(event.starts_at).weekday())]})
    dates, status = None, HTTPStatus.OK
    if form.validate_on_submit():
        dates = _dates(form, event)
        if dates is not None and request.form.get("then") != "look":
            location = kept(form, lambda: _make(form, event_id, scope))
            if location is not None:
                flash(_("系列已建好，都是草稿。请逐场核对，再发布。"), "good")
                return redirect(location)
            event = queries.event_for_staff(event_id, scope)
    if form.is_submitted() and dates is None:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    shown = page(
        "events/series.html",
        form=form,
        event=event,
        dates=dates,
        unpublished=_unpublished(dates) if dates and form.skips_holidays.data else [],
    )
    return shown, status


def _dates(form: SeriesForm, event: Event) -> SeriesDates | None:
    """Return when the others are held, or show in the form why they cannot be."""
    rule = form.rule(event.starts_at)
    found = rules.series_dates(rule, event.starts_at, now=clock.now(), is_holiday=_holidays(form))
    if not isinstance(found, FieldProblem):
        return found
    message = _(found.message, **found.values)
    if found.field:
        form.blame(found.field, message)
    else:
        form.refuse(message)
    return None


def _holidays(form: SeriesForm) -> Holidays | None:
    return Holidays() if form.skips_holidays.data else None


class Holidays:
    """Tells which days are public holidays, as far as they are published."""

    def __init__(self) -> None:
        self._calendar = work_calendar()

    def __call__(self, day: date) -> bool:
        """Tell whether a day is one."""
        special = self._calendar.special(day)
        return special is not None and not special.is_workday


def _unpublished(dates: SeriesDates) -> list[int]:
    calendar = work_calendar()
    years = {start.year for start in dates.starts}
    return sorted(year for year in years if not calendar.is_certain(date(year, 1, 1)))


def _make(form: SeriesForm, event_id: int, scope: Scope) -> str:
    """Make the series once, however often the button is pressed; returns where to go."""
    key, now = form.request_key.data, clock.now()
    location = once.first_answer(key)
    if location is None:
        event = queries.event_for_staff(event_id, scope)
        rule, is_holiday = form.rule(event.starts_at), _holidays(form)
        actions.make_series(event_id, rule, is_holiday=is_holiday, scope=scope, now=now)
        location = event_address(event_id)
        once.remember(key, location, now=now)
    return location
