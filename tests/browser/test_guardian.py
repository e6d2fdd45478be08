"""Somebody of fifteen joins, and their mother agrees on her own phone, without an account."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import audit, steps

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LOOKS = ("phone", "elder")


@pytest.fixture(scope="module")
def child(visitors):
    """Return the phone of somebody who is not of age."""
    person = visitors()
    steps.join(person, "秦小满", "13900007015", born="2011")
    return person


def all_findings(person, address):
    """Return what is wrong with a page whose form came back, as everybody sees it."""
    found = []
    for look in LOOKS:
        person.open(f"/switch/elder?to={int(look == 'elder')}")
        person.open(address)
        person.page.locator("main form button[type=submit]").last.click()
        expect(person.page.locator(".error-summary")).to_be_focused()
        found += audit.findings(person, look, address)
    person.open("/switch/elder?to=0")
    return found


def test_a_child_asks_and_the_mother_agrees_on_her_phone(child, visitors):
    assert not (found := all_findings(child, "/me/guardian")), "\n".join(found)
    child.open("/me/guardian")
    child.fill("监护人姓名", "宋桂芳")
    child.fill("监护人手机号", "13900007045")
    child.page.get_by_text("母亲").click()
    child.tap("发给监护人")
    expect(child.page.locator("main")).to_contain_text("等对方同意")

    mother = visitors()
    mother.open("/dev/outbox")
    address = mother.page.locator("a[href*='/guardian/']").first.get_attribute("href")
    assert not (found := all_findings(mother, address)), "\n".join(found)
    mother.open(address)
    expect(mother.page.locator("main")).to_contain_text("秦*满")
    mother.page.get_by_role("checkbox").check()
    mother.tap("同意", exact=True)
    expect(mother.page.locator("main")).to_contain_text("您已同意")

    child.open("/me/guardian")
    expect(child.page.locator("main")).to_contain_text("监护人已同意")
