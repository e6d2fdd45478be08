"""QR codes: read from what a page shows, and filmed for the camera."""

from __future__ import annotations

import io
from pathlib import Path

import qrcode
import zxingcpp
from PIL import Image

FILM = (1280, 720)
SIDE = 420
GREY = 200


def read_code(picture: bytes) -> str:
    """Return the text of the one QR code in a picture."""
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    return code.text


def draw_code(text: str) -> bytes:
    """Return a picture of a QR code that this site never made."""
    file = io.BytesIO()
    qrcode.make(text).save(file)
    return file.getvalue()


def _frame(picture: bytes | None) -> Image.Image:
    frame = Image.new("RGB", FILM, (GREY, GREY, GREY))
    if picture is not None:
        code = Image.open(io.BytesIO(picture)).convert("RGB")
        code.thumbnail((SIDE, SIDE))
        frame.paste(code, ((FILM[0] - code.width) // 2, (FILM[1] - code.height) // 2))
    return frame


def film(path: Path, *pictures: bytes, still: int = 45, gap: int = 15, tail: int = 900) -> None:
    """Write a film of these pictures, one after another, then nothing for long; 30 frames a second.

    The browser's false camera plays it from the start whenever it is opened, and over and over.
    """

    def jpeg(picture: bytes | None) -> bytes:
        file = io.BytesIO()
        # The camera takes only this way of thinning out colours.
        _frame(picture).save(file, "JPEG", quality=85, subsampling="4:2:0")
        return file.getvalue()

    empty = jpeg(None)
    shown = [jpeg(picture) * still + empty * gap for picture in pictures]
    path.write_bytes(b"".join(shown) + empty * tail)
