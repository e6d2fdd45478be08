"""The organiser's desk: what needs doing, the events, one event with everything about it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from volunteer_hub.assignments import queries as assignments
from volunteer_hub.assignments.queries import PostCount
from volunteer_hub.core import access, clock
from volunteer_hub.core.i18n import language
from volunteer_hub.core.pages import page
from volunteer_hub.events import queries as events
from volunteer_hub.events import rules
from volunteer_hub.events.queries import Shelf
from volunteer_hub.events.rules import PHASE_WORDS, Phase
from volunteer_hub.events.views.resources import need_views
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.pages import event_view, queries
from volunteer_hub.pages.cards import TONES, cards
from volunteer_hub.pages.desk import LOOK_AHEAD, LOOK_BACK, desk_of
from volunteer_hub.pages.forms import SearchForm
from volunteer_hub.pages.views import blueprint
from volunteer_hub.statistics import queries as statistics
from volunteer_hub.workdays.queries import work_calendar

if TYPE_CHECKING:
    from volunteer_hub.events.models import Event

SHELF_WORDS = {
    Shelf.TODAY: _l("今天"),
    Shelf.UPCOMING: _l("接下来"),
    Shelf.UNCONFIRMED: _l("待确认"),
    Shelf.DRAFT: _l("草稿"),
    Shelf.PAST: _l("已结束"),
}

Tile = tuple[str, str, str, str, str]  # label, address, icon, note, look
TILES = (
    ("match", _l("找志愿者"), "assignments.match", "sparkle", _l("按技能、时间、距离推荐")),
    ("roster", _l("名单"), "assignments.roster", "people", _l("谁来、在哪个岗位")),
    (
        "registrations",
        _l("报名的群众"),
        "registrations.organise_registrations",
        "ticket",
        _l("名单、电话预约"),
    ),
    ("door", _l("现场签到"), "checkin.scanner", "scan", _l("扫码、找人、加一")),
    ("poster", _l("海报"), "events.poster", "print", _l("打印，带签到码")),
    ("change", _l("临时变动"), "assignments.change_event", "swap", _l("改期或取消，通知到人")),
    ("public", _l("公开页面"), "pages.show_event", "share", _l("发给群众看")),
    ("confirm", _l("服务时长"), "recognition.confirm", "hours", _l("已算好，看一眼确认")),
)
LOOKS = ("main",)


@blueprint.get("/organise")
@access.role()
def organiser_home() -> ResponseReturnValue:
    now = clock.now()
    scope = organisations.scope_of(current_user.person_id)
    around = queries.events_around(scope, now=now, back=LOOK_BACK, ahead=LOOK_AHEAD)
    staffed = queries.staffed([event.id for event in around])
    found = cards(around, staffed, now=now, endpoint="pages.organise_event")
    at_risk = assignments.at_risk_counts([event.id for event in around], now=now)
    return page(
        "pages/organiser_home.html",
        desk=desk_of(found, work_calendar(), now=now),
        unconfirmed=sum(at_risk.values()),
        teams=organisations.sizes_of(scope.team_ids) if scope.team_ids else [],
        today=now,
    )


@blueprint.get("/organise/events")
@access.role()
def organise_events() -> ResponseReturnValue:
    now = clock.now()
    scope = organisations.scope_of(current_user.person_id)
    form = SearchForm(request.args)
    form.validate()
    asked = request.args.get("phase", "")
    shelf = Shelf(asked) if asked in set(Shelf) else Shelf.UPCOMING
    text = (form.q.data or "")[:60]
    number = request.args.get("page", 1, type=int)
    found = events.events_in_scope(scope, shelf, now=now, text=text, page=number)
    counts = events.counts_in_scope(scope, now=now)
    staffed = queries.staffed([event.id for event in found.events])
    return page(
        "pages/organise_events.html",
        form=form,
        phase=shelf.value,
        tabs=[
            (words, url_for("pages.organise_events", phase=each), each is shelf, counts[each])
            for each, words in SHELF_WORDS.items()
        ],
        cards=cards(found.events, staffed, now=now, endpoint="pages.organise_event"),
        number=found.number,
        last=found.last,
        page_address=lambda wanted: url_for(
            "pages.organise_events", phase=shelf, page=wanted, q=text or None
        ),
    )


@blueprint.get("/organise/events/<int:event_id>")
@access.role()
def organise_event(event_id: int) -> ResponseReturnValue:
    now = clock.now()
    scope = organisations.scope_of(current_user.person_id)
    event = events.event_for_staff(event_id, scope)
    phase = events.phase_of(event, now=now)
    found = events.resources_of(event)
    figures = statistics.figures_of([event_id])[event_id]
    is_draft = phase is Phase.DRAFT
    checks = events.publish_checklist(event, now=now, found=found) if is_draft else []
    return page(
        "pages/organise_event.html",
        event=event,
        place=event_view.place_in_words(event),
        phase_label=_(PHASE_WORDS[phase]),
        phase_tone=TONES[phase],
        tasks=event_view.tasks(checks, event),
        can_publish=phase is Phase.DRAFT and not rules.blocking(checks),
        can_edit=phase in (Phase.DRAFT, Phase.OPEN, Phase.RUNNING),
        needs=[(each.title, each.icon, each.tag) for each in need_views(found)],
        figures=figures,
        can_withdraw=phase is Phase.OPEN and not (figures.registered or figures.volunteers_agreed),
        shifts=event_view.shifts(event, _post_counts(event), language()),
        next_steps=_next_steps(event, phase),
        venue_contact=_venue_contact(event),
        copy_key=uuid4().hex,
        registration_text=event_view.registration_in_words(event),
    )


def _post_counts(event: Event) -> dict[int, PostCount]:
    return assignments.counts_of_posts([post.id for shift in event.shifts for post in shift.posts])


def _venue_contact(event: Event) -> str:
    return f"{event.venue.contact_name} {event.venue.contact_phone}".strip() if event.venue else ""


def _next_steps(event: Event, phase: Phase) -> list[Tile]:
    """Return what can be done next, the likeliest first."""
    names = {
        Phase.DRAFT: "match",
        Phase.OPEN: "match roster registrations door poster change public",
        Phase.RUNNING: "door roster registrations match poster change public",
        Phase.ENDED: "confirm roster registrations door",
        Phase.CONFIRMED: "confirm roster registrations",
        Phase.CANCELLED: "roster registrations",
    }[phase]
    tiles = {name: (label, endpoint, icon, note) for name, label, endpoint, icon, note in TILES}
    shown: list[Tile] = []
    for name in names.split():
        label, endpoint, icon, note = tiles[name]
        look = LOOKS[len(shown)] if len(shown) < len(LOOKS) else ""
        address = url_for(endpoint, event_id=event.id)
        shown.append((str(label), address, icon, str(note), look))
    return shown
