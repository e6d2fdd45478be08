"""Another number of one's own: a code to the new one, and one to the old one."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.accounts import actions, contacts, moving, queries, rules, sessions
from volunteer_hub.accounts.errors import ContactTakenError, PhoneFullError, SameNameError
from volunteer_hub.accounts.forms import NumberForm
from volunteer_hub.accounts.rules import CodeVerdict, Limit
from volunteer_hub.accounts.views.base import FLOOD, address, blueprint
from volunteer_hub.core import access, clock
from volunteer_hub.core.pages import page
from volunteer_hub.core.security import limiter
from volunteer_hub.core.transaction import transaction

if TYPE_CHECKING:
    from volunteer_hub.accounts.models import Person


@blueprint.route("/me/account/number", methods=["GET", "POST"])
@access.signed_in
@limiter.limit(FLOOD, methods=["POST"])
def change_number() -> ResponseReturnValue:
    """Let somebody sign in with another number or address from now on."""
    person = queries.person_by_id(current_user.person_id)
    form = NumberForm()
    if not form.is_submitted():
        return _page(form, person, is_sent=False)
    if not form.validate() or _is_own(form, person):
        return _page(form, person, is_sent=False, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if not (form.code.data or form.old_code.data or _are_proven(form.contact.typed)):
        return _send(form, person)
    if _are_right(form, person) and _is_moved(form):
        flash(_("已经更换。以后用新的登录；原来有的，那边会收到通知。"), "good")
        return redirect(url_for("accounts.me"))
    person = queries.person_by_id(current_user.person_id)
    return _page(form, person, is_sent=True, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _page(
    form: NumberForm, person: Person, *, is_sent: bool, status: HTTPStatus = HTTPStatus.OK
) -> ResponseReturnValue:
    contact = form.contact.typed
    is_proven = is_sent and sessions.proven_contact() == contact
    shown = page(
        "accounts/number.html",
        form=form,
        person=person,
        is_sent=is_sent,
        new=contacts.mask(contact) if is_sent else "",
        old=contacts.mask(_old(person)),
        asks_new=not is_proven,
        asks_old=not sessions.is_fresh_by_code(),
        shares_phone=queries.shares_phone(person),
        others=queries.people_behind(contact) if is_proven else [],
    )
    return shown, status


def _old(person: Person) -> str:
    return person.phone or person.email or ""


def _is_own(form: NumberForm, person: Person) -> bool:
    """Say in the form that somebody signs in with this already."""
    if form.contact.typed not in (person.phone, person.email):
        return False
    form.blame("contact", _("您现在用的就是它"))
    return True


def _send(form: NumberForm, person: Person) -> ResponseReturnValue:
    """Send the codes; nothing that is seen depends on whether somebody has the new number."""
    contact, now = form.contact.typed, clock.now()
    wanted = [contact] if sessions.is_fresh_by_code() else [contact, _old(person)]
    with transaction():
        limits = {each: actions.count_code(each, address=address(), now=now) for each in wanted}
        for each in wanted:
            if limits[each] is None:
                contacts.send_proof(each, now=now)
    if Limit.TOO_MANY in limits.values():
        form.refuse(_("验证码要得太多了。请过一个小时再试，或请办公室帮您换。"))
        return _page(form, person, is_sent=False, status=HTTPStatus.TOO_MANY_REQUESTS)
    return _page(form, person, is_sent=True)


def _are_proven(contact: str) -> bool:
    return sessions.proven_contact() == contact and sessions.is_fresh_by_code()


def _are_right(form: NumberForm, person: Person) -> bool:
    """Look at the codes; a right one counts for a quarter of an hour, so it is typed once."""
    contact = form.contact.typed
    if not sessions.is_fresh_by_code() and _is_right(form, "old_code", _old(person)):
        sessions.note_code()
    if sessions.proven_contact() != contact and _is_right(form, "code", contact):
        sessions.note_proven(contact)
    return _are_proven(contact)


def _is_right(form: NumberForm, field: str, contact: str) -> bool:
    """Tell whether a code is right; say in the form what is wrong with another."""
    typed = form[field].data or ""
    if not (len(typed) == rules.CODE_DIGITS and typed.isascii() and typed.isdigit()):
        form.blame(field, _("验证码是 6 位数字"))
        return False
    with transaction():
        result = actions.prove_contact(contact, typed, now=clock.now())
    if result.verdict is CodeVerdict.WRONG:
        form.blame(field, _("验证码不对，还可以再试 %(count)s 次", count=result.tries_left))
    elif result.verdict is CodeVerdict.SPENT:
        form.blame(field, _("这个验证码已经失效，请重新获取一个"))
    return result.verdict is CodeVerdict.RIGHT


def _is_moved(form: NumberForm) -> bool:
    """Change the number, or say in the form why not: its owner may know who else has it."""
    try:
        with transaction():
            moving.move(
                current_user.person_id,
                form.contact.typed,
                shares=bool(form.shares.data),
                keep=sessions.current_token_hash(),
                now=clock.now(),
            )
    except ContactTakenError as error:
        is_email = rules.is_email(form.contact.typed)
        asks = _(error.message) if is_email else _("这个号码已经有人在用；是家人合用的，请勾选")
        form.blame("contact" if is_email else "shares", asks)
    except (SameNameError, PhoneFullError) as error:
        form.refuse(f"{_(error.message)}。{_(error.next_step)}")
    else:
        return True
    return False
