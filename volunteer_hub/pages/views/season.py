"""The planner's board: week, month and list, what is missing, and what gets in each other's way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from volunteer_hub.core import access, clock
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.formats import clock_time, local
from volunteer_hub.core.pages import page
from volunteer_hub.observances import queries as observances
from volunteer_hub.observances.rules import Span
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.pages import board, gaps, months, queries
from volunteer_hub.pages.cards import EventCard, cards
from volunteer_hub.pages.desk import desk_of
from volunteer_hub.pages.forms import BoardForm, BulkForm
from volunteer_hub.pages.gaps import Seen
from volunteer_hub.pages.months import A_DAY, Month
from volunteer_hub.pages.queries import PlannedEvent
from volunteer_hub.pages.views import blueprint
from volunteer_hub.workdays.queries import work_calendar

VIEWS: Final = {
    "month": _l("月"),
    "week": _l("周"),
    "list": _l("列表"),
    "missing": _l("还缺什么"),
    "conflicts": _l("冲突"),
}
AHEAD: Final = timedelta(days=42)
MOST_CONFLICTS: Final = 100
GAP_WORDS: Final = {
    "posts": _l("岗位缺人"),
    "resources": _l("车辆和器材没落实"),
    "figures": _l("超期没有确认时长"),
    "drafts": _l("快到日子的草稿"),
}


@blueprint.get("/organise/season", endpoint="season")
@access.role()
def show_season() -> ResponseReturnValue:
    scope = organisations.scope_of(current_user.person_id)
    form = BoardForm(request.args)
    form.offer_choices(scope)
    form.validate()
    asked = request.args.get("view", "")
    shown = asked if asked in VIEWS else "month"
    show: Callable[[BoardForm, Scope, datetime], tuple[str, dict[str, Any]]] = {
        "month": _month,
        "week": _week,
        "list": _list,
        "missing": _missing,
        "conflicts": _conflicts,
    }[shown]
    template, values = show(form, scope, clock.now())
    return page(
        template,
        form=form,
        shown=shown,
        tabs=[
            (str(words), _address(form, view=name), name == shown) for name, words in VIEWS.items()
        ],
        has_filters=bool(form.asked),
        bare_address=url_for("pages.season", view=shown),
        **values,
    )


def _month(form: BoardForm, scope: Scope, now: datetime) -> tuple[str, dict[str, Any]]:
    today = local(now).date()
    first = months.read_month(request.args.get("month", ""), today=today)
    weeks = months.weeks_of(first)
    until = max(weeks.last, first + months.LOOK_AHEAD)
    occurrences = observances.occurrences_within(weeks.first, until)
    near = [each for each in occurrences if each.span.touches(weeks.first, weeks.last)]
    month = months.month_of(first, near, _events(form, scope, weeks), work_calendar(), today=today)
    return "pages/season.html", {
        "month": month,
        "is_now": first == today.replace(day=1),
        "coming": [each for each in occurrences if each.span.first >= month.after],
        "before": _month_address(form, month.before),
        "after": _month_address(form, month.after),
        "here": _address(form, view="month"),
    }


def _month_address(form: BoardForm, first: date) -> str:
    is_there = months.FIRST_YEAR <= first.year <= months.LAST_YEAR
    return _address(form, view="month", month=f"{first:%Y-%m}") if is_there else ""


def _week(form: BoardForm, scope: Scope, now: datetime) -> tuple[str, dict[str, Any]]:
    today = local(now).date()
    monday = months.read_monday(request.args.get("on", ""), today=today)
    week = Span(monday, monday + 6 * A_DAY)
    found: Month = months.week_of(
        monday,
        observances.occurrences_within(week.first, week.last),
        _events(form, scope, week),
        work_calendar(),
        today=today,
    )
    return "pages/season_week.html", {
        "month": found,
        "is_now": monday <= today <= week.last,
        "before": _address(form, view="week", on=(monday - 7 * A_DAY).isoformat()),
        "after": _address(form, view="week", on=(monday + 7 * A_DAY).isoformat()),
        "here": _address(form, view="week"),
    }


def _list(form: BoardForm, scope: Scope, now: datetime) -> tuple[str, dict[str, Any]]:
    today = local(now).date()
    first = months.read_day(request.args.get("on", ""), today=today)
    number = max(1, request.args.get("page", 1, type=int))
    start = _midnight(first)
    found, is_more = board.planned(scope, start, start + AHEAD, form.wanted, page=number)
    staffed = queries.staffed([event.id for event in found])
    bulk = BulkForm()
    return "pages/season_list.html", {
        "cards": cards(found, staffed, now=now, endpoint="pages.organise_event"),
        "bulk": bulk,
        "first": first,
        "last": local(start + AHEAD).date(),
        "number": number,
        "last_page": number + is_more,
        "page_address": lambda page: _address(form, view="list", on=first.isoformat(), page=page),
        "before": _address(form, view="list", on=(first - AHEAD).isoformat()),
        "after": _address(form, view="list", on=(first + AHEAD).isoformat()),
        "return_to": _address(form, view="list", on=first.isoformat(), page=number),
    }


def _missing(form: BoardForm, scope: Scope, now: datetime) -> tuple[str, dict[str, Any]]:
    found, shown, unmet = _watched(form, scope, now)
    overdue = {
        each.card.event_id: each.due_on
        for each in desk_of(shown, work_calendar(), now=now).to_confirm
        if each.is_overdue
    }
    lists = gaps.gaps_of(shown, unmet, overdue, today=local(now).date())
    return "pages/season_missing.html", {
        "lists": [(words, lists[kind]) for kind, words in GAP_WORDS.items()],
        "is_cut": len(found) >= board.AT_MOST,
        "most": board.AT_MOST,
    }


def _conflicts(form: BoardForm, scope: Scope, now: datetime) -> tuple[str, dict[str, Any]]:
    found, shown, unmet = _watched(form, scope, now)
    seen = [
        Seen(
            card,
            event.venue_id,
            event.venue.type_code if event.venue else "",
            event.contact_phone,
        )
        for event, card in zip(found, shown, strict=True)
        if event.ends_at > now
    ]
    conflicts = gaps.conflicts_of(seen, unmet, work_calendar())
    return "pages/season_conflicts.html", {
        "conflicts": conflicts[:MOST_CONFLICTS],
        "is_cut": len(conflicts) > MOST_CONFLICTS,
    }


def _watched(
    form: BoardForm, scope: Scope, now: datetime
) -> tuple[list[Any], list[EventCard], dict[int, list[Any]]]:
    found = board.watched(scope, now, now + AHEAD, form.wanted)
    staffed = queries.staffed([event.id for event in found])
    shown = cards(found, staffed, now=now, endpoint="pages.organise_event")
    return found, shown, board.unmet_of(found, now=now)


def _events(form: BoardForm, scope: Scope, span: Span) -> list[tuple[Span, str, PlannedEvent]]:
    """Return the events of these days that whoever asks may manage, by time."""
    start, end = _midnight(span.first), _midnight(span.last + A_DAY)
    return [
        (
            Span(local(event.starts_at).date(), local(event.ends_at).date()),
            clock_time(event.starts_at),
            event,
        )
        for event in queries.events_between(scope, start, end, form.wanted)
    ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, LOCAL)


def _address(form: BoardForm, **arguments: Any) -> str:  # noqa: ANN401 - what an address says
    return url_for("pages.season", **form.asked, **arguments)
