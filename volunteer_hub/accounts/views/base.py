from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from volunteer_hub.accounts import sessions
from volunteer_hub.accounts.actions import CodeResult
from volunteer_hub.accounts.rules import CodeVerdict
from volunteer_hub.core import access
from volunteer_hub.core.access import Role
from volunteer_hub.core.forms import Form
from volunteer_hub.core.pages import safe_next

blueprint = Blueprint("accounts", __name__)

FLOOD: Final = "60 per minute"  # per network address, before anything is read; a hall shares one


def address() -> str:
    """Return the network address that asks."""
    return request.remote_addr or "unknown"


def home() -> str:
    """Return where whoever is signed in now belongs."""
    roles = access.roles()
    if roles & access.STAFF:
        return url_for("pages.organiser_home")
    return url_for("assignments.my_events" if Role.VOLUNTEER in roles else "accounts.me")


def go_on(next_path: str | None) -> ResponseReturnValue:
    """Lead on whoever was let in, by way of their second factor when they have one."""
    if sessions.awaited_second() is not None:
        sessions.remember_next(next_path or "")
        return redirect(url_for("accounts.second_step"))
    return redirect(safe_next(next_path, home()))


def is_code_right(form: Form, result: CodeResult) -> bool:
    """Tell whether a code was right; say in the form's field for it what is wrong with another."""
    if result.verdict is CodeVerdict.WRONG:
        form.blame("code", _("验证码不对，还可以再试 %(count)s 次", count=result.tries_left))
    elif result.verdict is CodeVerdict.SPENT:
        form.blame("code", _("这个验证码已经失效，请重新获取一个"))
    return result.verdict is CodeVerdict.RIGHT
