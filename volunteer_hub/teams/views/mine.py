"""The teams one belongs to: the roll, one's own number on it, going elsewhere, leaving."""

from __future__ import annotations

from http import HTTPStatus

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.core import access, clock
from volunteer_hub.core.errors import DomainError, NotFoundError
from volunteer_hub.core.i18n import language
from volunteer_hub.core.pages import page
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.teams import actions, queries
from volunteer_hub.teams.forms import JoinTeamForm, ShowPhoneForm, TransferForm
from volunteer_hub.teams.views.base import blueprint, page_number, refuse, today
from volunteer_hub.teams.views.public import joined
from volunteer_hub.teams.wording import ENDINGS, FUNCTIONS


def _offer(form: JoinTeamForm) -> None:
    teams = queries.teams_to_join(current_user.person_id)
    form.offer((team.id, team.shown_name(language())) for team in teams)


@blueprint.route("/me/teams", methods=["GET", "POST"])
@access.signed_in
def my_teams() -> ResponseReturnValue:
    form = JoinTeamForm()
    _offer(form)
    if not form.is_submitted():
        return _teams_page(form)
    if not form.validate():
        return _teams_page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    chosen = int(form.organisation_id.data)
    if not queries.team_by_id(chosen).is_open:  # there one says something to its leader
        return redirect(url_for("teams.join_team", organisation_id=chosen))
    with transaction():
        actions.ask_to_join(current_user.person_id, chosen, "", now=clock.now())
    flash(joined(), "good")
    return redirect(url_for("teams.my_teams"))


def _teams_page(form: JoinTeamForm) -> str:
    person_id = current_user.person_id
    return page(
        "teams/mine.html",
        form=form,
        memberships=organisations.memberships_of(person_id),
        requests=queries.requests_of(person_id),
        foundings=queries.foundings_of(person_id),
        past=queries.past_of(person_id),
        functions=FUNCTIONS,
        endings=ENDINGS,
    )


@blueprint.post("/me/teams/<int:organisation_id>/leave")
@access.signed_in
def leave_team(organisation_id: int) -> ResponseReturnValue:
    with transaction():
        actions.leave_team(current_user.person_id, organisation_id, now=clock.now())
    flash(_("已退出。这里的队长不再看到您。"), "good")
    return redirect(url_for("teams.my_teams"))


@blueprint.get("/me/teams/<int:organisation_id>")
@access.signed_in
def my_team(organisation_id: int) -> ResponseReturnValue:
    own = organisations.find_membership(current_user.person_id, organisation_id)
    if own is None:
        raise NotFoundError
    return page(
        "teams/roll.html",
        team=queries.team_by_id(organisation_id),
        own=own,
        form=ShowPhoneForm(shows=own.shows_phone),
        roll=queries.roll(organisation_id, today=today(), page=page_number()),
        functions=FUNCTIONS,
        page_address=lambda number: url_for(
            "teams.my_team", organisation_id=organisation_id, page=number
        ),
    )


@blueprint.post("/me/teams/<int:organisation_id>/phone")
@access.signed_in
def show_phone(organisation_id: int) -> ResponseReturnValue:
    form = ShowPhoneForm()
    with transaction():
        actions.show_phone(
            current_user.person_id, organisation_id, shows=bool(form.shows.data), now=clock.now()
        )
    said = _("队友现在看得到您的电话。") if form.shows.data else _("队友看不到您的电话。")
    flash(said, "good")
    return redirect(url_for("teams.my_team", organisation_id=organisation_id))


@blueprint.route("/me/teams/<int:organisation_id>/transfer", methods=["GET", "POST"])
@access.signed_in
def transfer(organisation_id: int) -> ResponseReturnValue:
    person_id, form = current_user.person_id, TransferForm()
    if organisations.find_membership(person_id, organisation_id) is None:
        raise NotFoundError
    _offer(form)
    if not form.is_submitted():
        return _transfer_page(organisation_id, form)
    if not form.validate():
        return _transfer_page(organisation_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with transaction():
            actions.ask_to_join(
                person_id,
                int(form.organisation_id.data),
                form.reason.data or "",
                leaving=organisation_id,
                now=clock.now(),
            )
    except NotFoundError:
        raise
    except DomainError as error:
        refuse(form, error)
        return _transfer_page(organisation_id, form), error.status
    flash(_("申请已交给那边的队长。同意以前，您还在原来的队。"), "good")
    return redirect(url_for("teams.my_teams"))


def _transfer_page(organisation_id: int, form: TransferForm) -> str:
    team = queries.team_by_id(organisation_id)
    return page("teams/transfer.html", team=team, form=form)


@blueprint.post("/me/teams/requests/<int:request_id>/withdraw")
@access.signed_in
def withdraw_request(request_id: int) -> ResponseReturnValue:
    with transaction():
        actions.withdraw_request(request_id, by=current_user.person_id, now=clock.now())
    flash(_("申请已撤回。"), "good")
    return redirect(url_for("teams.my_teams"))


@blueprint.post("/me/teams/foundings/<int:founding_id>/withdraw")
@access.signed_in
def withdraw_founding(founding_id: int) -> ResponseReturnValue:
    with transaction():
        actions.withdraw_founding(founding_id, by=current_user.person_id, now=clock.now())
    flash(_("申请已撤回。"), "good")
    return redirect(url_for("teams.my_teams"))
