from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("assignments", __name__)
