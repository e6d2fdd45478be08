from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.core import access, clock
from volunteer_hub.core.access import Role
from volunteer_hub.core.errors import DomainError, NotFoundError
from volunteer_hub.core.formats import local
from volunteer_hub.core.pages import page
from volunteer_hub.core.security import limiter
from volunteer_hub.core.text import N_
from volunteer_hub.core.transaction import short_write, transaction
from volunteer_hub.credentials import actions, queries, rules
from volunteer_hub.credentials.forms import ClaimForm, RejectForm, VerifyForm
from volunteer_hub.credentials.rules import Standing
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.volunteers import queries as volunteers

if TYPE_CHECKING:
    from volunteer_hub.credentials.models import Credential
    from volunteer_hub.volunteers.models import Volunteer

blueprint = Blueprint("credentials", __name__)
VERIFIERS: Final = (Role.CITY_OFFICE, Role.COUNTY_OFFICE, Role.ORGANISER)
TAGS: Final[Mapping[Standing, tuple[str, str]]] = {
    Standing.WAITING: (N_("等待核验"), "warn"),
    Standing.HOLDS: (N_("有效"), "good"),
    Standing.EXPIRING: (N_("快到期了"), "warn"),
    Standing.EXPIRED: (N_("已过期"), "bad"),
    Standing.REJECTED: (N_("没有通过"), "bad"),
}


def _today() -> date:
    return local(clock.now()).date()


def _shown(credential: Credential) -> dict[str, Any]:
    """Return a credential as pages show it: its number masked."""
    standing = rules.standing(credential.state, credential.expires_on, today=_today())
    return {
        "row": credential,
        "number": rules.masked(credential.number),
        "tag": TAGS[standing],
        "has_scan": credential.scan_type is not None,
    }


def card(volunteer: Volunteer) -> dict[str, Any]:
    """Return what the page of a volunteer shows of their credentials."""
    return {"credentials": [_shown(each) for each in queries.credentials_of(volunteer.id)]}


@blueprint.route("/me/credentials", methods=["GET", "POST"])
@access.role(Role.VOLUNTEER)
@limiter.limit("20 per minute; 100 per hour", methods=["POST"])
def my_credentials() -> ResponseReturnValue:
    form = ClaimForm(today=_today())
    person_id = current_user.person_id
    status = HTTPStatus.OK
    if form.is_submitted():
        if form.validate() and _is_claimed(form, person_id):
            flash(_("已登记。核验通过后，需要这个证件的岗位就能报名了。"), "good")
            return redirect(url_for("credentials.my_credentials"))
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    volunteer = volunteers.volunteer_of(person_id)
    found = [_shown(each) for each in queries.credentials_of(volunteer.id)]
    return page("credentials/mine.html", form=form, credentials=found), status


def _is_claimed(form: ClaimForm, person_id: int) -> bool:
    """Keep the credential, or say in the form why not."""
    try:
        with transaction():
            actions.claim(person_id, form.draft(), now=clock.now())
    except DomainError as error:
        form.refuse(f"{_(error.message)}。{_(error.next_step)}")
        return False
    return True


@blueprint.post("/me/credentials/<int:credential_id>/remove")
@access.role(Role.VOLUNTEER)
def remove(credential_id: int) -> ResponseReturnValue:
    try:
        with transaction():
            actions.remove(credential_id, current_user.person_id, now=clock.now())
    except NotFoundError:  # the button was tapped twice
        return redirect(url_for("credentials.my_credentials"))
    flash(_("已删除，编号和照片都不再保存。"), "good")
    return redirect(url_for("credentials.my_credentials"))


@blueprint.get("/me/credentials/<int:credential_id>/scan")
@access.role(Role.VOLUNTEER)
def my_scan(credential_id: int) -> ResponseReturnValue:
    return _scan(queries.own_credential(credential_id, current_user.person_id))


def _scan(credential: Credential) -> Response:
    content, kind = credential.scan, credential.scan_type
    if content is None or kind is None:
        abort(HTTPStatus.NOT_FOUND)
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = "inline"
    # Nothing in it may run or load anything, whatever it is.
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _scope() -> Scope:
    return organisations.scope_of(current_user.person_id)


@blueprint.get("/organise/credentials")
@access.role(*VERIFIERS)
def waiting() -> ResponseReturnValue:
    found = queries.waiting(_scope(), page=request.args.get("page", 1, type=int))
    return page(
        "credentials/waiting.html",
        found=found,
        credentials=[_shown(each) for each in found.credentials],
        page_address=lambda number: url_for("credentials.waiting", page=number),
    )


@blueprint.route("/organise/credentials/<int:credential_id>", methods=["GET", "POST"])
@access.role(*VERIFIERS)
def judge(credential_id: int) -> ResponseReturnValue:
    scope = _scope()
    credential = queries.credential_for_staff(credential_id, scope)
    form = VerifyForm(today=_today(), data=_values(credential))
    if not form.is_submitted():
        return _judge_page(credential, form)
    if not form.validate():
        return _judge_page(credential, form), HTTPStatus.UNPROCESSABLE_ENTITY
    with transaction():
        actions.verify(credential_id, form.expires.data, scope=scope, now=clock.now())
    flash(_("已核验通过，本人会收到通知。"), "good")
    return redirect(url_for("credentials.waiting"))


def _values(credential: Credential) -> dict[str, Any]:
    return {"expires": credential.expires_on, "is_for_ever": False}


def _judge_page(
    credential: Credential,
    form: VerifyForm,
    rejecting: RejectForm | None = None,
    number: str = "",
) -> str:
    return page(
        "credentials/judge.html",
        credential=credential,
        shown=_shown(credential),
        number=number,
        others=queries.others_with_number(credential),
        form=form,
        rejecting=rejecting or RejectForm(prefix="no-"),
        longest=rules.longest_for(credential.kind_code, today=_today()),
        is_own=credential.volunteer.person_id == current_user.person_id,
    )


@blueprint.route("/organise/credentials/<int:credential_id>/reject", methods=["GET", "POST"])
@access.role(*VERIFIERS)
def reject(credential_id: int) -> ResponseReturnValue:
    address = url_for("credentials.judge", credential_id=credential_id)
    if request.method == "GET":  # the answer was opened again
        return redirect(address)
    scope, form = _scope(), RejectForm(prefix="no-")
    credential = queries.credential_for_staff(credential_id, scope)
    if not form.validate():
        verifying = VerifyForm(formdata=None, today=_today(), data=_values(credential))
        return _judge_page(credential, verifying, form), HTTPStatus.UNPROCESSABLE_ENTITY
    with transaction():
        actions.reject(credential_id, form.reason.data or "", scope=scope, now=clock.now())
    flash(_("已退回，本人会收到原因。"), "good")
    return redirect(url_for("credentials.waiting"))


@blueprint.route("/organise/credentials/<int:credential_id>/number", methods=["GET", "POST"])
@access.role(*VERIFIERS)
def show_number(credential_id: int) -> ResponseReturnValue:
    if request.method == "GET":  # the answer was opened again
        return redirect(url_for("credentials.judge", credential_id=credential_id))
    scope = _scope()
    with transaction():
        number = actions.show_number(credential_id, scope=scope, now=clock.now())
    credential = queries.credential_for_staff(credential_id, scope)
    form = VerifyForm(formdata=None, today=_today(), data=_values(credential))
    return _judge_page(credential, form, number=number)


@blueprint.get("/organise/credentials/<int:credential_id>/scan")
@access.role(*VERIFIERS)
def scan(credential_id: int) -> ResponseReturnValue:
    scope = _scope()
    answer = _scan(queries.credential_for_staff(credential_id, scope))
    with short_write():
        actions.note_scan_seen(
            credential_id, by=current_user.person_id, scope=scope, now=clock.now()
        )
    return answer
