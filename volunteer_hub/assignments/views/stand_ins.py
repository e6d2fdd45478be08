"""Looking for a stand-in, by a link that is passed on; whoever opens it may take the place over."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.assignments import actions, queries
from volunteer_hub.assignments.views import shown
from volunteer_hub.assignments.views.base import blueprint
from volunteer_hub.assignments.views.invitations import is_own
from volunteer_hub.core import access, clock
from volunteer_hub.core.errors import DomainError, NotFoundError
from volunteer_hub.core.signed_out import ask_to_sign_in
from volunteer_hub.core.tokens import link_token, read_link_token
from volunteer_hub.core.transaction import transaction
from volunteer_hub.volunteers import queries as volunteers


@blueprint.route("/assignments/<int:assignment_id>/stand-in", methods=["GET", "POST"])
@access.public
def look_for_stand_in(assignment_id: int) -> ResponseReturnValue:
    key = request.values.get("key", "")
    if not is_own(assignment_id, key):
        if not current_user.is_authenticated:
            return ask_to_sign_in()
        raise NotFoundError
    if request.method == "POST":
        with transaction():
            if request.form.get("on") == "0":
                actions.stop_looking(assignment_id)
            else:
                actions.look_for_stand_in(assignment_id, now=clock.now())
        here = url_for("assignments.look_for_stand_in", assignment_id=assignment_id, key=key)
        return redirect(here)
    row = queries.assignment_by_id(assignment_id)
    token = link_token(actions.STAND_IN, row.id)
    return render_template(
        "assignments/stand_in_search.html",
        row=row,
        event=row.post.shift.event,
        key=key,
        has_begun=clock.now() >= row.post.shift.starts_at,
        is_looking=queries.find_stand_in_search(row.id) is not None,
        link=current_app.config["PUBLIC_URL"] + url_for("assignments.show_stand_in", token=token),
        invitation=url_for("assignments.show_invitation", token=shown.token_of(row)),
    )


@blueprint.get("/x/<token>")
@access.public
def show_stand_in(token: str) -> ResponseReturnValue:
    return _page(token)


@blueprint.post("/x/<token>/take")
@access.signed_in
def take_over(token: str) -> ResponseReturnValue:
    assignment_id = _read(token)
    volunteer = volunteers.find_volunteer_of(current_user.person_id)
    if volunteer is None:
        back = url_for("assignments.show_stand_in", token=token)
        return redirect(url_for("volunteers.join", next=back))
    volunteer_id = volunteer.id
    try:
        with transaction():
            taken = actions.take_over(assignment_id, volunteer_id, now=clock.now())
            mine = shown.token_of(taken) if taken is not None else None
    except DomainError as error:
        return _page(token, error), error.status
    if mine is None:
        flash(_("谢谢您！活动负责人同意以后这个岗位就是您的，我们会告诉您。"), "success")
        return redirect(url_for("assignments.show_stand_in", token=token))
    flash(_("这个岗位现在是您的了，谢谢您来替班。"), "success")
    return redirect(url_for("assignments.show_invitation", token=mine))


def _page(token: str, error: DomainError | None = None) -> str:
    row = queries.assignment_by_id(_read(token))
    event = row.post.shift.event
    is_on = event.status == "published" and clock.now() < row.post.shift.starts_at
    is_looking = queries.find_stand_in_search(row.id) is not None
    return render_template(
        "assignments/stand_in.html",
        post=row.post,
        event=event,
        place=shown.place_of(event),
        skills=shown.skills_of(row.post),
        is_open=is_on and is_looking and row.state == "accepted",
        token=token,
        problem=shown.in_words(error) if error else None,
    )


def _read(token: str) -> int:
    assignment_id = read_link_token(actions.STAND_IN, token)
    if assignment_id is None:
        raise NotFoundError
    return assignment_id
