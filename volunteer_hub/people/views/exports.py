"""Files about volunteers for others, and what each volunteer lets go to them."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Final

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.accounts import queries as accounts
from volunteer_hub.accounts.rules import version_of
from volunteer_hub.core import access, clock, sheets
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.i18n import language
from volunteer_hub.core.pages import page
from volunteer_hub.core.text import read_id
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.people import actions, queries, wording
from volunteer_hub.people.rules.shapes import Shape, row_of
from volunteer_hub.people.views.base import KEEPERS, blueprint, download, file_kind, own_scope

MOST: Final = 20_000  # people in one file


@blueprint.get("/organise/volunteers/export")
@access.role(*KEEPERS)
def export_people() -> ResponseReturnValue:
    return _export_page(_own_organisation(request.args.get("in"), own_scope()))


def _today() -> date:
    return clock.now().astimezone(clock.LOCAL).date()


def _own_organisation(asked: str | None, scope: Scope) -> int | None:
    """Return the organisation that was asked for, if it is this person's business."""
    own = {one.id for one in organisations.organisations_in(scope)}
    found = read_id(asked or "")
    return found if found in own else None


def _export_page(
    organisation_id: int | None, problem: str = "", status: HTTPStatus = HTTPStatus.OK
) -> ResponseReturnValue:
    scope = own_scope()
    total, agreed = queries.counts_for(scope, organisation_id, on=_today())
    shown = page(
        "people/export.html",
        organisations=[
            (one.id, one.shown_name(language())) for one in organisations.organisations_in(scope)
        ],
        organisation_id=organisation_id,
        total=total,
        problem=problem,
        shapes=[
            (shape, wording.shape_in_words(shape.code), agreed[code])
            for code, shape in queries.shapes().items()
        ],
        latest=[
            (made, wording.shape_in_words(made.shape), name)
            for made, name in queries.latest_exports(scope)
        ],
    )
    return shown, status


@blueprint.post("/organise/volunteers/export/<shape>")
@access.role(*KEEPERS)
def make_export(shape: str) -> ResponseReturnValue:
    scope, wanted = own_scope(), queries.shape_of(shape)
    organisation_id = _own_organisation(request.form.get("organisation"), scope)
    if request.form.get("organisation") and organisation_id is None:
        raise NotFoundError
    kind = file_kind(request.form.get("kind"))
    with transaction():
        whom = queries.people_agreeing(wanted, scope, organisation_id, on=_today())
        problem = _problem(len(whom))
        if not problem:
            actions.note_export(
                wanted.code,
                whom,
                organisation_id=organisation_id,
                by=scope.person_id,
                now=clock.now(),
            )
    if problem:
        return _export_page(organisation_id, problem, HTTPStatus.UNPROCESSABLE_ENTITY)
    return download(_content(wanted, whom, kind), f"volunteers-{wanted.code}", kind)


def _problem(number: int) -> str:
    if number == 0:
        return str(_("没有人同意，名册是空的。"))
    if number > MOST:
        return str(_("一次最多导出 20,000 人，请按单位分开导出。"))
    return ""


def _content(shape: Shape, volunteer_ids: list[int], kind: str) -> bytes:
    # Files for others stay Chinese, whatever the language of the page.
    rows = (row_of(shape, known) for known in queries.known_of(volunteer_ids, "zh"))
    if kind == "csv":
        return sheets.csv_bytes(shape.headings, rows)
    return sheets.xlsx_bytes(shape.title, shape.headings, rows)


@blueprint.get("/me/sharing")
@access.signed_in
def sharing() -> ResponseReturnValue:
    held = {
        str(each.purpose)
        for each in accounts.consents_of(current_user.person_id)
        if each.withdrawn_at is None and each.wording_version == version_of(each.purpose)
    }
    return page(
        "people/sharing.html",
        lines=[
            (shape, wording.shape_in_words(shape.code), wording.given_in_words(shape),
             shape.consent in held)
            for shape in queries.shapes_asking()
        ],
    )  # fmt: skip


@blueprint.post("/me/sharing/<shape>")
@access.signed_in
def set_sharing(shape: str) -> ResponseReturnValue:
    wanted = queries.shape_of(shape)
    if wanted not in queries.shapes_asking():
        raise NotFoundError
    agrees = request.form.get("agrees") == "y"
    with transaction():
        actions.set_sharing(current_user.person_id, wanted.consent, agrees=agrees, now=clock.now())
    flash(_("已记下您的同意。") if agrees else _("已撤回，以后的名册里不再有您。"), "good")
    return redirect(url_for("people.sharing"))
