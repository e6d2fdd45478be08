"""Language and text size of a page, kept in cookies that hold nothing personal."""

from __future__ import annotations

from typing import Final

import click
from babel import Locale
from babel.messages.pofile import read_po
from flask import Flask, Response, has_request_context, request
from flask.cli import AppGroup
from flask_babel import Babel, get_locale

from volunteer_hub.core import cookies
from volunteer_hub.core.paths import TRANSLATIONS

LANG_COOKIE: Final = "vh_lang"
ELDER_COOKIE: Final = "vh_elder"
TEXT_COOKIE: Final = "vh_text"
YEAR_S: Final = 365 * 24 * 3600
TEXT_SIZES_PX: Final = (24, 27, 30)

_CHOICES: Final = {"lang": (LANG_COOKIE, ("zh", "en")), "elder": (ELDER_COOKIE, ("0", "1"))}

# Read once: to find them by name, Babel looks for files at every request.
_CHINESE: Final = Locale.parse("zh_Hans_CN")
_ENGLISH: Final = Locale.parse("en")
babel = Babel()
commands = AppGroup("i18n", help="Look after the translations.")


def language() -> str:
    """Return the page's language: zh or en."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


def html_language() -> str:
    """Return the page's language as HTML has it."""
    return "en" if language() == "en" else "zh-CN"


def _select_locale() -> Locale:
    if not has_request_context():
        return _CHINESE
    asked = request.args.get("lang") or cookies.kept(LANG_COOKIE)
    return _ENGLISH if asked == "en" else _CHINESE


def is_elder() -> bool:
    """Tell whether this page is shown in the large edition; an address may ask for it too."""
    asked = request.args.get("elder") or cookies.kept(ELDER_COOKIE)
    return asked == "1"


def text_px() -> int:
    """Return the body text size in CSS pixels of the large edition, or 18 in the ordinary one."""
    if not is_elder():
        return 18
    chosen = cookies.kept(TEXT_COOKIE)
    return int(chosen) if chosen in {str(size) for size in TEXT_SIZES_PX} else TEXT_SIZES_PX[0]


@commands.command("check")
def check() -> None:
    """Fail when a text on a page has no English."""
    missing = missing_translations()
    for text in missing:
        click.echo(f"no English: {text}", err=True)
    if missing:
        raise SystemExit(1)
    click.echo("the English catalogue is complete")


def missing_translations() -> list[str]:
    """Return every text in the English catalogue that has no translation, or a doubtful one."""
    with (TRANSLATIONS / "en" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale="en")
    return [
        str(message.id)
        for message in catalogue
        if message.id and (message.fuzzy or not all(_strings(message.string)))
    ]


def _strings(value: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    if value is None:
        return ("",)
    return (value,) if isinstance(value, str) else tuple(value)


def init_app(app: Flask) -> None:
    """Choose the language of each request, and remember a choice made in an address."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "zh_Hans_CN")
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Asia/Shanghai")
    babel.init_app(app, locale_selector=_select_locale)
    app.cli.add_command(commands)

    app.after_request(_keep_choice)


def remember(response: Response, cookie: str, value: str) -> Response:
    """Keep a choice of language or size on this device for a year."""
    cookies.keep(response, cookie, value, for_s=YEAR_S)
    return response


def _keep_choice(response: Response) -> Response:
    for argument, (cookie, allowed) in _CHOICES.items():
        asked = request.args.get(argument)
        if asked in allowed:
            remember(response, cookie, asked)
    return response
