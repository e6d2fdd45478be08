"""What everybody may see of teams, joining one, asking for a new one."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.core import access, clock, once
from volunteer_hub.core.errors import DomainError, NotFoundError
from volunteer_hub.core.pages import page
from volunteer_hub.core.security import limiter
from volunteer_hub.core.tokens import read_link_token
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.regions import queries as regions
from volunteer_hub.teams import actions, queries
from volunteer_hub.teams.actions import FoundingDraft
from volunteer_hub.teams.errors import InviteOverError, WrongRankError
from volunteer_hub.teams.forms import AskForm, FoundingForm
from volunteer_hub.teams.rules import ranks_below
from volunteer_hub.teams.views.base import blueprint, refuse, today
from volunteer_hub.teams.wording import FUNCTIONS, RANKS

if TYPE_CHECKING:
    from volunteer_hub.organisations.models import Organisation


@blueprint.get("/teams")
@access.public
def show_tree() -> ResponseReturnValue:
    asked = request.args.get("q", "").strip()[:60]
    return page("teams/tree.html", twigs=queries.public_tree(asked), asked=asked, ranks=RANKS)


@blueprint.get("/teams/<int:organisation_id>")
@access.public
def show_team(organisation_id: int) -> ResponseReturnValue:
    team = queries.team_by_id(organisation_id)
    own = None
    if current_user.is_authenticated:
        own = organisations.find_membership(current_user.person_id, team.id)
    return page(
        "teams/face.html",
        team=team,
        ranks=RANKS,
        own=own,
        parent=organisations.organisations_by_id([team.parent_id or 0]).get(team.parent_id or 0),
        below=queries.teams_below(team.id),
        leaders=queries.leaders(team.id, today=today()),
        functions=FUNCTIONS,
        home=regions.path_of(team.region_id),
        may_have_below=bool(ranks_below(team.rank)),
    )


@blueprint.route("/teams/<int:organisation_id>/join", methods=["GET", "POST"])
@access.signed_in
@limiter.limit("30 per hour", methods=["POST"])
def join_team(organisation_id: int) -> ResponseReturnValue:
    team, form = queries.team_by_id(organisation_id), AskForm()
    if not form.is_submitted():
        return _join_page(team, form)
    if not form.validate():
        return _join_page(team, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with transaction():
            waiting = actions.ask_to_join(
                current_user.person_id,
                organisation_id,
                form.reason.data or "",
                now=clock.now(),
            )
            is_in = waiting is None
    except NotFoundError:
        raise
    except DomainError as error:
        refuse(form, error)
        return _join_page(team, form), error.status
    flash(joined() if is_in else _("申请已交给队长，看过后会发消息告诉您。"), "good")
    return redirect(url_for("teams.my_teams"))


def joined() -> str:
    """Return what is said to whoever has just joined a team."""
    return str(_("已加入。队长现在能看到您的名字和特长，方便安排。"))


def _join_page(team: Organisation, form: AskForm) -> str:
    return page("teams/join.html", team=team, form=form)


@blueprint.route("/teams/<int:organisation_id>/found", methods=["GET", "POST"])
@access.signed_in
@limiter.limit("20 per hour", methods=["POST"])
def found_team(organisation_id: int) -> ResponseReturnValue:
    parent, form = queries.team_by_id(organisation_id), FoundingForm()
    if not ranks_below(parent.rank):
        raise WrongRankError
    places = [regions.region(parent.region_id), *regions.children_of(parent.region_id)]
    form.offer(ranks_below(parent.rank), [(node.code, regions.path_of(node.id)) for node in places])
    if not form.is_submitted():
        form.region_code.data = form.region_code.data or places[0].code
        return _found_page(parent, form)
    if not form.validate():
        return _found_page(parent, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        location = _ask_to_found(parent.id, form)
    except NotFoundError:
        raise
    except DomainError as error:
        refuse(form, error)
        return _found_page(parent, form), error.status
    flash(_("申请已交上去，审批后会发消息告诉您。"), "good")
    return redirect(location)


def _ask_to_found(parent_id: int, form: FoundingForm) -> str:
    draft = FoundingDraft(
        parent_id=parent_id,
        rank=form.rank.data,
        name=form.name.data or "",
        region_code=form.region_code.data,
        purpose=form.purpose.data or "",
        reason=form.reason.data or "",
    )
    now, key, location = clock.now(), form.request_key.data, url_for("teams.my_teams")
    with transaction():
        if once.first_answer(key) is None:
            actions.ask_to_found(draft, by=current_user.person_id, now=now)
            once.remember(key, location, now=now)
    return location


def _found_page(parent: Organisation, form: FoundingForm) -> str:
    return page("teams/found.html", parent=parent, form=form)


@blueprint.get("/j/<token>")
@access.public
@limiter.limit("60 per minute")
def show_invite(token: str) -> ResponseReturnValue:
    link = queries.invite_by_id(_invite_id(token))
    if link.organisation.dissolved_at is not None or not actions.is_good(link, now=clock.now()):
        raise InviteOverError
    own = None
    if current_user.is_authenticated:
        own = organisations.find_membership(current_user.person_id, link.organisation_id)
    return page("teams/invited.html", team=link.organisation, token=token, link=link, own=own)


@blueprint.post("/j/<token>")
@access.signed_in
@limiter.limit("30 per hour")
def accept_invite(token: str) -> ResponseReturnValue:
    with transaction():
        actions.accept(_invite_id(token), by=current_user.person_id, now=clock.now())
    flash(joined(), "good")
    return redirect(url_for("teams.my_teams"))


def _invite_id(token: str) -> int:
    found = read_link_token(actions.INVITE, token)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return found
