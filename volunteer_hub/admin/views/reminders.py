"""Which reminders go before the shifts of which events."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.admin import wording
from volunteer_hub.admin.forms import RemindersForm
from volunteer_hub.admin.views.base import blueprint
from volunteer_hub.assignments import actions, queries
from volunteer_hub.assignments.queries import FOR_ALL
from volunteer_hub.core import access, clock
from volunteer_hub.core.access import Role
from volunteer_hub.core.i18n import language
from volunteer_hub.core.transaction import transaction
from volunteer_hub.programmes import queries as programmes

ALL_IN_ADDRESS = "all"


@dataclass(frozen=True, slots=True)
class PlanLine:
    """The reminders of one campaign as the page shows them."""

    name: str
    address: str
    steps: list[str]
    is_own: bool


@blueprint.get("/reminders")
@access.role(Role.CITY_OFFICE)
def reminders() -> ResponseReturnValue:
    plans = queries.reminder_plans()
    usual = PlanLine(
        name=_("其余的活动"),
        address=url_for("admin.edit_reminders", campaign=ALL_IN_ADDRESS),
        steps=wording.steps_in_words(plans.usual),
        is_own=True,
    )
    lines = [
        PlanLine(
            name=each.name(language()),
            address=url_for("admin.edit_reminders", campaign=each.code),
            steps=wording.steps_in_words(plans.of(each.id)),
            is_own=each.code in plans.own,
        )
        for each in programmes.campaigns()
    ]
    return render_template("admin/reminders.html", lines=[usual, *lines])


@blueprint.route("/reminders/<campaign>", methods=["GET", "POST"])
@access.role(Role.CITY_OFFICE)
def edit_reminders(campaign: str) -> ResponseReturnValue:
    plans, code, name = queries.reminder_plans(), FOR_ALL, _("其余的活动")
    steps = plans.usual
    if campaign != ALL_IN_ADDRESS:
        found = programmes.campaign_by_code(campaign)
        code, name, steps = found.code, found.name(language()), plans.of(found.id)
    form = RemindersForm.lines(steps)()
    if form.is_submitted() and form.validate():
        gives_up = request.form.get("usual") == "1"
        with transaction():
            actions.plan_reminders(
                code,
                None if gives_up else form.steps(),
                by=current_user.person_id,
                now=clock.now(),
            )
        flash(_("已保存，从下一次提醒起按新的时间发。"), "success")
        return redirect(url_for("admin.reminders"))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
    return render_template(
        "admin/edit_reminders.html", form=form, name=name, is_own=code in plans.own
    ), status
