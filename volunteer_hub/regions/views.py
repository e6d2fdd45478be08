from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.core import access, clock, once
from volunteer_hub.core.access import Role
from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.pages import page, safe_next
from volunteer_hub.core.problems import wants_json
from volunteer_hub.core.security import limiter
from volunteer_hub.core.transaction import transaction
from volunteer_hub.regions import actions, queries, remoteness
from volunteer_hub.regions.errors import VenueExistsError
from volunteer_hub.regions.forms import (
    CHOICES_SHOWN,
    Choice,
    RemoteForm,
    VenueFilterForm,
    VenueForm,
    mark_value,
    pin_of,
    region_choices,
    venue_choices,
)
from volunteer_hub.regions.geography import map_address
from volunteer_hub.regions.tree import DEPTH, Node

blueprint = Blueprint("regions", __name__)
SEARCHES_A_MINUTE = "120 per minute"


@blueprint.get("/regions")
@access.public
def browse() -> ResponseReturnValue:
    return page(
        "regions/browse.html", node=None, crumbs=[], children=queries.counties(), remote_form=None
    )


@blueprint.get("/regions/<code>")
@access.public
def show_region(code: str) -> ResponseReturnValue:
    node = queries.region_by_code(code)
    may_mark = node.level == "township" and Role.CITY_OFFICE in access.roles()
    form = RemoteForm(formdata=None, is_remote=mark_value(remoteness.mark_of(node)))
    return _region(node, form if may_mark else None)


def _region(node: Node, form: RemoteForm | None) -> str:
    above = queries.tree().line(node)[1:-1]
    crumbs = [(it.short_name, url_for("regions.show_region", code=it.code)) for it in above]
    return page(
        "regions/browse.html",
        node=node,
        crumbs=[(_("全市"), url_for("regions.browse")), *crumbs],
        children=queries.children_of(node.id),
        remote_form=form,
        is_remote=form is not None and remoteness.is_remote(node.id),
    )


@blueprint.post("/office/regions/<code>/remote")
@access.role(Role.CITY_OFFICE)
def mark_remote(code: str) -> ResponseReturnValue:
    form = RemoteForm()
    if not form.validate():
        return _region(queries.region_by_code(code), form), 422
    with transaction():
        remoteness.mark(code, form.mark(), by=current_user.person_id, now=clock.now())
    flash(_("已保存，从现在起按这个排"), "good")
    return redirect(url_for("regions.show_region", code=code))


@blueprint.get("/regions/search")
@access.public
@limiter.limit(SEARCHES_A_MINUTE)
def search() -> ResponseReturnValue:
    text = _typed()
    asked = request.args.get("levels", "").split(",")
    levels = [level for level in asked if level in DEPTH] or None
    nodes = queries.search_regions(text, limit=CHOICES_SHOWN, levels=levels)
    return _found(text, region_choices(nodes))


@blueprint.get("/organise/venues/search")
@access.role()
@limiter.limit(SEARCHES_A_MINUTE)
def search_venues() -> ResponseReturnValue:
    text = _typed()
    if not _wants_choices():
        return redirect(url_for("regions.organise_venues", q=text))
    return _found(text, venue_choices(text) if text else [])


def _typed() -> str:
    """Return what was typed: ``q``, or the form field that asks for its own choices."""
    own = request.args.get(request.args.get("field", ""), "")
    return (request.args.get("q") or own).strip()[:60]


def _wants_choices() -> bool:
    return wants_json() or request.headers.get("HX-Request") == "true"


def _found(text: str, choices: list[Choice]) -> ResponseReturnValue:
    if wants_json():
        found = [{"value": it.value, "name": it.title, "note": it.note} for it in choices]
        return jsonify(query=text, choices=found)
    return page(
        "regions/search.html",
        fragment="regions/_choices.html",
        text=text,
        choices=choices,
        field_name=request.args.get("field", "region")[:60],
        chosen=None,
    )


@blueprint.get("/organise/venues")
@access.role()
def organise_venues() -> ResponseReturnValue:
    form = VenueFilterForm(request.args)
    county = next((it for it in queries.counties() if str(it.id) == form.county.data), None)
    found = queries.venues(
        (form.q.data or "")[:60],
        within=county.id if county else None,
        type_code=form.type_code.data or None,
        with_closed=form.with_closed.data,
        page=request.args.get("page", 1, type=int),
    )
    asked: dict[str, Any] = {
        field.name: request.args[field.name] for field in form if request.args.get(field.name)
    }

    def address_of_page(number: int) -> str:
        return url_for("regions.organise_venues", page=number, **asked)

    return page(
        "regions/venues.html",
        form=form,
        found=found,
        is_filtered=bool(asked),
        address_of_page=address_of_page,
    )


@blueprint.route("/organise/venues/new", methods=["GET", "POST"])
@access.role()
def new_venue() -> ResponseReturnValue:
    form = VenueForm(data={"name": request.args.get("name", "")[:80]})
    if form.validate_on_submit():
        try:
            return redirect(_add(form))
        except VenueExistsError as error:
            form.blame("name", _sentence(error))
    return page("regions/venue_form.html", form=form, venue=None), _status(form)


def _add(form: VenueForm) -> str:
    """Add the venue once, however often the button is pressed, and return where to go."""
    key, now = form.request_key.data, clock.now()
    with transaction():
        location = once.first_answer(key)
        if location is None:
            venue = actions.add_venue(form.draft(), by=current_user.person_id, now=now)
            location = _after_adding(venue.id)
            once.remember(key, location, now=now)
    flash(_("已添加阵地"), "good")
    return location


def _after_adding(venue_id: int) -> str:
    """Return the page of the venue, or the page that needed it, which is told its id."""
    back = safe_next(request.args.get("next"), "")
    if not back:
        return url_for("regions.show_venue", venue_id=venue_id)
    return f"{back}{'&' if '?' in back else '?'}venue={venue_id}"


@blueprint.get("/organise/venues/<int:venue_id>")
@access.role()
def show_venue(venue_id: int) -> ResponseReturnValue:
    venue = queries.venue_by_id(venue_id)
    place = queries.place_of_venue(venue)
    pin = place if place and not place.is_approximate else None
    address = map_address(venue.name, pin.lat, pin.lng) if pin else None
    return page("regions/venue.html", venue=venue, map_address=address)


@blueprint.route("/organise/venues/<int:venue_id>/edit", methods=["GET", "POST"])
@access.role()
def edit_venue(venue_id: int) -> ResponseReturnValue:
    venue = queries.venue_by_id(venue_id)
    form = VenueForm(obj=venue, data=pin_of(venue))
    if form.validate_on_submit():
        try:
            with transaction():
                actions.change_venue(
                    venue_id, form.draft(), by=current_user.person_id, now=clock.now()
                )
        except VenueExistsError as error:
            form.blame("name", _sentence(error))
        else:
            flash(_("已保存阵地"), "good")
            return redirect(url_for("regions.show_venue", venue_id=venue_id))
    return page("regions/venue_form.html", form=form, venue=venue), _status(form)


def _status(form: VenueForm) -> int:
    return 422 if form.is_submitted() else 200


def _sentence(error: DomainError) -> str:
    return f"{_(error.message)}。{_(error.next_step)}"
