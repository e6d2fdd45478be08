from __future__ import annotations

import re

from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from tools.translations import FOLDER, collected

PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|%%")


def strings(message):
    return [message.string] if isinstance(message.string, str) else list(message.string)


def source_of(message):
    return message.id if isinstance(message.id, str) else message.id[0]


def by_source(catalogue):
    messages = [message for message in catalogue if message.id and all(strings(message))]
    return {source_of(message): strings(message) for message in messages}


def test_every_text_of_the_code_has_english():
    with (FOLDER / "messages.po").open("rb") as file:
        known = by_source(read_po(file, locale="en"))
    wanted = [source_of(message) for message in collected() if message.id]

    missing = [text for text in wanted if text not in known]

    assert missing == []


def test_english_keeps_every_placeholder():
    with (FOLDER / "messages.po").open("rb") as file:
        for message in read_po(file, locale="en"):
            if not message.id:
                continue
            wanted = sorted(PLACEHOLDER.findall(source_of(message)))
            for text in strings(message):
                if text:
                    assert sorted(PLACEHOLDER.findall(text)) == wanted, source_of(message)


def test_the_compiled_catalogue_is_the_one_in_the_source():
    with (FOLDER / "messages.po").open("rb") as source, (FOLDER / "messages.mo").open("rb") as made:
        compiled = by_source(read_mo(made))
        written = by_source(read_po(source, locale="en"))

    assert compiled == written
