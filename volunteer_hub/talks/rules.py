"""How a request for a talk stands. Pure."""

from __future__ import annotations

import enum
from typing import Final

LONGEST_TITLE: Final = 80
LONGEST_TEXT: Final = 500
LONGEST_ANSWER: Final = 200
SHORTEST_MIN: Final = 10
LONGEST_MIN: Final = 480


class TalkState(enum.StrEnum):
    """How far a request for a talk is."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    PROPOSED = "proposed"


class Answer(enum.StrEnum):
    """What a speaker may say to a request; none of it needs a reason."""

    ACCEPT = "accept"
    DECLINE = "decline"
    PROPOSE = "propose"


STATE_AFTER: Final = {
    Answer.ACCEPT: TalkState.ACCEPTED,
    Answer.DECLINE: TalkState.DECLINED,
    Answer.PROPOSE: TalkState.PROPOSED,
}
# Whoever proposed another day, or declined, may still come after all.
OPEN: Final = frozenset({TalkState.ASKED, TalkState.PROPOSED})


def may_answer(state: TalkState, answer: Answer) -> bool:
    """Tell whether an answer still counts: who agreed stays; who declined may think again."""
    return state in OPEN or (state is TalkState.DECLINED and answer is Answer.ACCEPT)
