from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Final

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.complaints import actions, queries, rules
from volunteer_hub.complaints.errors import ComplaintClosedError
from volunteer_hub.complaints.forms import AnswerForm, FileForm, NoteForm, SayForm, TrackForm
from volunteer_hub.complaints.rules import State
from volunteer_hub.core import access, clock
from volunteer_hub.core.access import Role
from volunteer_hub.core.formats import local
from volunteer_hub.core.numbers import value_of
from volunteer_hub.core.once import first_answer, remember
from volunteer_hub.core.pages import page
from volunteer_hub.core.security import limiter
from volunteer_hub.core.tokens import is_spoken_code, link_token, read_link_token, spoken_code
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope

blueprint = Blueprint("complaints", __name__)
OFFICES: Final = (Role.CITY_OFFICE, Role.COUNTY_OFFICE)
SHELVES: Final = {
    "waiting": rules.WAITING,
    "answered": (State.ANSWERED,),
    "closed": (State.CLOSED,),
}


def _today() -> date:
    return local(clock.now()).date()


def _scope() -> Scope:
    return organisations.scope_of(current_user.person_id)


def _person_id() -> int | None:
    return current_user.person_id if current_user.is_authenticated else None


@blueprint.route("/feedback/new", methods=["GET", "POST"])
@access.public
@limiter.limit("10 per hour", methods=["POST"])
def file() -> ResponseReturnValue:
    form = FileForm.opened()
    if not form.is_submitted():
        return page("complaints/file.html", form=form, days=value_of(rules.DAYS_KEY))
    if not form.validate():
        days = value_of(rules.DAYS_KEY)
        answer = page("complaints/file.html", form=form, days=days)
        return answer, HTTPStatus.UNPROCESSABLE_ENTITY
    now, key = clock.now(), form.request_key.data
    with transaction():
        earlier = first_answer(key)
        if earlier is None:
            filed = actions.file(form.draft(), person_id=_person_id(), now=now)
            earlier = url_for("complaints.track", token=link_token(actions.PURPOSE, filed.id))
            remember(key, earlier, now=now)
    flash(_("已收到。请把编号和查询码记下来，凭它们查进度。"), "good")
    return redirect(earlier)


@blueprint.route("/feedback/track", methods=["GET", "POST"])
@access.public
@limiter.limit("20 per hour", methods=["POST"])
def look_up() -> ResponseReturnValue:
    """Find a complaint by what was written down; a wrong number and a wrong code look the same."""
    form = TrackForm()
    if not form.is_submitted():
        return page("complaints/look_up.html", form=form)
    if form.validate():
        number = rules.read_number(form.number.data or "") or 0
        is_right = is_spoken_code(actions.PURPOSE, number, form.code.data or "")
        if is_right and queries.is_there(number):
            with transaction():
                actions.note_look_up(number, now=clock.now())
            token = link_token(actions.PURPOSE, number)
            return redirect(url_for("complaints.track", token=token))
        form.refuse(_("编号或查询码不对，请照着记下的再填一次。"))
    return page("complaints/look_up.html", form=form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.route("/feedback/t/<token>", methods=["GET", "POST"])
@access.public
@limiter.limit("20 per hour", methods=["POST"])
def track(token: str) -> ResponseReturnValue:
    complaint_id = read_link_token(actions.PURPOSE, token)
    if complaint_id is None:
        abort(HTTPStatus.NOT_FOUND)
    form = SayForm()
    if not form.is_submitted():
        return _track_page(complaint_id, form)
    if not form.validate():
        return _track_page(complaint_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with transaction():
            actions.add(complaint_id, form.text.data or "", now=clock.now())
    except ComplaintClosedError as error:
        form.refuse(f"{_(error.message)}。{_(error.next_step)}")
        return _track_page(complaint_id, form), error.status
    flash(_("已补充。"), "good")
    return redirect(url_for("complaints.track", token=token))


def _track_page(complaint_id: int, form: SayForm) -> str:
    complaint = queries.complaint_by_id(complaint_id)
    return page(
        "complaints/track.html",
        form=form,
        complaint=complaint,
        entries=[entry for entry in complaint.entries if not entry.is_note],
        number=rules.number_of(complaint_id),
        code=spoken_code(actions.PURPOSE, complaint_id),
        state=rules.STATES[complaint.state],
        kind=rules.KINDS[complaint.kind],
        is_over=complaint.state is State.CLOSED,
    )


@blueprint.get("/me/feedback")
@access.signed_in
def mine() -> ResponseReturnValue:
    lines = [
        (each, rules.number_of(each.id), link_token(actions.PURPOSE, each.id))
        for each in queries.of_person(current_user.person_id)
    ]
    return page("complaints/mine.html", lines=lines, states=rules.STATES, kinds=rules.KINDS)


@blueprint.get("/office/complaints")
@access.role(*OFFICES)
def desk() -> ResponseReturnValue:
    scope, today = _scope(), _today()
    shelf = request.args.get("shelf", "waiting")
    if shelf not in SHELVES:
        abort(HTTPStatus.NOT_FOUND)
    return page(
        "complaints/desk.html",
        found=queries.complaints_for(
            scope, SHELVES[shelf], page=request.args.get("page", 1, type=int)
        ),
        shelf=shelf,
        counts=queries.counts_for(scope, today=today),
        states=rules.STATES,
        kinds=rules.KINDS,
        number_of=rules.number_of,
        is_late=lambda each: rules.is_overdue(each.state, each.due_on, today=today),
        page_address=lambda number: url_for("complaints.desk", shelf=shelf, page=number),
    )


@blueprint.route("/office/complaints/<int:complaint_id>", methods=["GET", "POST"])
@access.role(*OFFICES)
def handle(complaint_id: int) -> ResponseReturnValue:
    """Show a complaint to the office, and take its answer."""
    form = AnswerForm()
    if not form.is_submitted():
        return _desk_page(complaint_id, form, NoteForm(prefix="note"))
    if not form.validate():
        answer = _desk_page(complaint_id, form, NoteForm(None, prefix="note"))
        return answer, HTTPStatus.UNPROCESSABLE_ENTITY
    with transaction():
        actions.answer(complaint_id, form.text.data or "", scope=_scope(), now=clock.now())
    flash(_("已答复。对方凭编号和查询码能看到。"), "good")
    return redirect(url_for("complaints.handle", complaint_id=complaint_id))


@blueprint.route("/office/complaints/<int:complaint_id>/note", methods=["GET", "POST"])
@access.role(*OFFICES)
def note(complaint_id: int) -> ResponseReturnValue:
    address = url_for("complaints.handle", complaint_id=complaint_id)
    if request.method == "GET":  # the answer was opened again
        return redirect(address)
    form = NoteForm(prefix="note")
    if not form.validate():
        answer = _desk_page(complaint_id, AnswerForm(None), form)
        return answer, HTTPStatus.UNPROCESSABLE_ENTITY
    with transaction():
        actions.note(complaint_id, form.text.data or "", scope=_scope(), now=clock.now())
    return redirect(address)


@blueprint.post("/office/complaints/<int:complaint_id>/take")
@access.role(*OFFICES)
def take(complaint_id: int) -> ResponseReturnValue:
    with transaction():
        actions.take(complaint_id, scope=_scope(), now=clock.now())
    flash(_("由您处理。"), "good")
    return redirect(url_for("complaints.handle", complaint_id=complaint_id))


@blueprint.post("/office/complaints/<int:complaint_id>/close")
@access.role(*OFFICES)
def close(complaint_id: int) -> ResponseReturnValue:
    with transaction():
        actions.close(complaint_id, scope=_scope(), now=clock.now())
    flash(_("已办结。"), "good")
    return redirect(url_for("complaints.desk"))


def _desk_page(complaint_id: int, form: AnswerForm, note_form: NoteForm) -> str:
    complaint = queries.complaint_for_staff(complaint_id, _scope())
    return page(
        "complaints/handle.html",
        form=form,
        note_form=note_form,
        complaint=complaint,
        number=rules.number_of(complaint_id),
        state=rules.STATES[complaint.state],
        kind=rules.KINDS[complaint.kind],
        is_over=complaint.state is State.CLOSED,
        is_late=rules.is_overdue(complaint.state, complaint.due_on, today=_today()),
    )
