from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.accounts import actions, passwords, queries, rules, sessions
from volunteer_hub.accounts.forms import (
    CodeForm,
    CodeRequestForm,
    DemoSignInForm,
    NewPasswordForm,
    PasswordSignInForm,
)
from volunteer_hub.accounts.rules import CodeVerdict, Limit
from volunteer_hub.core import access, clock
from volunteer_hub.core.access import Role
from volunteer_hub.core.pages import page, safe_next
from volunteer_hub.core.security import limiter
from volunteer_hub.core.transaction import transaction

blueprint = Blueprint("accounts", __name__)

_FLOOD = "60 per minute"  # per network address, before anything is read; a hall shares one


def _address() -> str:
    return request.remote_addr or "unknown"


def _home() -> str:
    """Return where whoever is signed in now belongs."""
    roles = access.roles()
    if roles & access.STAFF:
        return url_for("pages.organiser_home")
    return url_for("assignments.my_events" if Role.VOLUNTEER in roles else "accounts.me")


def _sign_in_page(
    form: PasswordSignInForm | CodeRequestForm, status: HTTPStatus = HTTPStatus.OK
) -> ResponseReturnValue:
    way = "password" if isinstance(form, PasswordSignInForm) else "code"
    demo_people = queries.demo_people()
    return page("accounts/sign_in.html", form=form, way=way, demo_people=demo_people), status


@blueprint.route("/sign-in", methods=["GET", "POST"])
@access.public
@limiter.limit(_FLOOD, methods=["POST"])
def sign_in() -> ResponseReturnValue:
    asked = {"next": request.args.get("next", "")}
    if request.method == "GET" and request.args.get("way") != "password":
        return _sign_in_page(CodeRequestForm(data=asked))
    form = PasswordSignInForm(data=asked)
    if not form.is_submitted():
        return _sign_in_page(form)
    if not form.validate():
        return _sign_in_page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _sign_in_with_password(form)


def _sign_in_with_password(form: PasswordSignInForm) -> ResponseReturnValue:
    contact, now = form.contact.typed, clock.now()
    with transaction():
        limit = actions.begin_password_try(contact, address=_address(), now=now)
    if limit is not None:
        form.refuse(_("密码输错的次数太多了。请过 15 分钟再试，或改用验证码登录。"))
        return _sign_in_page(form, HTTPStatus.TOO_MANY_REQUESTS)
    person = queries.find_person(contact)
    person_id, kept = (person.id, person.password_hash) if person else (0, None)
    if not passwords.is_right(form.password.typed, kept) or kept is None:
        return _refuse_password(form)
    renewed = passwords.renewed(form.password.typed, kept)
    with transaction():
        is_let_in = actions.accept_password(
            person_id, contact, checked=kept, renewed=renewed, now=now
        )
        if is_let_in:
            sessions.start(person_id)
    return redirect(safe_next(form.next.data, _home())) if is_let_in else _refuse_password(form)


def _refuse_password(form: PasswordSignInForm) -> ResponseReturnValue:
    form.refuse(_("手机号（邮箱）或密码不对。没有设过密码的，请用验证码登录。"))
    return _sign_in_page(form, HTTPStatus.UNPROCESSABLE_ENTITY)


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@access.public
@limiter.limit(_FLOOD, methods=["POST"])
def request_code() -> ResponseReturnValue:
    if request.method == "GET":  # the page after an error was opened again
        return redirect(url_for("accounts.sign_in"))
    form = CodeRequestForm()
    if not form.validate():
        return _sign_in_page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    contact = form.contact.typed
    with transaction():
        limit = actions.send_code(contact, address=_address(), now=clock.now())
    if limit is Limit.TOO_MANY:
        form.refuse(_("验证码要得太多了。请过一个小时再试，或用密码登录。"))
        return _sign_in_page(form, HTTPStatus.TOO_MANY_REQUESTS)
    if limit is Limit.TOO_SOON:
        flash(_("一分钟内只发一次验证码，请填写刚才收到的那一个。"), "info")
    sessions.await_code(contact, form.next.data)
    return redirect(url_for("accounts.enter_code"))


@blueprint.route("/sign-in/code/enter", methods=["GET", "POST"])
@access.public
@limiter.limit(_FLOOD, methods=["POST"])
def enter_code() -> ResponseReturnValue:
    awaited, next_path = sessions.awaited_code()
    form = CodeForm()
    if awaited is not None:
        del form.contact
    status = HTTPStatus.OK
    if form.is_submitted():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.validate() and _is_let_in(form, awaited or form.contact.typed):
            return redirect(safe_next(next_path, _home()))
    sent_to = _masked(awaited) if awaited else ""
    return page(
        "accounts/enter_code.html", form=form, contact=awaited, sent_to=sent_to, next=next_path
    ), status


def _is_let_in(form: CodeForm, contact: str) -> bool:
    """Sign the browser in with a right code; say in the form why not with another."""
    with transaction():
        result = actions.use_code(contact, form.code.data or "", now=clock.now())
        if result.person_id is not None:
            sessions.start(result.person_id, by_code=True)
    if result.verdict is CodeVerdict.WRONG:
        form.blame("code", _("验证码不对，还可以再试 %(count)s 次", count=result.tries_left))
    elif result.verdict is CodeVerdict.SPENT:
        form.blame("code", _("这个验证码已经失效，请重新获取一个"))
    return result.person_id is not None


def _masked(contact: str) -> str:
    if rules.is_email(contact):
        return rules.mask_email(contact)
    return f"{contact[:3]}****{contact[-4:]}"


@blueprint.post("/demo-sign-in")
@access.public
@limiter.limit(_FLOOD)
def demo_sign_in() -> ResponseReturnValue:
    form = DemoSignInForm()
    with transaction():
        person = queries.demo_person(form.role.data or "")
        actions.note_demo_sign_in(person.person_id, now=clock.now())
        sessions.start(person.person_id)
    flash(_("您现在以演示身份“%(name)s”登录，可以随意试用。", name=person.name), "info")
    return redirect(_home())


@blueprint.post("/sign-out")
@access.public
def sign_out() -> ResponseReturnValue:
    if not current_user.is_authenticated:  # from a page that was open when the session ended
        return redirect(url_for("pages.front"))
    with transaction():
        sessions.end(current_user.token)
    flash(_("您已退出登录。"), "good")
    return redirect(url_for("pages.front"))


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
        limit = actions.begin_password_try(contact, address=_address(), now=clock.now())
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
