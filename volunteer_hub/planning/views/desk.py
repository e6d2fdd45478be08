"""The planning desk: posts of a week that lack people, asking for a plan, and how it counts."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Final

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from volunteer_hub.assignments.views import shown
from volunteer_hub.core import access, clock, once
from volunteer_hub.core.access import Role
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.formats import days_of
from volunteer_hub.core.i18n import language
from volunteer_hub.core.numbers import value_of
from volunteer_hub.core.pages import page
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import queries as events
from volunteer_hub.planning import actions, queries, wording
from volunteer_hub.planning.forms import PlanForm
from volunteer_hub.planning.queries import Wanted
from volunteer_hub.planning.rules import Reach
from volunteer_hub.planning.views.base import blueprint, own_scope
from volunteer_hub.planning.weighing import NUMBERS
from volunteer_hub.programmes import queries as programmes
from volunteer_hub.regions.remoteness import REMOTE_KM

WEEK: Final = timedelta(days=7)
AHEAD: Final = timedelta(weeks=8)
MOST_POSTS: Final = 60
YEARS: Final = (2000, 2100)


@blueprint.get("/organise/plans")
@access.role()
def show_desk() -> ResponseReturnValue:
    return _desk(_form(_monday(request.args.get("on"))))


@blueprint.post("/organise/plans")
@access.role()
def ask_for_plan() -> ResponseReturnValue:
    form = _form(_monday(request.form.get("on")))
    if not form.validate():
        return _desk(form), HTTPStatus.UNPROCESSABLE_ENTITY
    now = clock.now()
    try:
        with transaction():
            known = once.first_answer(form.request_key.data)
            if known is not None:
                return redirect(known)
            scope = own_scope()
            wanted = _wanted(form, now)
            if wanted.event_id is not None:
                events.event_for_staff(wanted.event_id, scope, with_posts=False)
            run = actions.ask_for_plan(wanted, scope=scope, now=now)
            address = url_for("planning.show_plan", run_id=run.id)
            once.remember(form.request_key.data, address, now=now)
    except DomainError as error:
        if error.status is HTTPStatus.NOT_FOUND:
            raise
        form.refuse(" ".join(shown.in_words(error)))
        return _desk(form), error.status
    return redirect(address)


@blueprint.get("/organise/plans/weights")
@access.role()
def show_weights() -> ResponseReturnValue:
    return page(
        "planning/weights.html",
        lines=[(number, value_of(number.key)) for number in NUMBERS],
        remote_km=value_of(REMOTE_KM),
        may_change=Role.CITY_OFFICE in access.roles(),
    )


def _form(monday: date) -> PlanForm:
    form = PlanForm(on=monday)
    form.on.data = monday
    form.offer((each.code, each.name(language())) for each in programmes.campaigns())
    return form


def _monday(text: str | None) -> date:
    """Return the Monday of the week that is meant, of this one when that is no day."""
    on = clock.now().astimezone(LOCAL).date()
    try:
        asked = date.fromisoformat(text or "")
    except ValueError:
        asked = on
    if not YEARS[0] <= asked.year < YEARS[1]:
        asked = on
    return asked - timedelta(days=asked.weekday())


def _start(on: date) -> datetime:
    return datetime.combine(on, time(), tzinfo=LOCAL)


def _wanted(form: PlanForm, now: datetime) -> Wanted:
    reach = Reach(form.reach.data)
    if reach is Reach.WEEK:
        start = _start(form.on.data)
        return Wanted(reach=reach, from_at=start, until_at=start + WEEK)
    return Wanted(
        reach=reach,
        from_at=now,
        until_at=now + AHEAD,
        event_id=form.event_id.data if reach is Reach.EVENT else None,
        campaign_code=form.campaign.data if reach is Reach.CAMPAIGN else "",
    )


def _desk(form: PlanForm) -> str:
    now, scope, monday = clock.now(), own_scope(), form.on.data
    start = _start(monday)
    found = queries.open_posts_in(scope, start, start + WEEK, now=now)
    return page(
        "planning/desk.html",
        form=form,
        week=days_of(monday, monday + timedelta(days=6)),
        before=monday - WEEK,
        after=monday + WEEK,
        posts=[(post, count, shown.place_of(post.shift.event)) for post, count in
               found[:MOST_POSTS]],
        more=max(0, len(found) - MOST_POSTS),
        missing=sum(post.min_people - count.accepted for post, count in found),
        runs=[(run, wording.title_of(run), wording.state_of(run), wording.changes_of(run))
              for run in queries.runs_of(scope)],
        title=_("排班台"),
    )  # fmt: skip
