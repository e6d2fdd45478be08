from __future__ import annotations

from http import HTTPStatus

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.accounts import actions, contacts, passwords, queries, sessions
from volunteer_hub.accounts.forms import (
    CodeForm,
    CodeRequestForm,
    DemoSignInForm,
    PasswordSignInForm,
)
from volunteer_hub.accounts.rules import CodeVerdict, Limit
from volunteer_hub.accounts.views.base import (
    FLOOD,
    address,
    blueprint,
    go_on,
    home,
    is_code_right,
)
from volunteer_hub.core import access, clock
from volunteer_hub.core.pages import page
from volunteer_hub.core.security import limiter
from volunteer_hub.core.transaction import transaction


def _sign_in_page(
    form: PasswordSignInForm | CodeRequestForm, status: HTTPStatus = HTTPStatus.OK
) -> ResponseReturnValue:
    way = "password" if isinstance(form, PasswordSignInForm) else "code"
    demo_people = queries.demo_people()
    return page("accounts/sign_in.html", form=form, way=way, demo_people=demo_people), status


@blueprint.route("/sign-in", methods=["GET", "POST"])
@access.public
@limiter.limit(FLOOD, methods=["POST"])
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
        limit = actions.begin_password_try(contact, address=address(), now=now)
    if limit is not None:
        form.refuse(_("密码输错的次数太多了。请过 15 分钟再试，或改用验证码登录。"))
        return _sign_in_page(form, HTTPStatus.TOO_MANY_REQUESTS)
    person = queries.find_with_password(contact)
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
    return go_on(form.next.data) if is_let_in else _refuse_password(form)


def _refuse_password(form: PasswordSignInForm) -> ResponseReturnValue:
    form.refuse(_("手机号（邮箱）或密码不对。没有设过密码的，请用验证码登录。"))
    return _sign_in_page(form, HTTPStatus.UNPROCESSABLE_ENTITY)


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@access.public
@limiter.limit(FLOOD, methods=["POST"])
def request_code() -> ResponseReturnValue:
    if request.method == "GET":  # the page after an error was opened again
        return redirect(url_for("accounts.sign_in"))
    form = CodeRequestForm()
    if not form.validate():
        return _sign_in_page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    contact = form.contact.typed
    with transaction():
        limit = actions.send_code(contact, address=address(), now=clock.now())
    if limit is Limit.TOO_MANY:
        form.refuse(_("验证码要得太多了。请过一个小时再试，或用密码登录。"))
        return _sign_in_page(form, HTTPStatus.TOO_MANY_REQUESTS)
    if limit is Limit.TOO_SOON:
        flash(_("一分钟内只发一次验证码，请填写刚才收到的那一个。"), "info")
    sessions.await_code(contact, form.next.data)
    return redirect(url_for("accounts.enter_code"))


@blueprint.route("/sign-in/code/enter", methods=["GET", "POST"])
@access.public
@limiter.limit(FLOOD, methods=["POST"])
def enter_code() -> ResponseReturnValue:
    awaited, next_path = sessions.awaited_code()
    form = CodeForm()
    if awaited is not None:
        del form.contact
    status = HTTPStatus.OK
    if form.is_submitted():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.validate() and _is_right(form, awaited or form.contact.typed):
            if sessions.proven_contact() is not None:
                return redirect(url_for("accounts.choose"))
            return go_on(next_path)
    sent_to = contacts.mask(awaited) if awaited else ""
    return page(
        "accounts/enter_code.html", form=form, contact=awaited, sent_to=sent_to, next=next_path
    ), status


def _is_right(form: CodeForm, contact: str) -> bool:
    """Sign the browser in with a right code, or note whose it is; say in the form why not."""
    use = actions.prove_contact if sessions.asks_who() else actions.use_code
    with transaction():
        result = use(contact, form.code.data or "", now=clock.now())
        if result.person_id is not None:
            sessions.start(result.person_id, by_code=True)
        elif result.verdict is CodeVerdict.RIGHT:
            sessions.note_proven(contact)
    return is_code_right(form, result)


@blueprint.post("/demo-sign-in")
@access.public
@limiter.limit(FLOOD)
def demo_sign_in() -> ResponseReturnValue:
    form = DemoSignInForm()
    with transaction():
        person = queries.demo_person(form.role.data or "")
        actions.note_demo_sign_in(person.person_id, now=clock.now())
        sessions.start(person.person_id)
    flash(_("您现在以演示身份“%(name)s”登录，可以随意试用。", name=person.name), "info")
    return redirect(home())


@blueprint.post("/sign-out")
@access.public
def sign_out() -> ResponseReturnValue:
    if not current_user.is_authenticated:  # from a page that was open when the session ended
        return redirect(url_for("pages.front"))
    with transaction():
        sessions.end(current_user.token)
    flash(_("您已退出登录。"), "good")
    return redirect(url_for("pages.front"))
