"""What attendees are told, and when they are reminded."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from volunteer_hub.core import outbox
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.outbox import Draft
from volunteer_hub.core.tokens import link_token
from volunteer_hub.events.models import Event
from volunteer_hub.events.rules import is_imminent
from volunteer_hub.registrations import queries
from volunteer_hub.registrations.models import Registration
from volunteer_hub.waiting import actions as waiting
from volunteer_hub.waiting import rules as waiting_rules
from volunteer_hub.waiting.models import WaitingOffer

AT_ONCE: Final = 1000
OFFER: Final = "waiting-place"  # what a link to an offered place is signed for


def tell(
    kind: str,
    registration: Registration,
    *,
    now: datetime,
    key: str = "",
    more: dict[str, Any] | None = None,
) -> None:
    """Queue a message to whoever left a number; the others see it on their ticket.

    Args:
        kind: Of the message.
        registration: Whom it is for.
        now: The moment of its cause.
        key: What tells it from another message of the same kind to the same one.
        more: Variables that only this kind has.
    """
    if not registration.phone:
        return
    event = registration.event
    params = _facts(event) | {"path": _path(kind, registration)} | (more or {})
    if kind == "event_changed":
        params |= {"changes": list(event.changes), "reason": event.change_reason}
        params["was"] = event.moved_from.isoformat() if event.moved_from else None
    if kind == "event_cancelled":
        params["reason"] = event.cancel_reason
    draft = Draft(
        kind=kind,
        to=outbox.to_registration(registration.id),
        dedupe_key=f"{kind}:registration:{registration.id}:{key}",
        params=params,
        emergency=_emergency(kind, event, now),
    )
    outbox.enqueue_all([draft], now=now)


def tell_of_offer(offer: WaitingOffer, registration: Registration, *, now: datetime) -> None:
    """Tell whoever left a number that places are kept for them, and until when; not at night."""
    if not registration.phone:
        return
    event = registration.event
    draft = Draft(
        kind="waiting_offer",
        to=outbox.to_registration(registration.id),
        dedupe_key=waiting.message_key(offer),
        params=_facts(event)
        | {"deadline": offer.expires_at.isoformat(), "path": offer_path(offer.id)},
        not_before=waiting_rules.heard_at(now.astimezone(LOCAL), starts_at=event.starts_at),
        expires_at=offer.expires_at,
    )
    outbox.enqueue_all([draft], now=now)


def offer_path(offer_id: int) -> str:
    """Return the address under which an offered place is accepted or declined."""
    return f"/w/{link_token(OFFER, offer_id)}"


def _emergency(kind: str, event: Event, now: datetime) -> str | None:
    """Return why a message goes at any hour, or None when it can wait for the morning."""
    is_news = kind in ("event_changed", "event_cancelled")
    return kind if is_news and is_imminent(event.moved_from, event.starts_at, now=now) else None


def remind(*, now: datetime) -> int:
    """Remind attendees who left a number of tomorrow's events, up to ``AT_ONCE``; return how many.

    Repeating it reminds nobody twice.
    """
    due = queries.due_reminders(now=now, limit=AT_ONCE)
    drafts = [
        Draft(
            kind="registration_reminder",
            to=outbox.to_registration(registration.id),
            dedupe_key=key,
            expires_at=registration.event.starts_at,
            params=_facts(registration.event) | {"path": _path("", registration)},
        )
        for key, registration in due
    ]
    outbox.enqueue_all(drafts, now=now)
    return len(drafts)


def _facts(event: Event) -> dict[str, Any]:
    return {
        "event": event.title,
        "when": event.starts_at.isoformat(),
        "place": event.venue.name if event.venue else "",
    }


def _path(kind: str, registration: Registration) -> str:
    """Return where a message leads: the ticket while it is worth something."""
    if kind == "event_cancelled":
        return "/events"
    if kind == "registration_cancelled":
        return f"/e/{registration.event_id}"
    return f"/T/{queries.code_of(registration)}"
