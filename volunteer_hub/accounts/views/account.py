from __future__ import annotations

from http import HTTPStatus

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.accounts import actions, passwords, queries, rules, sessions
from volunteer_hub.accounts.forms import NewPasswordForm
from volunteer_hub.accounts.views.base import address, blueprint
from volunteer_hub.core import access, clock
from volunteer_hub.core.pages import page
from volunteer_hub.core.transaction import transaction


@blueprint.route("/me/account", methods=["GET", "POST"])
@access.signed_in
def me() -> ResponseReturnValue:
    person = queries.person_by_id(current_user.person_id)
    form = NewPasswordForm()
    if person.password_hash is None or sessions.is_fresh_by_code():
        del form.current
    status = HTTPStatus.OK
    if form.is_submitted():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.validate() and _is_password_changed(form):
            flash(_("密码已更新，其他设备已退出登录。"), "good")
            return redirect(url_for("accounts.me"))
        person = queries.person_by_id(current_user.person_id)
    now = clock.now()
    return page(
        "accounts/me.html",
        form=form,
        person=person,
        shares_phone=queries.shares_phone(person),
        devices=queries.live_sessions(person.id, now=now),
        this_device=sessions.current_token_hash(),
        device_names=rules.DEVICE_NAMES,
    ), status


def _is_password_changed(form: NewPasswordForm) -> bool:
    """Set the new password, or say in the form why not."""
    person = queries.person_by_id(current_user.person_id)
    own = rules.known_words(person.name, person.pinyin, person.phone, person.email)
    problem = rules.password_problem(form.password.typed, own=own)
    if problem is not None:
        form.blame("password", _(problem.value))
        return False
    if queries.is_password_taken(person):
        form.blame("password", _("合用这个号码的人里已经有一位设了密码。请用验证码登录。"))
        return False
    if "current" in form and not _is_current(form, person.password_hash):
        return False
    password_hash = passwords.make_hash(form.password.typed)
    with transaction():
        actions.set_password(
            current_user.person_id,
            password_hash,
            by=current_user.person_id,
            keep=sessions.current_token_hash(),
            now=clock.now(),
        )
    return True


def _is_current(form: NewPasswordForm, kept: str | None) -> bool:
    """Tell whether the password before is right; wrong ones count like wrong sign-ins."""
    contact = f"person:{current_user.person_id}"
    with transaction():
        limit = actions.begin_password_try(contact, address=address(), now=clock.now())
    if limit is not None:
        form.blame("current", _("原密码输错的次数太多了，请过 15 分钟再试，或退出后用验证码登录。"))
        return False
    if not passwords.is_right(form.current.typed, kept):
        form.blame("current", _("原密码不对。忘记了的话，请退出后用验证码登录，再来设置新密码。"))
        return False
    return True


@blueprint.post("/me/account/sign-out-others")
@access.signed_in
def sign_out_others() -> ResponseReturnValue:
    with transaction():
        count = actions.sign_out_others(
            current_user.person_id, keep=sessions.current_token_hash(), now=clock.now()
        )
    flash(_("已在 %(count)s 台设备上退出登录。", count=count), "good")
    return redirect(url_for("accounts.me"))
