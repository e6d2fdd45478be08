from __future__ import annotations

from typing import Final

from flask import Blueprint, Response
from flask_login import current_user

from volunteer_hub.core import sheets
from volunteer_hub.core.access import Role
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope

blueprint = Blueprint("people", __name__)
# Who may see and keep records of many people; whoever leads a team alone may not.
KEEPERS: Final = (Role.CITY_OFFICE, Role.COUNTY_OFFICE, Role.ORGANISER)
# Who may say that two records are one person's, which gives one what is the other's.
OFFICES: Final = (Role.CITY_OFFICE, Role.COUNTY_OFFICE)


def own_scope() -> Scope:
    """Return what whoever is signed in may see as staff."""
    return organisations.scope_of(current_user.person_id)


def file_kind(asked: str | None) -> str:
    """Return which kind of file is meant; a workbook unless CSV is asked for."""
    return "csv" if asked == "csv" else "xlsx"


def download(content: bytes, name: str, kind: str) -> Response:
    """Return a table to be kept as a file."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    content_type = sheets.CSV_TYPE if kind == "csv" else sheets.XLSX_TYPE
    return Response(content, content_type=content_type, headers=headers)
