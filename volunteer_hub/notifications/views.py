from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.core import access, clock
from volunteer_hub.core.formats import mask_name, mask_phone
from volunteer_hub.core.outbox import OutboxMessage, RecipientKind
from volunteer_hub.notifications import queries, wording
from volunteer_hub.notifications.recipients import Key, Recipient, find_recipients
from volunteer_hub.notifications.wording import Message

blueprint = Blueprint("notifications", __name__)


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message as a page shows it."""

    recipient: str
    queued_at: datetime
    state: str
    message: Message | None
    kind: str


@blueprint.get("/dev/outbox")
@access.development
def dev_outbox() -> ResponseReturnValue:
    chosen = _read_key(request.args.get("to", ""))
    shown = queries.messages_for_all(_page_number(), to=chosen)
    keys = queries.recent_recipients()
    known = find_recipients([*keys, *(_key(each) for each in shown.messages)])
    return render_template(
        "notifications/dev_outbox.html",
        bubbles=[_bubble(each, known.get(_key(each))) for each in shown.messages],
        shown=shown,
        chosen=_written(chosen) if chosen else "",
        choices=[(_written(key), _label(known.get(key))) for key in keys],
        address=lambda number: url_for(
            "notifications.dev_outbox", page=number, to=request.args.get("to") or None
        ),
    )


@blueprint.get("/me/messages")
@access.signed_in
def my_messages() -> ResponseReturnValue:
    person_id = current_user.person_id
    shown = queries.messages_of_person(person_id, _page_number(), now=clock.now())
    me = Recipient(current_user.name, None, None)
    return render_template(
        "notifications/my_messages.html",
        bubbles=[_bubble(each, me) for each in shown.messages],
        shown=shown,
        address=lambda number: url_for("notifications.my_messages", page=number),
    )


def _page_number() -> int:
    return min(request.args.get("page", 1, type=int), 100_000)


def _key(message: OutboxMessage) -> Key:
    return message.recipient_kind, message.recipient_id


def _written(key: Key) -> str:
    return f"{key[0]}:{key[1]}"


def _read_key(text: str) -> Key | None:
    kind, _colon, number = text.partition(":")
    if kind not in set(RecipientKind) or not (number.isascii() and number.isdigit()):
        return None
    return (RecipientKind(kind), int(number)) if len(number) < 12 else None


def _label(recipient: Recipient | None) -> str:
    if recipient is None:
        return str(_("收件人已不在"))
    return " ".join((mask_name(recipient.name), mask_phone(recipient.phone)))


def _bubble(row: OutboxMessage, recipient: Recipient | None) -> Bubble:
    facts = queries.facts_of(row)
    try:
        message = wording.render(row.kind, facts or {}, recipient.name if recipient else None)
    except (LookupError, ValueError):
        message = None
    state = "sent" if row.sent_at else "failed" if row.failed_at else "waiting"
    return Bubble(_label(recipient), row.queued_at, state, message, row.kind)
