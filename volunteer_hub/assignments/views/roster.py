"""Who is on an event's roster, adding someone by hand, taking someone off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.assignments import actions, board, queries
from volunteer_hub.assignments.actions import Pick
from volunteer_hub.assignments.forms import AddForm, RemovalForm
from volunteer_hub.assignments.queries import LIVE
from volunteer_hub.assignments.rules import Source, State
from volunteer_hub.assignments.views import shown
from volunteer_hub.assignments.views.base import blueprint
from volunteer_hub.core import access, clock
from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import queries as events
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.volunteers import queries as volunteers

if TYPE_CHECKING:
    from volunteer_hub.assignments.models import Assignment
    from volunteer_hub.events.models import Event, Post, Shift

LONGEST_SEARCH = 40


@dataclass(slots=True)
class PostRoster:
    """One post with who comes, who was asked, and who will not come."""

    post: Post
    shift: Shift
    has_begun: bool
    live: list[Assignment] = field(default_factory=list)
    gone: list[Assignment] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        """How many people agreed to come."""
        return sum(row.state is State.ACCEPTED for row in self.live)

    @property
    def wanted(self) -> str:
        """How many people the post wants, in words."""
        return shown.wanted_at(self.post)

    @property
    def missing(self) -> int:
        """How many people the minimum still lacks."""
        return max(0, self.post.min_people - self.accepted)


@blueprint.get("/organise/events/<int:event_id>/roster")
@access.role()
def roster(event_id: int) -> ResponseReturnValue:
    event = _event(event_id)
    if request.args.get("print") == "1":
        return render_template(
            "assignments/roster_print.html",
            event=event,
            place=shown.place_of(event),
            posts=_posts(event, queries.accepted_for_event(event_id)),
        )
    return _roster_page(event, AddForm())


@blueprint.post("/organise/events/<int:event_id>/roster/add")
@access.role()
def add_to_roster(event_id: int) -> ResponseReturnValue:
    event = _event(event_id)
    form = AddForm()
    if not form.validate():
        return _roster_page(event, form), HTTPStatus.UNPROCESSABLE_ENTITY
    post_id, volunteer_id = form.post_id.data or 0, form.volunteer_id.data or 0
    if post_id not in {post.id for shift in event.shifts for post in shift.posts}:
        form.refuse(_("这场活动里没有这个岗位，请重新选择。"))
        return _roster_page(event, form), HTTPStatus.UNPROCESSABLE_ENTITY
    volunteers.require_askable([volunteer_id], organisations.scope_of(current_user.person_id))
    add = _confirm if form.how.data == "phone" else _invite
    try:
        add(event_id, post_id, volunteer_id)
    except DomainError as error:
        form.refuse(" ".join(shown.in_words(error)))
        return _roster_page(_event(event_id), form), error.status
    return redirect(url_for("assignments.roster", event_id=event_id))


@blueprint.route("/organise/assignments/<int:assignment_id>/remove", methods=["GET", "POST"])
@access.role()
def remove(assignment_id: int) -> ResponseReturnValue:
    row = queries.assignment_by_id(assignment_id)
    event_id = row.post.shift.event_id
    _event(event_id)  # not found outside of their scope
    form = RemovalForm()
    if request.method == "POST" and form.validate():
        with transaction():
            by = current_user.person_id
            actions.remove(assignment_id, form.text(), by=by, now=clock.now())
        flash(_("已取消。"), "success")
        return redirect(url_for("assignments.roster", event_id=event_id))
    page = render_template("assignments/remove.html", row=row, form=form)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK


def _confirm(_event_id: int, post_id: int, volunteer_id: int) -> None:
    with transaction():
        by = current_user.person_id
        actions.confirm_by_phone(post_id, volunteer_id, by=by, now=clock.now())
    flash(_("已加入名单，并发了确认消息。"), "success")


def _invite(event_id: int, post_id: int, volunteer_id: int) -> None:
    now = clock.now()
    with transaction():
        pair = (volunteer_id, post_id)
        reasons = board.reasons_of(_event(event_id), [pair], now=now).get(pair, ())
        pick = Pick(post_id, volunteer_id, Source.ORGANISER, reasons)
        outcome = actions.invite(event_id, [pick], by=current_user.person_id, now=now)
    if outcome.invited:
        flash(_("邀请已发出。"), "success")
    else:
        flash(_("没有发出：这位志愿者已经邀请过、已有安排，或者岗位已满。"), "warning")


def _event(event_id: int) -> Event:
    scope = organisations.scope_of(current_user.person_id)
    return events.event_for_staff(event_id, scope, with_skills=False)


def _posts(event: Event, rows: Iterable[Assignment]) -> list[PostRoster]:
    now = clock.now()
    rosters = {
        post.id: PostRoster(post, shift, has_begun=now >= shift.starts_at)
        for shift in event.shifts
        for post in shift.posts
    }
    for row in rows:
        its = rosters[row.post_id]
        (its.live if row.state in LIVE else its.gone).append(row)
    return list(rosters.values())


def _roster_page(event: Event, form: AddForm) -> str:
    text = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    scope = organisations.scope_of(current_user.person_id)
    found = queries.search_volunteers(text, volunteers.asked_by(scope)) if text else []
    posts = _posts(event, queries.roster_of(event.id))
    doubtful = queries.at_risk_of([event.id], now=clock.now())
    return render_template(
        "assignments/roster.html",
        event=event,
        posts=posts,
        doubtful=doubtful[0] if doubtful else None,
        open_posts=[each for each in posts if not each.has_begun],
        can_add=event.status == "published" and event.ends_at > clock.now(),
        text=text,
        found=found,
        home_of=shown.home_of,
        form=form,
    )
