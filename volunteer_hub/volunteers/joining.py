"""Becoming a volunteer without being signed in: the number is proved with a code first.

Nothing that a stranger sees depends on whether somebody has the number. What was filled in travels
along in hidden fields, so that nothing is kept of whoever breaks off.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from volunteer_hub.accounts import actions as accounts
from volunteer_hub.accounts import contacts, sessions
from volunteer_hub.accounts import queries as people
from volunteer_hub.accounts import rules as contact_rules
from volunteer_hub.accounts.errors import ContactTakenError, PhoneFullError, SameNameError
from volunteer_hub.accounts.models import Person
from volunteer_hub.accounts.rules import CodeVerdict, Limit
from volunteer_hub.accounts.views.base import go_on
from volunteer_hub.core import clock, once
from volunteer_hub.core.pages import page
from volunteer_hub.core.text import read_id
from volunteer_hub.core.transaction import transaction
from volunteer_hub.volunteers import actions, queries
from volunteer_hub.volunteers.errors import AlreadyVolunteerError
from volunteer_hub.volunteers.forms import JoinForm

ANOTHER: Final = "another"
_NOT_CARRIED: Final = frozenset({"csrf_token", "code", "who"})


def asked_for_another() -> dict[str, str]:
    """Return what the form starts with when somebody adds another person behind their phone."""
    contact = sessions.proven_contact()
    if request.args.get("who") != ANOTHER or contact is None:
        return {}
    return {"who": ANOTHER, "contact": contact}


def is_adding(form: JoinForm) -> bool:
    """Tell whether somebody who proved their phone adds another person behind it."""
    contact = sessions.proven_contact()
    return contact is not None and form.who.data == ANOTHER and form.contact.typed == contact


def join(form: JoinForm, target: str) -> ResponseReturnValue:
    """Make whoever filled in the form a volunteer once they proved the number, and go on.

    Raises:
        TooYoungError: They are younger than the province allows.
    """
    contact, now = form.contact.typed, clock.now()
    actions.require_age(form.draft(), now)
    with transaction():
        person_id = queries.joined_with(form.request_key.data, now=now)
        if person_id is not None:  # a second tap on the button
            sessions.start(person_id)
            return redirect(target)
    if sessions.proven_contact() != contact:
        if not form.code.data:
            return _send_code(form)
        if not _is_code_right(form):
            return _code_page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _join(form, target)


def _send_code(form: JoinForm) -> ResponseReturnValue:
    contact, now = form.contact.typed, clock.now()
    with transaction():
        address = request.remote_addr or "unknown"
        limit = accounts.count_code(contact, address=address, now=now)
        if limit is None:
            contacts.send_proof(contact, now=now)
    if limit is Limit.TOO_MANY:
        form.refuse(_("这个号码要得太多验证码了，请过一个小时再试。"))
        return _code_page(form, HTTPStatus.TOO_MANY_REQUESTS)
    if limit is Limit.TOO_SOON:
        form.blame("code", _("一分钟内只发一次验证码，请填写刚才收到的那一个。"))
    return _code_page(form, HTTPStatus.OK)


def _is_code_right(form: JoinForm) -> bool:
    """Note that the number was proved, or say in the form why it was not."""
    contact = form.contact.typed
    with transaction():
        result = accounts.prove_contact(contact, form.code.data or "", now=clock.now())
    if result.verdict is CodeVerdict.WRONG:
        form.blame("code", _("验证码不对，还可以再试 %(count)s 次", count=result.tries_left))
    elif result.verdict is CodeVerdict.SPENT:
        form.blame("code", _("这个验证码已经失效，请重新获取一个"))
    else:
        sessions.note_proven(contact)
    return result.verdict is CodeVerdict.RIGHT


def _code_page(form: JoinForm, status: HTTPStatus) -> ResponseReturnValue:
    sent_to = contacts.mask(form.contact.typed)
    return page("volunteers/join_code.html", form=form, sent_to=sent_to, carried=_carried()), status


def _carried() -> list[tuple[str, str]]:
    return [
        (name, value) for name, value in request.form.items(multi=True) if name not in _NOT_CARRIED
    ]


def _join(form: JoinForm, target: str) -> ResponseReturnValue:
    """Add the person, or ask who they are when others have the number, which they proved."""
    others = people.people_behind(form.contact.typed)
    chosen = next((each for each in others if each.id == read_id(form.who.data or "")), None)
    if chosen is not None:
        return _go_on_as(chosen, form, target)
    is_another = form.who.data == ANOTHER
    if others and not is_another:
        return _who_page(form, HTTPStatus.OK)
    try:
        with transaction():
            _add(form, shares=is_another)
    except ContactTakenError:  # in this very moment
        return _who_page(form, HTTPStatus.OK)
    except (SameNameError, PhoneFullError) as error:
        form.refuse(f"{_(error.message)}。{_(error.next_step)}")
        return _who_page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    flash(_("欢迎加入！您已经是科普志愿者了。"), "good")
    return redirect(target)


def _add(form: JoinForm, *, shares: bool) -> None:
    now, name = clock.now(), form.name.data or ""
    made = actions.join(name, form.contact.typed, form.draft(), now=now, shares=shares)
    once.remember(form.request_key.data, f"person:{made.person_id}", now=now)
    sessions.start(made.person_id, by_code=True)


def _who_page(form: JoinForm, status: HTTPStatus) -> ResponseReturnValue:
    contact = form.contact.typed
    others = people.people_behind(contact)
    shown = page(
        "volunteers/join_who.html",
        form=form,
        sent_to=contacts.mask(contact),
        people=others,
        may_add=not contact_rules.is_email(contact),
        carried=_carried(),
    )
    return shown, status


def _go_on_as(person: Person, form: JoinForm, target: str) -> ResponseReturnValue:
    """Let somebody in who has an account, and is a volunteer from now on."""
    now, person_id = clock.now(), person.id
    with transaction():
        accounts.note_sign_in(people.person_by_id(person_id), now=now)
        sessions.start(person_id, by_code=True)
    if sessions.awaited_second() is not None:
        return go_on(url_for("volunteers.join", next=form.next.data or None))
    try:
        with transaction():
            actions.become_volunteer(person_id, form.draft(), now=now)
    except AlreadyVolunteerError:
        flash(_("您已经是志愿者了，已为您登录。"), "good")
    else:
        flash(_("欢迎加入！您已经是科普志愿者了。"), "good")
    return redirect(target)
