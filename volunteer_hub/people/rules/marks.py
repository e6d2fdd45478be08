"""Tags and notes that staff put to volunteers, and whom they may write to."""

from __future__ import annotations

import enum
from typing import Final

LONGEST_TAG: Final = 20
LONGEST_NOTE: Final = 500
MOST_TAGS: Final = 10
MOST_FILTERS: Final = 20
LONGEST_TITLE: Final = 40
LONGEST_TEXT: Final = 500


class MarkKind(enum.StrEnum):
    """What a mark is."""

    TAG = "tag"
    NOTE = "note"
