from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from volunteer_hub.accounts import passwords, rules, sessions, set_up
from volunteer_hub.accounts.errors import ContactTakenError
from volunteer_hub.core import access, clock, once
from volunteer_hub.core.pages import page
from volunteer_hub.core.security import limiter
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations import actions, queries
from volunteer_hub.organisations.actions import FirstOfficeDraft
from volunteer_hub.organisations.errors import SetUpOverError
from volunteer_hub.organisations.forms import FirstOfficeForm

blueprint = Blueprint("organisations", __name__)


@blueprint.route("/setup/<token>", methods=["GET", "POST"])
@access.public
@limiter.limit("30 per minute")
def set_up_site(token: str) -> ResponseReturnValue:
    form = FirstOfficeForm()
    if form.is_submitted():
        return _submitted(token, form)
    if queries.has_office() or not set_up.is_usable(token, now=clock.now()):
        raise SetUpOverError
    return _form_page(form)


def _form_page(form: FirstOfficeForm, status: HTTPStatus = HTTPStatus.OK) -> ResponseReturnValue:
    # The address is a secret until the form is sent: no other site may see where one came from.
    return page("organisations/set_up.html", form=form), status, {"Referrer-Policy": "no-referrer"}


def _submitted(token: str, form: FirstOfficeForm) -> ResponseReturnValue:
    if not form.validate() or not _is_good_password(form):
        return _form_page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    draft = FirstOfficeDraft(
        name=form.name.data or "",
        phone=form.phone.data or "",
        password_hash=passwords.make_hash(form.password.typed),
    )
    try:
        return redirect(_opened(token, draft, form.request_key.data))
    except ContactTakenError as error:
        form.blame("phone", _(error.message))
        return _form_page(form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _opened(token: str, draft: FirstOfficeDraft, key: str | None) -> str:
    """Make the account and sign in; a doubled tap is led to the same page."""
    now = clock.now()
    with transaction():
        location = once.first_answer(key)
        if location is not None:
            return location
        person_id = actions.open_first_office(token, draft, now=now)
        location = url_for("pages.organiser_home")
        once.remember(key, location, now=now)
        sessions.start(person_id)
    flash(_("账号已经建好，您现在是市办公室工作人员。"), "good")
    return location


def _is_good_password(form: FirstOfficeForm) -> bool:
    """Tell whether the password is taken; say in the form why not."""
    own = rules.known_words(form.name.data or "", "", form.phone.data, None)
    problem = rules.password_problem(form.password.typed, own=own)
    if problem is not None:
        form.blame("password", _(problem.value))
    return problem is None
