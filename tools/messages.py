"""Take pictures of all kinds of messages on a phone: ``python -m tools.messages``.

They go into docs/screens as messages-zh.png and messages-en.png, one sheet for each language.
"""

from __future__ import annotations

import io
from typing import Final

from PIL import Image

from tools.screens import PHONE, opened, save

COLUMNS: Final = 6
SCALE: Final = 0.45
GAP_PX: Final = 12
TALL_PX: Final = 20_000  # nothing scrolls, so that the bar stays off the cards


def sheet(cards: list[Image.Image]) -> Image.Image:
    """Return cards in columns of about the same height, in their order."""
    height = sum(card.height + GAP_PX for card in cards) // COLUMNS
    columns: list[list[Image.Image]] = [[]]
    for card in cards:
        is_full = sum(each.height + GAP_PX for each in columns[-1]) + card.height // 2 > height
        if is_full and len(columns) < COLUMNS:
            columns.append([])
        columns[-1].append(card)
    step = max(card.width for card in cards) + GAP_PX
    tallest = max(sum(card.height + GAP_PX for card in column) for column in columns)
    whole = Image.new("RGB", (step * len(columns) - GAP_PX, tallest), "white")
    for number, column in enumerate(columns):
        top = 0
        for card in column:
            whole.paste(card, (number * step, top))
            top += card.height + GAP_PX
    size = (int(whole.width * SCALE), int(whole.height * SCALE))
    return whole.resize(size, Image.Resampling.LANCZOS)


def main() -> None:
    """Take both sheets anew."""
    with opened() as studio:
        context = studio.seat("city_office", is_wide=True)
        for language in ("zh", "en"):
            page = context.new_page()
            page.set_viewport_size({"width": PHONE[0], "height": TALL_PX})
            page.goto(f"/admin/messages/all?in={language}")
            shots = [
                Image.open(io.BytesIO(card.screenshot())).convert("RGB")
                for card in page.locator("main .card").all()
            ]
            save(sheet(shots), f"messages-{language}")
        context.close()


if __name__ == "__main__":
    main()
