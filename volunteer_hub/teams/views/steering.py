"""Changing a team: its face, who runs it, links into it, dissolving it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.accounts import queries as people
from volunteer_hub.core import access, clock, once
from volunteer_hub.core.errors import DomainError, NotFoundError
from volunteer_hub.core.pages import page
from volunteer_hub.core.qr import qr_svg
from volunteer_hub.core.tokens import link_token
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.rules import Function
from volunteer_hub.teams import actions, queries
from volunteer_hub.teams.actions import FaceDraft
from volunteer_hub.teams.forms import FaceForm, FunctionForm, InviteForm, ReasonForm
from volunteer_hub.teams.views.base import blueprint, own_scope, refuse
from volunteer_hub.teams.wording import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from volunteer_hub.core.forms import Form
    from volunteer_hub.organisations.models import Organisation


def _manage(organisation_id: int) -> str:
    return url_for("teams.manage_team", organisation_id=organisation_id)


def _tried(form: Form, change: Callable[[], object]) -> HTTPStatus | None:
    """Change something; return the status of the page that says why not, or None when it is."""
    if not form.validate():
        return HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with transaction():
            change()
    except NotFoundError:
        raise
    except DomainError as error:
        refuse(form, error)
        return error.status
    return None


@blueprint.route("/organise/teams/<int:organisation_id>/edit", methods=["GET", "POST"])
@access.role()
def edit_face(organisation_id: int) -> ResponseReturnValue:
    team = queries.team_for_staff(organisation_id, own_scope())
    form = FaceForm(obj=team)
    if not form.is_submitted():
        return page("teams/edit.html", team=team, form=form)
    draft = FaceDraft(
        purpose=form.purpose.data or "",
        how_to_join=form.how_to_join.data or "",
        contact_phone=form.contact_phone.data or "",
        is_open=bool(form.is_open.data),
    )
    by, now = current_user.person_id, clock.now()
    status = _tried(form, lambda: actions.edit_face(organisation_id, draft, by=by, now=now))
    if status is not None:
        return page("teams/edit.html", team=team, form=form), status
    flash(_("已保存。"), "good")
    return redirect(_manage(organisation_id))


def _member_page(team: Organisation, person_id: int, form: Form, **more: Any) -> str:  # noqa: ANN401
    """Return a page about one member; they must be one."""
    membership = organisations.find_membership(person_id, team.id)
    if membership is None:
        raise NotFoundError
    return page(
        "teams/member.html",
        team=team,
        person=people.person_by_id(person_id),
        membership=membership,
        form=form,
        functions=FUNCTIONS,
        is_own=person_id == current_user.person_id,
        **more,
    )


@blueprint.route(
    "/organise/teams/<int:organisation_id>/members/<int:person_id>", methods=["GET", "POST"]
)
@access.role()
def name_function(organisation_id: int, person_id: int) -> ResponseReturnValue:
    scope = own_scope()
    team = queries.team_for_staff(organisation_id, scope)
    form = FunctionForm()
    above = queries.is_above(team, scope)
    form.offer(Function if above else (Function.DEPUTY, Function.MEMBER))
    if not form.is_submitted():
        membership = organisations.find_membership(person_id, organisation_id)
        form.function.data = str(membership.function) if membership else None
        return _member_page(team, person_id, form, removing=False)
    by, now = scope.person_id, clock.now()
    status = _tried(
        form,
        lambda: actions.name_function(
            organisation_id, person_id, Function(form.function.data), by=by, now=now
        ),
    )
    if status is not None:
        return _member_page(team, person_id, form, removing=False), status
    flash(_("已改好，本人会收到消息。"), "good")
    return redirect(_manage(organisation_id))


@blueprint.route(
    "/organise/teams/<int:organisation_id>/members/<int:person_id>/remove",
    methods=["GET", "POST"],
)
@access.role()
def remove_member(organisation_id: int, person_id: int) -> ResponseReturnValue:
    team, form = queries.team_for_staff(organisation_id, own_scope()), ReasonForm()
    if not form.is_submitted():
        return _member_page(team, person_id, form, removing=True)
    by, now = current_user.person_id, clock.now()
    status = _tried(
        form,
        lambda: actions.remove_member(
            organisation_id, person_id, form.reason.data or "", by=by, now=now
        ),
    )
    if status is not None:
        return _member_page(team, person_id, form, removing=True), status
    flash(_("已移出，本人会收到消息。服务记录不受影响。"), "good")
    return redirect(_manage(organisation_id))


@blueprint.route("/organise/teams/<int:organisation_id>/dissolve", methods=["GET", "POST"])
@access.role()
def dissolve(organisation_id: int) -> ResponseReturnValue:
    scope = own_scope()
    team, form = queries.team_for_staff(organisation_id, scope), ReasonForm()
    if team.rank is None or not queries.is_above(team, scope):
        raise NotFoundError
    if not form.is_submitted():
        return page("teams/dissolve.html", team=team, form=form)
    by, now = scope.person_id, clock.now()
    reason = form.reason.data or ""
    status = _tried(form, lambda: actions.dissolve(organisation_id, reason, by=by, now=now))
    if status is not None:
        return page("teams/dissolve.html", team=team, form=form), status
    flash(_("已解散，队员会收到消息。活动和服务记录都留着。"), "good")
    return redirect(url_for("teams.organise_teams"))


@blueprint.route("/organise/teams/<int:organisation_id>/invite", methods=["GET", "POST"])
@access.role()
def invite(organisation_id: int) -> ResponseReturnValue:
    team, form = queries.team_for_staff(organisation_id, own_scope()), InviteForm()
    if not form.is_submitted():
        return page("teams/invite.html", team=team, form=form)
    made: list[str] = []
    status = _tried(form, lambda: made.append(_make_invite(organisation_id, form)))
    if status is not None:
        return page("teams/invite.html", team=team, form=form), status
    return redirect(made[0])


def _make_invite(organisation_id: int, form: InviteForm) -> str:
    """Make a link once, however often the button is pressed; return where it is shown."""
    key, now = form.request_key.data, clock.now()
    location = once.first_answer(key)
    if location is not None:
        return location
    link = actions.invite(
        organisation_id,
        days=int(form.days.data),
        most_uses=form.most_uses.data or 1,
        by=current_user.person_id,
        now=now,
    )
    location = url_for("teams.show_invite_code", invite_id=link.id)
    once.remember(key, location, now=now)
    return location


@blueprint.get("/organise/teams/invites/<int:invite_id>")
@access.role()
def show_invite_code(invite_id: int) -> ResponseReturnValue:
    link = queries.invite_for_staff(invite_id, own_scope())
    address = current_app.config["PUBLIC_URL"] + url_for(
        "teams.show_invite", token=link_token(actions.INVITE, link.id)
    )
    return page(
        "teams/invite_code.html",
        link=link,
        team=link.organisation,
        address=address,
        svg=qr_svg(address),
        is_good=actions.is_good(link, now=clock.now()),
    )


@blueprint.post("/organise/teams/invites/<int:invite_id>/revoke")
@access.role()
def revoke_invite(invite_id: int) -> ResponseReturnValue:
    with transaction():
        link = actions.revoke(invite_id, by=current_user.person_id, now=clock.now())
        organisation_id = link.organisation_id
    flash(_("链接已收回，不能再用它加入。"), "good")
    return redirect(_manage(organisation_id))
