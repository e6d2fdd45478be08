from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.visitors import PATIENCE_MS, Visitor
from tests.skips import chromium
from tools.served import ServedSite, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--in-process-gpu", "--no-first-run", "--lang=zh-CN",
    "--disable-quic", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
]  # fmt: skip
SEATED = pytest.StashKey[list[Visitor]]()
SITE = pytest.StashKey[ServedSite]()
LINES_SHOWN = 30
TEXT_SHOWN = 1500


def pytest_pycollect_makemodule() -> None:
    """Skip these tests, saying why, where Playwright is not installed."""
    if find_spec("playwright") is None:
        pytest.skip("Playwright is not here; to get it: python3 run.py setup --dev")


@pytest.fixture(scope="session")
def site(request, tmp_path_factory) -> Iterator[ServedSite]:
    """Return the site as run.py serves it, on demo data."""
    with served(tmp_path_factory.mktemp("site")) as running:
        request.config.stash[SITE] = running
        yield running


@pytest.fixture(scope="session")
def camera(tmp_path_factory) -> Path:
    """Return the film that the browser's camera plays whenever a page opens it."""
    from tests.browser.codes import film  # noqa: PLC0415 - needs what only tests need

    path = tmp_path_factory.mktemp("camera") / "film.mjpeg"
    film(path)
    return path


@pytest.fixture(scope="session")
def browser(camera) -> Iterator[Browser]:
    """Return the browser of this machine; tests.skips asks before whether there is one."""
    from playwright.sync_api import expect, sync_playwright  # noqa: PLC0415 - may be missing

    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as driver:
        running = driver.chromium.launch(
            executable_path=chromium(),
            args=[*FLAGS, f"--use-file-for-fake-video-capture={camera}"],
        )
        yield running
        running.close()


@pytest.fixture(scope="module")
def visitors(request, site, browser) -> Iterator[Callable[..., Visitor]]:
    """Return a function that seats somebody at a browser of their own."""
    seated = request.config.stash[SEATED] = []

    def seat(**options) -> Visitor:
        seated.append(Visitor(browser, site.url, **options))
        return seated[-1]

    yield seat
    for visitor in seated:
        visitor.close()
    seated.clear()


@pytest.fixture(autouse=True)
def _no_troubles(request) -> Iterator[None]:
    """Fail a test during which a page did what none may do."""
    yield
    seated = request.config.stash.get(SEATED, [])
    troubles = [trouble for visitor in seated for trouble in visitor.troubles]
    for visitor in seated:
        visitor.troubles.clear()
    assert not troubles


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with a failure what the people saw and what the server said."""
    report = yield
    if report.failed:
        for visitor in item.config.stash.get(SEATED, []):
            report.sections.append(
                (f"somebody is at {visitor.page.url}", visitor.text()[:TEXT_SHOWN])
            )
        if site := item.config.stash.get(SITE, None):
            said = "\n".join(site.said().splitlines()[-LINES_SHOWN:])
            report.sections.append(("the server said", said))
    return report


@pytest.fixture(scope="module")
def organiser(visitors):
    """Return the organiser of the county's association, signed in at a desk."""
    person = visitors(is_phone=False)
    person.sign_in_as("organiser")
    return person


@pytest.fixture(scope="session")
def keep_picture(request):
    """Return a function that keeps a picture of what somebody sees, if pictures were asked for."""
    asked = request.config.getoption("--pictures")

    def keep(person: Visitor, look: str, address: str) -> None:
        if asked is None:
            return
        folder = Path(asked)
        folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"\W+", "-", address).strip("-") or "front"
        person.page.screenshot(path=folder / f"{name}.{look}.png", full_page=True)

    return keep
