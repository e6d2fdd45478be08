"""The staff's side of the door: scanner, list, counter, walk-ins, undo, log."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.checkin import actions, queries
from volunteer_hub.checkin.actions import ScanDraft
from volunteer_hub.checkin.errors import (
    BadScanError,
    CannotUndoError,
    CountBelowZeroError,
    DoorClosedError,
    ScanTooLargeError,
)
from volunteer_hub.checkin.forms import (
    CountForm,
    SearchForm,
    TickForm,
    TypedCodeForm,
    UndoForm,
    WalkInForm,
    draft_of,
    new_scan_id,
)
from volunteer_hub.checkin.queries import Answer
from volunteer_hub.checkin.rules import Direction, Method, Outcome
from volunteer_hub.checkin.views import blueprint
from volunteer_hub.checkin.wording import Words, how_it_was_done, how_sure, notice_of, words
from volunteer_hub.core import access, clock
from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.formats import mask_name
from volunteer_hub.core.pages import page, safe_next
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations import queries as organisations

if TYPE_CHECKING:
    from volunteer_hub.events.models import Event
    from volunteer_hub.organisations.queries import Scope

MOST_BYTES: Final = 16 * 1024  # a QR code holds at most 3 KB; written as \u-escapes that is 9 KB
_FLASH: Final = {
    Outcome.ACCEPTED: "success",
    Outcome.DUPLICATE: "warning",
    Outcome.REJECTED: "error",
}


def _scope() -> Scope:
    return organisations.scope_of(current_user.person_id)


def _event(event_id: int) -> Event:
    return queries.event_at_door(event_id, _scope())


def _notice(event: Event) -> Words | None:
    """Return what is to be said at the door before anybody is scanned."""
    return notice_of(queries.earliest_door_of(event), now=clock.now())


@blueprint.get("/organise/events/<int:event_id>/door")
@access.role()
def scanner(event_id: int) -> ResponseReturnValue:
    if _wants_fragment():
        return _panel(event_id)
    return _scanner_page(event_id, WalkInForm(formdata=None))


def _wants_fragment() -> bool:
    return request.headers.get("HX-Request") == "true"


def _panel(event_id: int, problem: DomainError | None = None) -> str:
    """Return the figures and the last scans, which are drawn again by themselves."""
    values = _panel_values(_event(event_id))
    return render_template("checkin/_panel.html", event_id=event_id, problem=problem, **values)


def _panel_values(event: Event) -> dict[str, Any]:
    event_id = event.id
    return {
        "is_final": queries.door_of(event).is_confirmed,  # who came stands fast
        "counts": queries.counts_of(event_id),
        "recent": [(each, words(each)) for each in queries.recent_answers(event_id)],
        "new_scan_id": new_scan_id,
    }


def _scanner_page(event_id: int, walk_in_form: WalkInForm) -> str:
    event = _event(event_id)
    shown = _shown(event_id)
    return render_template(
        "checkin/scanner.html",
        event=event,
        event_id=event_id,
        notice=_notice(event),
        problem=None,
        walk_in_form=walk_in_form,
        shown=(shown, words(shown)) if shown else None,
        direction="out" if request.args.get("direction") == "out" else "in",
        **_panel_values(event),
    )


def _shown(event_id: int) -> Answer | None:
    """Return the answer that a page without scripts was sent to show."""
    scan = queries.find_scan(request.args.get("shown", ""))
    return queries.answer_to(scan.id) if scan is not None and scan.event_id == event_id else None


@blueprint.post("/organise/events/<int:event_id>/door/scan")
@access.role()
def scan(event_id: int) -> ResponseReturnValue:
    if request.is_json:
        return _scan_by_script(event_id)
    draft = TypedCodeForm().draft()
    with transaction():
        answer = _record(event_id, draft, _scope())
    return redirect(
        url_for(
            "checkin.scanner", event_id=event_id, shown=answer.scan_id, direction=draft.direction
        )
    )


def _record(event_id: int, draft: ScanDraft, scope: Scope) -> Answer:
    door = queries.hold_door_for_staff(event_id, scope)
    return actions.record_scan(door, draft, by=scope.person_id, now=clock.now())


def _scan_by_script(event_id: int) -> ResponseReturnValue:
    if (request.content_length or 0) > MOST_BYTES:
        raise ScanTooLargeError
    request.max_content_length = MOST_BYTES
    draft = draft_of(_json())
    scope = _scope()  # as the guard has just read it: it is not asked again for every scan
    with transaction():
        answer = _record(event_id, draft, scope)
        counts = queries.counts_of(event_id)
    said = words(answer)
    return jsonify(
        outcome=answer.outcome,
        reason=answer.reason,
        title=said.title,
        detail=said.detail,
        name=mask_name(answer.name) if answer.name else "",
        counts={"in": counts.came, "out": counts.left, "expected": counts.expected},
    )


def _json() -> object:
    try:
        return request.get_json(silent=True)
    except RecursionError:  # brackets in brackets, thousands deep
        return None


@blueprint.get("/organise/events/<int:event_id>/door/find")
@access.role()
def find_people(event_id: int) -> ResponseReturnValue:
    event = _event(event_id)
    form = SearchForm(request.args)
    text = (form.q.data or "")[:60]
    return page(
        "checkin/find.html",
        fragment="checkin/_people.html",
        event=event,
        notice=_notice(event),
        form=form,
        **_people_values(event_id, text),
    )


def _people_values(event_id: int, text: str, answer: Answer | None = None) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "text": text,
        "people": queries.find_people(event_id, text),
        "answered": (answer, words(answer)) if answer else None,
        "new_scan_id": new_scan_id,
    }


@blueprint.post("/organise/events/<int:event_id>/door/tick")
@access.role()
def tick(event_id: int) -> ResponseReturnValue:
    form = TickForm()
    with transaction():
        door = queries.hold_door_for_staff(event_id, _scope())
        draft = form.draft(Method.SEARCH)
        answer = actions.record_scan(door, draft, by=current_user.person_id, now=clock.now())
    text = (form.q.data or "")[:60]
    if _wants_fragment():
        return render_template("checkin/_people.html", **_people_values(event_id, text, answer))
    said = words(answer)
    flash(f"{answer.name} {said.title}。{said.detail}", _FLASH[answer.outcome])
    back = url_for("checkin.find_people", event_id=event_id, q=text or None)
    return redirect(safe_next(request.form.get("next"), back))


@blueprint.post("/organise/events/<int:event_id>/door/walk-in")
@access.role()
def walk_in(event_id: int) -> ResponseReturnValue:
    form = WalkInForm()
    if not form.validate():
        return _scanner_page(event_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    with transaction():
        kept = actions.add_walk_in(
            queries.hold_door_for_staff(event_id, _scope()),
            form.draft(),
            scan_id=form.kept_scan_id,
            by=current_user.person_id,
            now=clock.now(),
        )
        scan_id = kept.scan_id
    return redirect(url_for("checkin.scanner", event_id=event_id, shown=scan_id))


@blueprint.post("/organise/events/<int:event_id>/door/count")
@access.role()
def count(event_id: int) -> ResponseReturnValue:
    form = CountForm()
    try:
        with transaction():
            _event(event_id)  # not found outside of their scope
            door, people = queries.hold_door(event_id, alone=True), form.people.data
            if people is None:
                raise BadScanError
            actions.add_count(
                door,
                people,
                scan_id=form.kept_scan_id,
                by=current_user.person_id,
                now=clock.now(),
            )
    except CountBelowZeroError as problem:
        return _back_to_the_door(event_id, problem)
    return _back_to_the_door(event_id)


@blueprint.post("/organise/events/<int:event_id>/door/undo")
@access.role()
def undo(event_id: int) -> ResponseReturnValue:
    form = UndoForm()
    try:
        with transaction():
            _event(event_id)  # not found outside of their scope
            actions.undo(
                event_id,
                (form.scan.data if form.validate() else None) or 0,
                scan_id=form.kept_scan_id,
                by=current_user.person_id,
                now=clock.now(),
            )
    except (CannotUndoError, CountBelowZeroError, DoorClosedError) as problem:
        return _back_to_the_door(event_id, problem)
    return _back_to_the_door(event_id)


def _back_to_the_door(event_id: int, problem: DomainError | None = None) -> ResponseReturnValue:
    if _wants_fragment():
        return _panel(event_id, problem)
    if problem is not None:
        flash(f"{_(problem.message)}。{_(problem.next_step)}", "error")
    return redirect(url_for("checkin.scanner", event_id=event_id))


@blueprint.get("/organise/events/<int:event_id>/door/log")
@access.role()
def scan_log(event_id: int) -> ResponseReturnValue:
    event = _event(event_id)
    asked = request.args.get("outcome", "")
    outcome = Outcome(asked) if asked in {str(each) for each in Outcome} else None
    found = queries.scan_log(event_id, outcome=outcome, page=request.args.get("page", 1, type=int))
    return page(
        "checkin/log.html",
        event=event,
        outcome=outcome,
        found=found,
        lines=[(each, words(each)) for each in found.answers],
        how=how_it_was_done,
        how_sure=how_sure,
        is_out=lambda each: each.direction is Direction.OUT,
        page_address=lambda number: url_for(
            "checkin.scan_log", event_id=event_id, page=number, outcome=outcome
        ),
    )
