from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.core import access, clock, once
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.formats import span_of
from volunteer_hub.core.forms import Form
from volunteer_hub.core.pages import page
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.resources import actions, queries, rules, wording
from volunteer_hub.resources.errors import HinderedError, NotSharedError, UnsoundResourceError
from volunteer_hub.resources.forms import BookForm, ResourceForm
from volunteer_hub.resources.rules import Kind, Span, Standing

blueprint = Blueprint("resources", __name__, url_prefix="/organise/resources")


@dataclass(frozen=True, slots=True)
class Line:
    """One resource in the list."""

    id: int
    name: str
    icon: str
    note: str
    tag: tuple[str, str]


A_MOMENT: Final = timedelta(minutes=1)


def own_scope() -> Scope:
    """Return what whoever makes this request may manage."""
    return organisations.scope_of(current_user.person_id)


@blueprint.get("")
@access.role()
def resource_list() -> ResponseReturnValue:
    kind = _kind(request.args.get("kind"))
    found = queries.resources(kind, with_retired=True)
    now = clock.now()
    at_once = Span(now, now + A_MOMENT)
    busy = queries.busy_around([each.id for each in found], at_once)
    lines = []
    for each in found:
        facts = queries.facts_of(each)
        standing, _in_the_way = rules.standing(facts, at_once, busy)
        note = " · ".join(filter(None, (each.organisation.name, wording.facts_in_words(facts))))
        lines.append(
            Line(each.id, each.name, wording.KIND_ICONS[each.kind], note, _now_tag(standing))
        )
    add_address = (
        url_for("resources.new_resource", kind=kind) if kind else url_for("resources.choose_kind")
    )
    tabs = [(_("全部"), url_for("resources.resource_list"), kind is None)]
    tabs += [
        (_(words), url_for("resources.resource_list", kind=each.value), each is kind)
        for each, words in wording.KIND_WORDS.items()
    ]
    return page("resources/list.html", lines=lines, tabs=tabs, add_address=add_address)


def _kind(text: str | None) -> Kind | None:
    return Kind(text) if text in set(Kind) else None


def _now_tag(standing: Standing) -> tuple[str, str]:
    if standing is Standing.TAKEN:
        return str(_("正在使用")), "strong"
    return wording.standing_tag(standing)


@blueprint.get("/<int:resource_id>")
@access.role()
def show_resource(resource_id: int) -> ResponseReturnValue:
    resource, now = queries.resource_by_id(resource_id), clock.now()
    scope = own_scope()
    facts = queries.facts_of(resource)
    rows = queries.bookings_from(now, [resource_id])
    at_once = Span(now, now + A_MOMENT)
    standing, _in_the_way = rules.standing(facts, at_once, [queries.busy_of(row) for row in rows])
    is_own = resource.organisation_id in queries.own_organisation_ids(scope)
    return page(
        "resources/show.html",
        resource=resource,
        kind_label=_(wording.KIND_WORDS[resource.kind]),
        tag=_now_tag(standing),
        bookings=[
            (
                row.id,
                row.title,
                span_of(row.busy_from, row.busy_until),
                _(wording.PURPOSE_WORDS[row.purpose]),
                row.event_id,
                is_own or row.booked_by_id == scope.person_id,
            )
            for row in rows
        ],
        is_own=is_own,
        can_book=is_own or resource.is_shared,
    )


@blueprint.get("/new")
@access.role()
def choose_kind() -> ResponseReturnValue:
    choices = [
        (_(words), url_for("resources.new_resource", kind=each), wording.KIND_ICONS[each])
        for each, words in wording.KIND_WORDS.items()
    ]
    return page("resources/choose_kind.html", choices=choices)


@blueprint.route("/new/<kind>", methods=["GET", "POST"])
@access.role()
def new_resource(kind: str) -> ResponseReturnValue:
    wanted = _kind(kind)
    if wanted is None:
        raise NotFoundError
    scope, form = own_scope(), ResourceForm()
    form.offer(wanted, scope)
    if form.validate_on_submit():
        location = _kept(form, lambda: _add(form, wanted, scope))
        if location is not None:
            flash(_("已添加"), "good")
            return redirect(location)
    shown = page(
        "resources/form.html", form=form, resource=None, title=_(wording.KIND_WORDS[wanted])
    )
    return shown, _status(form)


def _add(form: ResourceForm, kind: Kind, scope: Scope) -> str:
    key, now = form.request_key.data, clock.now()
    location = once.first_answer(key)
    if location is None:
        resource = actions.add_resource(form.draft(kind), scope=scope, now=now)
        location = url_for("resources.show_resource", resource_id=resource.id)
        once.remember(key, location, now=now)
    return location


@blueprint.route("/<int:resource_id>/edit", methods=["GET", "POST"])
@access.role()
def edit_resource(resource_id: int) -> ResponseReturnValue:
    resource, scope = queries.resource_by_id(resource_id), own_scope()
    actions.refuse_strangers(resource, scope)
    kind, address = resource.kind, url_for("resources.show_resource", resource_id=resource_id)
    form = ResourceForm(obj=resource)
    form.offer(kind, scope)
    if form.validate_on_submit():
        location = _kept(form, lambda: _edit(form, resource_id, kind, scope, address))
        if location is not None:
            flash(_("已保存"), "good")
            return redirect(location)
        resource = queries.resource_by_id(resource_id)
    shown = page("resources/form.html", form=form, resource=resource, title=resource.name)
    return shown, _status(form)


def _edit(form: ResourceForm, resource_id: int, kind: Kind, scope: Scope, address: str) -> str:
    actions.edit_resource(resource_id, form.draft(kind), scope=scope, now=clock.now())
    return address


@blueprint.route("/<int:resource_id>/book", methods=["GET", "POST"])
@access.role()
def book(resource_id: int) -> ResponseReturnValue:
    resource, scope, form = queries.resource_by_id(resource_id), own_scope(), BookForm()
    if form.validate_on_submit():
        location = _kept(form, lambda: _book(form, resource_id, scope))
        if location is not None:
            flash(_("已订好"), "good")
            return redirect(location)
        resource = queries.resource_by_id(resource_id)
    return page("resources/book.html", form=form, resource=resource), _status(form)


def _book(form: BookForm, resource_id: int, scope: Scope) -> str:
    key, now = form.request_key.data, clock.now()
    location = once.first_answer(key)
    if location is None:
        actions.book(resource_id, form.draft(), scope=scope, now=now)
        location = url_for("resources.show_resource", resource_id=resource_id)
        once.remember(key, location, now=now)
    return location


@blueprint.post("/bookings/<int:booking_id>/release")
@access.role()
def release(booking_id: int) -> ResponseReturnValue:
    try:
        with transaction():
            resource_id = actions.release(booking_id, scope=own_scope(), now=clock.now())
    except NotFoundError:  # pressed twice: it is given back
        return redirect(url_for("resources.resource_list"))
    flash(_("已取消预订"), "good")
    return redirect(url_for("resources.show_resource", resource_id=resource_id))


def _kept(form: Form, act: Callable[[], str]) -> str | None:
    """Do it in a transaction; when it cannot be, show why in the form and return None."""
    try:
        with transaction():
            return act()
    except UnsoundResourceError as error:
        form.blame(error.field, _(error.problem, **error.values))
    except (HinderedError, NotSharedError) as error:
        form.refuse(wording.why_not(error))
    return None


def _status(form: Form) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
