"""Every kind of message there is. A feature registers its own in its ``init_app``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

from volunteer_hub.core import outbox
from volunteer_hub.core.outbox import Priority
from volunteer_hub.notifications.topics import Topic
from volunteer_hub.notifications.wording import (
    Attachment,
    Draft,
    Facts,
    Message,
    UnknownKindError,
    put_into_words,
)

USUAL_LIFETIME: Final = timedelta(days=7)
# What the preview shows, and what tests measure; a variable means the same in every kind.
SAMPLE: Final[Mapping[str, Any]] = {
    "event": "科普大篷车进校园",
    "when": "2026-09-06T01:30:00+00:00",
    "until": "2026-09-06T03:30:00+00:00",
    "place": "通远堡镇中心小学",
    "post": "讲解员",
    "meeting": "8:10 市科技馆东门",
    "bring": "水杯、身份证",
    "deadline": "2026-09-05T12:00:00+00:00",
    "reason": "大雨",
    "was": "2026-09-05T01:30:00+00:00",
    "asks": True,
    "changes": ["time", "place"],
    "minutes": 150,
    "path": "/i/12345-7Q3CKF9M2D8VHXA0",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of message.

    Attributes:
        name: What it is queued as.
        label: What the office calls it, a msgid.
        topic: Under which its readers find it in their preferences.
        wording: Makes the message as one reads it in a mail or on the site.
        sms: Makes the short text, without signature, greeting and link, which are added.
        needs: The variables it cannot do without.
        may: The variables that may be left out; ``path`` always may.
        priority: Who goes first. What is urgent goes at night as well.
        lifetime: After this time it is no use, unless its sender says otherwise.
        sample: Values for the preview of variables that are not in ``SAMPLE``.
        attachments: Makes files that go along in a mail.
    """

    name: str
    label: str
    topic: Topic
    wording: Callable[[Facts], Draft]
    sms: Callable[[Facts], str]
    needs: Set[str] = frozenset()
    may: Set[str] = frozenset()
    priority: Priority = Priority.NORMAL
    lifetime: timedelta = USUAL_LIFETIME
    sample: Mapping[str, Any] = field(default_factory=dict)
    attachments: Callable[[Facts], tuple[Attachment, ...]] | None = None

    def facts(self, params: Mapping[str, Any]) -> Facts:
        """Return the params as this kind reads them.

        Raises:
            VariableError: One is missing, or one is not of this kind.
        """
        return Facts(params, needs=self.needs, may=self.may)

    def sample_params(self) -> dict[str, Any]:
        """Return params for a preview, every variable filled."""
        known = {**SAMPLE, **self.sample}
        return {name: known[name] for name in [*self.needs, *self.may, "path"] if name in known}


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Add kinds of messages, or replace those of the same name."""
    for kind in kinds:
        _kinds[kind.name] = kind
        outbox.register_usual(kind.name, outbox.Usual(kind.priority, kind.lifetime))


def registered() -> list[Kind]:
    """Return every kind, by name."""
    return [_kinds[name] for name in sorted(_kinds)]


def find_kind(name: str) -> Kind | None:
    """Return the kind of that name, or None."""
    return _kinds.get(name)


def kind_named(name: str) -> Kind:
    """Return the kind of that name.

    Raises:
        UnknownKindError: Nobody registered it.
    """
    kind = _kinds.get(name)
    if kind is None:
        raise UnknownKindError(name)
    return kind


def render(name: str, params: Mapping[str, Any], recipient_name: str | None) -> Message:
    """Return a message in words, in the language of the moment.

    Args:
        name: Of its kind.
        params: Titles, ISO moments and paths, as they were queued.
        recipient_name: How to greet the reader; attendees may have left no name.

    Raises:
        WordingError: There is no such kind, or the params are not what it needs.
    """
    kind = kind_named(name)
    facts = kind.facts(params)
    message = put_into_words(kind.wording, kind.sms, facts, recipient_name)
    return replace(message, attachments=kind.attachments(facts)) if kind.attachments else message
