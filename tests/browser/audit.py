"""What every page must be: within its width, easy to hit, light, and sound to screen readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.visitors import NARROWEST, PHONE

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visitors import Visitor

SERIOUS = ("serious", "critical")
ALL = {"resultTypes": ["violations"], "preload": False, "iframes": False}
# Rules that depend on how things are drawn; the others see the same page at every size. The large
# edition has colours as strong as the phone's and larger letters, which may be fainter.
OF_SIZE = ["target-size", "scrollable-region-focusable"]
RULES: dict[str, dict[str, object]] = {
    "phone": {},
    "elder": {"runOnly": OF_SIZE},
    "desk": {"runOnly": [*OF_SIZE, "color-contrast"]},
}
MOST_BYTES = 60 * 1024
HEAVY = ("/style", "/door")  # every picture there is; the camera's decoder
_AXE = "(options) => axe.run(options).then((results) => results.violations)"

_TOO_WIDE = """
() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const wide = [...document.querySelectorAll("body *")].filter((each) => {
    const box = each.getBoundingClientRect();
    return box.width > 0 && box.right > width + 1;
  });
  return wide.slice(0, 3).map((each) => `${each.localName}.${each.className}`).concat(
    wide.length ? [] : ["something"]);
}
"""

# What lies outside the box that clips it, and so can be neither read nor reached by scrolling.
_CUT_OFF = """
() => {
  const clips = (each) => ["hidden", "clip"].includes(getComputedStyle(each).overflowX);
  const frameOf = (each) => {
    let around = each.parentElement;
    while (around && !clips(around)) around = around.parentElement;
    return around;
  };
  const isText = (node) => node.nodeType === Node.TEXT_NODE && node.data.trim();
  const says = (each) => each.localName === "svg" || [...each.childNodes].some(isText);
  const shown = [...document.querySelectorAll("main *")].filter((each) => {
    const box = each.getBoundingClientRect();
    return says(each) && box.width > 1 && box.height > 1;
  });
  const cut = shown.filter((each) => {
    const frame = frameOf(each)?.getBoundingClientRect();
    const box = each.getBoundingClientRect();
    return frame && frame.width > 1 && (box.right > frame.right + 1 || box.left < frame.left - 1);
  });
  return cut.slice(0, 3).map((each) => `${each.localName}.${each.getAttribute("class")}`);
}
"""

# Controls with a place of their own: buttons, fields and links that are not part of a sentence.
# What is drawn over another control, or stretched over a whole card, counts with that area.
_TOO_SMALL = """
() => {
  const least = document.documentElement.dataset.text === "large" ? 60 : 44;
  const isShown = (each) => each.checkVisibility({ visibilityProperty: true });
  const isHiddenFromEyes = (box) => box.width <= 1 || box.height <= 1 || box.bottom < 0;
  const standsAlone = (link) => {
    const around = link.parentElement;
    return getComputedStyle(link).display !== "inline"
      || around.innerText.trim() === link.innerText.trim();
  };
  const area = (each) => {
    const after = getComputedStyle(each, "::after");
    const isStretched = after.position === "absolute" && after.inset.startsWith("0px");
    const label = each.labels?.[0];
    const whole = isStretched ? each.offsetParent : each;
    const isTicked = ["radio", "checkbox"].includes(each.type);
    const parts = label && isTicked ? [whole, label] : [whole];
    const boxes = parts.map((part) => part.getBoundingClientRect());
    return {
      width: Math.max(...boxes.map((box) => box.width)),
      height: Math.max(...boxes.map((box) => box.height)),
    };
  };
  const controls = document.querySelectorAll("button, a[href], summary, select, input, textarea");
  const small = [...controls]
    .filter((each) => each.type !== "hidden" && isShown(each))
    .filter((each) => !each.closest("[aria-hidden=true]"))
    .filter((each) => !isHiddenFromEyes(each.getBoundingClientRect()))
    .filter((each) => each.localName !== "a" || standsAlone(each))
    .map((each) => [each, area(each)])
    .filter(([, box]) => box.height < least - 0.5 || box.width < least - 0.5)
    .map(([each, box]) => {
      const name = (each.innerText || each.name || "").trim().slice(0, 20);
      const size = `${Math.round(box.width)}x${Math.round(box.height)}`;
      return `${each.localName}.${each.className} “${name}” ${size}, not ${least}`;
    });
  return [...new Set(small)];
}
"""

_SENT_BYTES = """
() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .reduce((sum, entry) => sum + entry.transferSize, 0)
"""


def axe_findings(page: Page, look: str) -> list[str]:
    """Return what axe finds serious, a line each; it stays for the next pages."""
    if not page.evaluate("'axe' in window"):
        page.context.add_init_script(AXE_SCRIPT)
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(_AXE, ALL | RULES[look])
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found
        if each["impact"] in SERIOUS
        for node in each["nodes"]
    ]


def sideways_findings(page: Page) -> list[str]:
    """Return what makes the page wider than the window, or is cut off at a side."""
    width = page.viewport_size["width"]
    wide, cut = page.evaluate(_TOO_WIDE), page.evaluate(_CUT_OFF)
    found = [f"wider than {width} px: {wide}"] if wide else []
    return [*found, f"cut off at {width} px: {cut}"] if cut else found


def size_findings(page: Page) -> list[str]:
    """Return the controls that are hard to hit, with their size: 44 px, 60 in the large edition."""
    return [f"small: {each}" for each in page.evaluate(_TOO_SMALL)]


def weight_findings(page: Page) -> list[str]:
    """Return how much was sent for the page, when it is too much."""
    sent = page.evaluate(_SENT_BYTES)
    return [f"{sent / 1024:.0f} KB were sent"] if sent > MOST_BYTES else []


def findings(person: Visitor, look: str, address: str) -> list[str]:
    """Return everything that is wrong with the page somebody sees."""
    page, found = person.page, []
    is_heavy = address.split("?")[0].endswith(HEAVY)
    found += axe_findings(page, look)
    found += sideways_findings(page)
    if look == "phone" and not is_heavy:
        found += weight_findings(page)
    if look != "desk":
        found += size_findings(page)
        page.set_viewport_size(NARROWEST)
        found += sideways_findings(page)
        page.set_viewport_size(PHONE)
    return [f"{look}: {each}" for each in found]
