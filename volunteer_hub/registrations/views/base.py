from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("registrations", __name__)
PRIVATE = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
