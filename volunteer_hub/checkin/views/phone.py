"""What enrolled phones ask for: the page that works without a network, who may come, answers."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, current_app, jsonify, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from volunteer_hub.checkin import actions, queries, rules, wire
from volunteer_hub.checkin.errors import (
    BadScanError,
    BatchTooLargeError,
    DeviceRefusedError,
    UnknownDeviceError,
)
from volunteer_hub.checkin.queries import Device
from volunteer_hub.checkin.views import blueprint
from volunteer_hub.core import access, clock, csrf
from volunteer_hub.core.pages import asset
from volunteer_hub.core.security import limiter
from volunteer_hub.core.transaction import transaction

ENROLMENTS: Final = "30/minute"
MOST_BYTES_OF_ENROLMENT: Final = 2048
_SCRIPTS: Final = (
    "app", "camera", "decoder", "signal", "scanner", "scan-queue", "door/page", "door/store",
    "door/judge", "door/sync", "door/carry", "door/words",
)  # fmt: skip
_STYLES: Final = ("tokens", "base", "components", "forms", "lists")
_OTHERS: Final = (
    "icons/icon.svg",
    "icons/sprite.svg",
    "vendor/zxing-wasm-3.1.4/reader/index.js",
    "vendor/zxing-wasm-3.1.4/zxing_reader.wasm",
    "vendor/qr-0.7.0/decode.js",
)
# What modules import by a name of their own, without a version.
_PLAIN: Final = (
    *(f"js/{name}.js" for name in _SCRIPTS),
    "vendor/zxing-wasm-3.1.4/share.js",
    "vendor/qr-0.7.0/index.js",
)


@blueprint.get("/scan/")
@access.public
def phone() -> ResponseReturnValue:
    """Show the scanner's page; it is the same for every phone, and holds nothing of anybody."""
    return render_template("checkin/phone.html")


@blueprint.get("/scan/sw.js")
@access.public
def phone_worker() -> ResponseReturnValue:
    """Return the script that keeps the page on the phone, with what the page consists of."""
    versioned = [
        *(asset(f"css/{name}.css") for name in _STYLES),
        *(asset(f"js/{name}.js") for name in ("app", "door/page")),
        *(asset(path) for path in _OTHERS),
    ]
    plain = [url_for("static", filename=path) for path in _PLAIN]
    version = "".join(asset(f"js/{name}.js")[-4:] for name in _SCRIPTS)
    script = render_template("checkin/phone_worker.js", files=[*versioned, *plain], version=version)
    answer = make_response(script)
    answer.headers.update(
        {"Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "private, no-cache"}
    )
    return answer


@blueprint.post("/scan/enrol")
@access.public
@limiter.limit(ENROLMENTS)
def enrol_phone() -> ResponseReturnValue:
    """Enrol a phone by the code that the organiser shows it."""
    body = _body(MOST_BYTES_OF_ENROLMENT)
    token, secret = (body.get("token"), body.get("secret")) if isinstance(body, dict) else (0, 0)
    if not isinstance(token, str) or not wire.is_secret(secret):
        raise BadScanError
    csrf.take_link_for_token()  # the code is a secret made for just this
    with transaction():
        device = actions.enrol(token[:60], str(secret), now=clock.now())
        told = _about(device)
    return jsonify(told)


def _about(device: Device) -> dict[str, Any]:
    event = queries.event_of_device(device.event_id)
    return {
        "device": device.id,
        "number": device.number,
        "door": device.door,
        "expires_at": int(device.expires_at.timestamp()),
        "server_time": clock.now().isoformat(),
        "event": {
            "id": event.id,
            "title": event.title,
            "starts_at": int(event.starts_at.timestamp()),
            "ends_at": int(event.ends_at.timestamp()),
            "state": event.status,
        },
    }


def _body(most: int) -> Any:  # noqa: ANN401 - whatever was sent
    if (request.content_length or 0) > most:
        raise BatchTooLargeError
    request.max_content_length = most
    return wire.read_json(request.get_data(cache=False))


def _secret() -> str:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind != "Bearer" or not wire.is_secret(secret):
        raise UnknownDeviceError
    return secret


def _device(secret: str) -> Device:
    device = queries.find_device(secret)
    if device is None:
        raise UnknownDeviceError
    if not device.is_good(clock.now()):
        raise DeviceRefusedError
    return device


@blueprint.get("/scan/roster")
@access.public
def phone_roster() -> ResponseReturnValue:
    """Return who may come, as the phone keeps it; nothing when it has that already."""
    device = _device(_secret())
    with_tails = queries.shows_phone_tail(device.event_id)
    about = _about(device)
    del about["server_time"]
    people = queries.roster_of(device.event_id, with_tails=with_tails)
    answer: Response = jsonify(
        **about, salt=queries.salt_of(device.event_id), tails=with_tails, people=people
    )
    answer.add_etag()
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer.make_conditional(request)


@blueprint.post("/scan/batch")
@access.public
def scan_batch() -> ResponseReturnValue:
    """Take what a phone scanned, all of it or nothing, and answer each scan."""
    secret = _secret()
    _device(secret)  # nobody else's message is even read
    body = _body(rules.MOST_BYTES)
    csrf.take_link_for_token()  # the phone's secret stands for the token; no cookie was asked
    now = clock.now()
    with transaction():
        device = _device(secret)  # it may have been taken off in this moment
        batch, names = wire.read_batch(body, device)
        door = queries.hold_door(device.event_id, alone=True)
        results = actions.record_batch(door, batch, by=None, now=now)
        offset = rules.true_offset(now, batch.sent_at, batch.measured)
        actions.note_seen(device, unsent=wire.unsent_of(body), offset=offset, now=now)
        counts = queries.counts_of(device.event_id)
        doors = queries.checkpoints_of(device.event_id)
    answers = {result.scan_id: result for result in results}
    answer = {
        "server_time": now.isoformat(),
        "results": wire.told(answers, names, doors),
        "counts": wire.told_counts(counts),
    }
    return current_app.response_class(current_app.json.dumps(answer), mimetype="application/json")
