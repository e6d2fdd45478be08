"""What a first visit on a phone costs, with everything that the first screen makes it fetch."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

MOST_BYTES = 60 * 1024


@pytest.mark.parametrize("path", ["/", "/events"])
def test_a_first_visit_costs_sixty_kilobytes_at_most(site, visitors, path):
    newcomer = visitors()
    wire = newcomer.context.new_cdp_session(newcomer.page)
    wire.send("Network.enable")
    sizes = []
    wire.on("Network.loadingFinished", lambda done: sizes.append(done["encodedDataLength"]))

    newcomer.open(path)
    newcomer.page.wait_for_load_state("networkidle")

    assert len(sizes) > 5
    assert sum(sizes) <= MOST_BYTES
