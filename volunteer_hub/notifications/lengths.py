"""How long text messages are: as usual, and with names as long as they may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from volunteer_hub.notifications import packing, rules
from volunteer_hub.notifications.channels import Parcel
from volunteer_hub.notifications.channels.sms import sms_text
from volunteer_hub.notifications.kinds import Kind
from volunteer_hub.notifications.recipients import Recipient
from volunteer_hub.notifications.wording import put_into_words

# Stands for the registered 签名 where no gateway is set up.
USUAL_SIGNATURE: Final = "丹东科普"
LONGEST_SIGNATURE: Final = "丹东科普志愿服务"
# In December every month and day has two digits, which is as long as moments get.
_LATE: Final = "2026-12-27T01:30:00+00:00"
_LONG: Final = "长" * 60
_MOMENTS: Final = frozenset({"when", "was", "deadline"})
# What people type.
_TYPED: Final = frozenset({"event", "place", "post", "meeting", "bring", "reason", "title", "text"})


@dataclass(frozen=True, slots=True)
class Length:
    """How long one text message is.

    Attributes:
        text: The message.
        signs: How many signs it has.
        parts: As how many messages it is billed.
        alphabet: GSM-7 when every sign is in the old alphabet of phones, else UCS-2.
    """

    text: str
    signs: int
    parts: int
    alphabet: str


def of(kind: Kind, params: dict[str, Any] | None = None, signature: str | None = None) -> Length:
    """Return how long a kind's text message is, in the language of the moment.

    Args:
        kind: Which.
        params: Its variables; without any, those of the preview.
        signature: The registered signature, without its brackets.
    """
    facts = kind.facts(kind.sample_params() if params is None else params)
    message = put_into_words(kind.wording, kind.sms, facts, None)
    parcel = Parcel(
        key="sample",
        kind=kind.name,
        recipient=Recipient(None, None, None),
        message=message,
        url=packing.full_address(message.path) if message.path else None,
        unsubscribe_url=None,
        now=datetime(2026, 1, 1, tzinfo=UTC),
    )
    text = sms_text(parcel, signature or USUAL_SIGNATURE)
    alphabet = "GSM-7" if rules.is_gsm(text) else "UCS-2"
    return Length(text, len(text), rules.sms_parts(text), alphabet)


def longest_of(kind: Kind) -> Length:
    """Return how long it is with every name and text as long as they may be."""
    params = {name: _longest(name, value) for name, value in kind.sample_params().items()}
    return of(kind, params, LONGEST_SIGNATURE)


def _longest(name: str, value: Any) -> Any:  # noqa: ANN401 - whatever a variable is
    if name in _MOMENTS:
        return _LATE
    return _LONG if name in _TYPED else value
