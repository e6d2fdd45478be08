"""The people desk: volunteers found, tagged, noted down, and kept filters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.core import access, clock
from volunteer_hub.core.formats import local
from volunteer_hub.core.pages import page
from volunteer_hub.core.transaction import transaction
from volunteer_hub.people import actions, queries
from volunteer_hub.people.forms import FilterNameForm, MarkForm
from volunteer_hub.people.rules.marks import LONGEST_NOTE, LONGEST_TAG, MarkKind
from volunteer_hub.people.views.asked import Asked, asked_for
from volunteer_hub.people.views.base import KEEPERS, blueprint, own_scope
from volunteer_hub.regions import queries as regions
from volunteer_hub.volunteers import queries as volunteers
from volunteer_hub.volunteers import rules

if TYPE_CHECKING:
    from volunteer_hub.volunteers.models import Volunteer


@blueprint.get("/organise/volunteers")
@access.role()
def desk() -> ResponseReturnValue:
    return _desk_page(asked_for(request.args), FilterNameForm(formdata=None))


def _desk_page(
    asked: Asked, naming: FilterNameForm, status: HTTPStatus = HTTPStatus.OK
) -> ResponseReturnValue:
    scope = own_scope()
    may_keep = may_keep_records()
    found = queries.desk_page(scope, asked.wanted, asked.tag, request.args.get("page", 1, type=int))
    if may_keep:
        asked.offer_tags(queries.tags_in_use(scope))
    ids = [one.id for one in found.volunteers]
    shown = page(
        "people/desk.html",
        form=asked.form,
        naming=naming,
        asked=asked.values,
        found=found,
        is_of_teams_only=scope.is_of_teams_only,
        homes={one.home_region_id: regions.path_of(one.home_region_id) for one in found.volunteers},
        tags=queries.tags_of(ids, scope) if may_keep else {},
        minors=_minors(found.volunteers),
        resting=_resting(found.volunteers),
        may_keep=may_keep,
        filters=queries.saved_filters(scope.person_id) if may_keep else [],
        page_address=lambda number: url_for("people.desk", page=number, **asked.values),
    )
    return shown, status


def may_keep_records() -> bool:
    """Tell whether whoever is signed in keeps records of people, and does not only lead a team."""
    return bool(access.roles() & set(KEEPERS))


def _minors(found: Iterable[Volunteer]) -> set[int]:
    """Return the ids of those who are under age today."""
    today = local(clock.now()).date()
    return {
        one.id
        for one in found
        if rules.age_group(today, one.birth_year, one.birth_month) is not rules.AgeGroup.ADULT
    }


def _resting(found: Iterable[Volunteer]) -> set[int]:
    """Return the ids of those who take a break today."""
    today = local(clock.now()).date()
    return {one.id for one in found if volunteers.bearing_of(one).rests_on(today)}


@blueprint.route("/organise/volunteers/filters", methods=["GET", "POST"])
@access.role(*KEEPERS)
def save_filter() -> ResponseReturnValue:
    asked, form = asked_for(request.form), FilterNameForm()
    if request.method == "GET":  # the answer was opened again
        return redirect(url_for("people.desk"))
    if not form.validate():
        return _desk_page(asked, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    with transaction():
        actions.save_filter(current_user.person_id, form.name.data or "", asked.values)
    flash(_("已存好，下次点一下就能找到。"), "good")
    return redirect(url_for("people.desk", **asked.values))


@blueprint.post("/organise/volunteers/filters/<int:filter_id>/drop")
@access.role(*KEEPERS)
def drop_filter(filter_id: int) -> ResponseReturnValue:
    with transaction():
        actions.drop_filter(filter_id, current_user.person_id)
    flash(_("已删掉。"), "good")
    return redirect(url_for("people.desk"))


def card(volunteer: Volunteer) -> Mapping[str, Any]:
    """Return what the page of one volunteer says of tags and notes, to those who keep records."""
    may_keep = may_keep_records()
    marks = queries.marks_of(volunteer.id, own_scope()) if may_keep else []
    return {
        "may_keep": may_keep,
        "tags": [each for each in marks if each.kind is MarkKind.TAG],
        "notes": [each for each in marks if each.kind is MarkKind.NOTE],
        "form": MarkForm(formdata=None),
    }


@blueprint.route("/organise/volunteers/<int:volunteer_id>/tags", methods=["GET", "POST"])
@access.role(*KEEPERS)
def add_tag(volunteer_id: int) -> ResponseReturnValue:
    return _mark(volunteer_id, MarkKind.TAG, LONGEST_TAG)


@blueprint.route("/organise/volunteers/<int:volunteer_id>/notes", methods=["GET", "POST"])
@access.role(*KEEPERS)
def add_note(volunteer_id: int) -> ResponseReturnValue:
    return _mark(volunteer_id, MarkKind.NOTE, LONGEST_NOTE)


def _mark(volunteer_id: int, kind: MarkKind, most: int) -> ResponseReturnValue:
    """Put a tag or note to a volunteer, or ask again what it says."""
    scope = own_scope()
    volunteer = volunteers.volunteer_for_staff(volunteer_id, scope)
    back = url_for("volunteers.show_volunteer", volunteer_id=volunteer_id)
    form = MarkForm()
    form.limit(most)
    if form.is_submitted() and form.validate():
        with transaction():
            text = " ".join((form.text.data or "").split()) if kind is MarkKind.TAG else ""
            actions.mark(
                volunteer_id, kind, text or form.text.data or "", scope=scope, now=clock.now()
            )
        return redirect(back)
    shown = page("people/mark.html", form=form, kind=kind, name=volunteer.person.name, back=back)
    return shown, HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK


@blueprint.post("/organise/marks/<int:mark_id>/remove")
@access.role(*KEEPERS)
def remove_mark(mark_id: int) -> ResponseReturnValue:
    with transaction():
        volunteer_id = actions.unmark(mark_id, scope=own_scope(), now=clock.now())
    return redirect(url_for("volunteers.show_volunteer", volunteer_id=volunteer_id))
