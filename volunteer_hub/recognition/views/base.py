from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("recognition", __name__)
