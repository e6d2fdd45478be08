"""One tap from a reminder: I come, or I cannot. Without signing in; the link is the key."""

from __future__ import annotations

from http import HTTPStatus

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from volunteer_hub.assignments import actions, queries
from volunteer_hub.assignments.forms import ReasonForm
from volunteer_hub.assignments.rules import Standing, State
from volunteer_hub.assignments.views import shown
from volunteer_hub.assignments.views.base import blueprint
from volunteer_hub.core import access, clock
from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.tokens import read_link_token
from volunteer_hub.core.transaction import transaction

ANSWERED_HERE = (Standing.ACCEPTED, Standing.WITHDRAWN)


@blueprint.get("/r/<token>")
@access.public
def show_reminder(token: str) -> ResponseReturnValue:
    return _page(_read(token))


@blueprint.post("/r/<token>/confirm")
@access.public
def confirm_reminder(token: str) -> ResponseReturnValue:
    assignment_id = _read(token)
    try:
        with transaction():
            seen = request.form.get("seen", "")
            actions.confirm(assignment_id, seen=seen, now=clock.now())
    except DomainError as error:
        # Still their page, with what is left to do; also when it was open too long.
        return _page(assignment_id, error)
    return redirect(url_for("assignments.show_reminder", token=token))


@blueprint.post("/r/<token>/decline")
@access.public
def decline_reminder(token: str) -> ResponseReturnValue:
    assignment_id = _read(token)
    form = ReasonForm()
    if not form.validate():
        return _page(assignment_id, form=form)
    try:
        with transaction():
            actions.cannot_come(assignment_id, form.text(), now=clock.now())
    except DomainError as error:
        return _page(assignment_id, error)
    if form.text():
        flash(_("谢谢您告诉我们。"), "success")
    return redirect(url_for("assignments.show_reminder", token=token))


def _read(token: str) -> int:
    found = read_link_token(actions.REMINDER, token)
    return found if found is not None else abort(404)


def _page(
    assignment_id: int, error: DomainError | None = None, form: ReasonForm | None = None
) -> ResponseReturnValue:
    """Return the page of a promise; what is no promise any more has its own page."""
    now = clock.now()
    row = queries.assignment_by_id(assignment_id)
    standing = shown.standing_of(row, now=now)
    if standing not in ANSWERED_HERE:
        return redirect(url_for("assignments.show_invitation", token=shown.token_of(row)))
    shift = row.post.shift
    page = render_template(
        "assignments/reminder.html",
        row=row,
        event=shift.event,
        token=shown.reminder_token_of(row),
        invitation=shown.token_of(row),
        seen=actions.plan_mark(shift.event),
        is_coming=row.state is State.ACCEPTED and standing is Standing.ACCEPTED,
        is_confirmed=queries.promise_of(row).is_confirmed,
        has_begun=now >= shift.starts_at,
        is_over=now >= shift.ends_at,
        place=shown.place_of(shift.event),
        pass_href=shown.pass_address(row),
        problem=shown.in_words(error) if error else None,
        form=form or ReasonForm(),
    )
    if error is not None:
        return page, error.status
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form is not None else HTTPStatus.OK
