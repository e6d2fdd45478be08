"""A kind of message as each channel would carry it, on invented values or on real ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from volunteer_hub.core import clock
from volunteer_hub.notifications import channels, packing, rules
from volunteer_hub.notifications.channels import Parcel
from volunteer_hub.notifications.channels.robots import group_text
from volunteer_hub.notifications.channels.sms import SmsChannel, sms_text
from volunteer_hub.notifications.kinds import Kind, render
from volunteer_hub.notifications.lengths import USUAL_SIGNATURE
from volunteer_hub.notifications.recipients import Recipient
from volunteer_hub.notifications.topics import TOPICS, Topic
from volunteer_hub.notifications.wording import Message


@dataclass(frozen=True, slots=True)
class Sample:
    """One kind of message in one language.

    Attributes:
        message: As mail and site show it.
        topic: What its readers find it under.
        sms: The text message.
        sms_signs: How long that is.
        sms_parts: As how many text messages it is billed.
        is_real: Whether its values are those of a message that was queued.
        group: What a chat group reads; nothing when the kind is for one person.
        template: The provider's template for it, or nothing.
    """

    message: Message
    topic: str
    sms: str
    sms_signs: int
    sms_parts: int
    is_real: bool
    group: str
    template: str


def sample_of(kind: Kind, language: str, real: Mapping[str, Any] | None = None) -> Sample:
    """Return a kind of message in the language of the moment.

    Args:
        kind: Which.
        language: zh or en.
        real: The values of a message that was queued; without any, invented ones. Where it led is
            left out, for the address may let its reader in.
    """
    reader = Recipient(str(_("林小禾")), "13800000000", None, language=language)
    invented = kind.sample_params()
    params = invented if real is None else {**real, "path": invented.get("path")}
    message = render(kind.name, params, reader.name)
    parcel = Parcel(
        key="sample",
        kind=kind.name,
        recipient=reader,
        message=message,
        url=packing.full_address(message.path) if message.path else None,
        unsubscribe_url=None,
        now=clock.now(),
    )
    channel = channels.find("sms")
    gateway = channel if isinstance(channel, SmsChannel) else None
    text = sms_text(parcel, gateway.signature if gateway else USUAL_SIGNATURE)
    return Sample(
        message=message,
        topic=str(_(TOPICS[kind.topic].label)),
        sms=text,
        sms_signs=len(text),
        sms_parts=rules.sms_parts(text),
        is_real=real is not None,
        group=group_text(parcel) if kind.topic is Topic.OFFICE else "",
        template=gateway.templates.get(kind.name, "") if gateway else "",
    )
