"""Swapping places with somebody by name, and what the organiser is asked about it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.assignments import actions, queries
from volunteer_hub.assignments.forms import SwapForm
from volunteer_hub.assignments.rules import ExchangeState
from volunteer_hub.assignments.views import shown
from volunteer_hub.assignments.views.base import blueprint
from volunteer_hub.assignments.views.invitations import is_own
from volunteer_hub.core import access, clock
from volunteer_hub.core.errors import DomainError, NotFoundError
from volunteer_hub.core.formats import span_of
from volunteer_hub.core.security import limiter
from volunteer_hub.core.signed_out import ask_to_sign_in
from volunteer_hub.core.text import read_id
from volunteer_hub.core.tokens import read_link_token
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import queries as events
from volunteer_hub.organisations import queries as organisations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from volunteer_hub.assignments.models import Assignment, Exchange

# Whoever tries numbers to learn who has a place where soon hears nothing more.
MOST_TRIES: Final = "20 per hour"


@blueprint.route("/assignments/<int:assignment_id>/swap", methods=["GET", "POST"])
@access.public
@limiter.limit(MOST_TRIES, methods=["POST"])
def propose_swap(assignment_id: int) -> ResponseReturnValue:
    form = SwapForm(key=request.args.get("key", ""))
    if not is_own(assignment_id, form.key.data or ""):
        if not current_user.is_authenticated:
            return ask_to_sign_in()
        raise NotFoundError
    if request.method == "GET":
        return _swap_page(assignment_id, form)
    here = url_for("assignments.propose_swap", assignment_id=assignment_id, key=form.key.data)
    if request.form.get("on") == "0":
        with transaction():
            actions.take_back_swap(assignment_id, now=clock.now())
        return redirect(here)
    _offer(form, queries.assignment_by_id(assignment_id))
    if not form.validate():
        return _swap_page(assignment_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with transaction():
            post_id = read_id(form.post_id.data) or 0
            actions.propose_swap(assignment_id, post_id, form.phone.data or "", now=clock.now())
    except DomainError as error:
        form.refuse(" ".join(shown.in_words(error)))
        return _swap_page(assignment_id, form), error.status
    flash(_("已经问对方了。对方答应以前，您的岗位不变。"), "success")
    return redirect(here)


def _offer(form: SwapForm, row: Assignment) -> None:
    form.offer(
        (post.id, f"{post.shift.event.title} · {post.title} · "
                  f"{span_of(post.shift.starts_at, post.shift.ends_at)}")
        for post in queries.posts_to_swap_for(row.post, now=clock.now())
    )  # fmt: skip


def _swap_page(assignment_id: int, form: SwapForm) -> str:
    row = queries.assignment_by_id(assignment_id)
    _offer(form, row)
    pending = queries.pending_of(row.id)
    wanted = queries.assignment_by_id(pending.to_id) if pending and pending.to_id else None
    return render_template(
        "assignments/swap.html",
        row=row,
        event=row.post.shift.event,
        form=form,
        pending=pending,
        wanted=wanted,
        is_open=row.state == "accepted" and clock.now() < row.post.shift.starts_at,
        invitation=url_for("assignments.show_invitation", token=shown.token_of(row)),
    )


@blueprint.get("/k/<token>")
@access.public
def show_swap(token: str) -> ResponseReturnValue:
    return _asked_page(token)


@blueprint.post("/k/<token>/answer")
@access.public
def answer_swap(token: str) -> ResponseReturnValue:
    exchange_id = _read(token)
    if request.form.get("answer") != "yes":
        with transaction():
            actions.decline_swap(exchange_id, now=clock.now())
        return redirect(url_for("assignments.show_swap", token=token))
    try:
        with transaction():
            state = actions.accept_swap(exchange_id, now=clock.now())
    except DomainError as error:
        return _asked_page(token, error), error.status
    done = _("换好了，请看看新的安排。"), _("您答应了。活动负责人同意以后就换，我们会告诉您。")
    flash(done[state is ExchangeState.WAITING], "success")
    return redirect(url_for("assignments.show_swap", token=token))


def _read(token: str) -> int:
    exchange_id = read_link_token(actions.SWAP, token)
    if exchange_id is None:
        raise NotFoundError
    return exchange_id


def _asked_page(token: str, error: DomainError | None = None) -> str:
    exchange = queries.exchange_by_id(_read(token))
    given = queries.assignment_by_id(exchange.from_id)
    own = queries.assignment_by_id(exchange.to_id or 0)
    return render_template(
        "assignments/swap_asked.html",
        exchange=exchange,
        given=given,
        own=own,
        place_of=shown.place_of,
        skills=shown.skills_of(given.post),
        token=token,
        problem=shown.in_words(error) if error else None,
    )


@blueprint.get("/organise/events/<int:event_id>/exchanges")
@access.role()
def show_exchanges(event_id: int) -> ResponseReturnValue:
    return _exchanges_page(event_id)


def _exchanges_page(event_id: int, error: DomainError | None = None) -> str:
    scope = organisations.scope_of(current_user.person_id)
    event = events.event_for_staff(event_id, scope, with_posts=False)
    return render_template(
        "assignments/exchanges.html",
        event=event,
        is_on=queries.find_approval(event_id) is not None,
        waiting=_waiting(event_id),
        problem=shown.in_words(error) if error else None,
    )


def _waiting(event_id: int) -> list[tuple[Exchange, str, str]]:
    """Return what waits for the organiser, in words: who with whom, and which places."""
    found = queries.waiting_in(event_id)
    rows = queries.places_of(found)
    people = queries.volunteers_by_id({each.volunteer_id for each in found})
    return [
        _in_words(each, rows, people[each.volunteer_id].person.name)
        for each in found
        if each.volunteer_id in people
    ]


def _in_words(
    exchange: Exchange, rows: Mapping[int, Assignment], name: str
) -> tuple[Exchange, str, str]:
    given = rows[exchange.from_id]
    who, post = given.volunteer.person.name, _called(given)
    if exchange.to_id is None:
        return exchange, str(_("%(name)s替%(who)s", name=name, who=who)), post
    said = _("%(who)s和%(name)s换班", who=who, name=name)
    return exchange, str(said), f"{post} ↔ {_called(rows[exchange.to_id])}"


def _called(row: Assignment) -> str:
    shift = row.post.shift
    return f"{row.post.title} · {span_of(shift.starts_at, shift.ends_at)}"


@blueprint.post("/organise/events/<int:event_id>/exchanges")
@access.role()
def set_exchange_approval(event_id: int) -> ResponseReturnValue:
    is_on = request.form.get("on") == "1"
    with transaction():
        scope = organisations.scope_of(current_user.person_id)
        actions.set_approval(event_id, is_on=is_on, scope=scope, now=clock.now())
    said = _("这场活动的换班、替班要您同意。") if is_on else _("换班、替班由志愿者自己说好就行。")
    flash(said, "success")
    return redirect(url_for("assignments.show_exchanges", event_id=event_id))


@blueprint.post("/organise/events/<int:event_id>/exchanges/<int:exchange_id>")
@access.role()
def decide_exchange(event_id: int, exchange_id: int) -> ResponseReturnValue:
    approves = request.form.get("answer") == "yes"
    try:
        with transaction():
            scope = organisations.scope_of(current_user.person_id)
            is_swap = queries.exchange_by_id(exchange_id).to_id is not None
            decide = actions.decide_exchange if is_swap else actions.decide_stand_in
            decide(exchange_id, approves=approves, scope=scope, now=clock.now())
    except DomainError as error:
        if error.status is HTTPStatus.NOT_FOUND:
            raise
        return _exchanges_page(event_id, error), error.status
    said = _("已同意，双方都会收到通知。") if approves else _("没有同意，原来的安排不变。")
    flash(said, "success")
    return redirect(url_for("assignments.show_exchanges", event_id=event_id))
