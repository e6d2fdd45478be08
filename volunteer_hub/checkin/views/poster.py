"""The poster at the entrance: people check themselves in, without account and scripts."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from volunteer_hub.checkin import actions, queries, rules
from volunteer_hub.checkin.actions import ScanDraft
from volunteer_hub.checkin.errors import BadScanError, PosterClosedError
from volunteer_hub.checkin.forms import (
    CompanionsForm,
    PosterCodeForm,
    PosterNameForm,
    PosterWalkInForm,
    TickForm,
    new_scan_id,
)
from volunteer_hub.checkin.queries import Answer, Key, Ticket
from volunteer_hub.checkin.rules import Direction, Method, Outcome, PosterState, Reason, Who
from volunteer_hub.checkin.views import blueprint
from volunteer_hub.checkin.views.tickets import PRIVATE
from volunteer_hub.checkin.wording import words
from volunteer_hub.core import access, clock
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.security import limiter
from volunteer_hub.core.text import normalise
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import queries as events
from volunteer_hub.registrations import own_tickets
from volunteer_hub.registrations import queries as registrations
from volunteer_hub.registrations import rules as places

if TYPE_CHECKING:
    from volunteer_hub.events.models import Event

GUESSES: Final = "5/minute"
_GUESSING: Final = frozenset({"code", "name"})


@blueprint.get("/C/<poster_code>")
@access.public
def open_poster(poster_code: str) -> ResponseReturnValue:
    return _page(events.event_by_poster(poster_code))


def _is_no_guess() -> bool:
    return request.form.get("intent") not in _GUESSING


def _was_a_miss(response: Response) -> bool:
    return response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/C/<poster_code>")
@access.public
@limiter.limit(GUESSES, exempt_when=_is_no_guess, deduct_when=_was_a_miss)
def self_check_in(poster_code: str) -> ResponseReturnValue:
    event = events.event_by_poster(poster_code)
    if _state(event) is not PosterState.OPEN and not _is_shut(event):
        raise PosterClosedError
    handle = _INTENTS.get(request.form.get("intent", ""))
    if handle is None:
        raise BadScanError
    return handle(event)


def _is_shut(event: Event) -> bool:
    """Tell whether the door itself turns everybody away: it says why, and keeps that they tried."""
    reason = rules.why_shut(queries.door_of(event), now=clock.now())
    return reason in (Reason.TOO_EARLY, Reason.HOURS_CONFIRMED)


def _state(event: Event) -> PosterState:
    return rules.poster_state(queries.door_of(event), ends_at=event.ends_at, now=clock.now())


def _person_id() -> int | None:
    return current_user.person_id if current_user.is_authenticated else None


def _own(event: Event) -> list[Ticket]:
    return queries.own_places(event.id, own_tickets.codes(), _person_id())


def _page(
    event: Event,
    done: Answer | None = None,
    **failing: Any,  # noqa: ANN401 - forms
) -> ResponseReturnValue:
    """Return the poster's page; a form that came back is shown as it was."""
    done = done or _done(event)
    taken = registrations.taken_of(event.id)
    left = places.places_left(registrations.terms_of(event), taken)
    values: dict[str, Any] = {
        "code_form": PosterCodeForm(formdata=None, prefix="code"),
        "name_form": PosterNameForm(formdata=None, prefix="name"),
        "walk_in_form": PosterWalkInForm(formdata=None, prefix="walk_in"),
        "companions_form": CompanionsForm(formdata=None, prefix="companions"),
        **failing,
    }
    shown = render_template(
        "checkin/poster.html",
        event=event,
        state=_state(event),
        own=_own(event),
        done=done,
        said=words(done) if done else None,
        is_full=left == 0,
        new_scan_id=new_scan_id,
        action=url_for("checkin.self_check_in", poster_code=event.poster_code, elder=_elder()),
        problem=next((form for form in failing.values()), None),
        **values,
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if failing else HTTPStatus.OK
    response = make_response(shown, status)
    response.headers.update(PRIVATE)
    return response


def _elder() -> str | None:
    """Return what keeps a phone without cookies in the large edition."""
    return "1" if request.args.get("elder") == "1" else None


def _done(event: Event, scan_id: str | None = None) -> Answer | None:
    """Return the answer to a check-in made at this poster, for whoever knows its name."""
    scan = queries.find_scan(scan_id or request.args.get("done", ""))
    if scan is None or scan.event_id != event.id or scan.method is not Method.POSTER:
        return None
    return queries.answer_to(scan.id)


def _to_done(event: Event, scan_id: str | None) -> Response:
    address = url_for(
        "checkin.open_poster", poster_code=event.poster_code, done=scan_id, elder=_elder()
    )
    return redirect(address)


def _check_in_own(event: Event) -> ResponseReturnValue:
    """One tap for whoever this phone or account belongs to."""
    form = TickForm()
    draft = form.draft(Method.POSTER)
    if draft.key not in {ticket.subject.key for ticket in _own(event)}:
        raise NotFoundError
    return _to_done(event, _record(event, draft).scan_id)


def _record(event: Event, draft: ScanDraft) -> Answer:
    poster_code = event.poster_code
    with transaction():
        door = queries.hold_door_of_poster(poster_code)
        return actions.record_scan(door, draft, by=_person_id(), now=clock.now())


def _check_in_by_code(event: Event) -> ResponseReturnValue:
    form = PosterCodeForm(prefix="code")
    if not form.validate():
        return _page(event, code_form=form)
    reading = rules.read_text(form.code.data or "")
    passes = [reading.code] if reading.code else []
    held = queries.own_places(event.id, passes, None)
    is_pass = bool(held) and held[0].subject.key.who is Who.VOLUNTEER
    if is_pass and not _is_shut(event):
        return own_tickets.keep(_to_done(event, None), held[0].code)  # asks: coming or leaving?
    draft = ScanDraft(form.kept_scan_id, Direction.IN, Method.POSTER, text=form.code.data or "")
    answer = _record(event, draft)
    if answer.reason in (Reason.TOO_EARLY, Reason.HOURS_CONFIRMED):
        return _to_done(event, answer.scan_id)
    if answer.outcome is Outcome.REJECTED:
        said = words(answer)
        form.blame("code", f"{said.title}。{said.detail}")
        return _page(events.event_by_poster(event.poster_code), code_form=form)
    return own_tickets.keep(_to_done(event, answer.scan_id), str(reading.code))


def _check_in_by_name(event: Event) -> ResponseReturnValue:
    """Name and last digits; whatever does not fit gets one and the same answer."""
    form = PosterNameForm(prefix="name")
    if not form.validate():
        return _page(event, name_form=form)
    name = normalise(form.name.data or "")
    found = registrations.find_by_name_and_phone_tail(event.id, name, form.tail.data or "")
    if found is None:
        form.refuse(_("没有找到这个报名。请核对姓名和电话尾号，或请工作人员帮您查找。"))
        return _page(event, name_form=form)
    key = Key(Who.ATTENDEE, found.id)
    draft = ScanDraft(form.kept_scan_id, Direction.IN, Method.POSTER, key=key)
    return _to_done(event, _record(event, draft).scan_id)


def _walk_in(event: Event) -> ResponseReturnValue:
    """One walk-in a phone: whoever comes along is counted as a companion."""
    form = PosterWalkInForm(prefix="walk_in")
    if not form.validate():
        return _page(event, walk_in_form=form)
    if registrations.registrations_with_codes(event.id, own_tickets.codes()):
        flash(_("这部手机已经登记过了。同来的家人，请在下面添加。"), "warning")
        return _to_done(event, None)
    poster_code = event.poster_code
    with transaction():
        door = queries.hold_door_of_poster(poster_code)
        kept = actions.add_walk_in(
            door, form.draft(), scan_id=form.kept_scan_id, by=None, now=clock.now()
        )
        scan_id, registered = kept.scan_id, kept.registration_id
        code = (
            registrations.code_of(registrations.registration_by_id(registered))
            if registered
            else ""
        )
    done = _to_done(events.event_by_poster(poster_code), scan_id)
    return own_tickets.keep(done, code) if code else done


def _add_companions(event: Event) -> ResponseReturnValue:
    form = CompanionsForm(prefix="companions")
    first = queries.find_scan(form.done.data or "")
    if first is None or _done(event, first.scan_id) is None:
        raise NotFoundError
    first_id, poster_code = first.scan_id, event.poster_code
    if not form.validate():
        return _page(event, _done(event, first_id), companions_form=form)
    with transaction():
        door, to = queries.hold_door_of_poster(poster_code), queries.find_scan(first_id)
        if to is None:
            raise NotFoundError
        people = form.people.data or 1
        added = actions.add_companions(
            door, form.kept_scan_id, to=to, people=people, now=clock.now()
        )
        number = added.people if added.id != to.id else 0
    if number:
        flash(_("又给 %(number)s 位家人签到了。", number=number), "success")
    else:
        flash(_("一次最多带 9 位；人多的话，请告诉工作人员。"), "warning")
    return _to_done(events.event_by_poster(poster_code), first_id)


_INTENTS: Final[dict[str, Callable[[Event], ResponseReturnValue]]] = {
    "own": _check_in_own,
    "code": _check_in_by_code,
    "name": _check_in_by_name,
    "walk_in": _walk_in,
    "companions": _add_companions,
}
