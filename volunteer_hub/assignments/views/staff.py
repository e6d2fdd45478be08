"""Finding people: whom the matcher would ask for each post, and asking them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from volunteer_hub.assignments import actions, board, wording
from volunteer_hub.assignments.actions import Outcome, Pick
from volunteer_hub.assignments.board import PostBoard, Someone
from volunteer_hub.assignments.forms import PicksForm
from volunteer_hub.assignments.views import shown
from volunteer_hub.assignments.views.base import blueprint
from volunteer_hub.core import access, clock
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import queries as events
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.volunteers import queries as volunteers


@dataclass(frozen=True, slots=True)
class ShownSomeone:
    """A volunteer who could be asked, in words."""

    id: int
    name: str
    phone: str | None
    home: str
    why: str
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class ShownPost:
    """One post with whom to ask, in words."""

    board: PostBoard
    wanted: str
    skills: str
    proposed: list[ShownSomeone]
    further: list[ShownSomeone]
    shortage: list[str]
    near_misses: list[ShownSomeone]


@blueprint.get("/organise/events/<int:event_id>/match")
@access.role()
def match(event_id: int) -> ResponseReturnValue:
    return _match_page(event_id)


@blueprint.post("/organise/events/<int:event_id>/invite")
@access.role()
def invite(event_id: int) -> ResponseReturnValue:
    form = PicksForm()
    if not form.validate():
        return _match_page(event_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    if not form.picks():
        form.refuse(_("请至少勾选一位志愿者。"))
        return _match_page(event_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    now = clock.now()
    with transaction():
        scope = organisations.scope_of(current_user.person_id)
        event = events.event_for_staff(event_id, scope)
        volunteers.require_askable([who for _post, who, _source in form.picks()], scope)
        pairs = [(volunteer_id, post_id) for post_id, volunteer_id, _source in form.picks()]
        reasons = board.reasons_of(event, pairs, now=now)
        picks = [
            Pick(post_id, volunteer_id, source, reasons.get((volunteer_id, post_id), ()))
            for post_id, volunteer_id, source in form.picks()
        ]
        outcome = actions.invite(event.id, picks, by=current_user.person_id, now=now)
    _say(outcome)
    return redirect(url_for("assignments.roster", event_id=event_id))


def _say(outcome: Outcome) -> None:
    if outcome.invited:
        sent = ngettext("已向 %(num)s 人发出邀请。", "已向 %(num)s 人发出邀请。", outcome.invited)
        flash(sent, "success")
    if outcome.skipped:
        left = ngettext(
            "有 %(num)s 人没有再发：已经邀请过、已有安排，或者岗位已满。",
            "有 %(num)s 人没有再发：已经邀请过、已有安排，或者岗位已满。",
            outcome.skipped,
        )
        flash(left, "warning")


def _match_page(event_id: int, form: PicksForm | None = None) -> str:
    now = clock.now()
    scope = organisations.scope_of(current_user.person_id)
    event = events.event_for_staff(event_id, scope)
    found = board.match_board(event, volunteers.asked_by(scope), now=now)
    ticked = {(what, who) for what, who, _source in form.picks()} if form else None
    return render_template(
        "assignments/match.html",
        event=event,
        posts=[_post(each, ticked) for each in found],
        is_published=event.status == "published",
        is_over=event.ends_at <= now,
        form=form or PicksForm(),
    )


def _post(each: PostBoard, ticked: set[tuple[int, int]] | None) -> ShownPost:
    def people(found: Iterable[Someone], *, usually: bool) -> list[ShownSomeone]:
        return [
            _someone(one, usually if ticked is None else (each.post.id, one.volunteer.id) in ticked)
            for one in found
        ]

    return ShownPost(
        board=each,
        wanted=shown.wanted_at(each.post),
        skills=shown.skills_of(each.post),
        proposed=people(each.proposed, usually=True),
        further=people(each.further, usually=False),
        shortage=wording.shortage(each.shortfall) if each.shortfall else [],
        near_misses=people(each.near_misses, usually=False),
    )


def _someone(one: Someone, is_ticked: bool) -> ShownSomeone:
    return ShownSomeone(
        id=one.volunteer.id,
        name=one.volunteer.person.name,
        phone=one.volunteer.person.phone,
        home=shown.home_of(one.volunteer),
        why=shown.told_to_organiser(one.reasons),
        is_ticked=is_ticked,
    )
