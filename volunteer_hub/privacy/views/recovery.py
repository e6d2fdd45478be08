from __future__ import annotations

from http import HTTPStatus
from typing import Final

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.accounts.errors import ContactTakenError
from volunteer_hub.core import access, clock
from volunteer_hub.core.access import Role
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.pages import page
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.privacy import recovery
from volunteer_hub.privacy.errors import SecondPersonError
from volunteer_hub.privacy.forms import ContactChangeForm
from volunteer_hub.privacy.views.base import blueprint

OFFICES: Final = (Role.CITY_OFFICE, Role.COUNTY_OFFICE)


def _scope() -> Scope:
    return organisations.scope_of(current_user.person_id)


@blueprint.route("/office/contact-changes", methods=["GET", "POST"])
@access.role(*OFFICES)
def contact_changes() -> ResponseReturnValue:
    """Show who waits for another number, and take one more."""
    form = ContactChangeForm()
    status = HTTPStatus.OK
    if form.is_submitted():
        if form.validate() and _is_asked(form):
            flash(_("已提交，请另一位工作人员核实。"), "good")
            return redirect(url_for("privacy.contact_changes"))
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    changes = recovery.waiting(_scope())
    return page("privacy/contact_changes.html", form=form, changes=changes), status


def _is_asked(form: ContactChangeForm) -> bool:
    """Ask for the change, or say in the form why not."""
    try:
        with transaction():
            recovery.ask(
                form.old.typed, form.new.typed, form.reason.data or "", scope=_scope(),
                now=clock.now(), name=form.name.data or "",
            )  # fmt: skip
    except NotFoundError:
        form.blame("old", _("没有找到用这个登录、归您管的人；几个人合用的，请填本人姓名"))
    except ContactTakenError as error:
        form.blame("new", _(error.message))
    except SecondPersonError as error:
        form.blame("old", f"{_(error.message)}。{_(error.next_step)}")
    else:
        return True
    return False


@blueprint.post("/office/contact-changes/<int:change_id>/approve")
@access.role(*OFFICES)
def approve_change(change_id: int) -> ResponseReturnValue:
    with transaction():
        recovery.decide(change_id, is_good=True, scope=_scope(), now=clock.now())
    flash(_("已更换。本人用新的号码收验证码登录，原来的设备都已退出。"), "good")
    return redirect(url_for("privacy.contact_changes"))


@blueprint.post("/office/contact-changes/<int:change_id>/refuse")
@access.role(*OFFICES)
def refuse_change(change_id: int) -> ResponseReturnValue:
    with transaction():
        recovery.decide(change_id, is_good=False, scope=_scope(), now=clock.now())
    flash(_("已退回。"), "good")
    return redirect(url_for("privacy.contact_changes"))
