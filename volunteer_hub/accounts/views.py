from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.accounts import actions, passwords, queries, rules, second, sessions, totp
from volunteer_hub.accounts.forms import (
    CodeForm,
    CodeRequestForm,
    DemoSignInForm,
    NewPasswordForm,
    PasswordSignInForm,
    SecondForm,
)
from volunteer_hub.accounts.rules import CodeVerdict, Limit
from volunteer_hub.core import access, clock
from volunteer_hub.core.access import Role
from volunteer_hub.core.pages import page, safe_next
from volunteer_hub.core.qr import qr_svg
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
    return _go_on(form.next.data) if is_let_in else _refuse_password(form)


def _go_on(next_path: str | None) -> ResponseReturnValue:
    """Lead on whoever was let in, by way of their second factor when they have one."""
    if sessions.awaited_second() is not None:
        sessions.remember_next(next_path or "")
        return redirect(url_for("accounts.second_step"))
    return redirect(safe_next(next_path, _home()))


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
            return _go_on(next_path)
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


@blueprint.route("/sign-in/second", methods=["GET", "POST"])
@access.public
@limiter.limit(_FLOOD, methods=["POST"])
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
        return redirect(safe_next(next_path, _home()))
    return page("accounts/second_step.html", form=form), status


def _is_second_passed(form: SecondForm, person_id: int, by_code: bool) -> bool:
    """Let the browser in with a right code; wrong ones count like wrong passwords."""
    contact, now = f"second:{person_id}", clock.now()
    with transaction():
        limit = actions.begin_password_try(contact, address=_address(), now=now)
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
        account, site = _masked(person.phone or person.email or ""), current_app.config["SITE"]
        name = site["name"]
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
        limit = actions.begin_password_try(contact, address=_address(), now=now)
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
