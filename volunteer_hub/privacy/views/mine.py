from __future__ import annotations

import io
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

from flask import abort, current_app, flash, redirect, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.accounts import queries as people
from volunteer_hub.accounts import sessions
from volunteer_hub.core import access, clock
from volunteer_hub.core.formats import local
from volunteer_hub.core.numbers import value_of
from volunteer_hub.core.pages import page
from volunteer_hub.core.security import limiter
from volunteer_hub.core.transaction import transaction
from volunteer_hub.privacy import actions, archive, ledger, queries, wording
from volunteer_hub.privacy.forms import CloseForm, NameForm
from volunteer_hub.privacy.owners import Subject
from volunteer_hub.privacy.registry import EVERYTHING, HELD, Fate, Held, section
from volunteer_hub.privacy.views.base import blueprint

SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One table as a page lists it."""

    held: Held
    count: int
    labels: list[str]
    kept: str


def _kept(held: Held) -> str:
    """Return in words how long something is kept."""
    if held.days:
        return str(_("%(days)s 天", days=value_of(held.days)))
    if held.fate in (Fate.KEPT, Fate.SEALED):
        return str(_("长期，注销后没有姓名"))
    if held.briefly:
        return str(_(held.briefly))
    return str(_("到注销账号为止") if held.whose else _("到不再需要为止"))


def _line(held: Held, count: int = 0) -> Line:
    return Line(held, count, [_(item.label) for item in held.items], _kept(held))


def _subject() -> Subject:
    return Subject.of(queries.live_person(current_user.person_id))


@blueprint.get("/privacy/collected")
@access.public
def collected() -> ResponseReturnValue:
    lines = [_line(held) for held in EVERYTHING if held.is_listed]
    return page("privacy/collected.html", lines=lines)


@blueprint.get("/me/data")
@access.signed_in
def my_data() -> ResponseReturnValue:
    counts = queries.counts_of(_subject())
    lines = [_line(held, counts[held.table]) for held in HELD if counts[held.table]]
    return page(
        "privacy/my_data.html",
        lines=lines,
        consents=people.consents_of(current_user.person_id),
        purposes=wording.PURPOSES,
        has_workbooks=archive.has_workbooks(),
    )


@blueprint.get("/me/data/<table>")
@access.signed_in
def my_rows(table: str) -> ResponseReturnValue:
    held = section(table)
    if held is None:
        abort(HTTPStatus.NOT_FOUND)
    rows = queries.rows_of(held, _subject(), limit=SHOWN + 1)
    return page(
        "privacy/my_rows.html",
        line=_line(held, len(rows)),
        rows=wording.in_words(held, rows[:SHOWN]),
        has_more=len(rows) > SHOWN,
    )


@blueprint.route("/me/data/name", methods=["GET", "POST"])
@access.signed_in
def correct_name() -> ResponseReturnValue:
    form = NameForm(name=queries.live_person(current_user.person_id).name)
    if not form.is_submitted():
        return page("privacy/name.html", form=form)
    if not form.validate():
        return page("privacy/name.html", form=form), HTTPStatus.UNPROCESSABLE_ENTITY
    with transaction():
        actions.correct_name(current_user.person_id, form.name.data or "", now=clock.now())
    flash(_("已改好。"), "good")
    return redirect(url_for("privacy.my_data"))


@blueprint.post("/me/data/consents/<purpose>/withdraw")
@access.signed_in
def withdraw_consent(purpose: str) -> ResponseReturnValue:
    with transaction():
        actions.withdraw_consent(current_user.person_id, purpose, now=clock.now())
    flash(_("已撤回：%(what)s。", what=_(wording.PURPOSES[purpose])), "good")
    return redirect(url_for("privacy.my_data", _anchor="consents"))


@blueprint.post("/me/data/consents/<purpose>/give")
@access.signed_in
def give_consent(purpose: str) -> ResponseReturnValue:
    with transaction():
        actions.give_consent(current_user.person_id, purpose, now=clock.now())
    flash(_("已同意：%(what)s。", what=_(wording.PURPOSES[purpose])), "good")
    return redirect(url_for("privacy.my_data", _anchor="consents"))


@blueprint.post("/me/data/download")
@access.signed_in
@limiter.limit("20 per hour")
def download() -> ResponseReturnValue:
    now, subject = clock.now(), _subject()
    content = archive.zip_of(subject, now=now)
    with transaction():
        actions.note_download(subject.person_id, now=now)
    name = f"my-data-{local(now):%Y%m%d}.zip"
    return send_file(
        io.BytesIO(content), mimetype="application/zip", as_attachment=True, download_name=name
    )


@blueprint.get("/me/data/close")
@access.signed_in
def close() -> ResponseReturnValue:
    """Say what is lost and what stays: the first of two steps."""
    subject, now = _subject(), clock.now()
    counts = queries.counts_of(subject)
    there = [held for held in HELD if counts[held.table]]
    return page(
        "privacy/close.html",
        lost=[held for held in there if held.fate is Fate.DELETED and held.is_listed],
        stays=[held for held in there if held.note and held.is_listed],
        is_responsible=queries.is_responsible(subject.person_id),
        ahead=queries.count_ahead(subject.person_id, now=now),
    )


@blueprint.route("/me/data/close/confirm", methods=["GET", "POST"])
@access.signed_in
@limiter.limit("20 per hour", methods=["POST"])
def confirm_close() -> ResponseReturnValue:
    form = CloseForm()
    if not form.is_submitted():
        return page("privacy/close_confirm.html", form=form)
    if not form.validate():
        return page("privacy/close_confirm.html", form=form), HTTPStatus.UNPROCESSABLE_ENTITY
    with transaction():
        actions.close_account(current_user.person_id, now=clock.now())
        sessions.forget()
    data_dir: Path | None = current_app.config.get("DATA_DIR")
    if data_dir is not None:
        ledger.note_closed(data_dir)
    return redirect(url_for("privacy.closed"))


@blueprint.get("/closed")
@access.public
def closed() -> ResponseReturnValue:
    return page("privacy/closed.html")
