"""The words events, venues and people are described with, shipped as data.

Each word has a kind (audience, theme, skill …) and a code that rows elsewhere keep. Pages show it
with ``{{ word("skill", code) }}``.
"""

from __future__ import annotations

from flask import Flask

from volunteer_hub.catalogue import cli, queries
from volunteer_hub.catalogue.rules import clause_name
from volunteer_hub.core.i18n import language


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.cli.add_command(cli.commands)
    app.jinja_env.globals.update(word=_word, clause_name=_clause)


def _word(kind: str, code: str | None) -> str:
    return queries.name_of(kind, code, language())


def _clause(clause: str) -> str:
    return clause_name(clause, language())
