"""How a message is put into words. Done when it is sent or shown, in its reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from flask_babel import gettext as _

from volunteer_hub.core.formats import JOINER, bracketed, clauses, span_of, when

# So long may what people typed be in a short message, which should fit into one part.
SHORT: Final = 14
ALWAYS: Final = frozenset({"path"})


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along in a mail."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """A message in words.

    Attributes:
        subject: Its title where a channel has titles.
        lines: What it says, a paragraph each, the greeting first.
        path: Where on this site it leads, or None.
        action: What the link says.
        short: The same in one sentence, for a text message.
        variables: Its variables in words, for providers that keep the wording themselves.
        attachments: Files that go along in a mail.
    """

    subject: str
    lines: tuple[str, ...]
    path: str | None
    action: str
    short: str
    variables: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()

    @property
    def text(self) -> str:
        """The whole body in one piece."""
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True)
class Draft:
    """A message before its greeting and its address."""

    subject: str
    lines: list[str]
    action: str


class WordingError(LookupError):
    """A message cannot be put into words; sending it again would not help."""


class UnknownKindError(WordingError):
    """Nobody wrote wording for this kind of message."""


class VariableError(WordingError):
    """A message lacks a variable, or has one that its kind does not know."""


class Facts:
    """The params of a message, read strictly: only what its kind declares, and all it needs."""

    def __init__(self, params: Mapping[str, Any], *, needs: Set[str], may: Set[str]) -> None:
        """Check the params against what is declared.

        Raises:
            VariableError: One is missing, or one is not declared.
        """
        self._params = params
        self._declared = needs | may | ALWAYS
        missing = sorted(name for name in needs if params.get(name) in (None, "", []))
        unknown = sorted(params.keys() - self._declared)
        if missing or unknown:
            raise VariableError(f"missing: {missing}, unknown: {unknown}")

    def _value(self, name: str) -> Any:  # noqa: ANN401 - whatever was queued
        if name not in self._declared:
            raise VariableError(f"undeclared: {name}")
        return self._params.get(name)

    def text(self, name: str) -> str:
        """Return a text, or nothing."""
        return str(self._value(name) or "")

    def short(self, name: str) -> str:
        """Return a text cut to what fits into a short message, or nothing."""
        return cut(self.text(name), SHORT)

    def moment(self, name: str) -> str:
        """Return a moment as people write it, or nothing.

        Raises:
            VariableError: It is no ISO moment.
        """
        value = self._value(name)
        try:
            return when(datetime.fromisoformat(value)) if value else ""
        except (TypeError, ValueError) as error:
            raise VariableError(f"no moment: {name}") from error

    def span(self, first: str, last: str) -> str:
        """Return a stretch of time as people write it; its end may be left open.

        Raises:
            VariableError: One of them is no ISO moment.
        """
        begin, end = self.moment(first), self.moment(last)
        if not end:
            return begin
        moments = (datetime.fromisoformat(self._value(name)) for name in (first, last))
        return span_of(*moments).replace(JOINER, "")

    def number(self, name: str) -> int:
        """Return a whole number, or 0."""
        return int(self._value(name) or 0)

    def texts(self, name: str) -> list[str]:
        """Return texts, perhaps none."""
        return [str(each) for each in self._value(name) or ()]

    def in_words(self) -> dict[str, str]:
        """Return every variable as text, moments as people write them, long ones cut."""
        words = {}
        for name, value in self._params.items():
            is_moment = isinstance(value, str) and _is_moment(value)
            words[name] = self.moment(name) if is_moment else cut(_plain(value), 2 * SHORT)
        return words


def _is_moment(text: str) -> bool:
    try:
        return "T" in text and datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _plain(value: object) -> str:
    return clauses(map(str, value)) if isinstance(value, list) else str(value)


def cut(text: str, most: int) -> str:
    """Return a text of at most so many characters, marked where something was cut off."""
    return text if len(text) <= most else text[: most - 1] + "…"


def line(label: str, value: str) -> list[str]:
    """Return a line of label and value, or none when there is no value."""
    return [f"{label}{value}"] if value else []


def where_and_when(facts: Facts) -> list[str]:
    """Return the lines about time, place and what to bring, as far as the kind has them."""
    return [
        *line(_("时间："), facts.span("when", "until")),
        *line(_("地点："), facts.text("place")),
        *line(_("岗位："), facts.text("post")),
        *line(_("集合："), facts.text("meeting")),
        *line(_("请带上："), facts.text("bring")),
    ]


def which_event(facts: Facts, *, with_place: bool = False) -> str:
    """Return the event in a few characters, with its time and perhaps its place."""
    about = [facts.moment("when"), facts.short("place") if with_place else ""]
    return bracketed(_("“%(event)s”", event=facts.short("event")), clauses(about))


def put_into_words(
    wording: Callable[[Facts], Draft],
    sms: Callable[[Facts], str],
    facts: Facts,
    recipient_name: str | None,
) -> Message:
    """Return a message in words; attendees may have left no name to greet them by."""
    draft = wording(facts)
    greeting = _("%(name)s，您好：", name=recipient_name) if recipient_name else _("您好：")
    return Message(
        subject=draft.subject,
        lines=(greeting, *draft.lines),
        path=facts.text("path") or None,
        action=draft.action,
        short=sms(facts),
        variables=facts.in_words(),
    )
