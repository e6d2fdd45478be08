"""One phone shared by a family: who sits in front of it is chosen after the code."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.accounts import actions, contacts, queries, rules, sessions
from volunteer_hub.accounts.forms import WhoForm
from volunteer_hub.accounts.rules import Limit
from volunteer_hub.accounts.views.base import FLOOD, address, blueprint, go_on
from volunteer_hub.core import access, clock
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.pages import page
from volunteer_hub.core.security import limiter
from volunteer_hub.core.text import read_id
from volunteer_hub.core.transaction import transaction


@blueprint.route("/sign-in/who", methods=["GET", "POST"])
@access.public
@limiter.limit(FLOOD, methods=["POST"])
def choose() -> ResponseReturnValue:
    """Let whoever proved that a phone is theirs say which of the people behind it they are."""
    contact = sessions.proven_contact()
    if contact is None:
        return redirect(url_for("accounts.sign_in"))
    _awaited, next_path = sessions.awaited_code()
    form = WhoForm()
    if request.method == "POST" and form.validate():
        _start(contact, form.person.data or "")
        return go_on(next_path)
    return page(
        "accounts/choose.html",
        contact=contacts.mask(contact),
        people=queries.people_behind(contact),
        may_add=not rules.is_email(contact),
        next=next_path,
    )


def _start(contact: str, asked: str) -> None:
    """Sign the browser in as one of the people behind a contact that was proved.

    Raises:
        NotFoundError: They are not behind it.
    """
    with transaction():
        behind = {each.id: each for each in queries.people_behind(contact)}
        person = behind.get(read_id(asked) or 0)
        if person is None:
            raise NotFoundError
        actions.note_sign_in(person, now=clock.now())
        sessions.start(person.id, by_code=True)


@blueprint.route("/me/account/family", methods=["GET", "POST"])
@access.signed_in
@limiter.limit(FLOOD, methods=["POST"])
def family() -> ResponseReturnValue:
    """Explain a shared phone, and send the code with which another person goes on."""
    phone = queries.person_by_id(current_user.person_id).phone
    if request.method == "GET" or phone is None:
        return page("accounts/family.html", phone=contacts.mask(phone) if phone else "")
    with transaction():
        limit = actions.send_code(phone, address=address(), now=clock.now())
    if limit is Limit.TOO_MANY:
        flash(_("验证码要得太多了。请过一个小时再试，或用密码登录。"), "bad")
        return redirect(url_for("accounts.family"))
    sessions.await_code(phone, None, asks_who=True)
    return redirect(url_for("accounts.enter_code"))
