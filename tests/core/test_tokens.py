import pytest

from volunteer_hub.core import tokens
from volunteer_hub.core.qr import qr_svg

pytestmark = pytest.mark.usefixtures("app")


def test_a_link_token_stands_for_its_id_and_its_purpose_alone():
    token = tokens.link_token("invitation", 17)

    assert tokens.read_link_token("invitation", token) == 17
    assert tokens.read_link_token("invitation", token.lower()) == 17
    assert tokens.read_link_token("withdrawal", token) is None
    assert tokens.read_link_token("invitation", "18" + token[2:]) is None


@pytest.mark.parametrize("junk", ["", "-", "x-y", "１-ABC", "9" * 40, "1-🙂"])
def test_junk_is_no_token(junk):
    assert tokens.read_link_token("invitation", junk) is None


def test_a_new_revision_makes_a_new_ticket_code():
    first, second = tokens.ticket_code("R", 5, 1), tokens.ticket_code("R", 5, 2)

    assert first != second
    assert len(first) == 17
    assert tokens.code_hash(first) != tokens.code_hash(second)
    assert tokens.code_hash(first.lower()) == tokens.code_hash(first)


def test_a_ticket_address_fits_a_qr_of_twenty_nine_modules():
    code = tokens.ticket_code("R", 5, 1)

    svg = qr_svg(f"https://hub.dandong-kx.cn/T/{code}")

    assert 'viewBox="0 0 37 37"' in svg  # 29 modules and the quiet zone of 4 on each side
