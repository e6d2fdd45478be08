"""Standing by for a full post, and answering when its place is kept for somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.assignments import actions, queries, wording
from volunteer_hub.assignments.views import shown
from volunteer_hub.assignments.views.base import blueprint
from volunteer_hub.assignments.views.mine import choose_page
from volunteer_hub.core import access, clock
from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.tokens import link_token, read_link_token
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import queries as events
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.volunteers import queries as volunteers
from volunteer_hub.waiting.errors import OfferExpiredError, OfferGoneError, OfferNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from volunteer_hub.assignments.models import RefillStep
    from volunteer_hub.events.models import Post
    from volunteer_hub.waiting.models import WaitingOffer


@blueprint.post("/posts/<int:post_id>/stand-by")
@access.signed_in
def stand_by(post_id: int) -> ResponseReturnValue:
    event_id = queries.post_with_event(post_id).shift.event_id
    volunteer = volunteers.find_volunteer_of(current_user.person_id)
    if volunteer is None:
        return redirect(url_for("volunteers.join", next=_posts_of(event_id)))
    volunteer_id = volunteer.id
    try:
        with transaction():
            row = actions.stand_by(post_id, volunteer_id, now=clock.now())
    except DomainError as error:
        return choose_page(event_id, error), error.status
    if row is not None:
        return redirect(url_for("assignments.show_invitation", token=shown.token_of(row)))
    flash(_("您在候补了。有人来不了，名额按先后留给您，我们会通知您。"), "success")
    return redirect(_posts_of(event_id))


@blueprint.post("/posts/<int:post_id>/stand-down")
@access.signed_in
def stand_down(post_id: int) -> ResponseReturnValue:
    event_id = queries.post_with_event(post_id).shift.event_id
    volunteer = volunteers.find_volunteer_of(current_user.person_id)
    if volunteer is not None:
        volunteer_id = volunteer.id
        with transaction():
            actions.stand_down(post_id, volunteer_id, now=clock.now())
        flash(_("已退出候补。"), "success")
    return redirect(_posts_of(event_id))


@blueprint.get("/s/<token>")
@access.public
def show_standby(token: str) -> ResponseReturnValue:
    return _page(token)


@blueprint.post("/s/<token>/accept")
@access.public
def accept_standby(token: str) -> ResponseReturnValue:
    try:
        with transaction():
            row = actions.accept_standby(_read(token), now=clock.now())
            address = _invitation(row.id) if row is not None else None
    except (OfferExpiredError, OfferGoneError) as error:
        return _page(token), error.status
    except DomainError as error:
        return _page(token, error), error.status
    if address is None:
        flash(_("抱歉，名额刚刚有变。您还在候补，位置没变。"), "warning")
    return redirect(address or url_for("assignments.show_standby", token=token))


@blueprint.post("/s/<token>/decline")
@access.public
def decline_standby(token: str) -> ResponseReturnValue:
    with transaction():
        actions.decline_standby(_read(token), now=clock.now())
    return redirect(url_for("assignments.show_standby", token=token))


@blueprint.get("/organise/events/<int:event_id>/refill")
@access.role()
def show_refills(event_id: int) -> ResponseReturnValue:
    scope = organisations.scope_of(current_user.person_id)
    event = events.event_for_staff(event_id, scope, with_skills=False)
    held = [(post, shift) for shift in event.shifts for post in shift.posts]
    steps = queries.refill_steps_of(event_id)
    lines = queries.standing_by([post.id for post, _shift in held])
    return render_template(
        "assignments/refills.html",
        event=event,
        is_on=not queries.is_refill_paused(event_id),
        posts=[
            (post, shift, lines.get(post.id, ()), _in_words(steps.get(post.id, ())))
            for post, shift in held
            if post.id in lines or post.id in steps
        ],
    )


def _in_words(steps: Iterable[RefillStep]) -> list[tuple[datetime, str]]:
    return [(step.at, wording.step(step)) for step in steps]


@blueprint.post("/organise/events/<int:event_id>/refill")
@access.role()
def switch_refills(event_id: int) -> ResponseReturnValue:
    is_on = request.form.get("on") == "1"
    with transaction():
        scope = organisations.scope_of(current_user.person_id)
        actions.switch_refills(event_id, is_on=is_on, scope=scope, now=clock.now())
    said = _("有人退出时，系统会自动找人补上。") if is_on else _("已关掉自动补位，请您自己找人。")
    flash(said, "success")
    return redirect(url_for("assignments.show_refills", event_id=event_id))


def _page(token: str, error: DomainError | None = None) -> str:
    offer, post = queries.offered_post(_read(token))
    return render_template(
        "assignments/standby.html",
        offer=offer,
        post=post,
        event=post.shift.event,
        place=shown.place_of(post.shift.event),
        is_open=_is_open(offer, post),
        token=token,
        problem=shown.in_words(error) if error else None,
    )


def _is_open(offer: WaitingOffer, post: Post) -> bool:
    is_on = post.shift.event.status != "cancelled"
    return is_on and offer.state == "open" and clock.now() < offer.expires_at


def _read(token: str) -> int:
    offer_id = read_link_token(actions.STANDBY, token)
    if offer_id is None:
        raise OfferNotFoundError
    return offer_id


def _invitation(assignment_id: int) -> str:
    token = link_token(actions.INVITATION, assignment_id)
    return url_for("assignments.show_invitation", token=token)


def _posts_of(event_id: int) -> str:
    return url_for("assignments.choose_post", event_id=event_id)
