from __future__ import annotations

from http import HTTPStatus

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.accounts import actions, contacts, queries, second, sessions, totp
from volunteer_hub.accounts.forms import SecondForm
from volunteer_hub.accounts.views.base import FLOOD, address, blueprint, home
from volunteer_hub.core import access, clock
from volunteer_hub.core.pages import page, safe_next
from volunteer_hub.core.qr import qr_svg
from volunteer_hub.core.security import limiter
from volunteer_hub.core.transaction import transaction


@blueprint.route("/sign-in/second", methods=["GET", "POST"])
@access.public
@limiter.limit(FLOOD, methods=["POST"])
def second_step() -> ResponseReturnValue:
    """Ask whoever has a second factor for a code of it, or for one from paper."""
    awaited, next_path = sessions.awaited_second(), sessions.awaited_code()[1]
    form = SecondForm()
    if not form.is_submitted():
        if awaited is None:
            return redirect(url_for("accounts.sign_in"))
        return page("accounts/second_step.html", form=form)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    is_valid = form.validate()
    if awaited is None:
        form.refuse(_("登录隔得太久了，请从头登录一次。"))
    elif is_valid and _is_second_passed(form, *awaited):
        return redirect(safe_next(next_path, home()))
    return page("accounts/second_step.html", form=form), status


def _is_second_passed(form: SecondForm, person_id: int, by_code: bool) -> bool:
    """Let the browser in with a right code; wrong ones count like wrong passwords."""
    contact, now = f"second:{person_id}", clock.now()
    with transaction():
        limit = actions.begin_password_try(contact, address=address(), now=now)
    if limit is not None:
        form.blame("code", _("输错的次数太多了，请过 15 分钟再试。"))
        return False
    with transaction():
        is_right = second.pass_with(person_id, form.code.data or "", now=now)
        if is_right:
            actions.forget_password_tries(contact)
            sessions.start(person_id, by_code=by_code, has_passed=True)
    if not is_right:
        form.blame("code", _("验证码不对，或已经用过。请看手机上现在的那一个，或用纸上的备用码。"))
    return is_right


@blueprint.route("/me/second-factor", methods=["GET", "POST"])
@access.signed_in
@limiter.limit("60 per hour", methods=["POST"])
def second_factor() -> ResponseReturnValue:
    """Show how a second factor is set up, or that there is one."""
    person_id, form = current_user.person_id, SecondForm()
    if queries.has_second_factor(person_id):
        if request.method == "GET":
            left = second.codes_left(person_id)
            return page("accounts/second_done.html", form=form, left=left, codes=())
        if form.validate() and _is_second_removed(form, person_id):
            flash(_("已经取消。换了手机的，请马上重新设置。"), "info")
            return redirect(url_for("accounts.second_factor"))
        left = second.codes_left(person_id)
        answer = page("accounts/second_done.html", form=form, left=left, codes=())
        return answer, HTTPStatus.UNPROCESSABLE_ENTITY
    if request.method == "GET" or not form.validate():
        status = HTTPStatus.OK if request.method == "GET" else HTTPStatus.UNPROCESSABLE_ENTITY
        return _second_page(form), status
    with transaction():
        codes = second.confirm(person_id, form.code.data or "", now=clock.now())
        if codes is not None:
            keep = sessions.current_token_hash()
            actions.sign_out_others(person_id, keep=keep, now=clock.now())
            sessions.note_second(has_passed=True)
    if codes is None:
        form.blame("code", _("验证码不对。请看手机上现在的那一个，手机的时间要准。"))
        return _second_page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    return page("accounts/second_done.html", form=SecondForm(None), left=len(codes), codes=codes)


@blueprint.post("/me/second-factor/begin")
@access.signed_in
def begin_second_factor() -> ResponseReturnValue:
    with transaction():
        second.begin(current_user.person_id, now=clock.now())
    return redirect(url_for("accounts.second_factor"))


def _second_page(form: SecondForm) -> str:
    person = queries.person_by_id(current_user.person_id)
    secret = second.pending_secret(person.id)
    address = ""
    if secret is not None:
        account = contacts.mask(person.phone or person.email or "")
        name = current_app.config["SITE"]["name"]
        address = totp.address(secret, account=account, issuer=_(name))
    return page(
        "accounts/second_set_up.html",
        form=form,
        qr=qr_svg(address, _("用验证器扫的二维码")) if address else "",
        spelled=totp.spelled(secret) if secret is not None else "",
    )


def _is_second_removed(form: SecondForm, person_id: int) -> bool:
    contact, now = f"second:{person_id}", clock.now()
    with transaction():
        limit = actions.begin_password_try(contact, address=address(), now=now)
        is_right = limit is None and second.pass_with(person_id, form.code.data or "", now=now)
        if is_right:
            second.remove(person_id, by=person_id, now=now)
            actions.forget_password_tries(contact)
            # Other devices remember that they passed what is no more.
            actions.sign_out_others(person_id, keep=sessions.current_token_hash(), now=now)
            sessions.note_second(has_passed=False)
    if not is_right:
        form.blame("code", _("验证码不对，或已经用过。请看手机上现在的那一个，或用纸上的备用码。"))
    return is_right
