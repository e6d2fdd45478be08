from __future__ import annotations

from http import HTTPStatus

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from volunteer_hub.core import access, clock
from volunteer_hub.core.pages import page
from volunteer_hub.core.tokens import read_link_token
from volunteer_hub.core.transaction import transaction
from volunteer_hub.recognition.actions import departures as actions
from volunteer_hub.recognition.errors import DepartureClosedError, WrongDepartureError
from volunteer_hub.recognition.forms import LeavingForm
from volunteer_hub.recognition.queries import departures as queries
from volunteer_hub.recognition.views.base import blueprint


@blueprint.route("/leaving/<token>", methods=["GET", "POST"])
@access.public
def leaving(token: str) -> ResponseReturnValue:
    assignment_id = read_link_token(actions.DEPARTURE, token)
    if assignment_id is None:
        abort(HTTPStatus.NOT_FOUND)
    form = LeavingForm()
    if not form.is_submitted():
        return _leaving_page(assignment_id, form)
    if not form.validate():
        return _leaving_page(assignment_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with transaction():
            actions.propose_departure(assignment_id, form.left_at.data, now=clock.now())
    except (DepartureClosedError, WrongDepartureError) as error:
        form.refuse(f"{_(error.message)}。{_(error.next_step)}")
        return _leaving_page(assignment_id, form), error.status
    flash(_("已收到，等负责人确认。填错了可以再改。"), "good")
    return redirect(url_for("recognition.leaving", token=token))


def _leaving_page(assignment_id: int, form: LeavingForm) -> str:
    departure, assignment = queries.departure_of(assignment_id)
    shift = assignment.post.shift
    if not form.is_submitted():
        form.left_at.data = departure.left_at or shift.ends_at
    closes_at = shift.ends_at + actions.PENDING_AFTER
    return page(
        "recognition/leaving.html",
        form=form,
        event=shift.event,
        shift=shift,
        came_at=queries.came_at(assignment_id),
        left_at=departure.left_at,
        is_closed=departure.closed_at is not None or clock.now() > closes_at,
        closes_at=closes_at,
    )
