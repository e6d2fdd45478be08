import pytest
from hypothesis import given
from hypothesis import strategies as st

from volunteer_hub.core.text import CROCKFORD, crockford, read_crockford


def test_ten_bytes_become_sixteen_characters():
    assert crockford(bytes(10)) == "0" * 16
    assert crockford(b"\xff" * 10) == "Z" * 16


@pytest.mark.parametrize(
    ("typed", "read"),
    [("r 0o1l-abcd", "R0011ABCD"), ("ｒ１２", "R12"), (" RZ9 ", "RZ9")],
)
def test_a_typed_code_is_read_kindly(typed, read):
    assert read_crockford(typed) == read


@given(st.binary(min_size=10, max_size=10))
def test_a_code_reads_as_itself(raw):
    code = crockford(raw)

    assert set(code) <= set(CROCKFORD)
    assert read_crockford(code) == code
