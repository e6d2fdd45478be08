"""The organiser's side of several phones: who may scan, what needs a decision, how it goes."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.checkin import actions, queries, rules, wire
from volunteer_hub.checkin.errors import BadScanError
from volunteer_hub.checkin.forms import (
    DeviceForm,
    QueueForm,
    SettleForm,
    TailsForm,
    new_scan_id,
)
from volunteer_hub.checkin.rules import Conflict, Outcome
from volunteer_hub.checkin.views import blueprint
from volunteer_hub.checkin.wording import conflict_words, settlement_words, words
from volunteer_hub.core import access, clock
from volunteer_hub.core.qr import qr_svg
from volunteer_hub.core.tokens import link_token
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import queries as events
from volunteer_hub.organisations import queries as organisations

if TYPE_CHECKING:
    from volunteer_hub.events.models import Event
    from volunteer_hub.organisations.queries import Scope

BOARD_S: Final = 3


def _scope() -> Scope:
    return organisations.scope_of(current_user.person_id)


def _event(event_id: int) -> Event:
    return queries.event_at_door(event_id, _scope())


@blueprint.get("/organise/events/<int:event_id>/door/devices")
@access.role()
def devices(event_id: int) -> ResponseReturnValue:
    return _devices_page(event_id, DeviceForm(formdata=None), QueueForm(formdata=None))


def _devices_page(event_id: int, form: DeviceForm, queue_form: QueueForm) -> str:
    event = _event(event_id)
    tails = TailsForm(formdata=None)
    tails.are_shown.data = queries.shows_phone_tail(event_id)
    return render_template(
        "checkin/devices.html",
        event=event,
        form=form,
        queue_form=queue_form,
        tails_form=tails,
        devices=queries.devices_of(event_id),
        doors=list(queries.checkpoints_of(event_id).values()),
        waiting=queries.conflicts_waiting(event_id),
        now=clock.now(),
    )


@blueprint.post("/organise/events/<int:event_id>/door/devices")
@access.role()
def add_device(event_id: int) -> ResponseReturnValue:
    form = DeviceForm()
    if not form.validate():
        return _devices_page(event_id, form, QueueForm(formdata=None)), _INVALID
    with transaction():
        event = events.lock_event_for_staff(event_id, _scope())
        device = actions.add_device(
            event, form.door.data or "", by=current_user.person_id, now=clock.now()
        )
        device_id = device.id
    return redirect(url_for("checkin.show_device", event_id=event_id, device_id=device_id))


_INVALID: Final = HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/organise/events/<int:event_id>/door/devices/<int:device_id>")
@access.role()
def show_device(event_id: int, device_id: int) -> ResponseReturnValue:
    event = _event(event_id)
    device = queries.device_of_event(event_id, device_id)
    is_open = actions.is_enrollable(device, now=clock.now())
    token = link_token(actions.ENROLMENT, device.id)
    path = url_for("checkin.phone")
    return render_template(
        "checkin/device.html",
        event=event,
        device=device,
        door=queries.checkpoints_of(event_id).get(device.checkpoint_id or 0, ""),
        is_open=is_open,
        until=device.made_at + actions.ENROL_WITHIN,
        here=f"{path}#{token}" if is_open else "",
        svg=qr_svg(f"{current_app.config['PUBLIC_URL']}{path}#{token}") if is_open else "",
    )


@blueprint.post("/organise/events/<int:event_id>/door/devices/<int:device_id>/revoke")
@access.role()
def revoke_device(event_id: int, device_id: int) -> ResponseReturnValue:
    with transaction():
        _event(event_id)  # not found outside of their scope
        device = queries.device_of_event(event_id, device_id)
        actions.revoke(device, by=current_user.person_id, now=clock.now())
    flash(_("这部手机不能再扫码了。它没上传的记录，可以导出后在这里导入。"), "success")
    return redirect(url_for("checkin.devices", event_id=event_id))


@blueprint.post("/organise/events/<int:event_id>/door/devices/tails")
@access.role()
def set_phone_tails(event_id: int) -> ResponseReturnValue:
    form = TailsForm()
    with transaction():
        events.lock_event_for_staff(event_id, _scope())
        are_shown = bool(form.are_shown.data)
        actions.show_phone_tails(
            event_id, are_shown=are_shown, by=current_user.person_id, now=clock.now()
        )
    flash(_("已保存。手机下次联网时生效。"), "success")
    return redirect(url_for("checkin.devices", event_id=event_id))


@blueprint.post("/organise/events/<int:event_id>/door/devices/import")
@access.role()
def import_queue(event_id: int) -> ResponseReturnValue:
    """Take the scans that a phone gave out by hand; each is judged as if it had sent them."""
    form = QueueForm()
    if not form.validate():
        return _devices_page(event_id, DeviceForm(formdata=None), form), _INVALID
    try:
        batches = wire.read_file(wire.read_json(form.raw()))
    except BadScanError:
        form.file.errors = [_("这不是签到手机导出的文件")]
        return _devices_page(event_id, DeviceForm(formdata=None), form), _INVALID
    with transaction():
        _event(event_id)  # not found outside of their scope
        door = queries.hold_door(event_id, alone=True)
        by, now = current_user.person_id, clock.now()
        results = [
            result
            for batch in batches
            for result in actions.import_batch(door, batch, by=by, now=now)
        ]
    kept = sum(result.outcome is not Outcome.REJECTED for result in results)
    flash(
        _("导入了 %(total)s 条，其中 %(kept)s 条有效。需要您看的，在“待处理”里。",
          total=len(results), kept=kept),
        "success",
    )  # fmt: skip
    return redirect(url_for("checkin.inbox", event_id=event_id))


@blueprint.get("/organise/events/<int:event_id>/door/inbox")
@access.role()
def inbox(event_id: int) -> ResponseReturnValue:
    event = _event(event_id)
    return render_template(
        "checkin/inbox.html",
        event=event,
        waiting=[_shown(each) for each in queries.conflicts_of(event_id)],
        settled=[_shown(each) for each in queries.conflicts_of(event_id, are_settled=True)],
        is_final=queries.door_of(event).is_confirmed,
        settlements_of=rules.settlements_of,
        say=settlement_words,
        new_scan_id=new_scan_id,
        can_find=Conflict.UNKNOWN,
    )


def _shown(each: queries.Waiting) -> tuple[Any, Any, Any]:
    return each, conflict_words(each.kind, each.answer), words(each.answer)


@blueprint.post("/organise/events/<int:event_id>/door/inbox/<int:conflict_id>")
@access.role()
def settle_conflict(event_id: int, conflict_id: int) -> ResponseReturnValue:
    form = SettleForm()
    with transaction():
        _event(event_id)  # not found outside of their scope
        actions.settle(
            event_id,
            conflict_id,
            form.settlement(),
            scan_id=form.kept_scan_id,
            by=current_user.person_id,
            now=clock.now(),
        )
    flash(_("已处理"), "success")
    return redirect(url_for("checkin.inbox", event_id=event_id))


@blueprint.get("/organise/events/<int:event_id>/door/board")
@access.role()
def board(event_id: int) -> ResponseReturnValue:
    """Show how it goes at all doors; asked again every few seconds, and answered only by news."""
    event = _event(event_id)
    is_fragment = request.headers.get("HX-Request") == "true"
    state = ".".join(str(number) for number in queries.state_of_door(event_id))
    etag = f"{event_id}.{state}.{clock.now():%H%M}.{int(is_fragment)}.{_looks()}"
    if is_fragment and request.if_none_match.contains_weak(etag):
        return "", HTTPStatus.NOT_MODIFIED
    template = "checkin/_board.html" if is_fragment else "checkin/board.html"
    answer = make_response(render_template(template, event=event, **_board_values(event_id)))
    if is_fragment:
        answer.set_etag(etag, weak=True)
        answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _looks() -> str:
    return f"{request.cookies.get('vh_lang', '')[:2]}"


def _board_values(event_id: int) -> dict[str, Any]:
    return {
        "counts": queries.counts_of(event_id),
        "doors": queries.figures_by_door(event_id),
        "recent": [(each, words(each)) for each in queries.recent_answers(event_id)],
        "devices": [each for each in queries.devices_of(event_id) if each.enrolled_at],
        "waiting": queries.conflicts_waiting(event_id),
        "now": clock.now(),
    }
