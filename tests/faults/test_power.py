"""The power goes: what was acknowledged is there, and the site is back at once."""

from __future__ import annotations

import threading
import time

from tests.faults import phones
from tests.faults.running import Running, hashes, running, stored_tickets
from tests.tooling.test_server import eventually

VISITORS = 8
ENOUGH = 40
BACK_S = 5.0
BUSY = 2  # times as long as the first start took: the machine may have other work


def burst(site: Running, acknowledged: list[str]) -> list[threading.Thread]:
    """Let visitors register, one after the other each, until nobody answers any more."""

    def register(number: int) -> None:
        visitor = site.visitor(number)
        try:
            while True:
                ticket = visitor.register().ticket
                assert ticket is not None
                acknowledged.append(ticket)
                if len(acknowledged) % 20 == 0:  # another visitor: one address has a limit
                    visitor.address = f"198.51.100.{len(acknowledged) % 250}"
        except (OSError, EOFError):
            return
        except Exception as error:
            if type(error).__module__ != "http.client":
                raise

    threads = [threading.Thread(target=register, args=(number,)) for number in range(VISITORS)]
    for thread in threads:
        thread.start()
    return threads


def test_killed_in_a_burst_of_writes_nothing_acknowledged_is_lost_and_it_is_back(folder):
    acknowledged: list[str] = []
    scans, answered = phones.scans_of(folder), []
    begun = time.monotonic()
    with running(folder) as site:
        usual_s = time.monotonic() - begun
        threads = [phones.telling(site, scans, answered), *burst(site, acknowledged)]
        eventually(lambda: len(acknowledged) >= ENOUGH and answered)
        site.kill()
        for thread in threads:
            thread.join(20)

    assert hashes(acknowledged) <= stored_tickets(folder)
    begun = time.monotonic()
    with running(folder) as site:
        assert time.monotonic() - begun < max(BACK_S, BUSY * usual_s)
        assert site.visitor().register().ticket is not None
        tell_again(site, scans)
        assert phones.rows(folder) == {(len(scans), len(scans))}, "each scan and each stay once"
    assert len(acknowledged) >= ENOUGH
    assert len(answered) < len(scans) == 1000


def tell_again(site: Running, scans: list[phones.Told]) -> None:
    """Tell all of it, as a phone does that heard no answer."""
    for start in (0, 500):
        answers = phones.tell(site, scans[start : start + 500])
        assert {each["reason"] for each in answers} == {"ok"}
