"""What a person follows, and what there is of it now."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs

from volunteer_hub.assignments import actions, digests, queries
from volunteer_hub.assignments.forms import FollowForm
from volunteer_hub.assignments.views import shown
from volunteer_hub.assignments.views.base import blueprint
from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core import access, clock
from volunteer_hub.core.i18n import language
from volunteer_hub.core.transaction import transaction
from volunteer_hub.programmes import queries as programmes
from volunteer_hub.regions import queries as regions

if TYPE_CHECKING:
    from volunteer_hub.assignments.queries import Wish
    from volunteer_hub.volunteers.models import Volunteer

ON_PAGE = 10


@blueprint.route("/me/follow", methods=["GET", "POST"])
@access.signed_in
def follow() -> ResponseReturnValue:
    person_id = current_user.person_id
    volunteer, wishes = queries.follower(person_id)
    form = FollowForm(data=_by_kind(wishes))
    groups = _offer(form)
    if request.method == "POST" and form.validate():
        with transaction():
            actions.follow(person_id, form.wishes(), now=clock.now())
        flash(_("已保存。每周三晚上，有合适的才写给您。"), "success")
        return redirect(url_for("assignments.follow"))
    page = render_template(
        "assignments/follow.html",
        form=form,
        groups=groups,
        chosen={
            each: set(form[each].data or ()) for each in ("campaign", "team", "skill", "place")
        },
        has_wishes=bool(wishes),
        is_volunteer=volunteer is not None,
        is_paused=volunteer is not None and shown.is_resting(volunteer, now=clock.now()),
        **_shown_now(volunteer, wishes),
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return page, status


def _shown_now(volunteer: Volunteer | None, wishes: set[Wish]) -> dict[str, list[Any]]:
    """Return what there is now: posts for a volunteer, events for everybody else."""
    now = clock.now()
    is_resting = volunteer is not None and shown.is_resting(volunteer, now=now)
    if not wishes or request.method != "GET" or is_resting:
        return {"suggestions": [], "events": []}
    if volunteer is None:
        found = digests.events_for(wishes, digests.coming(now=now), limit=ON_PAGE)
        return {"suggestions": [], "events": [(each, shown.place_of(each)) for each in found]}
    posts = digests.open_posts(besides_those_of=volunteer.id, now=now)
    fitting = digests.fitting(volunteer, wishes, posts, limit=ON_PAGE, now=now)
    return {"suggestions": [shown.suggested(each) for each in fitting], "events": []}


def _by_kind(wishes: set[Wish]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for kind, code in sorted(wishes):
        found.setdefault(kind.value, []).append(code)
    return found


def _offer(form: FollowForm) -> dict[str, list[tuple[str, list[str]]]]:
    """Fill the lists to choose from; return skills and places in groups, by code."""
    form.campaign.choices = [
        SelectChoice(each.code, each.name(language())) for each in programmes.campaigns()
    ]
    skills = catalogue.skill_choices(language())
    form.skill.choices = [SelectChoice(*each) for of in skills.values() for each in of.items()]
    places = {
        county: {node.code: node.short_name for node in nodes}
        for county, nodes in regions.townships_by_county().items()
    }
    teams = queries.teams()
    form.team.choices = [SelectChoice(*each) for each in teams.items()]
    form.place.choices = [SelectChoice(*each) for of in places.values() for each in of.items()]
    return {
        "skill": [(group, list(of)) for group, of in skills.items()],
        "place": [(county, list(of)) for county, of in places.items()],
        "team": [(_("选单位和服务队"), list(teams))],
    }
