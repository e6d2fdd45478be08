from __future__ import annotations

from http import HTTPStatus

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.core import access, clock
from volunteer_hub.core.pages import page
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.recognition import rules
from volunteer_hub.recognition.actions import claims as actions
from volunteer_hub.recognition.forms import AnswerForm, SettleForm
from volunteer_hub.recognition.queries import claims as queries
from volunteer_hub.recognition.rules import ClaimState
from volunteer_hub.recognition.views.base import blueprint

PER_PAGE = 20
SHELVES = {
    "waiting": tuple(rules.TO_AGREE),
    "notice": (ClaimState.NOTICE,),
    "settled": tuple(set(ClaimState) - rules.OPEN),
}


def _scope() -> Scope:
    return organisations.scope_of(current_user.person_id)


@blueprint.get("/organise/claims")
@access.role()
def claims() -> ResponseReturnValue:
    scope = _scope()
    shelf = request.args.get("shelf", "waiting")
    states = SHELVES.get(shelf, SHELVES["waiting"])
    counts = queries.number_of_claims(scope)
    number = max(1, request.args.get("page", 1, type=int))
    count = sum(counts.get(state, 0) for state in states)
    return page(
        "recognition/claims.html",
        claims=queries.claims_of_staff(scope, states, page=number, per_page=PER_PAGE),
        shelf=shelf if shelf in SHELVES else "waiting",
        counts={
            name: sum(counts.get(state, 0) for state in those) for name, those in SHELVES.items()
        },
        number=number,
        last=max(1, -(-count // PER_PAGE)),
        page_address=lambda wanted: url_for("recognition.claims", shelf=shelf, page=wanted),
    )


@blueprint.get("/organise/claims/<int:claim_id>")
@access.role()
def show_claim(claim_id: int) -> ResponseReturnValue:
    return _claim_page(claim_id, AnswerForm())


def _claim_page(claim_id: int, form: AnswerForm, settle: SettleForm | None = None) -> str:
    claim = queries.claim_for_staff(claim_id, _scope())
    may_agree = claim.state in rules.TO_AGREE and rules.may_agree(
        current_user.person_id,
        asked_by=claim.asked_by_id,
        volunteer=claim.volunteer.person_id,
        first_by=claim.first_by_id,
    )
    return page(
        "recognition/show_claim.html",
        claim=claim,
        form=form,
        settle=settle or SettleForm(formdata=None),
        may_agree=may_agree,
        is_open=claim.state in rules.OPEN,
    )


@blueprint.post("/organise/claims/<int:claim_id>/agree")
@access.role()
def agree(claim_id: int) -> ResponseReturnValue:
    with transaction():
        claim = actions.agree(claim_id, scope=_scope(), now=clock.now())
        is_out = claim.state is ClaimState.NOTICE
    said = _("已同意，开始公示。") if is_out else _("已同意，还要一位同事复核。")
    flash(said, "good")
    return redirect(url_for("recognition.claims"))


@blueprint.post("/organise/claims/<int:claim_id>/refuse")
@access.role()
def refuse_claim(claim_id: int) -> ResponseReturnValue:
    form = AnswerForm()
    if not form.validate():
        return _claim_page(claim_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    answer = form.answer.data or ""
    with transaction():
        actions.refuse_claim(claim_id, answer, scope=_scope(), now=clock.now())
    flash(_("已退回，志愿者会看到原因。"), "good")
    return redirect(url_for("recognition.claims"))


@blueprint.post("/organise/claims/<int:claim_id>/revoke")
@access.role()
def revoke_claim(claim_id: int) -> ResponseReturnValue:
    form = AnswerForm()
    if not form.validate():
        return _claim_page(claim_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    answer = form.answer.data or ""
    with transaction():
        actions.revoke_claim(claim_id, answer, scope=_scope(), now=clock.now())
    flash(_("已冲销，台账里留有记录。"), "good")
    return redirect(url_for("recognition.show_claim", claim_id=claim_id))


@blueprint.post("/organise/objections/<int:objection_id>/settle")
@access.role()
def settle_objection(objection_id: int) -> ResponseReturnValue:
    form = SettleForm()
    claim_id = queries.claim_of_objection(objection_id, _scope())
    if form.validate():
        is_upheld = form.verdict.data == "upheld"
        with transaction():
            actions.settle_objection(
                objection_id, is_upheld=is_upheld, scope=_scope(), now=clock.now()
            )
        flash(_("已记下。"), "good")
        return redirect(url_for("recognition.show_claim", claim_id=claim_id))
    shown = _claim_page(claim_id, AnswerForm(), form)
    return shown, HTTPStatus.UNPROCESSABLE_ENTITY
