"""QR codes as one small SVG path, black on white, with the quiet zone they need."""

from __future__ import annotations

from functools import lru_cache

import qrcode
from markupsafe import Markup

QUIET_MODULES = 4


@lru_cache(maxsize=512)
def qr_svg(text: str, title: str = "") -> Markup:
    """Return the text as a QR code at error correction M, as an inline SVG.

    Upper-case runs of 20 characters and more are packed as alphanumeric segments, which keeps a
    ticket's address at version 3 (29 modules).

    Args:
        text: What a scanner reads.
        title: What a screen reader says; empty when the page says it beside the picture.
    """
    code = qrcode.QRCode(
        error_correction=qrcode.ERROR_CORRECT_M, border=QUIET_MODULES, mask_pattern=3
    )
    code.add_data(text, optimize=20)
    code.make(fit=True)
    matrix = code.get_matrix()
    size = len(matrix)
    named = Markup('role="img" aria-label="{}"').format(title)
    label = named if title else Markup('aria-hidden="true"')
    return Markup(
        '<svg class="qr" viewBox="0 0 {size} {size}" shape-rendering="crispEdges" {label}>'
        '<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{path}"/></svg>'
    ).format(size=size, label=label, path=_path(matrix))


def _path(matrix: list[list[bool]]) -> str:
    """Return dark modules as horizontal runs."""
    runs: list[str] = []
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                runs.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
            x += 1
    return "".join(runs)
