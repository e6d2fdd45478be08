"""Bring the English catalogue up to date: collect every text, keep what is translated, compile.

    python -m tools.translations

Texts without English stay empty in the .po file; `python3 run.py flask i18n check` names them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "volunteer_hub" / "translations" / "en" / "LC_MESSAGES"
METHODS = [("volunteer_hub/**.py", "python"), ("templates/**.html", "jinja2")]
MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)  # always the same, so that only texts show as changed
KEYWORDS = {
    "_": None,
    "_l": None,
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
}


def collected() -> Catalog:
    """Return a catalogue of every text in the code and the templates, without English."""
    catalogue = Catalog(
        locale="en",
        header_comment="# English texts of Volunteer Hub. Made by tools/translations.py.",
        project="Volunteer Hub",
        version="0",
        msgid_bugs_address="-",
        last_translator="-",
        language_team="en",
        creation_date=MADE_AT,
        revision_date=MADE_AT,
        fuzzy=False,
    )
    found = extract_from_dir(ROOT, METHODS, {}, keywords=KEYWORDS)
    for name, line, message, comments, context in found:
        catalogue.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return catalogue


def main() -> None:
    """Write the .po and .mo files."""
    file = FOLDER / "messages.po"
    fresh = collected()
    if file.exists():
        with file.open("rb") as old:
            known = {message.id: message.string for message in read_po(old, locale="en")}
        for message in fresh:
            if message.id and message.id in known:
                message.string = known[message.id]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as out:
        write_po(out, fresh, width=100, no_location=True, omit_header=False, sort_output=True)
    with (FOLDER / "messages.mo").open("wb") as out:
        write_mo(out, fresh)


if __name__ == "__main__":
    main()
