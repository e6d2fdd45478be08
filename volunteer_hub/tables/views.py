"""Tables of venues, resources and events: handed out as files, looked at, taken."""

from __future__ import annotations

from collections import Counter
from http import HTTPStatus

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from volunteer_hub.core import access, clock, once, sheets
from volunteer_hub.core.pages import page
from volunteer_hub.core.transaction import short_write, transaction
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.tables import actions
from volunteer_hub.tables.forms import SendForm, TakeForm, found_in
from volunteer_hub.tables.kinds import KINDS, Kind
from volunteer_hub.tables.rules import Judged, Line, Verdict

blueprint = Blueprint("tables", __name__)


@blueprint.route("/organise/tables/<kind>", methods=["GET", "POST"])
@access.role()
def send_table(kind: str) -> ResponseReturnValue:
    known, form = _kind(kind), SendForm()
    form.file.kind = known
    if form.is_submitted() and form.validate():
        lines = form.file.lines
        take = TakeForm(formdata=None)
        take.content.data = _text_of(known, lines)
        judged = actions.judge(known, lines, scope=_scope())
        return _shown(known, judged, take)
    shown = page("tables/send.html", form=form, kind=known)
    return shown, HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK


@blueprint.post("/organise/tables/<kind>/take")
@access.role()
def take_table(kind: str) -> ResponseReturnValue:
    known, form, now = _kind(kind), TakeForm(), clock.now()
    found = found_in((form.content.data or "").encode("utf-8-sig"), known)
    here, key = url_for("tables.send_table", kind=kind), form.request_key.data
    if not found.lines or found.is_cut:
        flash(_("请重新选一次文件。"), "warn")
        return redirect(here)
    if not form.validate():  # the page was open too long: what was read is still in it
        form.content.data = _text_of(known, found.lines)
        shown = _shown(known, actions.judge(known, found.lines, scope=_scope()), form)
        return shown, HTTPStatus.UNPROCESSABLE_ENTITY
    with transaction():
        if once.first_answer(key) is not None:
            return redirect(here)
        done = actions.take(known, found.lines, scope=_scope(), now=now)
        once.remember(key, here, now=now)
    wrong = [each for each in done if each.verdict is Verdict.WRONG]
    counts = Counter(each.verdict for each in done)
    flash(
        _(
            "新增 %(added)s，更改 %(changed)s，不变 %(same)s",
            added=counts[Verdict.NEW],
            changed=counts[Verdict.CHANGED],
            same=counts[Verdict.SAME],
        ),
        "good",
    )
    if not wrong:
        return redirect(here)
    return _shown(known, wrong, None)


@blueprint.get("/organise/tables/<kind>/file")
@access.role()
def hand_out(kind: str) -> ResponseReturnValue:
    known = _kind(kind)
    headings = [column.heading for column in known.columns]
    rows = [] if request.args.get("shown") == "empty" else list(known.rows(_scope()))
    is_csv = request.args.get("kind") == "csv"
    if is_csv:
        content, content_type = sheets.csv_bytes(headings, rows), sheets.CSV_TYPE
    else:
        content = sheets.xlsx_bytes(str(_(known.title)), headings, rows)
        content_type = sheets.XLSX_TYPE
    name = f"{known.code}.{'csv' if is_csv else 'xlsx'}"
    if rows:
        with short_write():
            actions.note_handed_out(known, len(rows), by=current_user.person_id, now=clock.now())
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=content_type, headers=headers)


def _kind(code: str) -> Kind:
    if code not in KINDS:
        abort(HTTPStatus.NOT_FOUND)
    return KINDS[code]


def _scope() -> Scope:
    return organisations.scope_of(current_user.person_id)


def _text_of(kind: Kind, lines: list[Line]) -> str:
    """Return lines as a file that says the same; formulas in it are text, as in any of ours."""
    kept = [column for column in kind.columns if any(column.key in line.cells for line in lines)]
    rows = [[line.cells.get(column.key, "") for column in kept] for line in lines
            if not line.is_merged]  # fmt: skip
    return sheets.csv_bytes([column.heading for column in kept], rows).decode("utf-8-sig")


def _shown(kind: Kind, judged: list[Judged], take: TakeForm | None) -> str:
    counts = Counter(each.verdict for each in judged)
    ready = counts[Verdict.NEW] + counts[Verdict.CHANGED]
    return page(
        "tables/look.html",
        kind=kind,
        form=take,
        ready=ready,
        counts=counts,
        verdicts=Verdict,
        lists=[
            (verdict, [each for each in judged if each.verdict is verdict])
            for verdict in (Verdict.WRONG, Verdict.CHANGED, Verdict.NEW, Verdict.SAME)
        ],
        button=ngettext("导入这 %(num)s 行", "导入这 %(num)s 行", ready),
    )
