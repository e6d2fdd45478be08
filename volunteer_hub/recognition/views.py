from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.core import access, clock
from volunteer_hub.core.pages import page
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import queries as events
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.recognition import actions, queries, rules, wording
from volunteer_hub.recognition.errors import WrongAnswerError
from volunteer_hub.recognition.forms import ConfirmForm, confirm_form
from volunteer_hub.volunteers import queries as volunteers

blueprint = Blueprint("recognition", __name__)
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
