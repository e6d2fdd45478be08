from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.core import access, clock, csrf
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.outbox import Key, OutboxMessage, RecipientKind
from volunteer_hub.core.text import read_id
from volunteer_hub.core.transaction import transaction
from volunteer_hub.notifications import actions, kinds, packing, queries
from volunteer_hub.notifications.forms import PreferencesForm
from volunteer_hub.notifications.lines import key_of, label_of, state_of
from volunteer_hub.notifications.recipients import Recipient, find_recipients
from volunteer_hub.notifications.topics import CHOOSABLE, TOPICS, Means, Topic
from volunteer_hub.notifications.wording import Message, WordingError

blueprint = Blueprint("notifications", __name__)


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message as a page shows it."""

    recipient: str
    queued_at: datetime
    state: str
    is_unread: bool
    message: Message | None
    kind: str


def context() -> dict[str, Callable[[], int]]:
    """Return what layouts use to show that something new is there."""
    return {"unread_messages": unread_messages}


def unread_messages() -> int:
    """Return how many messages whoever looks at this page has not seen."""
    return current_user.unread if current_user.is_authenticated else 0


@blueprint.get("/dev/outbox")
@access.development
def dev_outbox() -> ResponseReturnValue:
    chosen = _read_key(request.args.get("to", ""))
    shown = queries.messages_for_all(_page_number(), to=chosen)
    keys = queries.recent_recipients()
    known = find_recipients([*keys, *(key_of(each) for each in shown.messages)])
    deliveries = queries.deliveries_of([each.id for each in shown.messages])
    return render_template(
        "notifications/dev_outbox.html",
        bubbles=[
            _bubble(each, known.get(key_of(each)), state_of(each, deliveries.get(each.id, ())))
            for each in shown.messages
        ],
        shown=shown,
        chosen=_written(chosen) if chosen else "",
        choices=[(_written(key), label_of(known.get(key))) for key in keys],
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
        bubbles=[_bubble(each, me, "sent") for each in shown.messages],
        shown=shown,
        address=lambda number: url_for("notifications.my_messages", page=number),
    )


@blueprint.post("/me/messages/read")
@access.signed_in
def mark_read() -> ResponseReturnValue:
    with transaction():
        actions.mark_all_read(current_user.person_id, now=clock.now())
    return redirect(url_for("notifications.my_messages"))


@blueprint.route("/me/messages/preferences", methods=["GET", "POST"])
@access.signed_in
def preferences() -> ResponseReturnValue:
    person_id = current_user.person_id
    me = queries.find_recipient(person_id)
    if me is None:
        raise NotFoundError
    is_staff = bool(access.roles() & access.STAFF)
    topics = [topic for topic in CHOOSABLE if is_staff or not TOPICS[topic].is_for_staff]
    made = PreferencesForm.for_topics(topics, queries.wanted_by(person_id))
    form = made(language=me.language) if request.method == "GET" else made()
    if form.is_submitted() and form.validate():
        with transaction():
            actions.set_preferences(person_id, form.choices_made(), language=form.language.data)
        flash(_("已保存。之后的消息按您选的发。"), "success")
        return redirect(url_for("notifications.preferences"))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
    always = [about for about in TOPICS.values() if about.is_fixed and about.means]
    return render_template(
        "notifications/preferences.html", form=form, me=me, always=always
    ), status


@blueprint.get("/unsubscribe/<topic>/<token>")
@access.public
def confirm_unsubscribe(topic: str, token: str) -> ResponseReturnValue:
    chosen, _person_id = _read_unsubscribe(topic, token)
    return render_template(
        "notifications/unsubscribe.html", about=TOPICS[chosen], topic=topic, token=token
    )


@blueprint.post("/unsubscribe/<topic>/<token>")
@access.public
def unsubscribe(topic: str, token: str) -> ResponseReturnValue:
    chosen, person_id = _read_unsubscribe(topic, token)
    csrf.take_link_for_token()
    with transaction():
        actions.unsubscribe(person_id, chosen, Means.EMAIL)
    return render_template("notifications/unsubscribed.html", about=TOPICS[chosen])


def _read_unsubscribe(topic: str, token: str) -> tuple[Topic, int]:
    """Return whose wish it is about what.

    Raises:
        NotFoundError: The address was not made here.
    """
    person_id = packing.read_unsubscribe_token(Topic(topic), token) if topic in CHOOSABLE else None
    if person_id is None:
        raise NotFoundError
    return Topic(topic), person_id


def _page_number() -> int:
    return min(request.args.get("page", 1, type=int), 100_000)


def _written(key: Key) -> str:
    return f"{key[0]}:{key[1]}"


def _read_key(text: str) -> Key | None:
    kind, _colon, number = text.partition(":")
    recipient_id = read_id(number)
    if kind not in set(RecipientKind) or recipient_id is None:
        return None
    return RecipientKind(kind), recipient_id


def _bubble(row: OutboxMessage, to: Recipient | None, state: str) -> Bubble:
    try:
        facts = queries.facts_of(row)
        message = kinds.render(row.kind, facts or {}, to.name if to else None)
    except WordingError:
        message = None
    return Bubble(label_of(to), row.queued_at, state, row.read_at is None, message, row.kind)
