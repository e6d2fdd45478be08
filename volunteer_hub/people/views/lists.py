"""A list of volunteers is sent in, looked at and taken."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.core import access, clock, sheets
from volunteer_hub.core.i18n import language
from volunteer_hub.core.pages import page
from volunteer_hub.core.transaction import short_write, transaction
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.people import actions, queries, wording, working
from volunteer_hub.people.forms import ListForm
from volunteer_hub.people.rules.stages import Stage, Verdict
from volunteer_hub.people.views.base import KEEPERS, blueprint, download, file_kind, own_scope

if TYPE_CHECKING:
    from volunteer_hub.people.models import PeopleList

# So much is looked at while whoever sent it waits; more is the worker's.
SMALL_BYTES: Final = 400_000
SMALL_ROWS: Final = 100
SHELVES: Final = {
    "wrong": (Verdict.WRONG,),
    "new": (Verdict.NEW, Verdict.TAKEN),
    "same": (Verdict.SAME,),
}


@blueprint.route("/organise/volunteers/lists", methods=["GET", "POST"])
@access.role(*KEEPERS)
def send_list() -> ResponseReturnValue:
    scope = own_scope()
    form = ListForm()
    form.offer(
        (one.id, one.shown_name(language())) for one in organisations.active_organisations_in(scope)
    )
    if form.is_submitted() and form.validate() and form.file.headings is not None:
        with transaction():
            received = actions.receive(
                int(form.organisation.data),
                form.file.content,
                form.file.headings,
                by=current_user.person_id,
                now=clock.now(),
            )
            list_id = received.id
        if sheets.unpacked_size(form.file.content) <= SMALL_BYTES:
            working.read_list(list_id, now=clock.now())
        return redirect(url_for("people.show_list", list_id=list_id))
    shown = page(
        "people/send_list.html",
        form=form,
        lists=[(one, *wording.stage_in_words(one)) for one in queries.lists_for_staff(scope)],
    )
    return shown, HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK


@blueprint.get("/organise/volunteers/lists/template")
@access.role(*KEEPERS)
def list_template() -> ResponseReturnValue:
    kind = file_kind(request.args.get("kind"))
    return download(wording.template_bytes(kind), "volunteers", kind)


@blueprint.get("/organise/volunteers/lists/<int:list_id>")
@access.role(*KEEPERS)
def show_list(list_id: int) -> ResponseReturnValue:
    found = queries.list_for_staff(list_id, own_scope())
    shelf = request.args.get("shown", "")
    if shelf not in SHELVES:
        shelf = "wrong" if found.wrong_count else "new"
    rows = queries.row_page(found.id, SHELVES[shelf], request.args.get("page", 1, type=int))
    return page(
        "people/list.html",
        fragment="people/_list_state.html",
        found=found,
        stage=wording.stage_in_words(found),
        is_working=found.stage in (Stage.READING, Stage.TAKING),
        is_open=found.stage in (Stage.READY, Stage.READING, Stage.BROKEN),
        unused=found.plan["unused"],
        shelf=shelf,
        rows=[wording.shown_row(row) for row in rows.rows],
        row_page=rows,
        page_address=_addresses(found, shelf),
    )


def _addresses(found: PeopleList, shelf: str) -> Callable[[int], str]:
    list_id = found.id
    return lambda number: url_for("people.show_list", list_id=list_id, shown=shelf, page=number)


@blueprint.post("/organise/volunteers/lists/<int:list_id>/take")
@access.role(*KEEPERS)
def take_list(list_id: int) -> ResponseReturnValue:
    now = clock.now()
    with transaction():
        queries.list_for_staff(list_id, own_scope())
        found = actions.begin_taking(list_id, by=current_user.person_id, now=now)
        is_small = found.new_count <= SMALL_ROWS
    if is_small:
        working.take_list(list_id, now=now)
        flash(_("已登记。请他们登录确认的通知正在发出。"), "good")
    return redirect(url_for("people.show_list", list_id=list_id))


@blueprint.post("/organise/volunteers/lists/<int:list_id>/drop")
@access.role(*KEEPERS)
def drop_list(list_id: int) -> ResponseReturnValue:
    with transaction():
        queries.list_for_staff(list_id, own_scope())
        actions.drop_list(list_id, by=current_user.person_id, now=clock.now())
    flash(_("这份名单已放弃，里面的内容都删掉了。"), "good")
    return redirect(url_for("people.send_list"))


@blueprint.get("/organise/volunteers/lists/<int:list_id>/wrong")
@access.role(*KEEPERS)
def wrong_rows(list_id: int) -> ResponseReturnValue:
    kind = file_kind(request.args.get("kind"))
    found = queries.list_for_staff(list_id, own_scope())
    rows = queries.rows_with(found.id, Verdict.WRONG)
    content = wording.wrong_rows_bytes(kind, rows)
    with short_write():
        actions.note_rows_fetched(found, by=current_user.person_id, now=clock.now())
    return download(content, f"volunteers-{list_id}-wrong", kind)
