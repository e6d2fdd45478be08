"""The teams one answers for: the tree, what waits to be answered, who runs them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.core import access, clock
from volunteer_hub.core.errors import DomainError, NotFoundError
from volunteer_hub.core.pages import page
from volunteer_hub.core.transaction import transaction
from volunteer_hub.regions import queries as regions
from volunteer_hub.teams import actions, queries
from volunteer_hub.teams.forms import AnswerForm
from volunteer_hub.teams.rules import RequestState
from volunteer_hub.teams.views.base import blueprint, own_scope, page_number, refuse, today
from volunteer_hub.teams.wording import FUNCTIONS, RANKS, STATES

if TYPE_CHECKING:
    from volunteer_hub.teams.models import TeamFounding, TeamRequest


@blueprint.get("/organise/teams")
@access.role()
def organise_teams() -> ResponseReturnValue:
    scope = own_scope()
    return page(
        "teams/organise.html",
        twigs=queries.tree_for_staff(scope),
        requests=queries.waiting_requests(scope),
        foundings=queries.waiting_foundings(scope),
        ranks=RANKS,
    )


@blueprint.get("/organise/teams/<int:organisation_id>")
@access.role()
def manage_team(organisation_id: int) -> ResponseReturnValue:
    scope = own_scope()
    team = queries.team_for_staff(organisation_id, scope)
    return page(
        "teams/manage.html",
        team=team,
        home=regions.path_of(team.region_id),
        ranks=RANKS,
        functions=FUNCTIONS,
        roll=queries.roll(team.id, today=today(), page=page_number()),
        below=queries.teams_below(team.id),
        invites=queries.invites_of(team.id),
        now=clock.now(),
        own_id=scope.person_id,
        may_dissolve=team.rank is not None and queries.is_above(team, scope),
        page_address=lambda number: url_for(
            "teams.manage_team", organisation_id=organisation_id, page=number
        ),
    )


@blueprint.route("/organise/teams/requests/<int:request_id>", methods=["GET", "POST"])
@access.role()
def answer_request(request_id: int) -> ResponseReturnValue:
    asked, form = queries.request_for_staff(request_id, own_scope()), AnswerForm()
    if not form.is_submitted():
        return _request_page(asked, form)
    if not form.validate():
        return _request_page(asked, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with transaction():
            actions.answer_request(
                request_id,
                form.answer.data or "",
                accepts=request.form.get("accepts") == "yes",
                by=current_user.person_id,
                now=clock.now(),
            )
    except NotFoundError:
        raise
    except DomainError as error:
        refuse(form, error)
        return _request_page(queries.request_for_staff(request_id, own_scope()), form), error.status
    flash(_("已答复，申请人会收到消息。"), "good")
    return redirect(url_for("teams.organise_teams"))


def _request_page(asked: TeamRequest, form: AnswerForm) -> str:
    return page(
        "teams/answer.html",
        asked=asked,
        form=form,
        is_own=asked.person_id == current_user.person_id,
        is_waiting=asked.state is RequestState.WAITING,
        states=STATES,
    )


@blueprint.route("/organise/teams/foundings/<int:founding_id>", methods=["GET", "POST"])
@access.role()
def answer_founding(founding_id: int) -> ResponseReturnValue:
    asked, form = queries.founding_for_staff(founding_id, own_scope()), AnswerForm()
    if not form.is_submitted():
        return _founding_page(asked, form)
    if not form.validate():
        return _founding_page(asked, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with transaction():
            actions.answer_founding(
                founding_id,
                form.answer.data or "",
                accepts=request.form.get("accepts") == "yes",
                by=current_user.person_id,
                now=clock.now(),
            )
    except NotFoundError:
        raise
    except DomainError as error:
        refuse(form, error)
        asked = queries.founding_for_staff(founding_id, own_scope())
        return _founding_page(asked, form), error.status
    flash(_("已答复，申请人会收到消息。"), "good")
    return redirect(url_for("teams.organise_teams"))


def _founding_page(asked: TeamFounding, form: AnswerForm) -> str:
    return page(
        "teams/answer_founding.html",
        asked=asked,
        form=form,
        home=regions.path_of(asked.region_id),
        ranks=RANKS,
        is_own=asked.person_id == current_user.person_id,
        is_waiting=asked.state is RequestState.WAITING,
        states=STATES,
    )
