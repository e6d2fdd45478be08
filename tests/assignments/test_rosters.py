from __future__ import annotations

import pytest

from tests import factories
from tests.assignments.pages import words
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from volunteer_hub.core.database import db


@pytest.fixture
def day(client, at):
    """Return an organiser with one volunteer at two events of today, at two places."""
    at(NOON)
    of = factories.organisation()
    who = factories.organiser(of)
    helper = factories.volunteer(name="何帮手")
    for hours, title, place in ((1, "观鸟", "江边公园"), (4, "看星星", "天文馆")):
        event = factories.event(title=title, of=of, by=who, starts_at=NOON + hours * HOUR, hours=2,
                                at_venue=factories.venue(place))  # fmt: skip
        factories.assignment(factories.post(factories.shift(event)), helper)
    client.sign_in(who)
    return who, of


@pytest.mark.parametrize(
    ("way", "titles"),
    [("event", ["观鸟", "看星星"]), ("venue", ["江边公园", "天文馆"]), ("person", ["何帮手"])],
)
def test_a_day_by_event_place_and_person_also_on_paper(client, day, way, titles):
    for paper in ("", "&print=1"):
        page = words(client.get(f"/organise/rosters?on=2026-09-05&shown={way}{paper}").text)
        assert [page.index(title) for title in titles] == sorted(page.index(t) for t in titles)
        assert "何帮手" in page
        assert "****" in page, "numbers are masked"


def test_other_days_and_others_events_are_not_shown(client, day):
    assert "这一天还没有人" in client.get("/organise/rosters?on=2026-09-06").text
    assert "何帮手" in client.get("/organise/rosters?on=nonsense&shown=odd").text
    client.sign_in(factories.organiser())
    assert "何帮手" not in client.get("/organise/rosters?on=2026-09-05").text


def test_a_long_day_costs_no_more_queries(client, day):
    _who, of = day
    costs = []
    for _ in range(2):
        db.session.remove()
        with counted_queries() as statements:
            client.get("/organise/rosters?on=2026-09-05")
        costs.append(len(statements))
        event = factories.event(of=factories.organisation(), starts_at=NOON + HOUR)
        event.organisation_id = db.session.merge(of).id
        factories.assignment(factories.post(factories.shift(event)))
    assert costs[0] == costs[1] <= 12
