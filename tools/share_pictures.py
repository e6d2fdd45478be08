"""Make static/share/: the pictures of campaigns that chats show beside a link, which take no SVG.

python -m tools.share_pictures
"""

from __future__ import annotations

import io

from PIL import Image
from playwright.sync_api import sync_playwright

from tools.bootstrap import ROOT

WIDTH, HEIGHT = 640, 360
COLOURS = 96


def main() -> None:
    """Draw each picture with the browser and keep it with few colours."""
    target = ROOT / "static" / "share"
    target.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium")
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for picture in sorted((ROOT / "static" / "art").glob("*.svg")):
            page.set_content(
                f"<body style='margin:0'>{picture.read_text(encoding='utf-8')}</body>"
                "<style>svg{width:100vw;height:100vh;display:block}</style>"
            )
            drawn = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            kept = drawn.quantize(COLOURS, dither=Image.Dither.NONE)
            kept.save(target / f"{picture.stem}.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
