"""Values that nobody reads in the database file: encrypted, bound to their column, rotated."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag

from tests import factories
from tests.factories import NOON
from volunteer_hub.core import encryption
from volunteer_hub.core.database import db
from volunteer_hub.core.encryption import UnknownKeyError, blind_index, decrypt, encrypt
from volunteer_hub.credentials.models import Credential
from volunteer_hub.credentials.queries import number_key

OLD, NEW = "o" * 32, "n" * 32


@pytest.fixture
def keys(app, monkeypatch):
    """Return a function that sets the keys of the settings."""

    def use(*given):
        monkeypatch.setitem(app.config, "DATA_KEYS", given)

    return use


def test_a_value_is_read_with_its_own_purpose_only(app):
    sealed = encrypt("credential.number", b"210600")

    assert b"210600" not in sealed
    assert decrypt("credential.number", sealed) == b"210600"
    with pytest.raises(InvalidTag):
        decrypt("guardian.phone", sealed)


def test_a_changed_value_is_refused(app):
    sealed = bytearray(encrypt("x", b"210600"))
    sealed[-1] ^= 1

    with pytest.raises(InvalidTag):
        decrypt("x", bytes(sealed))


def test_equal_values_look_different_and_their_index_the_same(app):
    assert encrypt("x", b"1") != encrypt("x", b"1")
    assert blind_index("x", "1") == blind_index("x", "1")
    assert len({blind_index("x", "1"), blind_index("x", "2"), blind_index("y", "1")}) == 3


def test_the_first_key_encrypts_and_all_decrypt(keys):
    keys(OLD)
    sealed = encrypt("x", b"1")
    keys(NEW, OLD)
    assert decrypt("x", sealed) == b"1"
    keys(NEW)
    with pytest.raises(UnknownKeyError):
        decrypt("x", sealed)
    keys()
    with pytest.raises(UnknownKeyError):
        decrypt("x", sealed)


def test_rotating_leaves_nothing_that_needs_the_old_key(app, keys, monkeypatch):
    monkeypatch.setattr(encryption, "AT_ONCE", 2)
    keys(OLD)
    holder = factories.volunteer()
    for number in range(5):
        db.session.add(
            Credential(
                volunteer_id=holder.id, kind_code="first_aid", number=f"A{number}", issuer="",
                number_key=number_key("first_aid", f"A{number}"), claimed_at=NOON,
                scan=b"%PDF-1" if number == 3 else None,
            )
        )  # fmt: skip
    db.session.commit()

    keys(NEW, OLD)
    said = app.test_cli_runner().invoke(args=["keys", "rotate"])
    assert said.exit_code == 0
    rotated = dict(line.split(": ") for line in said.output.splitlines())
    assert rotated.pop("credential") == "5"
    assert set(rotated.values()) == {"0"}  # other tables that hold sealed values
    assert rotated

    keys(NEW)
    db.session.expire_all()
    rows = db.session.query(Credential).order_by(Credential.id).all()
    assert [row.number for row in rows] == ["A0", "A1", "A2", "A3", "A4"]
    assert [row.scan for row in rows] == [None, None, None, b"%PDF-1", None]
    assert [row.number_key for row in rows] == [number_key("first_aid", row.number) for row in rows]
