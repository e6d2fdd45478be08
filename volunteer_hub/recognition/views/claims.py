from __future__ import annotations

from http import HTTPStatus

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.core import access, clock
from volunteer_hub.core.access import Role
from volunteer_hub.core.errors import DomainError, NotFoundError
from volunteer_hub.core.once import first_answer, remember
from volunteer_hub.core.pages import page
from volunteer_hub.core.transaction import transaction
from volunteer_hub.recognition import rules
from volunteer_hub.recognition.actions import claims as actions
from volunteer_hub.recognition.errors import ClaimThereError, NoticeOverError, WrongClaimError
from volunteer_hub.recognition.forms import ClaimForm, ObjectionForm
from volunteer_hub.recognition.queries import claims as queries
from volunteer_hub.recognition.views.base import blueprint
from volunteer_hub.volunteers import queries as volunteers

PER_PAGE = 20


@blueprint.get("/me/claims")
@access.role(Role.VOLUNTEER)
def my_claims() -> ResponseReturnValue:
    volunteer = volunteers.volunteer_of(current_user.person_id)
    return page(
        "recognition/my_claims.html",
        claims=queries.claims_of_volunteer(volunteer.id),
        person_id=current_user.person_id,
        open_states=rules.OPEN,
    )


@blueprint.route("/me/claims/new", methods=["GET", "POST"])
@access.role(Role.VOLUNTEER)
def claim() -> ResponseReturnValue:
    volunteer, now = volunteers.volunteer_of(current_user.person_id), clock.now()
    form = ClaimForm.opened(queries.events_to_claim(volunteer, now=now))
    if not form.is_submitted():
        return page("recognition/claim.html", form=form)
    if form.validate():
        try:
            return redirect(_filed(form))
        except WrongClaimError as error:
            form.blame("ends_at", _(error.why))
        except (ClaimThereError, NotFoundError) as error:
            form.refuse(_(error.message))
    return page("recognition/claim.html", form=form), HTTPStatus.UNPROCESSABLE_ENTITY


def _filed(form: ClaimForm) -> str:
    now, key = clock.now(), form.request_key.data
    with transaction():
        earlier = first_answer(key)
        if earlier is None:
            volunteer = volunteers.volunteer_of(current_user.person_id)
            actions.file_claim(int(form.event.data), form.draft(), volunteer, now=now)
            earlier = url_for("recognition.my_claims")
            remember(key, earlier, now=now)
    flash(_("已提交。复核、公示以后才会记入。"), "good")
    return earlier


@blueprint.post("/me/claims/<int:claim_id>/withdraw")
@access.signed_in
def withdraw_claim(claim_id: int) -> ResponseReturnValue:
    with transaction():
        actions.withdraw_claim(claim_id, person_id=current_user.person_id, now=clock.now())
    flash(_("已撤回。"), "good")
    return redirect(url_for("recognition.my_claims"))


@blueprint.get("/notices/hours")
@access.signed_in
def notice() -> ResponseReturnValue:
    number, now = max(1, request.args.get("page", 1, type=int)), clock.now()
    count = queries.number_in_notice(now=now)
    return page(
        "recognition/notice.html",
        claims=queries.claims_in_notice(now=now, page=number, per_page=PER_PAGE),
        number=number,
        last=max(1, -(-count // PER_PAGE)),
        page_address=lambda wanted: url_for("recognition.notice", page=wanted),
    )


@blueprint.route("/notices/hours/<int:claim_id>", methods=["GET", "POST"])
@access.signed_in
def object_to(claim_id: int) -> ResponseReturnValue:
    form, now = ObjectionForm(), clock.now()
    claim = queries.claim_in_notice(claim_id, now=now)
    if not form.is_submitted():
        return page("recognition/object.html", form=form, claim=claim)
    if form.validate():
        try:
            with transaction():
                actions.object_to(
                    claim_id, form.text.data or "", person_id=current_user.person_id, now=now
                )
        except NoticeOverError as error:
            return _refused(form, claim_id, error)
        flash(_("异议已收到，核实以前不会记入。"), "good")
        return redirect(url_for("recognition.notice"))
    shown = page("recognition/object.html", form=form, claim=claim)
    return shown, HTTPStatus.UNPROCESSABLE_ENTITY


def _refused(form: ObjectionForm, claim_id: int, error: DomainError) -> ResponseReturnValue:
    form.refuse(f"{_(error.message)}。{_(error.next_step)}")
    claim = queries.find_claim(claim_id)
    if claim is None:
        abort(HTTPStatus.NOT_FOUND)
    return page("recognition/object.html", form=form, claim=claim), error.status
