from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.core import access, clock
from volunteer_hub.core.access import Role
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.pages import page
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import queries as events
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.recognition import (
    actions,
    appeals,
    queries,
    reliability,
    rules,
    training,
    wording,
)
from volunteer_hub.recognition.errors import WrongAnswerError
from volunteer_hub.recognition.forms import AppealForm, ConfirmForm, TrainingForm, confirm_form
from volunteer_hub.recognition.views.base import blueprint
from volunteer_hub.volunteers import queries as volunteers

if TYPE_CHECKING:
    from volunteer_hub.volunteers.models import Volunteer

PER_PAGE = 20


@blueprint.route("/organise/events/<int:event_id>/confirm", methods=["GET", "POST"])
@access.role()
def confirm(event_id: int) -> ResponseReturnValue:
    scope = organisations.scope_of(current_user.person_id)
    event = events.event_for_staff(event_id, scope)
    served = queries.served_at(event)
    form = confirm_form(served)
    status = 200
    if form.is_submitted():
        if form.validate() and _confirmed(event_id, form, scope):
            flash(_("服务时长已确认，志愿者会收到通知。"), "good")
            return redirect(url_for("pages.organise_event", event_id=event_id))
        status = 422
    shown = page(
        "recognition/confirm.html",
        event=event,
        served=served,
        form=form,
        records=queries.records_of_event(event_id),
        has_ended=clock.now() >= event.ends_at,
        presence=rules.Presence,
    )
    return shown, status


def _confirmed(event_id: int, form: ConfirmForm, scope: organisations.Scope) -> bool:
    try:
        with transaction():
            actions.confirm_hours(event_id, form.draft(), scope=scope, now=clock.now())
    except WrongAnswerError as error:
        row = form[f"row-{error.assignment_id}"].form
        row.answer.errors = [_(error.why)]
        form.refuse(_(error.message))
        return False
    return True


@blueprint.get("/me/record")
@access.signed_in
def my_record() -> ResponseReturnValue:
    volunteer = volunteers.find_volunteer_of(current_user.person_id)
    if volunteer is None:
        return page("recognition/no_record.html")
    number = max(1, request.args.get("page", 1, type=int))
    totals = queries.totals_of(volunteer.id)
    return page(
        "recognition/my_record.html",
        volunteer=volunteer,
        totals=totals,
        this_year=queries.totals_of(volunteer.id, since=queries.last_year(clock.now())),
        records=queries.records_of_volunteer(volunteer.id, page=number, per_page=PER_PAGE),
        number=number,
        last=max(1, -(-totals.shown // PER_PAGE)),
        explain=wording.explain,
        today=clock.now(),
        page_address=lambda wanted: url_for("recognition.my_record", page=wanted),
    )


def card(volunteer: Volunteer) -> Mapping[str, Any]:
    """Return how a volunteer kept their word, for those whose business their papers are."""
    return _kept_word(volunteer.id, organisations.scope_of(current_user.person_id))


def _kept_word(volunteer_id: int, scope: organisations.Scope | None = None) -> Mapping[str, Any]:
    found = appeals.counted_of([volunteer_id], now=clock.now(), scope=scope)
    counted = found.get(volunteer_id, [])
    return {
        "counted": counted,
        "kept": reliability.reliability(each.outcome for each in counted),
        "labels": reliability.LABELS,
        "tones": reliability.TONES,
        "formula": reliability.FORMULA,
    }


@blueprint.get("/me/reliability")
@access.role(Role.VOLUNTEER)
def my_reliability() -> ResponseReturnValue:
    volunteer = volunteers.volunteer_of(current_user.person_id)
    return page("recognition/my_reliability.html", card=_kept_word(volunteer.id))


@blueprint.route("/me/reliability/<int:assignment_id>", methods=["GET", "POST"])
@access.role(Role.VOLUNTEER)
def appeal(assignment_id: int) -> ResponseReturnValue:
    volunteer = volunteers.volunteer_of(current_user.person_id)
    rows = appeals.counted_of([volunteer.id], now=clock.now()).get(volunteer.id, [])
    row = next((each for each in rows if each.assignment_id == assignment_id), None)
    if row is None:
        raise NotFoundError
    form = AppealForm()
    if form.is_submitted() and form.validate():
        with transaction():
            appeals.appeal(
                current_user.person_id, assignment_id, form.text.data or "", now=clock.now()
            )
        flash(_("已交给另一位负责人来看，有结果就告诉您。"), "good")
        return redirect(url_for("recognition.my_reliability"))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
    return page("recognition/appeal.html", form=form, row=row, labels=reliability.LABELS), status


@blueprint.get("/organise/appeals")
@access.role()
def show_appeals() -> ResponseReturnValue:
    scope = organisations.scope_of(current_user.person_id)
    return page("recognition/appeals.html", appeals=appeals.waiting(scope))


@blueprint.post("/organise/appeals/<int:appeal_id>/agree")
@access.role()
def agree_to_appeal(appeal_id: int) -> ResponseReturnValue:
    return _decide(appeal_id, is_right=True)


@blueprint.post("/organise/appeals/<int:appeal_id>/refuse")
@access.role()
def refuse_appeal(appeal_id: int) -> ResponseReturnValue:
    return _decide(appeal_id, is_right=False)


def _decide(appeal_id: int, *, is_right: bool) -> ResponseReturnValue:
    scope = organisations.scope_of(current_user.person_id)
    with transaction():
        appeals.decide(appeal_id, is_right=is_right, scope=scope, now=clock.now())
    flash(_("已记下，本人会收到通知。"), "good")
    return redirect(url_for("recognition.show_appeals"))


@blueprint.route("/organise/events/<int:event_id>/training", methods=["GET", "POST"])
@access.role()
def plan_training(event_id: int) -> ResponseReturnValue:
    scope = organisations.scope_of(current_user.person_id)
    event = events.event_for_staff(event_id, scope, with_posts=False)
    found = training.training_of(event_id)
    known = {"kind": found.kind_code, "months": found.months} if found else {}
    form = TrainingForm(data=known)
    if form.is_submitted() and form.validate():
        with transaction():
            training.plan(
                event_id, form.kind.data or "", form.months.data or 0, scope=scope, now=clock.now()
            )
        flash(_("已存好。确认时长以后，到场的人就有这个证。"), "good")
        return redirect(url_for("pages.organise_event", event_id=event_id))
    shown = page(
        "recognition/training.html",
        form=form,
        event=event,
        training=found,
        is_confirmed=event.status == "confirmed",
        holders=training.holders(event_id, found.kind_code) if found else [],
    )
    return shown, HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK


@blueprint.post("/organise/events/<int:event_id>/training/<int:credential_id>/take-back")
@access.role()
def take_back_credential(event_id: int, credential_id: int) -> ResponseReturnValue:
    scope = organisations.scope_of(current_user.person_id)
    with transaction():
        training.take_back(event_id, credential_id, scope=scope, now=clock.now())
    flash(_("已收回。"), "good")
    return redirect(url_for("recognition.plan_training", event_id=event_id))
