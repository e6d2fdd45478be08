"""What a volunteer sees and answers without signing in: the link in their message is the key."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.assignments import actions, queries, rules
from volunteer_hub.assignments.forms import ReasonForm
from volunteer_hub.assignments.rules import Standing
from volunteer_hub.assignments.views import shown
from volunteer_hub.assignments.views.base import blueprint
from volunteer_hub.core import access, clock
from volunteer_hub.core.errors import DomainError, NotFoundError
from volunteer_hub.core.signed_out import ask_to_sign_in
from volunteer_hub.core.transaction import transaction

if TYPE_CHECKING:
    from volunteer_hub.assignments.models import Assignment

LOOK_ELSEWHERE = (Standing.FULL, Standing.EXPIRED, Standing.EVENT_CANCELLED, Standing.REMOVED)
MOST_OTHERS = 5


@blueprint.get("/i/<token>")
@access.public
def show_invitation(token: str) -> ResponseReturnValue:
    return _invitation_page(shown.read_token(token))


@blueprint.post("/i/<token>/accept")
@access.public
def accept_invitation(token: str) -> ResponseReturnValue:
    assignment_id = shown.read_token(token)
    try:
        with transaction():
            actions.accept_invitation(assignment_id, now=clock.now())
    except DomainError as error:
        # Still their page, so that they see what is left to do; also when it was open too long.
        return _invitation_page(assignment_id, error), error.status
    return redirect(url_for("assignments.show_invitation", token=token))


@blueprint.post("/i/<token>/decline")
@access.public
def decline_invitation(token: str) -> ResponseReturnValue:
    assignment_id = shown.read_token(token)
    form = ReasonForm()
    if not form.validate():
        return _invitation_page(assignment_id, form=form), 422
    with transaction():
        actions.decline_invitation(assignment_id, form.text(), now=clock.now())
    if form.text():
        flash(_("谢谢您告诉我们。"), "success")
    return redirect(url_for("assignments.show_invitation", token=token))


@blueprint.route("/assignments/<int:assignment_id>/withdraw", methods=["GET", "POST"])
@access.public
def withdraw(assignment_id: int) -> ResponseReturnValue:
    form = ReasonForm(key=request.args.get("key", ""))
    if not is_own(assignment_id, form.key.data or ""):
        if not current_user.is_authenticated:
            return ask_to_sign_in()
        raise NotFoundError
    row = queries.assignment_by_id(assignment_id)
    if request.method == "POST" and form.validate():
        with transaction():
            row = actions.withdraw(assignment_id, form.text(), now=clock.now())
        flash(_("已退出，名额会留给别人。谢谢您提前告诉我们。"), "success")
        return redirect(url_for("assignments.show_invitation", token=shown.token_of(row)))
    page = render_template(
        "assignments/withdraw.html",
        row=row,
        form=form,
        token=shown.token_of(row),
        is_too_late=clock.now() >= row.post.shift.starts_at,
    )
    return page, 422 if request.method == "POST" else 200


def is_own(assignment_id: int, key: str) -> bool:
    """Tell whether the page was opened with the message's link or by the volunteer signed in."""
    if key and shown.read_token(key) == assignment_id:
        return True
    if not current_user.is_authenticated:
        return False
    row = queries.assignment_by_id(assignment_id)
    return bool(row.volunteer.person_id == current_user.person_id)


def _invitation_page(
    assignment_id: int, error: DomainError | None = None, form: ReasonForm | None = None
) -> str:
    now = clock.now()
    row = queries.assignment_by_id(assignment_id)
    opening = queries.opening_of(row.post)
    standing = rules.standing(row.state, opening, expires_at=row.expires_at, now=now)
    others = queries.other_posts_that_day(row, now=now) if standing in LOOK_ELSEWHERE else []
    return render_template(
        "assignments/invitation.html",
        row=row,
        event=row.post.shift.event,
        standing=standing.value,
        may_accept=_may_accept(row, standing, opening, now=now),
        has_begun=now >= row.post.shift.starts_at,
        places=max(0, opening.free_places),
        token=shown.token_of(row),
        place=shown.place_of(row.post.shift.event),
        skills=shown.skills_of(row.post),
        why=shown.told_to_volunteer(row.reasons),
        is_asked=standing is Standing.ACCEPTED and shown.is_asked(row, now=now),
        reminder=shown.reminder_token_of(row),
        pass_href=shown.pass_address(row) if standing is Standing.ACCEPTED else "",
        others=others[:MOST_OTHERS],
        place_of=shown.place_of,
        problem=shown.in_words(error) if error else None,
        form=form or ReasonForm(),
    )


def _may_accept(
    row: Assignment, standing: Standing, opening: rules.Opening, *, now: datetime
) -> bool:
    """Tell whether to show the button; other shifts of theirs are judged when it is pressed."""
    if standing not in (Standing.OPEN, Standing.DECLINED, Standing.WITHDRAWN):
        return False
    bearing = queries.bearing_of(row.volunteer, row.post)
    refusal = rules.accept_refusal(opening, (), bearing=bearing, expires_at=row.expires_at, now=now)
    return refusal is None
